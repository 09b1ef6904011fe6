/* Which files travel: all when they fit; else those a stack can be in, and then the first. */
#include "unwinding/job_files.h"

#include "cmocka_test.h"

#define MANY 600

static struct job_image images[MANY];
static struct job_mapping mappings[MANY];
static struct job_files files;

static struct unwind_job prepare(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		images[i] = (struct job_image){.key = i, .fd = 1000 + (int)i};
		mappings[i] = (struct job_mapping){0x10000ull * (i + 1),
						   0x10000ull * (i + 1) + 0x1000, 0, i};
	}
	return (struct unwind_job){
		.perf_map_fd = -1,
		.mappings = mappings,
		.mappings_count = count,
		.images = images,
		.images_count = count,
	};
}

static bool is_chosen(uint32_t image)
{
	for (uint32_t i = 0; i < files.count; i++) {
		if (files.images[i] != image)
			continue;
		assert_int_equal(files.fds[i], 1000 + (int)image);
		return true;
	}
	return false;
}

static void test_few(void **state)
{
	struct unwind_job job = prepare(3);

	(void)state;
	images[1].fd = -1;
	job_files_choose(&job, &files);
	assert_int_equal(files.count, 2);
	assert_true(is_chosen(0) && !is_chosen(1) && is_chosen(2));
	job.perf_map_fd = 9;
	job_files_choose(&job, &files);
	assert_int_equal(files.count, 3);
	assert_int_equal(files.fds[0], 9);
	assert_int_equal(files.images[0], NO_IMAGE);
	job.images_count = 0;
	job.perf_map_fd = -1;
	job_files_choose(&job, &files);
	assert_int_equal(files.count, 0);
}

static void test_many(void **state)
{
	static uint8_t page[STACK_PAGE_BYTES];
	const struct job_page pages[] = {{0x7000, page}};
	struct job_thread threads[] = {
		{.pages = pages, .pages_count = 1},
		{.pages = pages, .pages_count = 1, .is_pc_only = true},
	};
	struct unwind_job job = prepare(MANY);
	const uint64_t on_stack = mappings[555].start + 0xfff, beyond = mappings[444].end;

	(void)state;
	memcpy(page + STACK_PAGE_BYTES - 8, &on_stack, 8);
	memcpy(page + 16, &beyond, 8);
	threads[0].registers[16] = mappings[599].start;
	job.threads = threads;
	job.threads_count = 1;
	job.perf_map_fd = 9;
	images[7].fd = -1;
	job_files_choose(&job, &files);
	assert_int_equal(files.count, MAX_JOB_FILES);
	assert_int_equal(files.images[0], NO_IMAGE);
	assert_true(is_chosen(555) && is_chosen(599));
	assert_false(is_chosen(444) || is_chosen(7));
	/* 250 without the perf map and these two: 0 to 247 without 7. */
	assert_true(is_chosen(0) && is_chosen(247));
	assert_false(is_chosen(248));
	/* In order, as the encoder numbers them. */
	for (uint32_t i = 2; i < files.count; i++)
		assert_true(files.images[i - 1] < files.images[i]);
	/* Memory that may not be looked at is not looked at. */
	job.threads = threads + 1;
	job_files_choose(&job, &files);
	assert_false(is_chosen(555));
}

static void test_more_wanted_than_fit(void **state)
{
	struct job_thread threads[MAX_CRASH_THREADS] = {{.tid = 0}};
	struct unwind_job job = prepare(MANY);

	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		threads[i / 30].registers[i % 30] = mappings[300 + i].start;
	job.threads = threads;
	job.threads_count = 10;
	job_files_choose(&job, &files);
	assert_int_equal(files.count, MAX_JOB_FILES);
	assert_int_equal(files.images[0], 300);
	assert_int_equal(files.images[MAX_JOB_FILES - 1], 300 + MAX_JOB_FILES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_more_wanted_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
