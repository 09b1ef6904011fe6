/* The search for markers against a plain one, over many texts; openings; what cannot be read. Texts
 * are exactly sized copies, so that ASan sees a read beyond one. */
#include "host_output.h"

static __u64 random_state;

static int begin(void **state)
{
	(void)state;
	host_output_begin();
	random_state = 12345;
	return 0;
}

static __u32 random_below(__u32 limit)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (__u32)(random_state >> 33) % limit;
}

static int scan(const char *text, size_t size, bool is_start)
{
	char *copy = malloc(size + 1);
	int result;

	memcpy(copy, text, size);
	copy = realloc(copy, size ? size : 1);
	result = output_scan((__u64)(unsigned long)copy, size, is_start);
	free(copy);
	return result;
}

static bool has_marker(const char *text, size_t size)
{
	if (size > OUTPUT_SCAN_BYTES)
		size = OUTPUT_SCAN_BYTES;
	for (const char *const *marker = host_markers; *marker; marker++)
		for (size_t i = 0; i + strlen(*marker) <= size; i++)
			if (!memcmp(text + i, *marker, strlen(*marker)))
				return true;
	return false;
}

/* Letters of the markers themselves, so that parts of them are everywhere. */
static void random_texts(void **state)
{
	static const char letters[] = "    \n\nat^MARKER7Traceb(";
	static char text[700];
	int found = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t size = 1 + random_below(round % 2 ? 80 : sizeof(text));
		const char *marker = host_markers[random_below(4)];
		size_t length = strlen(marker), at = random_below((__u32)size);

		for (size_t i = 0; i < size; i++)
			text[i] = letters[random_below(sizeof(letters) - 1)];
		if (round % 3) /* whole, or its beginning at the end */
			memcpy(text + at, marker, at + length > size ? size - at : length);
		assert_int_equal(scan(text, size, false),
				 has_marker(text, size) ? SCAN_FOUND : SCAN_NOTHING);
		found += has_marker(text, size);
	}
	assert_true(found > 5000 && found < 15000);
}

/* Every marker at every offset, in a write of every length about its end. */
static void every_place(void **state)
{
	static char text[600];

	(void)state;
	for (const char *const *marker = host_markers; *marker; marker++)
		for (size_t at = 0; at < 560; at++) {
			size_t length = strlen(*marker);
			bool is_within = at + length <= OUTPUT_SCAN_BYTES;

			memset(text, 'x', sizeof(text));
			memcpy(text + at, *marker, length);
			assert_int_equal(scan(text, at + length - 1, true), SCAN_NOTHING);
			assert_int_equal(scan(text, at + length, true), is_within);
			assert_int_equal(scan(text, sizeof(text), true), is_within);
		}
}

static void openings(void **state)
{
	static const struct {
		const char *text;
		bool is_found;
	} rows[] = {
		{"panic: ", true},   {"panic: oh no\n", true},
		{"panic:", false},   {"panic:x", false},
		{" panic: ", false}, {"go!", true},
		{"go!x", true},      {"go", false},
		{"g", false},        {"go?", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(scan(rows[i].text, strlen(rows[i].text), true), rows[i].is_found);
		assert_int_equal(scan(rows[i].text, strlen(rows[i].text), false), SCAN_NOTHING);
	}
}

static void what_cannot_be_read(void **state)
{
	static char text[600];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + 300, "MARKER7", 7);
	for (int reads = 0; reads <= 2; reads++) {
		stub_reads_until_failure = reads;
		assert_int_equal(scan(text, sizeof(text), true), SCAN_UNREADABLE);
	}
	stub_reads_until_failure = 3; /* seen, and gone when it is compared */
	assert_int_equal(scan(text, sizeof(text), true), SCAN_UNREADABLE);
	stub_reads_until_failure = -1;
	assert_int_equal(scan(text, sizeof(text), true), SCAN_FOUND);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(random_texts, begin),
		cmocka_unit_test_setup(every_place, begin),
		cmocka_unit_test_setup(openings, begin),
		cmocka_unit_test_setup(what_cannot_be_read, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
