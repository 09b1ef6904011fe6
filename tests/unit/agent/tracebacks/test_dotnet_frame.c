/* Frames of .NET, and lines that are none. */
#include "cmocka_test.h"
#include "tracebacks/dotnet_frame.h"

static void expect(const char *line, const char *module, const char *function, const char *file,
		   uint32_t number)
{
	struct exception_frame frame;

	assert_true(dotnet_frame_parse(view_of_text(line), &frame));
	assert_view(frame.module, module);
	assert_view(frame.function, function);
	assert_view(frame.file, file);
	assert_int_equal(frame.line, number);
}

static void reads_frames(void **state)
{
	(void)state;
	expect("   at A.B.C(Int32 n)", "A.B", "C", "", 0);
	expect("   at A.B`1.C[T](List`1 x, T[] y) in /srv/my app/B.cs:line 12", "A.B`1", "C",
	       "/srv/my app/B.cs", 12);
	expect("   at A.B..ctor()", "A.B", ".ctor", "", 0);
	expect("   at P.<>c.<<Main>$>b__0_1(Int32 n)", "P.<>c", "<<Main>$>b__0_1", "", 0);
	expect("   at A.<Run>d__3.MoveNext()", "A.<Run>d__3", "MoveNext", "", 0);
	expect("   at lambda_method1(Closure , Object )", "", "lambda_method1", "", 0);
}

static void refuses_others(void **state)
{
	static const char *const lines[] = {
		"",
		"at A.B.C()",
		"   at ",
		"   at A.B.C",
		"   at A.B.C(Int32 n",
		"   at ()",
		"   at A.B.C() in B.cs",
		"   at A.B.C() and more",
		"    at Object.run (/srv/x.js:1:2)",
		"    at noon (local time)",
	};
	struct exception_frame frame;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_false(dotnet_frame_parse(view_of_text(lines[i]), &frame));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_frames),
		cmocka_unit_test(refuses_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
