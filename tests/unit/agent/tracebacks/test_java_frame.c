/* Frames of Java, and lines that are none. */
#include "cmocka_test.h"
#include "tracebacks/java_frame.h"

static void expect(const char *line, const char *module, const char *function, const char *file,
		   uint32_t number)
{
	struct exception_frame frame;

	assert_true(java_frame_parse(view_of_text(line), &frame));
	assert_view(frame.module, module);
	assert_view(frame.function, function);
	assert_view(frame.file, file);
	assert_int_equal(frame.line, number);
}

static void reads_frames(void **state)
{
	(void)state;
	expect("\tat a.b.C.d(C.java:12)", "a.b.C", "d", "C.java", 12);
	expect("\tat app//a.C.<init>(C.kt:1) ~[x.jar!/:1]", "a.C", "<init>", "C.kt", 1);
	expect("\t\tat java.base@17/java.lang.Thread.run(Thread.java:840)", "java.lang.Thread",
	       "run", "Thread.java", 840);
	expect("    at C.lambda$d$0(Unknown Source)", "C", "lambda$d$0", "", 0);
	expect("\tat C$$Lambda/0x12.d(SourceFile)", "C$$Lambda/0x12", "d", "SourceFile", 0);
	expect("\tat a.T.my own test(T.kt:3)", "a.T", "my own test", "T.kt", 3);
}

static void refuses_others(void **state)
{
	static const char *const lines[] = {
		"",
		"at a.C.d(C.java:1)",
		"\tat ",
		"\tat a.C.d",
		"\tat a.C.d(C.java:1",
		"\tat d(C.java:1)",
		"    at Object.run (/srv/x.js:1:2)",
		"   at Shop.Cart.Total()",
		"   at Shop.Cart.Total(Int32 n)",
		"    at noon (local time)",
	};
	struct exception_frame frame;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_false(java_frame_parse(view_of_text(lines[i]), &frame));
}

static void reads_omissions_and_classes(void **state)
{
	uint32_t count = 7;

	(void)state;
	assert_true(java_frame_parse_omission(VIEW_LITERAL("\t... 23 more"), &count));
	assert_int_equal(count, 23);
	assert_true(
		java_frame_parse_omission(VIEW_LITERAL("\t... 4 common frames omitted"), &count));
	assert_int_equal(count, 4);
	assert_false(java_frame_parse_omission(VIEW_LITERAL("... 4 more"), &count));
	assert_false(java_frame_parse_omission(VIEW_LITERAL("\t... 4 apples"), &count));
	assert_int_equal(java_frame_class_size(VIEW_LITERAL("a.b.C$D: text")), 7);
	assert_int_equal(java_frame_class_size(VIEW_LITERAL("a..b")), 0);
	assert_int_equal(java_frame_class_size(VIEW_LITERAL("1.2")), 0);
	assert_int_equal(java_frame_class_size(VIEW_LITERAL("a.")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_frames),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(reads_omissions_and_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
