/* Every language's row: what the kernel is asked to look for fits its tables, is asked for once,
 * and is where the kernel looks in what a program of that language really wrote. */
#include <dirent.h>
#include "traceback_vectors.h"

static size_t check_sizes(const char *const *texts, size_t least, size_t most)
{
	size_t count = 0;

	for (; texts && texts[count]; count++)
		assert_in_range(strlen(texts[count]), least, most);
	return count;
}

static void rows_are_whole(void **state)
{
	uint32_t seen = 0;

	(void)state;
	for (size_t i = 0; traceback_languages[i]; i++) {
		const struct traceback_language *language = traceback_languages[i];

		assert_true(language->name && language->begins && language->take &&
			    language->finish);
		assert_in_range(language->language, LANGUAGE_UNKNOWN + 1, LANGUAGES_COUNT - 1);
		assert_false(seen & 1u << language->language);
		seen |= 1u << language->language;
		assert_true(check_sizes(language->markers, 7, MAX_MARKER_BYTES) +
				    check_sizes(language->openings, 3, 8) >
			    0);
	}
	assert_true(seen > 0);
}

static bool is_among(const char *text, const char *const *texts)
{
	for (; texts && *texts; texts++)
		if (strcmp(*texts, text) == 0)
			return true;
	return false;
}

static void check_once(const char *const *texts)
{
	for (size_t i = 0; texts && texts[i]; i++)
		if (is_among(texts[i], texts + i + 1))
			fail_msg("\"%s\" stands twice in a row", texts[i]);
}

static void nothing_is_asked_for_twice(void **state)
{
	(void)state;
	for (size_t i = 0; traceback_languages[i]; i++) {
		check_once(traceback_languages[i]->markers);
		check_once(traceback_languages[i]->openings);
	}
}

/* Is it in the first bytes of a write, or the very first of one? */
static bool is_in_writes(struct view text, struct view writes, struct view wanted, bool is_opening)
{
	struct view token;
	uint64_t size;

	while (text.size) {
		struct view head = view_take(text, OUTPUT_SCAN_BYTES);

		size = text.size;
		while (writes.size && view_next_token(&writes, '\n', &token))
			if (view_parse_u64(token, &size) == 0)
				break;
		head = view_take(head, size);
		if (is_opening ? view_starts_with(head, wanted) : view_find(head, wanted) >= 0)
			return true;
		text = view_skip(text, size);
	}
	return false;
}

static bool is_in_golden(const char *language, const char *name, struct view wanted,
			 bool is_opening)
{
	struct view text = read_vector_file(language, name, "txt");
	struct view writes = read_vector_file(language, name, "writes");
	bool is_found = is_in_writes(text, writes, wanted, is_opening);

	free_copy(text);
	free_copy(writes);
	return is_found;
}

static bool is_in_any_golden(const char *language, const char *wanted, bool is_opening)
{
	char path[256], name[64];
	struct dirent *entry;
	bool is_found = false;
	DIR *folder;

	snprintf(path, sizeof(path), "tests/goldens/tracebacks/%s", language);
	folder = opendir(path);
	if (!folder) {
		print_message("%s: SKIP, there are no golden files\n", language);
		return true;
	}
	while (!is_found && (entry = readdir(folder))) {
		size_t size = strlen(entry->d_name);

		if (size <= 4 || strcmp(entry->d_name + size - 4, ".txt") != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(size - 4), entry->d_name);
		is_found = is_in_golden(language, name, view_of_text(wanted), is_opening);
	}
	closedir(folder);
	return is_found;
}

/* Of versions and loggers that were not there to be run. */
static const char *const not_run[] = {
	":in `<top (required)>'",
	":in 'Integer#",
	":in 'Kernel#",
	":in 'block in ",
	":in '<main>'",
	"Error):\n",
	"[object] (",
	"Uncaught PHP Exc",
	".pm line ",
	"-e line ",
	".psgi line ",
	".cgi line ",
	"\n\tat io.",
	"\n\tat net.",
	"\n\tat org.",
	"\n   at Microsoft.",
	"\n         at System.",
	"\\n   at ",
	NULL,
};

static size_t count_missing(const char *language, const char *const *texts, bool is_opening)
{
	size_t missing = 0;

	for (; texts && *texts; texts++) {
		if (is_in_any_golden(language, *texts, is_opening) || is_among(*texts, not_run))
			continue;
		print_error("%s: \"%s\" is in no golden file\n", language, *texts);
		missing++;
	}
	return missing;
}

static void programs_write_what_is_looked_for(void **state)
{
	size_t missing = 0;

	(void)state;
	for (size_t i = 0; traceback_languages[i]; i++) {
		const struct traceback_language *language = traceback_languages[i];

		missing += count_missing(language->name, language->markers, false);
		missing += count_missing(language->name, language->openings, true);
	}
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(nothing_is_asked_for_twice),
		cmocka_unit_test(programs_write_what_is_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
