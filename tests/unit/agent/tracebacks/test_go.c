/* Go's reports as programs print them, and the shapes that only some have. */
#include "traceback_vectors.h"
#include "tracebacks/go.h"

static const char *const names[] = {
	"string",
	"error",
	"own_error",
	"own_string",
	"struct",
	"pointer",
	"number",
	"nil",
	"index",
	"segfault",
	"conversion",
	"nested",
	"repanic",
	"wrapped",
	"lines",
	"generic",
	"deadlock",
	"map_writes",
	"overflow",
	"http",
	"http_error",
	"logged",
	"printed",
	"same_line",
	"debug_alone",
	"log_panic",
	"non_ascii",
	"workers_all",
	"goexit_worker",
	"index_system",
	"map_writes_system",
	"lines_1_20",
	"repanic_1_20",
	"wrapped_1_20",
	"nested_1_20",
	"segfault_1_20",
	"http_1_20",
	"deadlock_1_20",
	"logged_1_20",
};

static void goldens_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		expect_golden("go", names[i]);
}

/* A value of several lines, of Go that does not indent them: what is of another write is not of
 * it. */
static void other_writes_are_no_part_of_a_value(void **state)
{
	struct view text = VIEW_LITERAL("panic: a\nb\nsomebody else\n\ngoroutine 1 [running]:\n"
					"main.f()\n\t/srv/app/m.go:3 +0x1\n");
	json_t *wanted = json_loads(
		"[{\"language\":\"go\",\"manner\":\"uncaught\",\"mechanism\":\"panic\","
		"\"thread_id\":1,\"exceptions\":[{\"type\":\"panic\",\"value\":\"a\\nb\","
		"\"relation\":\"raised\",\"frames\":[{\"function\":\"f\",\"module\":\"main\","
		"\"file\":\"/srv/app/m.go\",\"line\":3}]}]}]",
		0, NULL);

	(void)state;
	expect_vector(text, VIEW_LITERAL("11\n14\n1\n23\n31\n"), wanted, "writes");
	json_decref(wanted);
}

/* Two goroutines that panic at once: something comes of it, and nothing breaks. */
static void interleaved_panics_are_survived(void **state)
{
	json_t *found = find_reports("panic: panic: oneanother\n\ngoroutine 5 [running]:\n\n"
				     "goroutine 6 [running]:\nmain.f()\nmain.g()\n"
				     "\t/a.go:1\n\t/b.go:2\n");

	(void)state;
	assert_int_equal(json_array_size(found), 1);
	json_decref(found);
}

static void what_has_no_stack_is_none(void **state)
{
	(void)state;
	expect_reports("panic: at the disco\nall is well\n", "[]");
	expect_reports("fatal error: disk full\n", "[]");
	expect_reports("2026/11/21 10:00:00 panic button pressed\nnothing follows\n", "[]");
	expect_reports("dump:\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:1 +0x1\n", "[]");
	expect_reports("fatal error: a.h: No such file or directory\n\ncompilation ended.\n", "[]");
}

/* Found by the fuzzer: only the runtime's own panics have others below them. */
static void a_logged_value_has_no_nested_panics(void **state)
{
	json_t *found = find_reports("recovered from panic: a\n\tpanic: b\ngoroutine 1 [running]:\n"
				     "panic({0x1, 0x2})\n\t/p.go:1\nmain.f()\n\t/a.go:1\n");

	(void)state;
	assert_int_equal(json_array_size(found), 1);
	assert_int_equal(json_array_size(json_object_get(json_array_get(found, 0), "exceptions")),
			 1);
	json_decref(found);
}

static void a_report_ends_where_the_next_log_begins(void **state)
{
	json_t *found = find_reports("panic: a\n\ngoroutine 1 [running]:\nmain.f()\n"
				     "\t/a.go:1 +0x1\nexit status 2\nmain.g()\n\t/b.go:2\n");
	json_t *exception =
		json_array_get(json_object_get(json_array_get(found, 0), "exceptions"), 0);

	(void)state;
	assert_int_equal(json_array_size(found), 1);
	assert_int_equal(json_array_size(json_object_get(exception, "frames")), 1);
	json_decref(found);
}

static void a_chain_has_a_bound(void **state)
{
	char text[2000] = "panic: 0\n";
	json_t *found;

	(void)state;
	for (int i = 1; i < 40; i++)
		sprintf(text + strlen(text), "\tpanic: %d\n", i);
	strcat(text, "\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:1\n");
	found = find_reports(text);
	assert_int_equal(json_array_size(json_object_get(json_array_get(found, 0), "exceptions")),
			 MAX_EXCEPTIONS);
	json_decref(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goldens_are_read),
		cmocka_unit_test(other_writes_are_no_part_of_a_value),
		cmocka_unit_test(interleaved_panics_are_survived),
		cmocka_unit_test(what_has_no_stack_is_none),
		cmocka_unit_test(a_logged_value_has_no_nested_panics),
		cmocka_unit_test(a_report_ends_where_the_next_log_begins),
		cmocka_unit_test(a_chain_has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
