/* The soft limit of open descriptors: raised for ourselves, and put back in what we start, which
 * may not expect many (select, loops that close them all). */
#ifndef BASE_FILE_LIMIT_H
#define BASE_FILE_LIMIT_H

#include <stddef.h>

/* Soft becomes hard. Returns how many descriptors there may be now. */
size_t file_limit_raise(void);

/* As before the first file_limit_raise. In a child between fork and exec, too: only a system call.
 */
void file_limit_restore(void);

#endif
