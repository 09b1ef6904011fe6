/* What counts as told before: by request, by trace, by thread. */
#include "exceptions/exception_history.h"

#include "cmocka_test.h"
#include "made_exception.h"

#define MS 1000000ull
#define T0 (20000 * MS)

static struct exception_history history;
static struct crash *crash;

static int begin(void **state)
{
	(void)state;
	memset(&history, 0, sizeof(history));
	crash = made_exception();
	crash->level = LEVEL_ERROR;
	return 0;
}

static int end(void **state)
{
	(void)state;
	crash_free(&crash);
	return 0;
}

static bool is_told(uint64_t time_ns)
{
	return exception_history_has(&history, crash, time_ns);
}

/* A handler logs, the framework logs it again. */
static void test_twice_for_a_request(void **state)
{
	(void)state;
	made_exception_link(crash, 1, 2);
	crash->is_handled = true;
	assert_false(is_told(T0));
	crash->tid = 502;
	assert_true(is_told(T0 + 2000 * MS));
	assert_false(is_told(T0 + 2000 * MS + 1));
}

static void test_another_request_or_message(void **state)
{
	(void)state;
	made_exception_link(crash, 1, 2);
	assert_false(is_told(T0));
	made_exception_link(crash, 1, 3);
	assert_false(is_told(T0));
	made_exception_link(crash, 1, 2);
	crash->exceptions[0].value = VIEW_LITERAL("other");
	assert_false(is_told(T0));
	assert_true(is_told(T0));
	crash->pid++;
	assert_false(is_told(T0));
}

static void test_a_loop_without_request(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		assert_false(is_told(T0 + (uint64_t)i * MS));
}

/* Logged, then raised again: the process dies of it, which is worth an event; what is told of it
 * after that is not. */
static void test_handled_and_then_deadly(void **state)
{
	(void)state;
	made_exception_link(crash, 1, 2);
	crash->level = LEVEL_ERROR;
	crash->is_handled = true;
	assert_false(is_told(T0));
	crash->level = LEVEL_FATAL;
	crash->is_handled = false;
	assert_false(is_told(T0));
	assert_true(is_told(T0));
	crash->level = LEVEL_ERROR;
	assert_true(is_told(T0));
}

/* A thread's end, and a handler that heard of it. */
static void test_handled_and_then_not(void **state)
{
	(void)state;
	crash->is_handled = true;
	assert_false(is_told(T0));
	crash->is_handled = false;
	crash->tid++;
	assert_false(is_told(T0));
	crash->tid--;
	assert_true(is_told(T0 + 2000 * MS));
	assert_false(is_told(T0 + 2000 * MS + 1));
}

/* What has a request is not what has none. */
static void test_only_one_is_linked(void **state)
{
	(void)state;
	crash->is_handled = true;
	assert_false(is_told(T0));
	crash->is_handled = false;
	made_exception_link(crash, 1, 2);
	assert_false(is_told(T0));
}

/* A web server logs what its worker told it: the trace is the same, the span is not. */
static void test_another_program_of_the_trace(void **state)
{
	(void)state;
	made_exception_link(crash, 1, 2);
	assert_false(is_told(T0));
	crash->process_name = VIEW_LITERAL("nginx");
	crash->pid++;
	made_exception_link(crash, 1, 3);
	assert_true(is_told(T0 + 5 * MS));
	made_exception_link(crash, 2, 3);
	assert_false(is_told(T0 + 5 * MS));
	crash->trace.is_known = false;
	assert_false(is_told(T0 + 5 * MS));
}

/* A thread that calls itself something else. */
static void test_a_name_is_changed(void **state)
{
	(void)state;
	made_exception_link(crash, 1, 2);
	assert_false(is_told(T0));
	crash->process_name = VIEW_LITERAL("MainThread");
	assert_true(is_told(T0));
}

/* It is told again after 256 others. */
static void test_a_ring(void **state)
{
	(void)state;
	made_exception_link(crash, 1, 1);
	assert_false(is_told(T0));
	for (uint32_t i = 0; i < MAX_REMEMBERED - 1; i++) {
		made_exception_link(crash, 1, 2);
		crash->pid++;
		assert_false(is_told(T0));
	}
	crash->pid = 500;
	made_exception_link(crash, 1, 1);
	assert_true(is_told(T0));
	crash->pid = 1;
	assert_false(is_told(T0));
	crash->pid = 500;
	assert_false(is_told(T0));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_twice_for_a_request),
		CASE(test_another_request_or_message),
		CASE(test_a_loop_without_request),
		CASE(test_handled_and_then_deadly),
		CASE(test_handled_and_then_not),
		CASE(test_only_one_is_linked),
		CASE(test_another_program_of_the_trace),
		CASE(test_a_name_is_changed),
		CASE(test_a_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
