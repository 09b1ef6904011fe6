/* The symbol process as the agent uses it: answers, deaths, hostile files, and nothing left behind.
 */
#include "unwinding/symbol_process.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include "cmocka_test.h"
#include "base/clock.h"
#include "base/log.h"
#include "own_stack.h"
#include "slow_elf.h"

struct seen {
	uint32_t count;
	uint32_t failures;
	uint64_t last_id;
	uint32_t frames;
	char functions[3][128];
	uint32_t lines[3];
};

static struct own_stack own;

__attribute__((noinline)) static int inner_stage(void)
{
	own_stack_capture(&own);
	return own.pages_count ? 1 : 0;
}

__attribute__((noinline)) static int outer_stage(void)
{
	return inner_stage() + 1;
}

static void see_answer(void *self, uint64_t job_id, const struct unwind_answer *answer)
{
	struct seen *seen = self;

	seen->count++;
	seen->last_id = job_id;
	seen->frames = 0;
	if (!answer) {
		seen->failures++;
		return;
	}
	assert_int_equal(answer->id, job_id);
	seen->frames = answer->threads[0].frames_count;
	for (uint32_t i = 0; i < 3; i++) {
		seen->functions[i][0] = '\0';
		seen->lines[i] = i < seen->frames ? answer->threads[0].frames[i].line : 0;
		if (i < seen->frames)
			(void)snprintf(seen->functions[i], sizeof(seen->functions[i]), "%.*s",
				       VIEW_FORMAT(answer->threads[0].frames[i].function));
	}
}

static struct symbol_process *start(struct seen *seen, uint64_t job_timeout_ms)
{
	struct symbol_process_settings settings = {
		.max_jobs = 4,
		.max_memory_bytes = 512 << 20,
		.job_timeout_ms = job_timeout_ms,
	};
	struct symbol_process *process;

	*seen = (struct seen){0};
	assert_int_equal(symbol_process_new(&process, &settings, see_answer, seen), 0);
	return process;
}

/* libdw is loaded before the sandbox closes, and works in it. */
static bool has_line_numbers(void)
{
	void *library = dlopen("libdw.so.1", RTLD_LAZY);

	if (library)
		(void)dlclose(library);
	return library;
}

static void poll_once(struct symbol_process *process)
{
	symbol_process_poll(process, clock_monotonic_ns());
}

static void poll_until(struct symbol_process *process, const struct seen *seen, uint32_t count)
{
	while (seen->count < count) {
		struct pollfd event = {.fd = symbol_process_fd(process), .events = POLLIN};

		poll_once(process);
		if (seen->count < count)
			(void)poll(&event, 1, 20);
	}
	assert_int_equal(seen->count, count);
}

/* Processes whose parent we are; zombies are among them. */
static uint32_t list_children(pid_t *ret_last)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	uint32_t count = 0;

	assert_non_null(proc);
	while ((entry = readdir(proc))) {
		char path[300], state;
		int pid = atoi(entry->d_name), parent;
		FILE *stat;

		if (pid <= 0)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		stat = fopen(path, "re");
		if (!stat)
			continue;
		if (fscanf(stat, "%*d (%*[^)]) %c %d", &state, &parent) == 2 &&
		    parent == getpid()) {
			count++;
			*ret_last = pid;
		}
		(void)fclose(stat);
	}
	(void)closedir(proc);
	return count;
}

/* Once those killed before are reaped. */
static pid_t wait_for_only_child(struct symbol_process *process)
{
	pid_t child = 0;

	while (list_children(&child) != 1) {
		poll_once(process);
		(void)poll(NULL, 0, 1);
	}
	return child;
}

static uint32_t count_descriptors(void)
{
	DIR *descriptors = opendir("/proc/self/fd");
	uint32_t count = 0;

	assert_non_null(descriptors);
	while (readdir(descriptors))
		count++;
	(void)closedir(descriptors);
	return count;
}

static void test_answers_of_200_jobs(void **state)
{
	uint32_t descriptors = count_descriptors(), running;
	struct symbol_process *process;
	struct job_thread thread;
	struct unwind_job job;
	struct seen seen;
	pid_t child;

	(void)state;
	process = start(&seen, 20000);
	running = count_descriptors();
	assert_int_equal(outer_stage(), 2);
	thread = own_stack_thread(&own);
	job = own_stack_job(&own, &thread, 1);
	for (uint32_t i = 0; i < 200; i++) {
		job.id = 1000 + i;
		assert_int_equal(symbol_process_submit(process, &job), 0);
		poll_until(process, &seen, i + 1);
		assert_int_equal(seen.last_id, 1000 + i);
		assert_string_equal(seen.functions[0], "inner_stage");
		assert_string_equal(seen.functions[1], "outer_stage");
		assert_int_equal(seen.lines[1] > 0, has_line_numbers());
	}
	assert_int_equal(seen.failures, 0);
	assert_int_equal(list_children(&child), 1);
	own_stack_done(&own);
	assert_int_equal(count_descriptors(), running);
	symbol_process_free(&process);
	assert_null(process);
	assert_int_equal(list_children(&child), 0);
	assert_int_equal(count_descriptors(), descriptors);
}

static void test_jobs_wait_in_order(void **state)
{
	struct symbol_process *process;
	struct job_thread thread;
	struct unwind_job job;
	struct seen seen;

	(void)state;
	process = start(&seen, 20000);
	assert_int_equal(outer_stage(), 2);
	thread = own_stack_thread(&own);
	job = own_stack_job(&own, &thread, 1);
	for (uint32_t i = 0; i < 4; i++) {
		job.id = i;
		assert_int_equal(symbol_process_submit(process, &job), 0);
	}
	assert_int_equal(symbol_process_submit(process, &job), -EAGAIN);
	assert_int_equal(symbol_process_waiting(process), 4);
	/* Nothing of the job is used after the call. */
	own_stack_done(&own);
	memset(&own, 0xff, sizeof(own));
	for (uint32_t i = 0; i < 4; i++) {
		poll_until(process, &seen, i + 1);
		assert_int_equal(seen.last_id, i);
		assert_string_equal(seen.functions[0], "inner_stage");
	}
	assert_int_equal(symbol_process_waiting(process), 0);
	/* One that still waits when all ends is nobody's. */
	memset(&own, 0, sizeof(own));
	job = (struct unwind_job){.perf_map_fd = -1};
	assert_int_equal(symbol_process_submit(process, &job), 0);
	symbol_process_free(&process);
}

static void test_a_killed_child_is_replaced(void **state)
{
	struct symbol_process *process;
	struct job_thread thread;
	struct unwind_job job;
	struct seen seen;
	pid_t first, second;

	(void)state;
	process = start(&seen, 20000);
	assert_int_equal(outer_stage(), 2);
	thread = own_stack_thread(&own);
	job = own_stack_job(&own, &thread, 1);
	/* While it has nothing to do. */
	first = wait_for_only_child(process);
	assert_int_equal(kill(first, SIGKILL), 0);
	assert_int_equal(symbol_process_submit(process, &job), 0);
	poll_until(process, &seen, 1);
	second = wait_for_only_child(process);
	assert_true(second != first);
	assert_string_equal(seen.functions[1], "outer_stage");
	/* While it works: stopped, so that the job is certainly under way. */
	assert_int_equal(kill(second, SIGSTOP), 0);
	assert_int_equal(symbol_process_submit(process, &job), 0);
	poll_once(process);
	assert_int_equal(kill(second, SIGKILL), 0);
	poll_until(process, &seen, 2);
	assert_string_equal(seen.functions[1], "outer_stage");
	assert_int_equal(seen.failures, 0);
	own_stack_done(&own);
	symbol_process_free(&process);
	assert_int_equal(list_children(&first), 0);
}

/* Two files, each of them more than a job has time for, and a thread in each. */
struct hostile {
	struct job_image images[2];
	struct job_mapping mappings[2];
	struct job_thread threads[2];
	struct unwind_job job;
};

static void prepare_hostile(struct hostile *hostile)
{
	int fd = slow_elf_open();

	assert_true(fd >= 0);
	*hostile = (struct hostile){
		.images = {{.path = VIEW_LITERAL("/a"), .key = 4711, .fd = fd},
			   {.path = VIEW_LITERAL("/b"), .key = 4712, .fd = fd}},
		.mappings = {{0x100000, 0x200000, 0, 0}, {0x300000, 0x400000, 0, 1}},
		.threads = {{.tid = 1, .is_crashed = true, .is_pc_only = true},
			    {.tid = 2, .is_pc_only = true}},
	};
	for (int i = 0; i < 2; i++) {
		hostile->threads[i].registers[16] = hostile->mappings[i].start + 0x100;
		hostile->threads[i].registers[32] = hostile->mappings[i].start + 0x100;
	}
	hostile->job = (struct unwind_job)
	{
		.id = 5,
#if defined(__aarch64__)
		.is_arm64 = true,
#endif
		.perf_map_fd = -1, .threads = hostile->threads, .threads_count = 2,
		.mappings = hostile->mappings, .mappings_count = 2, .images = hostile->images,
		.images_count = 2,
	};
}

/* Its libraries are loaded when it has answered: what it overruns its time with then is the file.
 */
static void warm_up(struct symbol_process *process, struct seen *seen)
{
	struct unwind_job job = {.id = 1, .perf_map_fd = -1};

	do {
		assert_int_equal(symbol_process_submit(process, &job), 0);
		poll_until(process, seen, seen->count + 1);
	} while (seen->failures == seen->count);
	*seen = (struct seen){0};
}

/* The file is poison from then on: the job is done without it, and later ones never open it. */
static void test_a_hostile_file_costs_its_own_symbols_only(void **state)
{
	struct symbol_process *process;
	struct hostile hostile;
	struct seen seen;
	pid_t first, second, third;

	(void)state;
	prepare_hostile(&hostile);
	hostile.job.threads_count = 1;
	process = start(&seen, 150);
	warm_up(process, &seen);
	first = wait_for_only_child(process);
	assert_int_equal(symbol_process_submit(process, &hostile.job), 0);
	poll_until(process, &seen, 1);
	assert_int_equal(seen.failures, 0);
	assert_int_equal(seen.frames, 1);
	assert_string_equal(seen.functions[0], "");
	second = wait_for_only_child(process);
	assert_true(first != second);
	/* Again: the same child, and no time lost. */
	assert_int_equal(symbol_process_submit(process, &hostile.job), 0);
	poll_until(process, &seen, 2);
	assert_int_equal(seen.failures, 0);
	assert_int_equal(seen.frames, 1);
	third = wait_for_only_child(process);
	assert_int_equal(second, third);
	(void)close(hostile.images[0].fd);
	symbol_process_free(&process);
}

/* Of two hostile files the second is one too many for this job, but not for the next. */
static void test_two_failures_are_enough(void **state)
{
	struct symbol_process *process;
	struct hostile hostile;
	struct seen seen;

	(void)state;
	prepare_hostile(&hostile);
	process = start(&seen, 150);
	warm_up(process, &seen);
	assert_int_equal(symbol_process_submit(process, &hostile.job), 0);
	poll_until(process, &seen, 1);
	assert_int_equal(seen.failures, 1);
	assert_int_equal(seen.last_id, 5);
	assert_int_equal(symbol_process_waiting(process), 0);
	assert_int_equal(symbol_process_submit(process, &hostile.job), 0);
	poll_until(process, &seen, 2);
	assert_int_equal(seen.failures, 1);
	assert_int_equal(seen.frames, 1);
	(void)close(hostile.images[0].fd);
	symbol_process_free(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_of_200_jobs),
		cmocka_unit_test(test_jobs_wait_in_order),
		cmocka_unit_test(test_a_killed_child_is_replaced),
		cmocka_unit_test(test_a_hostile_file_costs_its_own_symbols_only),
		cmocka_unit_test(test_two_failures_are_enough),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
