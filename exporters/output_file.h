/*
 * A file or stdout that whole records are appended to, for exporters that write locally. It never
 * blocks for good and never raises SIGPIPE: a pipe whose reader stands still or is gone is an
 * error. One thread.
 */
#ifndef EXPORTERS_OUTPUT_FILE_H
#define EXPORTERS_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/view.h"

struct output_file;

/* path: created when absent (mode 0640: spans tell about people), or "-" for stdout. -errno with
 * ret_error. */
int output_file_new(struct output_file **ret, const char *path, char *ret_error, size_t error_size);
void output_file_free(struct output_file **file);

/* What a regular file holds is gone: the next record is its first. -errno. */
int output_file_restart(struct output_file *file);

/*
 * All of the record, which ends in a newline. On failure -errno and ret_error (name, cause, mend);
 * if part of it was written, the next record begins on a new line.
 */
int output_file_write(struct output_file *file, struct view record, char *ret_error,
		      size_t error_size);

#endif
