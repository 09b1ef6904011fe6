/* A few libraries at most: the host's and those of its containers. */
#include "crash/abort_places.h"

#include <signal.h>
#include "crash/native_registers.h"
#include "process/libc_abort.h"

static void add(struct abort_places *places, uint64_t pc_offset, uint64_t message_offset)
{
	for (uint32_t i = 0; i < places->count; i++)
		if (places->places[i].pc_offset == pc_offset &&
		    places->places[i].message_offset == message_offset)
			return;
	if (places->count == MAX_ABORT_PLACES)
		return;
	places->places[places->count].pc_offset = pc_offset;
	places->places[places->count++].message_offset = message_offset;
	if (places->learn)
		places->learn(places->self, pc_offset, message_offset);
}

void abort_places_begin(struct abort_places *places)
{
	struct image_file own;
	uint64_t pc_offset, message_offset;

	if (!places->learn || libc_abort_open_own(&own) < 0)
		return;
	if (libc_abort_calibrate(&pc_offset) == 0 &&
	    libc_abort_find_message(own.fd, &own.layout, &message_offset) == 0)
		add(places, pc_offset, message_offset);
	image_file_done(&own);
}

void abort_places_take(struct abort_places *places, struct image_table *images,
		       const struct crash_thread_record *thread)
{
	uint64_t pc = thread->registers[PROGRAM_COUNTER], base, size, message_offset;
	const struct image_mapping *mappings;
	uint32_t count = image_table_find(images, (pid_t)thread->tgid, &mappings);

	if (!places->learn || thread->signal != SIGABRT || thread->message_size)
		return;
	for (uint32_t i = 0; i < count; i++) {
		const struct image_mapping *mapping = &mappings[i];

		if (pc < mapping->start || pc >= mapping->end || !mapping->image ||
		    !libc_abort_is_libc(mapping->image->path))
			continue;
		image_table_extent(mappings, count, i, &base, &size);
		if (libc_abort_find_message(mapping->image->file.fd, &mapping->image->file.layout,
					    &message_offset) == 0)
			add(places, pc - base, message_offset);
	}
}
