/* A perf ring full of anything: the reader ends, stays inside, and what it makes of it are records
 * that are taken. */
// fuzz-sources: agent/capture/perf_ring.c agent/capture/side_band.c agent/process/image_record.c
// fuzz-sources: agent/base/view.c
#include <assert.h>
#include <stdlib.h>
#include "capture/perf_ring.h"
#include "capture/side_band.h"

#define RING_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_record(struct view bytes)
{
	static union image_record_buffer buffer;
	const struct image_record *record;
	struct side_band event;
	struct view path;

	side_band_decode(bytes, &event);
	if (event.kind != SIDE_BAND_IMAGE)
		return;
	buffer.record = event.record;
	assert(image_record_decode(image_record_finish(&buffer, event.path), &record, &path) == 0);
}

/* The first byte says where the ring begins, in steps of eight. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static _Alignas(8) char scratch[MAX_PERF_RECORD_BYTES];
	struct perf_ring ring = {.size = RING_BYTES};
	struct view record;
	bool is_broken;
	char *block;

	if (size < 1 || size - 1 > RING_BYTES)
		return 0;
	block = calloc(1, RING_BYTES);
	ring.bytes = block;
	ring.tail = (uint64_t)bytes[0] * 8;
	ring.head = ring.tail + size - 1;
	for (size_t i = 1; i < size; i++)
		block[(ring.tail + i - 1) % RING_BYTES] = (char)bytes[i];
	while (perf_ring_time(&ring) != UINT64_MAX &&
	       perf_ring_peek(&ring, scratch, &record, &is_broken)) {
		read_record(record);
		perf_ring_advance(&ring);
	}
	free(block);
	return 0;
}
