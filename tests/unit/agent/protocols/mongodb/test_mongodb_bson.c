/* The walker: every type, every cut, and lengths that lie. */
#include "mongodb_bytes.h"

#include "protocols/mongodb/mongodb_bson.h"

/* One element of every type there is, and what its value takes. */
static const struct {
	uint8_t type;
	const char *value;
	size_t size;
} samples[] = {
	{0x01, "\0\0\0\0\0\0\xf0\x3f", 8},
	{0x02, "\3\0\0\0ab\0", 7},
	{0x03, "\5\0\0\0\0", 5},
	{0x04, "\5\0\0\0\0", 5},
	{0x05, "\2\0\0\0\0xy", 7},
	{0x06, "", 0},
	{0x07, "123456789012", 12},
	{0x08, "\1", 1},
	{0x09, "12345678", 8},
	{0x0a, "", 0},
	{0x0b, "a.*\0i\0", 6},
	{0x0c,
	 "\2\0\0\0a\0"
	 "123456789012",
	 18},
	{0x0d, "\2\0\0\0a\0", 6},
	{0x0e, "\2\0\0\0a\0", 6},
	{0x0f, "\x10\0\0\0\2\0\0\0a\0\6\0\0\0\0\0", 16},
	{0x10, "\7\0\0\0", 4},
	{0x11, "12345678", 8},
	{0x12, "\x08\0\0\0\0\0\0\0", 8},
	{0x13, "1234567890123456", 16},
	{0x7f, "", 0},
	{0xff, "", 0},
};

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void put_samples(struct mongodb_bytes *b)
{
	size_t at = mongodb_bytes_open(b);

	for (size_t i = 0; i < SAMPLES; i++) {
		mongodb_bytes_key(b, samples[i].type, "key");
		mongodb_bytes_put(b, samples[i].value, samples[i].size);
	}
	mongodb_bytes_close_document(b, at);
}

static void walks_every_type(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct mongodb_bson_element element;
	struct view elements;
	size_t size, i = 0;

	(void)state;
	put_samples(&b);
	assert_true(mongodb_bson_open(mongodb_bytes_view(&b), &elements, &size));
	assert_int_equal(size, b.used);
	for (; mongodb_bson_next(&elements, &element) == BSON_ELEMENT; i++) {
		assert_int_equal(element.type, samples[i].type);
		assert_view(element.key, "key");
		assert_false(element.is_cut);
		if (element.type == BSON_STRING)
			assert_view(element.value, "ab");
		else if (element.type == BSON_DOCUMENT || element.type == BSON_ARRAY)
			assert_int_equal(element.value.size, 1);
		else
			assert_int_equal(element.value.size, samples[i].size);
	}
	assert_int_equal(i, SAMPLES);
	assert_int_equal(mongodb_bson_next(&elements, &element), BSON_END);
}

/* A cut shows fewer elements, never others. */
static void stops_at_every_cut(void **state)
{
	struct mongodb_bytes b = {.used = 0};

	(void)state;
	put_samples(&b);
	for (size_t cut = 0; cut < b.used; cut++) {
		struct view copy = exact_copy(view_of(b.bytes, cut)), elements;
		struct mongodb_bson_element element;
		enum mongodb_bson_result result;
		size_t size, i = 0;
		bool is_cut = false;

		assert_int_equal(mongodb_bson_open(copy, &elements, &size), cut >= 4);
		if (cut >= 4) {
			while ((result = mongodb_bson_next(&elements, &element)) == BSON_ELEMENT) {
				assert_false(is_cut);
				assert_int_equal(element.type, samples[i++].type);
				is_cut = element.is_cut;
			}
			assert_int_equal(result, BSON_CUT);
		}
		free_copy(copy);
	}
}

static enum mongodb_bson_result first_of(const char *bytes, size_t size)
{
	struct view copy = exact_copy(view_of(bytes, size)), rest = copy;
	struct mongodb_bson_element element;
	enum mongodb_bson_result result = mongodb_bson_next(&rest, &element);

	free_copy(copy);
	return result;
}

static void refuses_what_is_none(void **state)
{
	struct view elements;
	size_t size;

	(void)state;
	assert_false(mongodb_bson_open(view_of("\4\0\0\0", 4), &elements, &size));
	assert_false(mongodb_bson_open(view_of("\xff\xff\xff\xff", 4), &elements, &size));
	assert_false(mongodb_bson_open(view_of("\0\0\0\x10", 4), &elements, &size));
	assert_int_equal(first_of("\x14k\0", 3), BSON_INVALID);
	assert_int_equal(first_of("\x80k\0", 3), BSON_INVALID);
	assert_int_equal(first_of("\0x", 2), BSON_INVALID);
	assert_int_equal(first_of("\2k\0\0\0\0\0", 7), BSON_INVALID);
	assert_int_equal(first_of("\2k\0\xff\xff\xff\xff", 7), BSON_INVALID);
	assert_int_equal(first_of("\3k\0\4\0\0\0", 7), BSON_INVALID);
	assert_int_equal(first_of("\5k\0\xff\xff\xff\x7f", 7), BSON_INVALID);
	assert_int_equal(first_of("\2k\0\5\0\0", 6), BSON_CUT);
	assert_int_equal(first_of("\2key", 4), BSON_CUT);
	assert_int_equal(first_of("\x0bk\0pattern", 10), BSON_CUT);
}

static void reads_numbers(void **state)
{
	static const struct {
		int type;
		const char *value;
		size_t size;
		bool is_number;
		int64_t wanted;
	} cases[] = {
		{0x01, "\0\0\0\0\0\0\xf0\x3f", 8, true, 1},
		{0x01, "\0\0\0\0\0\0\xf8\x7f", 8, false, 0}, /* not a number */
		{0x01, "\0\0\0\0\0\0\xf0\x7f", 8, false, 0}, /* infinite */
		{0x01, "\0\0\0\0\0\0\xf0", 7, false, 0},
		{0x08, "\1", 1, true, 1},
		{0x08, "\0", 1, true, 0},
		{0x10, "\xf8\x2a\0\0", 4, true, 11000},
		{0x10, "\xff\xff\xff\xff", 4, true, -1},
		{0x12, "\1\0\0\0\1\0\0\0", 8, true, 0x100000001},
		{0x12, "\1\0\0\0\1\0\0", 7, false, 0},
		{0x09, "\1\0\0\0\1\0\0\0", 8, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mongodb_bytes b = {.used = 0};
		struct mongodb_bson_element element;
		int64_t number = 0;
		struct view rest;

		mongodb_bytes_key(&b, cases[i].type, "n");
		mongodb_bytes_put(&b, cases[i].value, cases[i].size);
		rest = mongodb_bytes_view(&b);
		assert_int_equal(mongodb_bson_next(&rest, &element), BSON_ELEMENT);
		assert_int_equal(mongodb_bson_integer(&element, &number), cases[i].is_number);
		assert_int_equal(number, cases[i].wanted);
	}
}

static void counts(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct view elements;
	size_t size;

	(void)state;
	put_samples(&b);
	assert_true(mongodb_bson_open(mongodb_bytes_view(&b), &elements, &size));
	assert_int_equal(mongodb_bson_count(elements), SAMPLES);
	assert_int_equal(mongodb_bson_count(view_take(elements, elements.size - 1)), -1);
	put_samples(&b);
	assert_int_equal(mongodb_bson_count_sequence(mongodb_bytes_view(&b), b.used), 2);
	assert_int_equal(mongodb_bson_count_sequence(mongodb_bytes_view(&b), b.used - 1), -1);
	assert_int_equal(mongodb_bson_count_sequence(mongodb_bytes_view(&b), b.used + 1), -1);
	/* Of the last one its length is enough. */
	assert_int_equal(mongodb_bson_count_sequence(view_of(b.bytes, size + 4), b.used), 2);
	assert_int_equal(mongodb_bson_count_sequence(view_of(b.bytes, size + 3), b.used), -1);
	assert_int_equal(mongodb_bson_count_sequence((struct view){0}, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_every_type),
		cmocka_unit_test(stops_at_every_cut),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
