/* A whole job, in this process: our own stack, names, files, and what happens when time is up. */
#include "unwinding/unwind_work.h"

#include "cmocka_test.h"
#include "base/clock.h"
#include "unwinding/symbol_message.h"
#include "own_stack.h"
#include "sample_elf.h"

static struct own_stack own;
static struct unwind_answer answer;

__attribute__((noinline)) static int innermost_stage(void)
{
	own_stack_capture(&own);
	return own.pages_count ? 1 : 0;
}

__attribute__((noinline)) static int middle_stage(void)
{
	return innermost_stage() + 1;
}

__attribute__((noinline)) static int outer_stage(void)
{
	return middle_stage() + 1;
}

static struct module_cache *new_cache(void)
{
	struct module_cache *cache;

	assert_int_equal(module_cache_new(&cache, 256 << 20, 64, NULL), 0);
	return cache;
}

static void run(const struct unwind_job *job, struct arena *arena, uint64_t names_until_ns,
		uint64_t stacks_until_ns)
{
	struct module_cache *cache = new_cache();
	struct perf_map_cache *perf_maps;
	volatile uint64_t culprit = 77;
	struct unwind_work work = {
		.modules = cache,
		.culprit = &culprit,
		.names_until_ns = names_until_ns,
		.stacks_until_ns = stacks_until_ns,
	};

	arena_init(arena, MAX_CRASH_BYTES);
	assert_int_equal(perf_map_cache_new(&perf_maps, 1 << 20, 1), 0);
	work.perf_maps = perf_maps;
	assert_int_equal(unwind_work_run(&work, job, arena, &answer), 0);
	assert_int_equal(culprit, 0);
	perf_map_cache_free(&perf_maps);
	module_cache_free(&cache);
}

static void expect_stages(uint32_t thread)
{
	static const char *const wanted[] = {"innermost_stage", "middle_stage", "outer_stage"};

	assert_true(answer.threads[thread].frames_count > 4);
	for (uint32_t i = 0; i < 3; i++) {
		const struct crash_frame *frame = &answer.threads[thread].frames[i];

		assert_view(frame->function, wanted[i]);
		assert_int_equal(frame->is_exact_pc, i == 0);
		assert_true(frame->is_in_app);
		assert_true(frame->function_address && frame->function_address <= frame->pc);
		assert_true(frame->image < own.images_count);
		assert_int_equal(frame->trust, i == 0 ? TRUST_CONTEXT : TRUST_CFI);
	}
}

static void test_own_stack(void **state)
{
	struct job_thread threads[2];
	struct unwind_job job;
	struct arena arena;

	(void)state;
	assert_int_equal(outer_stage(), 3);
	threads[0] = own_stack_thread(&own);
	threads[1] = threads[0];
	threads[1].is_crashed = false;
	job = own_stack_job(&own, threads, 2);
	run(&job, &arena, UINT64_MAX, UINT64_MAX);
	assert_int_equal(answer.id, 1);
	assert_int_equal(answer.threads_count, 2);
	expect_stages(0);
	expect_stages(1);
	/* The library below is the system's. */
	for (uint32_t i = 0; i < answer.threads[0].frames_count; i++) {
		const struct crash_frame *frame = &answer.threads[0].frames[i];

		if (frame->image != NO_IMAGE &&
		    view_find(own.images[frame->image].path, VIEW_LITERAL("libc.so")) >= 0)
			assert_false(frame->is_in_app);
	}
	arena_done(&arena);
	own_stack_done(&own);
}

static void test_what_there_is_no_time_for(void **state)
{
	struct job_thread threads[2];
	struct unwind_job job;
	struct arena arena;

	(void)state;
	assert_int_equal(outer_stage(), 3);
	threads[0] = own_stack_thread(&own);
	threads[1] = threads[0];
	threads[1].is_crashed = false;
	job = own_stack_job(&own, threads, 2);
	/* No time for names: only the crashed thread has them. */
	run(&job, &arena, 0, UINT64_MAX);
	expect_stages(0);
	assert_int_equal(answer.threads[1].frames_count, answer.threads[0].frames_count);
	assert_view(answer.threads[1].frames[0].function, "");
	assert_int_equal(answer.threads[1].frames[1].pc, answer.threads[0].frames[1].pc);
	arena_done(&arena);
	/* None for stacks either: where it was, and that there was more. */
	run(&job, &arena, 0, 0);
	expect_stages(0);
	assert_int_equal(answer.threads[1].frames_count, 1);
	assert_true(answer.threads[1].is_truncated);
	arena_done(&arena);
	own_stack_done(&own);
}

/* The same threads as samples: each named, each down to its end, names kept from job to job. */
static void test_samples(void **state)
{
	static struct cached_row rows[64];
	struct row_cache row_cache = {rows, 64};
	struct module_cache *modules = new_cache();
	struct frame_names *names;
	struct job_thread threads[2];
	struct unwind_job job;
	volatile uint64_t culprit = 77;
	struct unwind_work work = {.modules = modules, .rows = &row_cache, .culprit = &culprit};
	const char *function = NULL;
	size_t known = 0;

	(void)state;
	assert_int_equal(frame_names_new(&names, 1000, 1 << 20), 0);
	work.names = names;
	assert_int_equal(outer_stage(), 3);
	threads[0] = own_stack_thread(&own);
	threads[0].is_crashed = false;
	threads[1] = threads[0];
	job = own_stack_job(&own, threads, 2);
	job.is_profile = true;
	for (int round = 0; round < 2; round++) {
		struct arena arena;

		arena_init(&arena, MAX_CRASH_BYTES);
		assert_int_equal(unwind_work_run(&work, &job, &arena, &answer), 0);
		for (uint32_t i = 0; i < 2; i++) {
			expect_stages(i);
			assert_true(answer.threads[i].is_complete);
			assert_false(answer.threads[i].is_truncated);
		}
		/* No file is read for what samples do not need. */
		assert_int_equal(answer.images[0].build_id_size, 0);
		assert_ptr_equal(answer.threads[0].frames[0].function.bytes,
				 answer.threads[1].frames[0].function.bytes);
		if (round == 1) {
			assert_ptr_equal(answer.threads[0].frames[0].function.bytes, function);
			assert_int_equal(frame_names_count(names), known);
		}
		function = answer.threads[0].frames[0].function.bytes;
		known = frame_names_count(names);
		assert_true(known >= 4);
		arena_done(&arena);
		unwind_work_trim(&work);
	}
	frame_names_free(&names);
	module_cache_free(&modules);
	own_stack_done(&own);
}

static void test_memory_that_may_not_be_looked_at(void **state)
{
	struct job_thread thread;
	struct unwind_job job;
	struct arena arena;

	(void)state;
	assert_int_equal(outer_stage(), 3);
	thread = own_stack_thread(&own);
	thread.is_pc_only = true;
	job = own_stack_job(&own, &thread, 1);
	run(&job, &arena, UINT64_MAX, UINT64_MAX);
	assert_int_equal(answer.threads[0].frames_count, 1);
	assert_false(answer.threads[0].is_truncated);
	assert_view(answer.threads[0].frames[0].function, "innermost_stage");
	arena_done(&arena);
	own_stack_done(&own);
}

static void test_code_of_a_jit_compiler(void **state)
{
	static const struct job_mapping mapping = {0x10000, 0x20000, 0, NO_IMAGE};
	char path[] = "/tmp/limpet-perf-map-XXXXXX";
	static const char text[] = "10100 40 LazyCompile:~add /app/cart.js:3\n";
	struct job_thread thread = {.tid = 1, .is_crashed = true};
	struct unwind_job job = {
		.threads = &thread, .threads_count = 1, .mappings = &mapping, .mappings_count = 1};
	struct arena arena;

	(void)state;
	job.perf_map_fd = mkstemp(path);
	assert_true(job.perf_map_fd >= 0);
	assert_int_equal(write(job.perf_map_fd, text, sizeof(text) - 1), sizeof(text) - 1);
	thread.registers[16] = 0x10110;
	run(&job, &arena, UINT64_MAX, UINT64_MAX);
	assert_true(answer.threads[0].frames_count >= 1);
	assert_view(answer.threads[0].frames[0].function, "LazyCompile:~add /app/cart.js:3");
	assert_int_equal(answer.threads[0].frames[0].function_address, 0x10100);
	assert_int_equal(answer.threads[0].frames[0].image, NO_IMAGE);
	assert_true(answer.threads[0].frames[0].is_in_app);
	arena_done(&arena);
	(void)close(job.perf_map_fd);
	(void)unlink(path);
}

static void test_files_are_identified(void **state)
{
	struct job_thread thread;
	struct unwind_job job;
	struct arena arena;
	uint32_t with_build_id = 0, libc = NO_IMAGE;

	(void)state;
	assert_int_equal(outer_stage(), 3);
	thread = own_stack_thread(&own);
	job = own_stack_job(&own, &thread, 1);
	run(&job, &arena, UINT64_MAX, UINT64_MAX);
	assert_int_equal(answer.images_count, own.images_count);
	for (uint32_t i = 0; i < answer.images_count; i++) {
		with_build_id += answer.images[i].build_id_size == 20;
		/* The hash is for files without a build-id. */
		assert_true(!answer.images[i].has_text_hash || !answer.images[i].build_id_size);
		if (view_find(own.images[i].path, VIEW_LITERAL("libc.so")) >= 0)
			libc = i;
	}
	assert_true(with_build_id > 0);
	assert_true(libc != NO_IMAGE && answer.images[libc].build_id_size == 20);
	arena_done(&arena);
	own_stack_done(&own);
}

/* Sentry's rule: the first 4096 bytes of the code, by exclusive or in pieces of 16. */
static void test_a_file_without_a_build_id(void **state)
{
	static const unsigned char code[] = {1,  2,  3,  4,  5,  6,  7,  8,    9,
					     10, 11, 12, 13, 14, 15, 16, 0x10, 0x20};
	static const uint8_t wanted[16] = {0x11, 0x22, 3,  4,  5,  6,  7,  8,
					   9,    10,   11, 12, 13, 14, 15, 16};
	struct job_image image = {.path = VIEW_LITERAL("/app"), .key = 3};
	struct unwind_job job = {.perf_map_fd = -1, .images = &image, .images_count = 1};
	struct sample_elf elf;
	struct arena arena;

	(void)state;
	sample_elf_begin(&elf, ".text");
	memcpy(elf.bytes + 256, code, sizeof(code));
	((Elf64_Shdr *)(elf.bytes + 640))[2].sh_size = sizeof(code);
	((Elf64_Phdr *)(elf.bytes + sizeof(Elf64_Ehdr)))->p_type = PT_LOAD;
	image.fd = sample_elf_file(elf.bytes, sizeof(elf.bytes));
	run(&job, &arena, UINT64_MAX, UINT64_MAX);
	assert_int_equal(answer.images[0].build_id_size, 0);
	assert_true(answer.images[0].has_text_hash);
	assert_memory_equal(answer.images[0].text_hash, wanted, 16);
	arena_done(&arena);
	/* In no frame, and no time: not read. */
	run(&job, &arena, 0, 0);
	assert_false(answer.images[0].has_text_hash);
	arena_done(&arena);
	/* The kernel knows its build-id: no need to read it. */
	image.build_id_size = 20;
	run(&job, &arena, UINT64_MAX, UINT64_MAX);
	assert_false(answer.images[0].has_text_hash);
	arena_done(&arena);
	(void)close(image.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_stack),
		cmocka_unit_test(test_what_there_is_no_time_for),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_memory_that_may_not_be_looked_at),
		cmocka_unit_test(test_code_of_a_jit_compiler),
		cmocka_unit_test(test_files_are_identified),
		cmocka_unit_test(test_a_file_without_a_build_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
