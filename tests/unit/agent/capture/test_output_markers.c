/* The tables of markers: a marker is found wherever it begins, what is no marker is not, and every
 * language's are accepted. The walk here is the one of bpf/lib/output_scan.bpf.h, in plain words.
 */
#include "cmocka_test.h"

#include <errno.h>
#include <stdio.h>
#include "capture/output_markers.h"

static struct output_tables tables;

static int build(const char *const *markers, const char *const *openings)
{
	struct traceback_language language = {.markers = markers, .openings = openings};
	const struct traceback_language *const languages[] = {&language, NULL};

	memset(&tables, 0, sizeof(tables));
	return output_markers_build(&tables, languages);
}

static bool is_word_of_marker(const char *text, size_t size, size_t at)
{
	uint32_t word;

	memcpy(&word, text + at, sizeof(word));
	if (!(tables.bits[OUTPUT_BIT_OF(word) / 8] >> OUTPUT_BIT_OF(word) % 8 & 1))
		return false;
	for (uint32_t i = 0; i < MAX_WORD_PROBES; i++) {
		const struct output_word *entry =
			&tables.words[(OUTPUT_SLOT_OF(word) + i) % OUTPUT_WORD_SLOTS];

		if (!entry->marker)
			break;
		if (entry->word == word && entry->offset <= at &&
		    at - entry->offset + entry->size <= size &&
		    !memcmp(text + at - entry->offset, tables.markers[entry->marker - 1].bytes,
			    entry->size))
			return true;
	}
	return false;
}

static bool has_marker(const char *text, size_t size)
{
	for (size_t at = 0; at + 4 <= size; at += 4)
		if (is_word_of_marker(text, size, at))
			return true;
	return false;
}

/* At every offset, and not with any one byte changed. */
static void check_marker(const char *marker)
{
	size_t size = strlen(marker);
	char text[64];

	for (size_t at = 0; at < 8; at++) {
		memset(text, '.', sizeof(text));
		memcpy(text + at, marker, size);
		assert_true(has_marker(text, sizeof(text)));
		assert_true(has_marker(text, at + size));
		assert_false(has_marker(text, at + size - 1));
		for (size_t i = 0; i < size; i++) {
			text[at + i] ^= 1;
			assert_false(has_marker(text, sizeof(text)));
			text[at + i] ^= 1;
		}
	}
}

static void a_marker_anywhere(void **state)
{
	static const char *const rows[] = {"MARKER7",
					   "\n    at ",
					   "       ",
					   "aaaaaaaa",
					   "Traceback (most recent call last",
					   "Caused by: ",
					   "\xc3\xa9\xc3\xa8\xc3\xaa\xff\x01"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const markers[] = {rows[i], NULL};

		assert_int_equal(build(markers, NULL), 0);
		assert_int_equal(tables.markers_count, 1);
		check_marker(rows[i]);
	}
}

/* Four words each, the rarest: blanks and digits are everywhere. */
static void the_rarest_words(void **state)
{
	static const char *const markers[] = {"     1234XQZJ_;", NULL};
	bool is_chosen[16] = {false};

	(void)state;
	assert_int_equal(build(markers, NULL), 0);
	for (uint32_t i = 0; i < OUTPUT_WORD_SLOTS; i++)
		if (tables.words[i].marker)
			is_chosen[tables.words[i].offset] = true;
	for (int i = 0; i < 16; i++)
		assert_int_equal(is_chosen[i], i >= 8 && i <= 11);
}

static void sizes(void **state)
{
	static const struct {
		const char *marker, *opening;
		int result;
	} rows[] = {
		{"1234567", "123", 0},      {"12345678901234567890123456789012", "12345678", 0},
		{"123456", "123", -EINVAL}, {"123456789012345678901234567890123", "123", -EINVAL},
		{"1234567", "12", -EINVAL}, {"1234567", "123456789", -EINVAL},
		{"", NULL, -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const markers[] = {rows[i].marker, NULL};
		const char *const openings[] = {rows[i].opening, NULL};
		static const struct output_tables nothing;

		assert_int_equal(build(markers, openings), rows[i].result);
		if (rows[i].result < 0)
			assert_memory_equal(&tables, &nothing, sizeof(tables));
	}
	assert_int_equal(build(NULL, NULL), 0);
	assert_int_equal(tables.markers_count + tables.openings_count, 0);
}

static void what_is_shared_is_kept_once(void **state)
{
	static const char *const markers[] = {"Exception: ", "Exception in ", "Exception: ", NULL};
	static const char *const openings[] = {"panic: ", "panic: ", "pan", NULL};

	(void)state;
	assert_int_equal(build(markers, openings), 0);
	assert_int_equal(tables.markers_count, 2);
	assert_int_equal(tables.openings_count, 2);
	check_marker("Exception: ");
	check_marker("Exception in ");
}

static void openings(void **state)
{
	static const char *const texts[] = {"panic: ", "go!", "12345678", NULL};

	(void)state;
	assert_int_equal(build(NULL, texts), 0);
	assert_int_equal(tables.openings_count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		uint64_t start = 0x2e2e2e2e2e2e2e2eull;

		memcpy(&start, texts[i], strlen(texts[i]));
		assert_true(tables.opening_bits[OUTPUT_OPENING_BIT(start) / 8] >>
				    OUTPUT_OPENING_BIT(start) % 8 &
			    1);
		assert_true((start & tables.openings[i].mask) == tables.openings[i].bytes);
		assert_false(((start ^ 1) & tables.openings[i].mask) == tables.openings[i].bytes);
	}
}

static void tables_that_are_full(void **state)
{
	static char texts[MAX_OUTPUT_MARKERS + 1][16];
	const char *markers[MAX_OUTPUT_MARKERS + 2] = {NULL};
	const char *few[MAX_WORD_PROBES + 2] = {NULL};

	(void)state;
	for (int i = 0; i <= MAX_OUTPUT_MARKERS; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "%c%c%c%c%c%c%c%c%c%c%c", 'A' + i % 26,
			       'a' + i / 26, 'Z' - i % 25, 'a' + i % 24, '0' + i % 10, 'b' + i % 23,
			       'A' + i / 10, 'z' - i % 22, 'A' + i % 21, '!' + i % 15,
			       'c' + i % 20);
		if (i < MAX_OUTPUT_MARKERS)
			markers[i] = texts[i];
	}
	assert_int_equal(build(markers, NULL), 0);
	assert_int_equal(tables.markers_count, MAX_OUTPUT_MARKERS);
	for (int i = 0; i < MAX_OUTPUT_MARKERS; i++)
		check_marker(texts[i]);
	markers[MAX_OUTPUT_MARKERS] = texts[MAX_OUTPUT_MARKERS];
	assert_int_equal(build(markers, NULL), -ENOSPC);
	/* All of one word. */
	for (int i = 0; i <= MAX_WORD_PROBES; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "%c  QZXJ", 'a' + i);
		few[i] = texts[i];
	}
	assert_int_equal(build(few, NULL), -ENOSPC);
	few[MAX_WORD_PROBES] = NULL;
	assert_int_equal(build(few, NULL), 0);
}

/* What is built at every start. */
static void every_language(void **state)
{
	(void)state;
	memset(&tables, 0, sizeof(tables));
	assert_int_equal(output_markers_build(&tables, traceback_languages), 0);
	for (const struct traceback_language *const *language = traceback_languages; *language;
	     language++)
		for (const char *const *marker = (*language)->markers; marker && *marker; marker++)
			for (size_t at = 0; at < 4; at++) {
				char text[40];

				memset(text, '.', sizeof(text));
				memcpy(text + at, *marker, strlen(*marker));
				assert_true(has_marker(text, at + strlen(*marker)));
			}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_marker_anywhere),
		cmocka_unit_test(the_rarest_words),
		cmocka_unit_test(sizes),
		cmocka_unit_test(what_is_shared_is_kept_once),
		cmocka_unit_test(openings),
		cmocka_unit_test(tables_that_are_full),
		cmocka_unit_test(every_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
