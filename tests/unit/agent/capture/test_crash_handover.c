/* What is refused of what an agent before left. What is taken is proven with a kernel:
 * tests/vm/service/package.sh. */
#include "capture/crash_handover.h"

#include "cmocka_test.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static struct crash_handover *handover;
static int told;

static int on_record(void *self, struct view record)
{
	(void)self;
	(void)record;
	told++;
	return 0;
}

static int begin(void **state)
{
	(void)state;
	return crash_handover_new(&handover, on_record, NULL);
}

static int end(void **state)
{
	(void)state;
	crash_handover_free(&handover);
	assert_null(handover);
	crash_handover_free(&handover);
	return 0;
}

static int open_any(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void refuses_what_is_no_ring(void **state)
{
	(void)state;
	for (enum handover_kind kind = HANDOVER_RECORDS; kind <= HANDOVER_KINDS; kind++) {
		int fd = open_any();

		assert_int_equal(crash_handover_add(handover, kind, fd), -EINVAL);
		assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed */
	}
}

static void closes_links(void **state)
{
	int fds[MAX_HANDOVER_LINKS + 1];
	bool was_full = true;

	(void)state;
	for (int i = 0; i <= MAX_HANDOVER_LINKS; i++) {
		fds[i] = open_any();
		assert_int_equal(crash_handover_add(handover, HANDOVER_LINKS, fds[i]),
				 i < MAX_HANDOVER_LINKS ? 0 : -EINVAL);
	}
	assert_int_equal(fcntl(fds[MAX_HANDOVER_LINKS], F_GETFD), -1);
	assert_int_not_equal(fcntl(fds[0], F_GETFD), -1);
	assert_int_equal(crash_handover_begin(handover, &was_full), 0);
	assert_false(was_full);
	for (int i = 0; i <= MAX_HANDOVER_LINKS; i++)
		assert_int_equal(fcntl(fds[i], F_GETFD), -1);
}

/* Only our own ring tells then, and from the cut on. */
static void without_rings_nothing_is_told(void **state)
{
	struct process_death_record death = {.header = {RECORD_PROCESS_DEATH, 0, sizeof(death), 1},
					     .tgid = 5};
	struct process_exit_record exit = {.header = {RECORD_PROCESS_EXIT, 0, sizeof(exit), 1}};
	bool was_full = true;

	(void)state;
	assert_true(crash_handover_takes(handover, view_of(&death, sizeof(death))));
	assert_int_equal(crash_handover_begin(handover, &was_full), 0);
	assert_false(was_full);
	crash_handover_drain(handover);
	assert_false(crash_handover_is_over(handover));
	assert_false(crash_handover_takes(handover, view_of(&death, sizeof(death))));
	assert_true(crash_handover_takes(handover, view_of(&exit, sizeof(exit))));
	assert_true(crash_handover_takes(handover, view_of(&exit, 3)));
	death.header.time_ns = UINT64_MAX;
	assert_true(crash_handover_takes(handover, view_of(&death, sizeof(death))));
	assert_int_equal(crash_handover_count(handover), 0);
	assert_int_equal(told, 0);
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		one_test(refuses_what_is_no_ring),
		one_test(closes_links),
		one_test(without_rings_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
