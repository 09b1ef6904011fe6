/* Numbers of DWARF: whole, cut at every byte, too long. */
#include "cmocka_test.h"
#include "symbols/dwarf_reader.h"

static struct dwarf_reader over(const void *bytes, size_t size)
{
	struct dwarf_reader reader;

	dwarf_reader_init(&reader, view_of(bytes, size), 0x1000);
	return reader;
}

static void test_fixed(void **state)
{
	struct dwarf_reader reader = over("\x01\x02\x03\x04\x05\x06\x07\x88\xff\xfe\xff", 11);

	(void)state;
	assert_int_equal(dwarf_reader_unsigned(&reader, 8), 0x8807060504030201);
	assert_int_equal(dwarf_reader_signed(&reader, 1), -1);
	assert_int_equal(dwarf_reader_signed(&reader, 2), -2);
	assert_int_equal(dwarf_reader_left(&reader), 0);
	assert_false(reader.is_bad);
	assert_int_equal(dwarf_reader_unsigned(&reader, 1), 0);
	assert_true(reader.is_bad);
	assert_int_equal(dwarf_reader_left(&reader), 0);
}

static void test_leb(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		uint64_t plain;
		int64_t with_sign;
	} rows[] = {
		{"\x02", 1, 2, 2},
		{"\x7f", 1, 127, -1},
		{"\x7e", 1, 126, -2},
		{"\xff\x00", 2, 127, 127},
		{"\x80\x7f", 2, 0x3f80, -128},
		{"\xe5\x8e\x26", 3, 624485, 624485},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, UINT64_MAX, -1},
		{"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 10, 1ull << 63, INT64_MIN},
		/* Padded, and more bits than there are. */
		{"\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 12, 1, 1},
		{"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 11, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dwarf_reader reader = over(rows[i].bytes, rows[i].size);

		assert_int_equal(dwarf_reader_uleb(&reader), rows[i].plain);
		assert_int_equal(dwarf_reader_left(&reader), 0);
		reader = over(rows[i].bytes, rows[i].size);
		assert_int_equal(dwarf_reader_sleb(&reader), rows[i].with_sign);
		assert_false(reader.is_bad);
		for (size_t cut = 0; cut < rows[i].size; cut++) {
			struct view part = exact_copy(view_of(rows[i].bytes, cut));

			reader = over(part.bytes, cut);
			assert_int_equal(dwarf_reader_uleb(&reader), 0);
			assert_true(reader.is_bad);
			free_copy(part);
		}
	}
}

static void test_text_and_bytes(void **state)
{
	struct dwarf_reader reader = over("zR\0abc", 6);

	(void)state;
	assert_view(dwarf_reader_text(&reader), "zR");
	assert_view(dwarf_reader_bytes(&reader, 2), "ab");
	assert_int_equal(dwarf_reader_text(&reader).size, 0); /* no NUL */
	assert_true(reader.is_bad);
	reader = over("abc", 3);
	assert_int_equal(dwarf_reader_bytes(&reader, UINT64_MAX).size, 0);
	assert_true(reader.is_bad);
	reader = over(NULL, 0);
	assert_int_equal(dwarf_reader_text(&reader).size, 0);
	assert_true(reader.is_bad);
}

static uint64_t pointer(uint8_t encoding, bool *ret_is_bad)
{
	struct dwarf_reader reader = over("\x00\xf0\xff\xff\xff\xff\xff\xff\x7f\x01\x02\x03", 12);
	uint64_t value;

	(void)dwarf_reader_unsigned(&reader, 1);
	value = dwarf_reader_pointer(&reader, encoding, 0x5000);
	*ret_is_bad = reader.is_bad;
	return value;
}

/* What a file could make long for every entry of a table. */
static void test_endless(void **state)
{
	char bytes[300];
	struct dwarf_reader reader;

	(void)state;
	memset(bytes, 0x80, sizeof(bytes));
	reader = over(bytes, sizeof(bytes));
	assert_int_equal(dwarf_reader_uleb(&reader), 0);
	assert_true(reader.is_bad);
	bytes[31] = 0;
	reader = over(bytes, sizeof(bytes));
	assert_int_equal(dwarf_reader_uleb(&reader), 0);
	assert_false(reader.is_bad);
	memset(bytes, 'z', sizeof(bytes));
	bytes[256] = 0;
	reader = over(bytes, sizeof(bytes));
	assert_int_equal(dwarf_reader_text(&reader).size, 0);
	assert_true(reader.is_bad);
	bytes[255] = 0;
	reader = over(bytes, sizeof(bytes));
	assert_int_equal(dwarf_reader_text(&reader).size, 255);
	assert_int_equal(dwarf_reader_left(&reader), sizeof(bytes) - 256);
}

static void test_pointers(void **state)
{
	static const struct {
		uint8_t encoding;
		uint64_t value;
	} rows[] = {
		{0x00, 0x7ffffffffffffff0},
		{0x04, 0x7ffffffffffffff0},
		{0x02, 0xfff0},
		{0x03, 0xfffffff0},
		{0x0a, (uint64_t)-16},
		{0x0b, (uint64_t)-16},
		{0x0c, 0x7ffffffffffffff0},
		{0x1b, 0x1001 - 16},
		{0x3b, 0x5000 - 16},
		{0x13, 0x1001 + 0xfffffff0ull},
		{0x50, 0x0}, /* aligned: nothing complete there */
	};
	static const uint8_t bad[] = {0xff, 0x9b, 0x2b, 0x45, 0x06, 0x1e};
	bool is_bad;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(pointer(rows[i].encoding, &is_bad), rows[i].value);
		assert_int_equal(is_bad, rows[i].encoding == 0x50);
	}
	for (size_t i = 0; i < sizeof(bad); i++) {
		assert_int_equal(pointer(bad[i], &is_bad) == 0 || is_bad, true);
		assert_true(is_bad);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed),          cmocka_unit_test(test_leb),
		cmocka_unit_test(test_text_and_bytes), cmocka_unit_test(test_endless),
		cmocka_unit_test(test_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
