/* Stacks as libstdc++ leaves them when an exception ends a program, and some that only look alike.
 */
#include "crash/cpp_throw_site.h"

#include <signal.h>
#include <stdlib.h>
#include "cmocka_test.h"

#define MAX_FRAMES 16

static struct crash *crash;
static struct raw_crash *raw;
static struct crash_thread thread;
static struct crash_frame frames[MAX_FRAMES], kept_frames[MAX_FRAMES];
static struct crash_throw kept;

static int set_up(void **state)
{
	struct resource *resource;
	struct crash_thread_record record = {.tid = 7, .tgid = 5};

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(crash_new(&crash, resource), 0);
	resource_release(&resource);
	assert_int_equal(raw_crash_new(&raw, 5), 0);
	assert_int_equal(raw_crash_new_thread(&raw->threads[0], &record), 0);
	raw->threads_count = 1;
	crash->kind = CRASH_SIGNAL;
	crash->signal = SIGABRT;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	crash_free(&crash);
	raw_crash_free(&raw);
	return 0;
}

/* Program counters are those of the names: the same function, the same place. An empty name is a
 * function of the unwinder; what begins with "shop" is the program's own. */
static uint32_t fill(struct crash_frame *ret, const char *const *names)
{
	uint32_t count = 0;

	for (; names[count]; count++)
		ret[count] = (struct crash_frame){
			.pc = (uint64_t)(uintptr_t)names[count],
			.function = view_of_text(names[count]),
			.is_in_app = strncmp(names[count], "shop", 4) == 0,
		};
	return count;
}

static void judge(const char *const *names, const char *const *kept_names)
{
	thread = (struct crash_thread){.tid = 7, .is_crashed = true, .has_registers = true};
	thread.frames = frames;
	thread.frames_count = fill(frames, names);
	crash->threads = &thread;
	crash->threads_count = 1;
	crash->thrown = NULL;
	if (kept_names) {
		kept = (struct crash_throw){.type = VIEW_LITERAL("shop::Error")};
		kept.thread.frames = kept_frames;
		kept.thread.frames_count = fill(kept_frames, kept_names);
		crash->thrown = &kept;
	}
	cpp_throw_site_judge(crash, raw);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define THROWN     "shop::throw_error()"

static void keep_text(const char *text)
{
	struct cpp_throw_record *record = calloc(1, sizeof(*record));

	assert_non_null(record);
	record->tid = 7;
	record->text_size = (__u16)strlen(text);
	memcpy(record->text, text, record->text_size);
	record->pages_copied = 2;
	record->stack_address = 0x7000;
	raw->thrown = record;
}

static void at_the_throw(void **state)
{
	const char *thrown = THROWN;

	(void)state;
	keep_text("no such order");
	judge(NAMES("abort", "", "std::terminate()", "__cxa_throw", thrown, "main"),
	      NAMES("__cxa_throw", thrown, "main"));
	assert_non_null(crash->thrown);
	assert_false(crash->thrown->is_kept);
	assert_view(crash->thrown->type, "shop::Error");
	assert_view(crash->thrown->value, "no such order");
	assert_int_equal(crash->thrown->thread.frames_count, 2);
	assert_view(crash->thrown->thread.frames[0].function, THROWN);
	assert_int_equal(crash->thrown->thread.tid, 7);
	assert_false(crash->thrown->thread.has_registers);
	/* Without what the kernel kept the stack says it all the same. */
	judge(NAMES("abort", "std::terminate()", "__cxa_throw", thrown), NULL);
	assert_view(crash->thrown->thread.frames[0].function, THROWN);
	assert_int_equal(crash->thrown->type.size, 0);
	/* What was kept is of another throw. */
	judge(NAMES("abort", "std::terminate()", "__cxa_throw", thrown),
	      NAMES("__cxa_throw", "shop::other()"));
	assert_view(crash->thrown->thread.frames[0].function, THROWN);
	assert_int_equal(crash->thrown->type.size, 0);
}

static void stopped_on_its_way(void **state)
{
	(void)state;
	judge(NAMES("abort", "", "__gxx_personality_v0", "", "_Unwind_RaiseException",
		    "__cxa_throw", THROWN),
	      NULL);
	assert_int_equal(crash->thrown->thread.frames_count, 1);
	assert_view(crash->thrown->thread.frames[0].function, THROWN);
	judge(NAMES("abort", "", "__gxx_personality_v0", "", "_Unwind_Resume", "shop::tidy()"),
	      NAMES("__cxa_throw", THROWN, "shop::tidy()"));
	assert_true(crash->thrown->is_kept);
	assert_int_equal(crash->thrown->thread.frames_count, 2);
	assert_view(crash->thrown->thread.frames[0].function, THROWN);
	assert_view(crash->thrown->otherwise->thread.frames[0].function, "shop::tidy()");
	/* Too many throws: no stack was kept, but the type. */
	judge(NAMES("abort", "__cxa_rethrow", "shop::tidy()"), NAMES("__cxa_throw"));
	assert_false(crash->thrown->is_kept);
	assert_view(crash->thrown->type, "shop::Error");
	assert_view(crash->thrown->thread.frames[0].function, "shop::tidy()");
}

static void no_reason(void **state)
{
	(void)state;
	judge(NAMES("abort", "shop::give_up()"), NAMES("__cxa_throw", THROWN));
	assert_null(crash->thrown);
	/* A thread that nobody joined. */
	judge(NAMES("abort", "std::terminate()", "shop::leave()"), NAMES("__cxa_throw", THROWN));
	assert_null(crash->thrown);
	crash->signal = SIGSEGV;
	judge(NAMES("shop::copy()", "__cxa_throw", THROWN), NAMES("__cxa_throw", THROWN));
	assert_null(crash->thrown);
	crash->signal = SIGABRT;
	crash->kind = CRASH_KILLED;
	judge(NAMES("abort", "__cxa_throw", THROWN), NAMES("__cxa_throw", THROWN));
	assert_null(crash->thrown);
}

static void as_a_job(void **state)
{
	struct job_thread job = {0};

	(void)state;
	assert_false(cpp_throw_site_job(raw, &crash->arena, &job));
	keep_text("text");
	raw->thrown->registers[7] = 0x7008;
	assert_true(cpp_throw_site_job(raw, &crash->arena, &job));
	assert_int_equal(job.tid, 7);
	assert_int_equal(job.pages_count, 2);
	assert_int_equal(job.pages[1].address, 0x8000);
	assert_ptr_equal(job.pages[1].bytes, raw->thrown->pages[1]);
	assert_int_equal(job.registers[7], 0x7008);
	/* Another thread's. */
	raw->thrown->tid = 8;
	assert_false(cpp_throw_site_job(raw, &crash->arena, &job));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(at_the_throw, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stopped_on_its_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_reason, set_up, tear_down),
		cmocka_unit_test_setup_teardown(as_a_job, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
