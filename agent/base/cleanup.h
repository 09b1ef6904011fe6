/* Ownership in the type of the variable: an owning local carries _cleanup_(x_free), a transfer is
 * written TAKE_PTR. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

#define TAKE(variable, empty)                                                                      \
	({                                                                                         \
		__typeof__(variable) taken_ = (variable);                                          \
		(variable) = (empty);                                                              \
		taken_;                                                                            \
	})
#define TAKE_PTR(pointer) TAKE(pointer, NULL)
#define TAKE_FD(fd)       TAKE(fd, -1)

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static inline void cleanup_fclose(FILE **file)
{
	if (*file)
		(void)fclose(*file);
	*file = NULL;
}

#endif
