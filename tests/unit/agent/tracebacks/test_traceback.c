/* What a parser makes: chains that are turned around, frames beyond the cap, values of many lines.
 */
#include "cmocka_test.h"
#include "tracebacks/traceback.h"

static struct traceback *new_report(void)
{
	struct traceback *report;

	assert_int_equal(traceback_new(&report, LANGUAGE_PYTHON), 0);
	return report;
}

static void name_exception(struct traceback *report, const char *type, uint32_t parent)
{
	struct exception *exception = traceback_add_exception(report, RELATION_CAUSE, parent);

	assert_non_null(exception);
	exception->type = traceback_copy(report, view_of_text(type));
}

static void expect_exception(const struct traceback *report, uint32_t index, const char *type,
			     uint32_t parent)
{
	assert_view(report->exceptions[index].type, type);
	assert_int_equal(report->exceptions[index].parent, parent);
}

static void test_order(void **state)
{
	struct traceback *report = new_report();

	(void)state;
	name_exception(report, "a", NO_PARENT);
	name_exception(report, "b", 0);
	name_exception(report, "c", 1);
	name_exception(report, "d", 1);
	traceback_put_first(report, 3);
	expect_exception(report, 0, "d", 2);
	expect_exception(report, 1, "a", NO_PARENT);
	expect_exception(report, 2, "b", 1);
	expect_exception(report, 3, "c", 2);
	traceback_put_before(report, 3, 2);
	expect_exception(report, 2, "c", 3);
	expect_exception(report, 3, "b", 1);
	expect_exception(report, 0, "d", 3);
	traceback_put_before(report, 1, 2);
	traceback_put_before(report, 9, 0);
	expect_exception(report, 1, "a", NO_PARENT);
	traceback_free(&report);
	assert_null(report);
}

static void test_room(void **state)
{
	struct traceback *report = new_report();
	struct exception *exception;

	(void)state;
	for (uint32_t i = 0; i < MAX_EXCEPTIONS; i++)
		name_exception(report, "e", NO_PARENT);
	assert_null(traceback_add_exception(report, RELATION_CAUSE, 0));
	exception = &report->exceptions[0];
	for (uint32_t i = 0; i < MAX_EXCEPTION_FRAMES + 10; i++)
		traceback_add_frame(report, exception)->line = i;
	assert_int_equal(exception->frames_count, MAX_EXCEPTION_FRAMES);
	assert_int_equal(exception->left_out, 10);
	assert_int_equal(exception->frames[0].line, 0);
	assert_int_equal(exception->frames[MAX_EXCEPTION_FRAMES - 1].line,
			 MAX_EXCEPTION_FRAMES + 9);
	traceback_reverse_frames(exception);
	assert_int_equal(exception->frames[0].line, MAX_EXCEPTION_FRAMES + 9);
	for (uint32_t i = 0; i < MAX_EXCEPTION_THREADS; i++)
		traceback_add_thread_frame(report, traceback_add_thread(report))->line = i;
	assert_null(traceback_add_thread(report));
	assert_int_equal(report->threads[7].frames[0].line, 7);
	traceback_free(&report);
}

static void test_value(void **state)
{
	struct traceback *report = new_report();
	struct exception *exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	char line[1000];

	(void)state;
	traceback_add_value_line(report, exception, (struct view){0});
	traceback_add_value_line(report, exception, VIEW_LITERAL("b"));
	assert_view(exception->value, "\n\nb");
	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 20; i++)
		traceback_add_value_line(report, exception, view_of(line, sizeof(line)));
	assert_int_equal(exception->value.size, MAX_EXCEPTION_VALUE);
	assert_null(traceback_copy(report, (struct view){0}).bytes);
	traceback_free(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
