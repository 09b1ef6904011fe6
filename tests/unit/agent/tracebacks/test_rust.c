/* Rust's reports as programs print them, and the shapes that only some have. */
#include "traceback_vectors.h"
#include "tracebacks/rust.h"

static const char *const names[] = {
	"message",          "lines",           "index",           "unwrap",
	"expect",           "thread",          "unnamed",         "drop",
	"cannot_unwind",    "returned",        "returned_own",    "returned_text",
	"caught",           "payload",         "index_backtrace", "thread_backtrace",
	"drop_backtrace",   "lines_backtrace", "index_full",      "lines_1_75",
	"index_1_75",       "unnamed_1_75",    "expect_1_75",     "message_1_70",
	"lines_1_70",       "expect_1_70",     "returned_1_70",   "lines_1_70_full",
	"anyhow",           "anyhow_one",      "anyhow_alone",    "hook",
	"anyhow_backtrace",
};

static void goldens_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		expect_golden("rust", names[i]);
}

/* Without anything that shows who wrote it, it is anybody's message. */
static void errors_of_others_are_none(void **state)
{
	(void)state;
	expect_reports("Error: no such file\n", "[]");
	expect_reports("Error: NotFound\n", "[]");
	expect_reports("Error: Cannot find module 'x'\n", "[]");
	expect_reports("Error: Failed (twice), sorry\n", "[]");
}

static void causes_of_several_lines_are_whole(void **state)
{
	json_t *found = find_reports("Error: a\n\nCaused by:\n    0: b\n       c\n    1: d\n");
	json_t *exceptions = json_object_get(json_array_get(found, 0), "exceptions");
	json_t *cause = json_array_get(exceptions, 1);

	(void)state;
	assert_int_equal(json_array_size(exceptions), 3);
	assert_string_equal(json_string_value(json_object_get(cause, "value")), "b\nc");
	json_decref(found);
}

static void a_logged_panic_is_logged(void **state)
{
	json_t *found = find_reports("[2026-11-21T17:46:28Z ERROR panic] thread 'w' panicked at "
				     "src/main.rs:4:5:\nout of tea\n");

	(void)state;
	assert_int_equal(json_array_size(found), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(found, 0), "manner")),
			    "logged");
	json_decref(found);
}

static void what_others_write_is_no_part_of_it(void **state)
{
	struct view text = VIEW_LITERAL("thread 'main' (7) panicked at a.rs:1:2:\nb\nc\nd\n");
	json_t *wanted = json_loads(
		"[{\"language\":\"rust\",\"manner\":\"uncaught\",\"mechanism\":\"panic\","
		"\"thread\":\"main\",\"thread_id\":7,\"exceptions\":[{\"type\":\"panic\","
		"\"value\":\"b\\nc\",\"relation\":\"raised\","
		"\"frames\":[{\"file\":\"a.rs\",\"line\":1,\"column\":2}]}]}]",
		0, NULL);

	(void)state;
	expect_vector(text, VIEW_LITERAL("44\n2\n"), wanted, "writes");
	json_decref(wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goldens_are_read),
		cmocka_unit_test(errors_of_others_are_none),
		cmocka_unit_test(causes_of_several_lines_are_whole),
		cmocka_unit_test(a_logged_panic_is_logged),
		cmocka_unit_test(what_others_write_is_no_part_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
