/* Records as perf_event_open(2) says they look, their limits, and every cut of them. */
#include "cmocka_test.h"
#include <sys/mman.h>
#include "capture/side_band.h"
#include "perf_bytes.h"

static struct perf_bytes out;

static const struct mmap2_sample sample = {.pid = 7,
					   .tid = 8,
					   .address = 0x1000,
					   .length = 0x2000,
					   .page_offset = 0x3000,
					   .device_major = 254,
					   .device_minor = 1,
					   .inode = 99,
					   .protection = PROT_READ | PROT_EXEC,
					   .path = "/bin/sh"};

static struct side_band decode(struct view bytes)
{
	struct view copy = exact_copy(bytes);
	struct side_band event;

	side_band_decode(copy, &event);
	if (event.kind == SIDE_BAND_IMAGE && event.path.size)
		event.path.bytes = bytes.bytes + (event.path.bytes - copy.bytes);
	free_copy(copy);
	out.size = 0;
	return event;
}

static struct side_band decode_mmap2(const struct mmap2_sample *changed, uint16_t misc)
{
	return decode(perf_bytes_add_mmap2(&out, changed, misc, 12345));
}

static void test_mapping(void **state)
{
	struct side_band event = decode_mmap2(&sample, PERF_RECORD_MISC_USER);

	(void)state;
	assert_int_equal(event.kind, SIDE_BAND_IMAGE);
	assert_int_equal(event.time_ns, 12345);
	assert_int_equal(event.record.header.time_ns, 12345);
	assert_int_equal(event.record.action, IMAGE_MAPPED);
	assert_int_equal(event.record.tgid, 7);
	assert_int_equal(event.record.start, 0x1000);
	assert_int_equal(event.record.end, 0x3000);
	assert_int_equal(event.record.file_offset, 0x3000);
	assert_int_equal(event.record.device_major, 254);
	assert_int_equal(event.record.device_minor, 1);
	assert_int_equal(event.record.inode, 99);
	assert_int_equal(event.record.build_id_size, 0);
	assert_view(event.path, "/bin/sh");
}

static void test_build_id(void **state)
{
	struct mmap2_sample changed = sample;
	struct side_band event;

	(void)state;
	changed.generation = 0;
	changed.build_id_size = 20;
	memcpy(changed.build_id, "abcdefghijklmnopqrst", 20);
	event = decode_mmap2(&changed, PERF_RECORD_MISC_MMAP_BUILD_ID);
	assert_int_equal(event.kind, SIDE_BAND_IMAGE);
	assert_int_equal(event.record.build_id_size, 20);
	assert_memory_equal(event.record.build_id, "abcdefghijklmnopqrst", 20);
	assert_int_equal(event.record.inode, 0);
	changed.build_id_size = 21;
	assert_int_equal(decode_mmap2(&changed, PERF_RECORD_MISC_MMAP_BUILD_ID).kind,
			 SIDE_BAND_MALFORMED);
}

static void test_not_ours(void **state)
{
	struct mmap2_sample changed = sample;

	(void)state;
	changed.protection = PROT_READ | PROT_WRITE;
	assert_int_equal(decode_mmap2(&changed, 0).kind, SIDE_BAND_OTHER);
	changed = sample;
	changed.pid = 0;
	assert_int_equal(decode_mmap2(&changed, 0).kind, SIDE_BAND_OTHER);
	changed.pid = UINT32_MAX;
	assert_int_equal(decode_mmap2(&changed, 0).kind, SIDE_BAND_OTHER);
	changed = sample;
	changed.length = 0;
	assert_int_equal(decode_mmap2(&changed, 0).kind, SIDE_BAND_MALFORMED);
	changed.length = UINT64_MAX - 0xfff;
	assert_int_equal(decode_mmap2(&changed, 0).kind, SIDE_BAND_MALFORMED);
	assert_int_equal(decode(perf_bytes_add(&out, PERF_RECORD_EXIT, 0, "12345678", 8, 1)).kind,
			 SIDE_BAND_OTHER);
}

static void test_exec_and_renaming(void **state)
{
	struct {
		uint32_t pid, tid;
		char name[16];
	} comm = {5, 6, "shop"};
	struct side_band event;

	(void)state;
	event = decode(perf_bytes_add(&out, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC, &comm,
				      sizeof(comm), 9));
	assert_int_equal(event.kind, SIDE_BAND_IMAGE);
	assert_int_equal(event.record.action, IMAGE_EXEC);
	assert_int_equal(event.record.tgid, 5);
	assert_int_equal(event.record.header.time_ns, 9);
	event = decode(perf_bytes_add(&out, PERF_RECORD_COMM, 0, &comm, sizeof(comm), 9));
	assert_int_equal(event.kind, SIDE_BAND_OTHER);
}

static struct side_band decode_fork(uint32_t pid, uint32_t ppid, uint32_t tid)
{
	struct {
		uint32_t pid, ppid, tid, ptid;
		uint64_t time_ns;
	} task = {pid, ppid, tid, ppid, 77};

	return decode(perf_bytes_add(&out, PERF_RECORD_FORK, 0, &task, sizeof(task), 77));
}

static void test_fork(void **state)
{
	struct side_band event = decode_fork(20, 10, 20);

	(void)state;
	assert_int_equal(event.kind, SIDE_BAND_IMAGE);
	assert_int_equal(event.record.action, IMAGE_FORK);
	assert_int_equal(event.record.tgid, 20);
	assert_int_equal(event.record.parent_tgid, 10);
	assert_int_equal(decode_fork(10, 10, 21).kind, SIDE_BAND_OTHER);
	assert_int_equal(decode_fork(20, 0, 20).kind, SIDE_BAND_OTHER);
}

static void test_lost(void **state)
{
	uint64_t body[2] = {1, 42};
	struct side_band event =
		decode(perf_bytes_add(&out, PERF_RECORD_LOST, 0, body, sizeof(body), 3));

	(void)state;
	assert_int_equal(event.kind, SIDE_BAND_LOST);
	assert_int_equal(event.lost, 42);
}

static void test_path_without_end(void **state)
{
	struct view bytes = perf_bytes_add_mmap2(&out, &sample, 0, UINT64_MAX);
	struct side_band event;

	(void)state;
	/* "/bin/sh" and its NUL are eight bytes: the NUL overwritten, only the time follows. */
	memset((char *)(uintptr_t)bytes.bytes + bytes.size - 9, 'x', 1);
	event = decode(bytes);
	assert_int_equal(event.kind, SIDE_BAND_IMAGE);
	assert_view(event.path, "/bin/shx");
}

/* A record is as long as its header says, so a cut one is none; one that says so itself is too
 * short. */
static void test_every_cut(void **state)
{
	struct view bytes = perf_bytes_add_mmap2(&out, &sample, 0, 1);
	struct side_band event;

	(void)state;
	for (size_t cut = 0; cut < bytes.size; cut++) {
		struct view copy = exact_copy(view_take(bytes, cut));

		side_band_decode(copy, &event);
		assert_int_equal(event.kind, SIDE_BAND_MALFORMED);
		if (cut >= sizeof(struct perf_event_header)) {
			((struct perf_event_header *)(uintptr_t)copy.bytes)->size = (uint16_t)cut;
			side_band_decode(copy, &event);
			assert_int_equal(event.kind, SIDE_BAND_MALFORMED);
		}
		free_copy(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mapping),   cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_not_ours),  cmocka_unit_test(test_exec_and_renaming),
		cmocka_unit_test(test_fork),      cmocka_unit_test(test_lost),
		cmocka_unit_test(test_every_cut), cmocka_unit_test(test_path_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
