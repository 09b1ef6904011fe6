/* A table with a few reports in it: who belongs together, who is to blame for an end. */
#include "exceptions/pending_exceptions.h"

#include "cmocka_test.h"
#include "made_report.h"

#define MS   1000000ull
#define T0   (20000 * MS)
#define TGID 500

static struct pending_exceptions table;

static int begin(void **state)
{
	(void)state;
	return pending_exceptions_init(&table, 4);
}

static int end(void **state)
{
	(void)state;
	pending_exceptions_done(&table);
	return 0;
}

static struct pending_exception *add(uint64_t token, uint32_t tid, uint64_t time_ns,
				     struct traceback *report)
{
	struct output_place place = {.tgid = TGID, .tid = tid, .time_ns = time_ns};
	struct pending_exception *pending = pending_exceptions_add(&table, token, &place);

	assert_non_null(pending);
	pending->report = report;
	pending->whole_ns = time_ns;
	return pending;
}

static void test_in_the_order_of_their_beginnings(void **state)
{
	struct output_place place = {.tgid = TGID};
	struct pending_exception *pending;
	void *cursor = NULL;
	uint64_t token = 11;

	(void)state;
	for (uint64_t i = 11; i < 15; i++)
		assert_int_equal(add(i, 1, T0, NULL)->token, i);
	assert_null(pending_exceptions_add(&table, 15, &place));
	assert_int_equal(pending_exceptions_count(&table), 4);
	while ((pending = pending_exceptions_next(&table, &cursor))) {
		assert_int_equal(pending->token, token++);
		pending_exceptions_remove(&table, pending);
	}
	assert_int_equal(token, 15);
	assert_int_equal(pending_exceptions_count(&table), 0);
	assert_null(pending_exceptions_find(&table, 11));
}

static struct traceback *panic_text(const char *type)
{
	return made_report(LANGUAGE_GO, MANNER_UNCAUGHT, type, "no stock");
}

static void test_halves_find_each_other(void **state)
{
	struct pending_exception *text = add(1, 1, T0, panic_text("panic"));
	struct pending_exception *probe = add(2, 2, T0 - 2000 * MS, panic_text("*main.Err"));

	(void)state;
	probe->is_from_probe = true;
	assert_ptr_equal(pending_exceptions_partner(&table, text), probe);
	assert_ptr_equal(pending_exceptions_partner(&table, probe), text);
	/* Told by the runtime once already. */
	text->is_confirmed = true;
	assert_null(pending_exceptions_partner(&table, probe));
	text->is_confirmed = false;
	/* Only what stands for the end of a whole process may come from another thread. */
	probe->report->manner = MANNER_THREAD;
	assert_null(pending_exceptions_partner(&table, text));
	probe->place.tid = 1;
	assert_ptr_equal(pending_exceptions_partner(&table, text), probe);
	probe->place.time_ns--;
	assert_null(pending_exceptions_partner(&table, text));
	probe->place.time_ns = T0 + 2000 * MS;
	assert_ptr_equal(pending_exceptions_partner(&table, probe), text);
	probe->place.time_ns++;
	assert_null(pending_exceptions_partner(&table, probe));
}

static void test_what_is_another_s(void **state)
{
	struct pending_exception *text = add(1, 1, T0, panic_text("*main.Err"));
	struct pending_exception *probe = add(2, 1, T0, panic_text("*main.Other"));

	(void)state;
	probe->is_from_probe = true;
	assert_null(pending_exceptions_partner(&table, text));
	probe->report->exceptions->type = VIEW_LITERAL("main.Err");
	assert_ptr_equal(pending_exceptions_partner(&table, text), probe);
	probe->report->language = LANGUAGE_PYTHON;
	assert_null(pending_exceptions_partner(&table, text));
	probe->report->language = LANGUAGE_GO;
	probe->place.tgid = TGID + 1;
	assert_null(pending_exceptions_partner(&table, text));
	probe->place.tgid = TGID;
	traceback_free(&text->report);
	assert_null(pending_exceptions_partner(&table, probe));
}

static void test_a_process_is_gone(void **state)
{
	struct pending_exception *old = add(1, 1, T0, made_python_report(MANNER_PRINTED));
	struct pending_exception *new = add(2, 1, T0 + MS, made_python_report(MANNER_PRINTED));
	struct pending_exception *other = add(3, 1, T0, made_python_report(MANNER_PRINTED));

	(void)state;
	other->place.tgid = TGID + 1;
	pending_exceptions_process_gone(&table, TGID, T0 + 3001 * MS, false);
	assert_true(old->is_left_alone && new->is_left_alone && !other->is_left_alone);
	assert_int_equal(old->death_ns, 0); /* too long ago */
	assert_int_equal(new->death_ns, T0 + 3001 * MS);
	assert_int_equal(other->death_ns, 0);
	assert_int_equal(pending_exceptions_await_event(&table, TGID), 1);
	assert_true(new->is_event_awaited && !new->is_left_alone);
	assert_true(old->is_left_alone && !old->is_event_awaited);
	pending_exceptions_leave_alone(&table, TGID);
	assert_true(new->is_left_alone);
	assert_false(other->is_left_alone);
}

static void test_ended_well(void **state)
{
	struct pending_exception *pending = add(1, 1, T0, made_python_report(MANNER_PRINTED));

	(void)state;
	pending_exceptions_process_gone(&table, TGID, T0, true);
	assert_true(pending->is_left_alone);
	assert_int_equal(pending->death_ns, 0);
	assert_int_equal(pending_exceptions_await_event(&table, TGID), 0);
	assert_null(pending_exceptions_deadly(&table, TGID, 1));
}

static void test_who_is_to_blame(void **state)
{
	struct pending_exception *first = add(1, 1, T0, made_python_report(MANNER_UNCAUGHT));
	struct pending_exception *last = add(2, 2, T0 + MS, made_python_report(MANNER_PRINTED));
	struct pending_exception *logged =
		add(3, 3, T0 + 2 * MS, made_python_report(MANNER_LOGGED));

	(void)state;
	assert_null(pending_exceptions_deadly(&table, TGID, 1));
	pending_exceptions_process_gone(&table, TGID, T0 + 5 * MS, false);
	assert_int_equal(logged->death_ns, T0 + 5 * MS);
	assert_int_equal(pending_exceptions_await_event(&table, TGID), 2);
	assert_true(logged->is_event_awaited && !logged->is_left_alone);
	assert_ptr_equal(pending_exceptions_deadly(&table, TGID, 1), first);
	assert_ptr_equal(pending_exceptions_deadly(&table, TGID, 2), last);
	/* The last word, where no thread of theirs crashed. */
	assert_ptr_equal(pending_exceptions_deadly(&table, TGID, 3), last);
	assert_ptr_equal(pending_exceptions_deadly(&table, TGID, 0), last);
	assert_null(pending_exceptions_deadly(&table, TGID + 1, 1));
	pending_exceptions_remove(&table, last);
	pending_exceptions_acquit(&table, TGID);
	assert_true(first->is_left_alone && logged->is_left_alone);
	assert_int_equal(first->death_ns, 0);
	assert_int_equal(logged->death_ns, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_in_the_order_of_their_beginnings),
		CASE(test_halves_find_each_other),
		CASE(test_what_is_another_s),
		CASE(test_a_process_is_gone),
		CASE(test_ended_well),
		CASE(test_who_is_to_blame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
