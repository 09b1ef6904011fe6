/*
 * Where in libc the message of an abort lies, as far as it was learned: the first places before the
 * kernel's programs are there. Capture thread.
 */
#ifndef ABORT_PLACES_H
#define ABORT_PLACES_H

#include <stdint.h>
#include "capture/probe_loader.h"

/* Zeroed: none. */
struct abort_places {
	struct {
		uint64_t pc_offset, message_offset;
	} items[MAX_ABORT_PLACES];
	uint32_t count;
};

/* loader may be NULL: abort_places_tell tells later. Beyond MAX_ABORT_PLACES: nothing. */
void abort_places_learn(struct abort_places *places, struct probe_loader *loader,
			uint64_t pc_offset, uint64_t message_offset);

void abort_places_tell(const struct abort_places *places, struct probe_loader *loader);

#endif
