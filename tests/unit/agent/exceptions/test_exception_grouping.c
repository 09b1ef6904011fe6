/* What changes a group and an identity, and what does not. */
#include "exceptions/exception_grouping.h"

#include "cmocka_test.h"
#include "made_exception.h"

static struct crash *crash;
static uint64_t problem, identity, program;

static int begin(void **state)
{
	(void)state;
	crash = made_exception();
	problem = exception_grouping_problem(crash);
	identity = exception_grouping_identity(crash);
	program = exception_grouping_program(crash);
	return 0;
}

static int end(void **state)
{
	(void)state;
	crash_free(&crash);
	return 0;
}

static void assert_changed(bool is_problem, bool is_identity, bool is_program)
{
	assert_int_equal(exception_grouping_problem(crash) != problem, is_problem);
	assert_int_equal(exception_grouping_identity(crash) != identity, is_identity);
	assert_int_equal(exception_grouping_program(crash) != program, is_program);
}

static void test_the_same_again(void **state)
{
	struct crash *again = made_exception();

	(void)state;
	assert_true(exception_grouping_problem(again) == problem);
	assert_true(exception_grouping_identity(again) == identity);
	crash_free(&again);
	crash->pid = 7;
	assert_changed(false, false, false);
}

/* Order 17 and order 18 fail alike. */
static void test_the_message_is_no_part_of_the_problem(void **state)
{
	(void)state;
	crash->exceptions[0].value = VIEW_LITERAL("no stock of 18");
	assert_changed(false, true, false);
}

static void test_type_and_module(void **state)
{
	(void)state;
	crash->exceptions[0].type = VIEW_LITERAL("KeyError");
	assert_changed(true, true, false);
	crash->exceptions[0].type = VIEW_LITERAL("ValueError");
	assert_changed(false, false, false);
	/* A runtime that tells does not know it (exceptions.md 3.1). */
	crash->exceptions[0].module = VIEW_LITERAL("shop");
	assert_changed(true, false, false);
}

static void test_the_innermost_frame(void **state)
{
	(void)state;
	crash->exceptions[0].frames[0].line = 8;
	assert_changed(true, true, false);
	crash->exceptions[0].frames[0].line = 7;
	crash->exceptions[0].frames[1].line = 100;
	assert_changed(false, false, false);
	/* Its own counts, where it has one. */
	crash->exceptions[0].frames[1].is_in_app = true;
	assert_changed(true, false, false);
}

static void test_without_frames_the_message_counts(void **state)
{
	(void)state;
	crash->exceptions[0].frames_count = 0;
	problem = exception_grouping_problem(crash);
	crash->exceptions[0].value = VIEW_LITERAL("other");
	assert_changed(true, true, false);
}

static void test_programs_and_services(void **state)
{
	(void)state;
	crash->process_name = VIEW_LITERAL("other");
	assert_changed(true, false, true);
	crash->process_name = VIEW_LITERAL("shop");
	crash->resource->service_name = VIEW_LITERAL("another-service");
	assert_changed(true, false, false);
}

/* Parts have ends: "ab" and "c" are not "a" and "bc". */
static void test_parts_do_not_run_together(void **state)
{
	(void)state;
	crash->exceptions[0].type = VIEW_LITERAL("ValueErrorno");
	crash->exceptions[0].value = VIEW_LITERAL(" stock");
	assert_changed(true, true, false);
}

static void test_no_exception_at_all(void **state)
{
	(void)state;
	crash->exceptions_count = 0;
	assert_true(exception_grouping_problem(crash) == program);
	assert_changed(true, true, false);
}

static void test_compatible_types(void **state)
{
	static const struct {
		const char *one, *other;
		bool is_compatible;
	} rows[] = {
		{"ValueError", "ValueError", true},
		{"ValueError", "KeyError", false},
		{"json.decoder.JSONDecodeError", "JSONDecodeError", true},
		{"std::out_of_range", "out_of_range", true},
		{"*main.Err", "main.Err", true},
		{"*Err", "Err", true},
		{"panic", "main.Err", true},
		{"runtime.Error", "fatal error", true},
		{"", "ValueError", true},
		{"Error", "ValueError", false},
		{"main.", "other.", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct exception one = {.type = view_of_text(rows[i].one)};
		struct exception other = {.type = view_of_text(rows[i].other)};

		assert_int_equal(exception_grouping_is_compatible(&one, &other),
				 rows[i].is_compatible);
		assert_int_equal(exception_grouping_is_compatible(&other, &one),
				 rows[i].is_compatible);
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_same_again),
		CASE(test_the_message_is_no_part_of_the_problem),
		CASE(test_type_and_module),
		CASE(test_the_innermost_frame),
		CASE(test_without_frames_the_message_counts),
		CASE(test_programs_and_services),
		CASE(test_parts_do_not_run_together),
		CASE(test_no_exception_at_all),
		CASE(test_compatible_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
