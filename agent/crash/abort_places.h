/*
 * Where C libraries keep the message of abort(), so that the kernel side can copy it while the
 * process still has it: the distance from the pc of a thread that raises SIGABRT to the variable,
 * which is the same for every process with that library. Our own library is measured at the start,
 * others are learned from their first abort. Capture thread.
 */
#ifndef CRASH_ABORT_PLACES_H
#define CRASH_ABORT_PLACES_H

#include <linux/types.h>
#include "process/image_table.h"
#include "shared/record.h"

struct abort_places {
	struct {
		uint64_t pc_offset;
		uint64_t message_offset;
	} places[MAX_ABORT_PLACES];
	uint32_t count;
	/* Tells the programs; may be NULL. */
	void (*learn)(void *self, uint64_t pc_offset, uint64_t message_offset);
	void *self;
};

/* Measures our own library. One without such a variable (musl) is no error. */
void abort_places_begin(struct abort_places *places);

/* A thread that died of SIGABRT without a message: is it in a library not known yet? */
void abort_places_take(struct abort_places *places, struct image_table *images,
		       const struct crash_thread_record *thread);

#endif
