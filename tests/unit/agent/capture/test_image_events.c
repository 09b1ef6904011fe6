/* This process maps, forks and is told of it, where perf is allowed; elsewhere the refusal is an
 * error code. */
#include "cmocka_test.h"
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "capture/image_events.h"
#include "process/image_record.h"

static struct drops drops;
static bool wants_us;
static unsigned int mapped, forked, execed, lost;
static uint64_t wanted_address, last_ns;

static bool is_wanted(void *self, pid_t tgid)
{
	assert_ptr_equal(self, &drops);
	return wants_us && tgid == getpid();
}

static void on_record(void *self, struct view bytes)
{
	const struct image_record *record;
	struct view path;

	assert_ptr_equal(self, &drops);
	assert_int_equal((uintptr_t)bytes.bytes % 8, 0);
	assert_int_equal(bytes.size % 8, 0);
	assert_int_equal(image_record_decode(bytes, &record, &path), 0);
	assert_int_equal(record->header.size, bytes.size);
	assert_true(record->header.time_ns >= last_ns);
	last_ns = record->header.time_ns;
	if (record->action == IMAGE_MAPPED && record->start == wanted_address) {
		assert_int_equal(record->end - record->start, 4096);
		assert_view(path, "//anon");
		mapped++;
	}
	forked += record->action == IMAGE_FORK && record->parent_tgid == (uint32_t)getpid();
	execed += record->action == IMAGE_EXEC;
}

static void on_lost(void *self)
{
	(void)self;
	lost++;
}

static void do_things(void)
{
	pid_t child = fork();
	void *code;

	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	assert_ptr_not_equal(code, MAP_FAILED);
	wanted_address = (uintptr_t)code;
	assert_int_equal(munmap(code, 4096), 0);
}

static void test_own_process(void **state)
{
	struct image_events_callbacks callbacks = {is_wanted, on_record, on_lost, &drops};
	struct image_events *events = NULL;
	int err = image_events_new(&events, &callbacks, &drops);

	(void)state;
	if (err < 0) {
		assert_null(events);
		print_message("perf_event_open: %s\n", strerror(-err));
		skip();
	}
	assert_true(image_events_fd(events) >= 0);
	wants_us = false;
	do_things();
	assert_int_equal(image_events_drain(events), 0);
	wants_us = true;
	do_things();
	assert_true(image_events_drain(events) >= 2);
	/* Anonymous code next to other anonymous code is reported as one: never here, it was alone.
	 */
	assert_int_equal(mapped, 1);
	assert_int_equal(forked, 1);
	assert_int_equal(execed, 0);
	assert_int_equal(image_events_drain(events), 0);
	assert_int_equal(lost, 0);
	assert_int_equal(drops_get(&drops, DROP_IMAGE_EVENTS_LOST), 0);
	image_events_free(&events);
	assert_null(events);
	image_events_free(&events);
}

/* Where the next thing happens; false: there is no such CPU for us. */
static bool go_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0;
}

static void expect_mapped(struct image_events *events, unsigned int expected)
{
	mapped = 0;
	do_things();
	(void)image_events_drain(events);
	assert_int_equal(mapped, expected);
}

static int follow(struct image_events *events, const char *online)
{
	return image_events_follow_cpus(events, view_of_text(online));
}

/* A CPU that is said to be gone, and to have come back. */
static void test_cpus_come_and_go(void **state)
{
	struct image_events_callbacks callbacks = {is_wanted, on_record, on_lost, &drops};
	struct image_events *events = NULL;
	cpu_set_t before;

	(void)state;
	last_ns = lost = 0;
	wants_us = true;
	if (image_events_new(&events, &callbacks, &drops) < 0)
		skip();
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	if (!go_to(1)) {
		image_events_free(&events);
		skip();
	}
	assert_int_equal(follow(events, "nonsense"), -EINVAL);
	assert_int_equal(follow(events, "0-1\n"), 0);
	expect_mapped(events, 1);
	assert_int_equal(lost, 0); /* nothing came that was not there */
	assert_int_equal(follow(events, "0\n"), 0);
	expect_mapped(events, 1); /* what it had told is still read */
	assert_int_equal(follow(events, "0\n"), 0);
	expect_mapped(events, 0);
	assert_int_equal(follow(events, "0\n"), 0);
	assert_int_equal(follow(events, "0-1\n"), 0);
	assert_int_equal(lost, 1); /* what it mapped meanwhile is asked for */
	expect_mapped(events, 1);
	assert_int_equal(follow(events, "0\n"), 0);
	assert_int_equal(follow(events, "0-1\n"), 0); /* back at the next look: its event is dead */
	assert_int_equal(lost, 2);
	expect_mapped(events, 1);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	image_events_free(&events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_process),
		cmocka_unit_test(test_cpus_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
