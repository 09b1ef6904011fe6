/* One that the kernel does not take costs the crashes of that libc their message, no more. */
#include "abort_places.h"

void abort_places_learn(struct abort_places *places, struct probe_loader *loader,
			uint64_t pc_offset, uint64_t message_offset)
{
	uint32_t i = places->count;

	if (i == MAX_ABORT_PLACES)
		return;
	places->items[i].pc_offset = pc_offset;
	places->items[i].message_offset = message_offset;
	places->count++;
	if (loader)
		(void)probe_loader_set_abort_place(loader, i, pc_offset, message_offset);
}

void abort_places_tell(const struct abort_places *places, struct probe_loader *loader)
{
	for (uint32_t i = 0; i < places->count; i++)
		(void)probe_loader_set_abort_place(loader, i, places->items[i].pc_offset,
						   places->items[i].message_offset);
}
