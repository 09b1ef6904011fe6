/* Jobs as bytes: what went in comes out, what must not go in does not, and no cut or garbled byte
 * is believed. */
#include "unwinding/unwind_job.h"

#include <errno.h>
#include "cmocka_test.h"

static uint8_t page_bytes[2][STACK_PAGE_BYTES];
static const struct job_page pages[] = {
	{.address = 0x7000, .bytes = page_bytes[0]},
	{.address = 0x3000, .bytes = page_bytes[1]},
};
static const struct job_image images[] = {
	{.path = {"/usr/bin/shop", 13},
	 .build_id = {1, 2, 3},
	 .build_id_size = 3,
	 .key = 77,
	 .fd = 10},
	{.path = {"/gone", 5}, .key = 78, .fd = -1},
	{.path = {"", 0}, .key = 79, .fd = 12},
};
static const struct job_mapping mappings[] = {
	{0x1000, 0x2000, 0, 0},      {0x1800, 0x2800, 0, 1}, /* overlaps: left out */
	{0x2000, 0x5000, 0x4000, 2}, {0x6000, 0x7000, 0, NO_IMAGE},
	{0x8000, 0x8000, 0, 0}, /* empty: left out */
	{0x9000, 0xa000, 0, 3}, /* no such image: left out */
};

static struct unwind_job sample(struct job_thread threads[2])
{
	memset(page_bytes[0], 0xaa, STACK_PAGE_BYTES);
	memset(page_bytes[1], 0xbb, STACK_PAGE_BYTES);
	threads[0] = (struct job_thread){.tid = 42,
					 .is_crashed = true,
					 .is_truncated = true,
					 .pages = pages,
					 .pages_count = 2};
	threads[1] = (struct job_thread){
		.tid = 43, .is_pc_only = true, .pages = pages, .pages_count = 2};
	for (int i = 0; i < REGISTERS_COUNT; i++)
		threads[0].registers[i] = 0x100u + (uint64_t)i;
	return (struct unwind_job){
		.id = 0x1122334455667788,
		.is_arm64 = true,
		.is_profile = true,
		.perf_map_fd = 9,
		.threads = threads,
		.threads_count = 2,
		.mappings = mappings,
		.mappings_count = sizeof(mappings) / sizeof(mappings[0]),
		.images = images,
		.images_count = 3,
	};
}

static void test_what_goes_in_comes_out(void **state)
{
	struct job_thread threads[2];
	struct unwind_job job = sample(threads), got;
	struct byte_buffer bytes;
	struct arena arena;

	(void)state;
	byte_buffer_init(&bytes, MAX_JOB_BYTES);
	arena_init(&arena, MAX_JOB_BYTES);
	assert_int_equal(unwind_job_encode(&job, &bytes), 0);
	assert_int_equal(unwind_job_decode(byte_buffer_view(&bytes), (int[]){100, 101, 102}, 3,
					   &arena, &got),
			 0);
	assert_true(got.id == job.id && got.is_arm64 && got.is_profile);
	assert_int_equal(got.perf_map_fd, 100);
	assert_int_equal(got.images_count, 3);
	assert_view(got.images[0].path, "/usr/bin/shop");
	assert_memory_equal(got.images[0].build_id, images[0].build_id, MAX_BUILD_ID_BYTES);
	assert_int_equal(got.images[0].build_id_size, 3);
	assert_int_equal(got.images[0].key, 77);
	assert_int_equal(got.images[0].fd, 101);
	assert_int_equal(got.images[1].fd, -1);
	assert_int_equal(got.images[2].fd, 102);
	assert_int_equal(got.mappings_count, 3);
	assert_memory_equal(&got.mappings[1], &mappings[2], sizeof(mappings[2]));
	assert_int_equal(got.mappings[2].image, NO_IMAGE);
	assert_int_equal(got.threads_count, 2);
	assert_int_equal(got.threads[0].tid, 42);
	assert_true(got.threads[0].is_crashed && got.threads[0].is_truncated);
	assert_memory_equal(got.threads[0].registers, threads[0].registers,
			    sizeof(threads[0].registers));
	assert_int_equal(got.threads[0].pages_count, 2);
	assert_int_equal(got.threads[0].pages[1].address, 0x3000);
	assert_memory_equal(got.threads[0].pages[1].bytes, page_bytes[1], STACK_PAGE_BYTES);
	/* Memory that may not be looked at does not travel. */
	assert_true(got.threads[1].is_pc_only && !got.threads[1].is_crashed);
	assert_int_equal(got.threads[1].pages_count, 0);
	arena_done(&arena);
	byte_buffer_done(&bytes);
}

static void test_every_cut_is_refused(void **state)
{
	struct job_thread threads[2];
	struct unwind_job job = sample(threads), got = {.id = 5};
	struct byte_buffer bytes;

	(void)state;
	job.threads_count = 2;
	threads[0].pages_count = 1;
	byte_buffer_init(&bytes, MAX_JOB_BYTES);
	assert_int_equal(unwind_job_encode(&job, &bytes), 0);
	for (size_t size = 0; size < bytes.size; size++) {
		struct view cut = exact_copy(view_of(bytes.bytes, size));
		struct arena arena;

		arena_init(&arena, MAX_JOB_BYTES);
		assert_int_equal(unwind_job_decode(cut, (int[]){1, 2, 3}, 3, &arena, &got),
				 -EBADMSG);
		assert_int_equal(got.id, 5);
		arena_done(&arena);
		free_copy(cut);
	}
	byte_buffer_append_byte(&bytes, 0); /* more than all of it is refused too */
	{
		struct arena arena;

		arena_init(&arena, MAX_JOB_BYTES);
		assert_int_equal(unwind_job_decode(byte_buffer_view(&bytes), (int[]){1, 2, 3}, 3,
						   &arena, &got),
				 -EBADMSG);
		arena_done(&arena);
	}
	byte_buffer_done(&bytes);
}

static void test_a_file_that_did_not_come(void **state)
{
	struct job_thread threads[2];
	struct unwind_job job = sample(threads), got;
	struct byte_buffer bytes;
	struct arena arena;

	(void)state;
	byte_buffer_init(&bytes, MAX_JOB_BYTES);
	arena_init(&arena, MAX_JOB_BYTES);
	assert_int_equal(unwind_job_encode(&job, &bytes), 0);
	assert_int_equal(
		unwind_job_decode(byte_buffer_view(&bytes), (int[]){1, 2}, 2, &arena, &got),
		-EBADMSG);
	arena_done(&arena);
	arena_init(&arena, 100);
	assert_int_equal(
		unwind_job_decode(byte_buffer_view(&bytes), (int[]){1, 2, 3}, 3, &arena, &got),
		-ENOMEM);
	arena_done(&arena);
	byte_buffer_done(&bytes);
}

static void test_limits(void **state)
{
	static struct job_image many[MAX_CRASH_IMAGES + 1];
	struct unwind_job job = {
		.perf_map_fd = -1, .images = many, .images_count = MAX_CRASH_IMAGES};
	struct job_thread thread = {.pages = pages, .pages_count = MAX_STACK_PAGES + 1};
	struct byte_buffer bytes;

	(void)state;
	for (int i = 0; i <= MAX_CRASH_IMAGES; i++)
		many[i].fd = i;
	byte_buffer_init(&bytes, MAX_JOB_BYTES);
	assert_int_equal(unwind_job_encode(&job, &bytes), 0);
	job.images_count++;
	assert_int_equal(unwind_job_encode(&job, &bytes), -EINVAL);
	job.images_count = 1;
	job.threads = &thread;
	job.threads_count = 1;
	assert_int_equal(unwind_job_encode(&job, &bytes), -EINVAL);
	job.threads_count = 0;
	many[0].build_id_size = MAX_BUILD_ID_BYTES + 1;
	assert_int_equal(unwind_job_encode(&job, &bytes), -EINVAL);
	many[0].build_id_size = 0;
	byte_buffer_done(&bytes);
	byte_buffer_init(&bytes, 10);
	assert_int_equal(unwind_job_encode(&job, &bytes), -EMSGSIZE);
	byte_buffer_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_goes_in_comes_out),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_a_file_that_did_not_come),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
