/*
 * The crashes of one destination on disk, from before the first attempt until they are accepted or
 * refused for good: what a limpet that ends leaves is delivered by the next one. The spool is the
 * backlog too: a crash that cannot be delivered now waits here and not in memory.
 *
 * Written by the spool thread, taken by the destination's delivery thread; the lock inside is never
 * held while the disk works.
 */
#ifndef DELIVERY_CRASH_SPOOL_H
#define DELIVERY_CRASH_SPOOL_H

#include <stdbool.h>
#include <stdint.h>
#include "model/item.h"

struct crash_spool;

struct crash_spool_settings {
	const char *directory; /* for messages: where base_fd is */
	int base_fd;           /* spool_folder_open_base; borrowed while it opens */
	const char *name;      /* the exporter's */
	const char *identity;  /* where it sends to, without secrets */
	uint64_t max_bytes;
	uint32_t max_items;
};

/* Finds what the last limpet left. ret_error: path, cause and mend. */
int crash_spool_new(struct crash_spool **ret, const struct crash_spool_settings *settings,
		    char *ret_error, size_t error_size);
struct crash_spool *crash_spool_reference(struct crash_spool *spool);
void crash_spool_release(struct crash_spool **spool);

/* The folder, for messages. */
const char *crash_spool_path(const struct crash_spool *spool);

/* Takes the oldest out for good. *ret_lost is the crash when nobody has it in memory and it could
 * be read, else NULL; *ret_is_lost says whether it is lost. -ENOENT: the spool is empty. */
int crash_spool_evict(struct crash_spool *spool, struct item **ret_lost, bool *ret_is_lost);

/* On disk when it returns 0. It counts as held by the caller: not in the backlog. -EFBIG: larger
 * than the spool may be; -ENOBUFS: make room first; else what the disk said. */
int crash_spool_write(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES],
		      struct view file);

/* Is that crash on disk? */
bool crash_spool_has(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES]);

/* Accepted or refused for good. */
void crash_spool_remove(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES]);

/* To the end of the backlog; false when it is not on disk (any more). */
bool crash_spool_put_back(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES]);

/* The next of the backlog, held by the caller from now on. -ENOENT: the backlog is empty. -EBADMSG:
 * one is not what was written, was set aside and logged; ask again. Another: not now. */
int crash_spool_take(struct crash_spool *spool, struct item **ret);

/* Crashes waiting in the backlog, and all that are on disk. */
uint32_t crash_spool_backlog(struct crash_spool *spool);
uint32_t crash_spool_count(struct crash_spool *spool);

#endif
