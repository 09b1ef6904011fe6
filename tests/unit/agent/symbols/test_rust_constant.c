/* Constants in Rust's v0 names. */
#include "cmocka_test.h"
#include "symbols/rust_demangle.h"

/* The constant as a generic argument; NULL: refused. */
static void expect(const char *constant, const char *wanted)
{
	char symbol[256], text[MAX_DEMANGLED_BYTES], whole[256] = "";
	struct view copy;

	(void)snprintf(symbol, sizeof(symbol), "_RIC1aK%sE", constant);
	if (wanted)
		(void)snprintf(whole, sizeof(whole), "a::<%s>", wanted);
	copy = exact_copy(view_of_text(symbol));
	assert_view(view_of(text, rust_demangle(copy, text, sizeof(text))), whole);
	free_copy(copy);
}

static void test_numbers(void **state)
{
	(void)state;
	expect("hb_", "11");
	expect("j_", "0");
	expect("s98_", "152");
	expect("anb_", "-11");
	expect("y0000ffffffffffffffff_", "18446744073709551615");
	expect("o00123456789abcdef01_", "0x123456789abcdef01");
	expect("hB_", NULL);
	expect("hb", NULL);
	expect("p", "_");
}

static void test_booleans_and_characters(void **state)
{
	(void)state;
	expect("b0_", "false");
	expect("b1_", "true");
	expect("b2_", NULL);
	expect("c76_", "'v'");
	expect("ca_", "'\\n'");
	expect("c27_", "'\\''");
	expect("c22_", "'\"'");
	expect("c7_", "'\\u{7}'");
	expect("c2202_", "'∂'");
	expect("cd800_", NULL);
	expect("c110000_", NULL);
}

static void test_texts(void **state)
{
	(void)state;
	expect("e616263_", "{*\"abc\"}");
	expect("Re616263_", "\"abc\"");
	expect("Re_", "\"\"");
	expect("Re22275c_", "\"\\\"'\\\\\"");
	expect("Ree28882_", "\"∂\"");
	expect("Re6_", NULL);   /* half a byte */
	expect("Ree28_", NULL); /* half a character */
}

static void test_composites(void **state)
{
	(void)state;
	expect("TE", "{()}");
	expect("Tj1_E", "{(1,)}");
	expect("Tj1_b1_E", "{(1, true)}");
	expect("Aj1_j2_j3_E", "{[1, 2, 3]}");
	expect("Qh1_", "{&mut 1}");
	expect("Rh1_", "{&1}");
	expect("VNtINtNtC4core6option6OptionjE4NoneU", "{core::option::Option::<usize>::None}");
	expect("VNtINtNtC4core6option6OptionjE4SomeTj0_E",
	       "{core::option::Option::<usize>::Some(0)}");
	expect("VNtC3foo3BarS1sRe616263_2chc78_5sliceRAh1_h2_h3_EE",
	       "{foo::Bar { s: \"abc\", ch: 'x', slice: &[1, 2, 3] }}");
	expect("VNtC3foo3BarX", NULL);
	expect("Z", NULL);
}

static void test_back_reference(void **state)
{
	char text[64];
	struct view symbol = view_of_text("_RIC1aKj5_KB4_E");

	(void)state;
	assert_view(view_of(text, rust_demangle(symbol, text, sizeof(text))), "a::<5, 5>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_booleans_and_characters),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_composites),
		cmocka_unit_test(test_back_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
