/* The text of /proc/PID/maps, whose paths anybody chooses: every record made of it is one that is
 * taken. */
// fuzz-sources: agent/process/process_maps.c agent/process/image_record.c agent/base/view.c
// fuzz-sources: agent/base/byte_buffer.c agent/base/clock.c
#include <assert.h>
#include "process/process_maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void on_record(void *self, struct view bytes)
{
	const struct image_record *record;
	struct view path;

	assert(image_record_decode(bytes, &record, &path) == 0);
	assert(record->tgid == 7);
	++*(int *)self;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int count = 0;

	assert(process_maps_parse(view_of(bytes, size), 7, 1, on_record, &count) == count - 1);
	return 0;
}
