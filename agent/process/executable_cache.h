/*
 * What was learned from executable files, so that each is read once however many processes run it.
 * Keyed by device, inode, change time and size: an inode alone is reused. Capture thread.
 */
#ifndef PROCESS_EXECUTABLE_CACHE_H
#define PROCESS_EXECUTABLE_CACHE_H

#include "process/build_id.h"
#include "process/elf_language.h"

#define MAX_CACHED_EXECUTABLES 256 /* then the oldest goes */

struct executable {
	struct build_id build_id;
	bool is_go;
};

struct executable_cache;

int executable_cache_new(struct executable_cache **ret);
void executable_cache_free(struct executable_cache **cache);

/* Borrowed until the next call; NULL when the file cannot be read. fd stays open. */
const struct executable *executable_cache_read(struct executable_cache *cache, int fd);

#endif
