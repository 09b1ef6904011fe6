/*
 * limpet.yaml as installed: as it is it changes nothing, and with every # before a key taken away
 * each key is accepted and comes from the file.
 */
#include "written_document.h"

#include "../settings/loaded_settings.h"

#define FILE_NAME ".build/test_manual_example.yaml"

/* Takes the # off every line "  #key: value". */
static void uncomment(char *text)
{
	for (char *line = text; line; line = strchr(line, '\n')) {
		char *hash;

		line += *line == '\n';
		hash = line + strspn(line, " ");
		if (*hash == '#' && hash[1] >= 'a' && hash[1] <= 'z')
			memmove(hash, hash + 1, strlen(hash));
	}
}

static void test_changes_nothing(void **state)
{
	char *text = written(manual_example_write);
	struct settings s;

	(void)state;
	write_file(FILE_NAME, 0644, text);
	assert_loads(&s, LINE("config", "-c", FILE_NAME), NO_ENV);
	for (size_t i = 0; i < option_table_count; i++)
		assert_int_not_equal(settings_origins_of(&s, &option_table[i])->kind, ORIGIN_FILE);
	settings_done(&s);
	free(text);
}

static void test_every_key_is_accepted(void **state)
{
	char *text = written(manual_example_write);
	struct settings s;

	(void)state;
	uncomment(text);
	write_file(FILE_NAME, 0600, text);
	assert_loads(&s, LINE("config", "-c", FILE_NAME), NO_ENV);
	for (size_t i = 0; i < option_table_count; i++)
		if (option_table[i].key)
			assert_int_equal(settings_origins_of(&s, &option_table[i])->kind,
					 ORIGIN_FILE);
	assert_string_equal(s.otlp.endpoint, "http://localhost:4318");
	assert_int_equal(s.capture.ring_bytes, 2 << 20);
	settings_done(&s);
	(void)unlink(FILE_NAME);
	free(text);
}

/* Destinations first, and no line too long to read. */
static void test_shape(void **state)
{
	char *text = written(manual_example_write);
	struct view rest = view_of_text(text), line;

	(void)state;
	assert_true(strstr(text, "\nsentry:\n") < strstr(text, "\notlp:\n"));
	assert_true(strstr(text, "\notlp:\n") < strstr(text, "\ncapture:\n"));
	assert_says(text, "\n  #dsn: \"https://KEY@HOST/PROJECT\"\n");
	assert_says(text, " a power of two: a size from 4KiB to 1GiB that is a power\n"
			  "  # of two (such as 4096, 64KiB, 4MiB).\n  #ring_bytes: 2MiB\n");
	while (view_next_token(&rest, '\n', &line))
		assert_in_range(line.size, 0, 102);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes_nothing),
		cmocka_unit_test(test_every_key_is_accepted),
		cmocka_unit_test(test_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
