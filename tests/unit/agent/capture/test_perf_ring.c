/* A ring read record by record, from every position of its bytes, and with garbage in it. */
#include "cmocka_test.h"
#include "capture/perf_ring.h"
#include "perf_bytes.h"

#define RING_BYTES 256

static _Alignas(8) char ring_bytes[RING_BYTES];
static _Alignas(8) char scratch[MAX_PERF_RECORD_BYTES];

/* Puts the bytes into the ring at a position. */
static struct perf_ring ring_at(uint64_t position, struct view bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		ring_bytes[(position + i) % RING_BYTES] = bytes.bytes[i];
	return (struct perf_ring){.bytes = ring_bytes,
				  .size = RING_BYTES,
				  .tail = position,
				  .head = position + bytes.size};
}

static void test_every_position(void **state)
{
	struct perf_bytes out = {.size = 0};
	struct view record;
	bool is_broken;

	(void)state;
	(void)perf_bytes_add(&out, PERF_RECORD_COMM, 1, "first", 5, 100);
	(void)perf_bytes_add(&out, PERF_RECORD_COMM, 2, "the second one", 14, 200);
	for (uint64_t position = 0; position < 3 * RING_BYTES; position += 8) {
		struct perf_ring ring = ring_at(position, view_of(out.bytes, out.size));

		assert_int_equal(perf_ring_time(&ring), 100);
		assert_true(perf_ring_peek(&ring, scratch, &record, &is_broken));
		assert_int_equal(record.size, 24);
		assert_memory_equal(record.bytes, out.bytes, 24);
		perf_ring_advance(&ring);
		assert_int_equal(perf_ring_time(&ring), 200);
		assert_true(perf_ring_peek(&ring, scratch, &record, &is_broken));
		assert_int_equal(record.size, 32);
		assert_memory_equal(record.bytes, out.bytes + 24, 32);
		perf_ring_advance(&ring);
		assert_int_equal(perf_ring_time(&ring), UINT64_MAX);
		assert_false(perf_ring_peek(&ring, scratch, &record, &is_broken));
		assert_false(is_broken);
		assert_int_equal(ring.tail, ring.head);
	}
}

static void assert_broken(struct perf_ring ring)
{
	struct view record;
	bool is_broken;

	assert_int_equal(perf_ring_time(&ring), 0);
	assert_false(perf_ring_peek(&ring, scratch, &record, &is_broken));
	assert_true(is_broken);
	assert_int_equal(ring.tail, ring.head);
}

static void test_garbage(void **state)
{
	struct perf_bytes out = {.size = 0};
	struct perf_event_header *header = (void *)out.bytes;
	struct perf_ring ring;

	(void)state;
	(void)perf_bytes_add(&out, PERF_RECORD_COMM, 0, "12345678", 8, 1);
	for (unsigned int size = 0; size <= 65535; size++) {
		struct view record;
		bool is_broken;

		header->size = (uint16_t)size;
		ring = ring_at(8, view_of(out.bytes, out.size));
		if (size < 8 || size % 8 || size > out.size) {
			assert_broken(ring);
		} else {
			assert_true(perf_ring_peek(&ring, scratch, &record, &is_broken));
			assert_int_equal(record.size, size);
		}
	}
	ring = ring_at(0, view_of(out.bytes, out.size));
	ring.head = ring.tail + RING_BYTES + 8; /* more than there is room for */
	assert_broken(ring);
	ring.head = ring.tail - 8;
	assert_broken(ring);
	ring.head = ring.tail + 4;
	assert_broken(ring);
}

static void test_without_time(void **state)
{
	struct perf_event_header header = {.type = PERF_RECORD_COMM, .size = 8};
	struct perf_ring ring = ring_at(0, view_of(&header, sizeof(header)));

	(void)state;
	assert_int_equal(perf_ring_time(&ring), 0);
	perf_ring_advance(&ring);
	assert_int_equal(ring.tail, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_position),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_without_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
