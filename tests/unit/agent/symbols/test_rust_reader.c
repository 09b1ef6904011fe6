/* Numbers, identifiers, punycode and the bounds of the reader. */
#include "cmocka_test.h"
#include "symbols/rust_reader.h"

static char text[64];

static struct rust_reader reader_of(const char *input)
{
	return (struct rust_reader){
		.input = view_of_text(input), .text = text, .capacity = sizeof(text)};
}

static void test_integers(void **state)
{
	struct rust_reader reader = reader_of("_0_Z_10_zzzzzzzzzzzzzzz_");

	(void)state;
	assert_int_equal(rust_reader_integer(&reader), 0);
	assert_int_equal(rust_reader_integer(&reader), 1);
	assert_int_equal(rust_reader_integer(&reader), 62);
	assert_int_equal(rust_reader_integer(&reader), 63);
	assert_false(reader.is_failed);
	(void)rust_reader_integer(&reader); /* more than 64 bits */
	assert_true(reader.is_failed);
	assert_int_equal(rust_reader_next(&reader), 0);
	reader = reader_of("s_G");
	assert_int_equal(rust_reader_optional_integer(&reader, 'G'), 0);
	assert_int_equal(rust_reader_optional_integer(&reader, 's'), 1);
	(void)rust_reader_optional_integer(&reader, 'G');
	assert_true(reader.is_failed);
}

static void test_hex(void **state)
{
	struct rust_reader reader = reader_of("_0af_0A_");

	(void)state;
	assert_view(rust_reader_hex(&reader), "");
	assert_view(rust_reader_hex(&reader), "0af");
	assert_view(rust_reader_hex(&reader), "");
	assert_true(reader.is_failed);
}

static void expect_identifier(const char *input, const char *wanted)
{
	struct rust_reader reader = reader_of(input);

	rust_reader_print_identifier(&reader, rust_reader_identifier(&reader));
	assert_int_equal(reader.is_failed, !wanted);
	assert_view(view_of(text, reader.size), wanted ? wanted : "");
}

static void test_identifiers(void **state)
{
	(void)state;
	expect_identifier("3foo", "foo");
	expect_identifier("0", "");
	expect_identifier("4_1foo", "1foo");
	expect_identifier("4foo", NULL);
	expect_identifier("x", NULL);
	expect_identifier("99999999999999999999x", NULL);
	expect_identifier("u8gre_uya", NULL); /* one too few */
	expect_identifier("u9gre_6ka8i", "größe");
	expect_identifier("u6tda_99", "punycode{tda-99}");
	expect_identifier("u4foo_", NULL);
}

static void test_full_text(void **state)
{
	struct rust_reader reader = reader_of("");

	(void)state;
	reader.capacity = 5;
	rust_reader_print_text(&reader, "abc");
	rust_reader_print_text(&reader, "def"); /* whole or not at all */
	rust_reader_print_text(&reader, "g");
	assert_true(reader.is_full);
	assert_view(view_of(text, reader.size), "abc");
	assert_false(rust_reader_enter(&reader));
}

static void test_characters(void **state)
{
	struct rust_reader reader = reader_of("");

	(void)state;
	rust_reader_print_character(&reader, 'a');
	rust_reader_print_character(&reader, 0xe4);
	rust_reader_print_character(&reader, 0x2202);
	rust_reader_print_character(&reader, 0x1f980);
	rust_reader_print_number(&reader, UINT64_MAX);
	assert_view(view_of(text, reader.size), "aä∂🦀18446744073709551615");
}

static void test_depth(void **state)
{
	struct rust_reader reader = reader_of("");

	(void)state;
	for (uint32_t i = 0; i < MAX_RUST_DEPTH; i++)
		assert_true(rust_reader_enter(&reader));
	assert_false(rust_reader_enter(&reader));
	assert_true(reader.is_failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),    cmocka_unit_test(test_hex),
		cmocka_unit_test(test_identifiers), cmocka_unit_test(test_full_text),
		cmocka_unit_test(test_characters),  cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
