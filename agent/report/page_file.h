/* A file that is there whole or as it was before: written beside its name, renamed at the end. */
#ifndef REPORT_PAGE_FILE_H
#define REPORT_PAGE_FILE_H

#include <stddef.h>
#include "base/view.h"

struct page_file;

/* At the start, so that a name that cannot be written to is said then. -errno with ret_error: name,
 * cause, mend. */
int page_file_new(struct page_file **ret, const char *path, char *ret_error, size_t error_size);

/* What was there before is replaced, or stays where this fails: -errno, with ret_error. Once. */
int page_file_write(struct page_file *file, struct view content, char *ret_error,
		    size_t error_size);

const char *page_file_name(const struct page_file *file); /* escaped */

void page_file_free(struct page_file **file);

#endif
