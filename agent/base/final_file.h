/*
 * A file that is there whole or as it was before: written beside its name, renamed at the end.
 * Nothing is beside it but while it is written, so that a run that is killed leaves none. "-" is
 * stdout, where what is written is written.
 */
#ifndef BASE_FINAL_FILE_H
#define BASE_FINAL_FILE_H

#include <stddef.h>
#include <stdio.h>
#include "base/view.h"

struct final_file;

struct final_file_words {
	const char *what;   /* static: "the report" */
	const char *option; /* static, where its name comes from: "--html" */
};

/* At the start, so that a name that cannot be written to is said then. -errno with ret_error: name,
 * cause, mend. */
int final_file_new(struct final_file **ret, struct final_file_words words, const char *path,
		   char *ret_error, size_t error_size);
void final_file_free(struct final_file **file);

const char *final_file_name(const struct final_file *file); /* escaped */

/* What was there before is replaced, or stays where this fails: -errno, with ret_error. */
int final_file_write(struct final_file *file, struct view content, char *ret_error,
		     size_t error_size);

/* The same in pieces: into the stream, which commit closes, whatever it returns. */
int final_file_open(struct final_file *file, FILE **ret, char *ret_error, size_t error_size);
int final_file_commit(struct final_file *file, FILE **stream, char *ret_error, size_t error_size);

/* What is in the stream is not to be the file. */
void final_file_abandon(struct final_file *file, FILE **stream);

#endif
