/* How long each manner of report waits for the end of its process, and what a runtime's word adds.
 */
#include "exceptions/pending_exception.h"

#include "cmocka_test.h"
#include "made_report.h"

#define MS 1000000ull
#define T0 (20000 * MS)

static struct pending_exception made_pending(enum exception_manner manner)
{
	return (struct pending_exception){
		.place = {.tgid = 500, .tid = 501, .time_ns = T0},
		.report = made_python_report(manner),
		.whole_ns = T0,
	};
}

static void assert_patience(const struct pending_exception *pending, uint64_t patience_ns)
{
	if (patience_ns)
		assert_false(pending_exception_is_settled(pending, T0 + patience_ns - 1));
	assert_true(pending_exception_is_settled(pending, T0 + patience_ns));
}

static void test_patience_of_each_manner(void **state)
{
	static const struct {
		enum exception_manner manner;
		uint64_t patience_ns;
	} rows[] = {
		{MANNER_PRINTED, 300 * MS}, {MANNER_UNCAUGHT, 2000 * MS},
		{MANNER_THREAD, 300 * MS},  {MANNER_UNOBSERVED, 300 * MS},
		{MANNER_LOGGED, 300 * MS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pending_exception pending = made_pending(rows[i].manner);

		assert_patience(&pending, rows[i].patience_ns);
		pending_exception_done(&pending);
		assert_null(pending.report);
	}
}

static void test_others_have_their_own(void **state)
{
	struct pending_exception pending = made_pending(MANNER_PRINTED);

	(void)state;
	pending.report->needs_death = true;
	assert_patience(&pending, 2000 * MS);
	pending.is_from_probe = true;
	assert_patience(&pending, 2000 * MS);
	pending_exception_done(&pending);
}

static void test_half_a_report_is_never_settled(void **state)
{
	struct pending_exception pending = {.whole_ns = T0, .is_left_alone = true};

	(void)state;
	assert_false(pending_exception_is_settled(&pending, UINT64_MAX));
	assert_false(pending_exception_is_fatal(&pending));
	pending_exception_done(&pending);
}

static void test_a_death_ends_the_waiting(void **state)
{
	struct pending_exception pending = made_pending(MANNER_UNCAUGHT);

	(void)state;
	pending.is_left_alone = true;
	assert_true(pending_exception_is_settled(&pending, T0));
	/* The event that its end will be takes it, but not for ever. */
	pending.is_left_alone = false;
	pending.is_event_awaited = true;
	pending.death_ns = T0 + 5 * MS;
	assert_false(pending_exception_is_settled(&pending, T0 + 4005 * MS));
	assert_true(pending_exception_is_settled(&pending, T0 + 4005 * MS + 1));
	pending_exception_done(&pending);
}

static void test_what_is_fatal(void **state)
{
	struct pending_exception pending = made_pending(MANNER_PRINTED);

	(void)state;
	assert_false(pending_exception_is_fatal(&pending));
	pending.death_ns = T0;
	assert_true(pending_exception_is_fatal(&pending));
	pending.report->manner = MANNER_THREAD;
	assert_true(pending_exception_is_fatal(&pending));
	pending.report->manner = MANNER_LOGGED;
	assert_false(pending_exception_is_fatal(&pending));
	pending_exception_done(&pending);
}

static void test_a_runtime_adds_what_the_text_lacks(void **state)
{
	struct pending_exception pending = {
		.report = made_report(LANGUAGE_GO, MANNER_PRINTED, "panic", "")};
	struct traceback *probe =
		made_report(LANGUAGE_GO, MANNER_UNCAUGHT, "*main.Err", "no stock");

	(void)state;
	probe->mechanism = "panic";
	probe->thread_id = 17;
	pending_exception_confirm(&pending, probe);
	traceback_free(&probe);
	assert_true(pending.is_confirmed);
	assert_int_equal(pending.report->manner, MANNER_UNCAUGHT);
	assert_string_equal(pending.report->mechanism, "panic");
	assert_int_equal(pending.report->thread_id, 17);
	assert_view(pending.report->exceptions[0].type, "*main.Err");
	assert_view(pending.report->exceptions[0].value, "no stock");
	pending_exception_done(&pending);
}

static void test_the_text_keeps_what_it_has(void **state)
{
	struct pending_exception pending = made_pending(MANNER_PRINTED);
	struct traceback *probe = made_report(LANGUAGE_PYTHON, MANNER_THREAD, "Error", "other");

	(void)state;
	pending.report->thread_id = 3;
	probe->thread_id = 17;
	pending_exception_confirm(&pending, probe);
	assert_int_equal(pending.report->manner, MANNER_THREAD);
	assert_int_equal(pending.report->thread_id, 3);
	assert_view(pending.report->exceptions[0].type, "ValueError");
	assert_view(pending.report->exceptions[0].value, "no stock");
	probe->exceptions_count = 0;
	pending_exception_confirm(&pending, probe);
	assert_view(pending.report->exceptions[0].type, "ValueError");
	traceback_free(&probe);
	pending_exception_done(&pending);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patience_of_each_manner),
		cmocka_unit_test(test_others_have_their_own),
		cmocka_unit_test(test_half_a_report_is_never_settled),
		cmocka_unit_test(test_a_death_ends_the_waiting),
		cmocka_unit_test(test_what_is_fatal),
		cmocka_unit_test(test_a_runtime_adds_what_the_text_lacks),
		cmocka_unit_test(test_the_text_keeps_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
