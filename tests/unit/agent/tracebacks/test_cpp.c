/* What std::terminate prints, of libstdc++ and libc++. */
#include "traceback_vectors.h"
#include "tracebacks/cpp.h"

static const char *const names[] = {
	"out_of_range",
	"lines",
	"int",
	"template",
	"silent",
	"empty",
	"thread",
	"destructor",
	"no_exception",
	"non_ascii",
	"lines_libcxx",
	"int_libcxx",
	"empty_libcxx",
	"no_exception_libcxx",
	"out_of_range_libcxx",
};

static void goldens_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		expect_golden("cpp", names[i]);
}

#define REPORT(type, value)                                                                        \
	"[{\"language\":\"cpp\",\"manner\":\"uncaught\",\"mechanism\":\"terminate\","              \
	"\"exceptions\":[{\"type\":\"" type "\"," value                                            \
	"\"relation\":\"raised\",\"frames\":[]}]}]"

static void newer_wordings_are_known(void **state)
{
	(void)state;
	expect_reports("libc++abi: terminating due to uncaught exception of type a::b: c: d\n",
		       REPORT("a::b", "\"value\":\"c: d\","));
	expect_reports("libc++abi: terminating due to uncaught foreign exception\n",
		       REPORT("std::terminate",
			      "\"value\":\"terminating due to uncaught foreign exception\","));
	expect_reports("terminate called recursively\n",
		       REPORT("std::terminate", "\"value\":\"terminate called recursively\","));
}

static void what_others_write_is_no_part_of_it(void **state)
{
	struct view text = VIEW_LITERAL("terminate called after throwing an instance of 'a'\n"
					"  what():  b\nc\nd\n");
	json_t *wanted = json_loads(REPORT("a", "\"value\":\"b\\nc\","), 0, NULL);

	(void)state;
	expect_vector(text, VIEW_LITERAL("48\n1\n2\n11\n3\n1\n2\n"), wanted, "writes");
	json_decref(wanted);
}

static void other_lines_are_none(void **state)
{
	(void)state;
	expect_reports("terminate called by the operator\n", "[]");
	expect_reports("  what():  b\n", "[]");
	expect_reports("x: x.c:12: main: Assertion `x' failed.\n", "[]");
	expect_reports("pure virtual method called\n", "[]");
	expect_reports("terminate called after throwing an instance of ''\n", "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goldens_are_read),
		cmocka_unit_test(newer_wordings_are_known),
		cmocka_unit_test(what_others_write_is_no_part_of_it),
		cmocka_unit_test(other_lines_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
