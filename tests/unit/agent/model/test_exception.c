/* The words for languages, every one of them. */
#include "model/exception.h"

#include "cmocka_test.h"

static const struct {
	enum exception_language language;
	const char *platform, *word, *separator;
	bool has_qualified_types;
} rows[] = {
	{LANGUAGE_UNKNOWN, "other", "unknown", ".", false},
	{LANGUAGE_PYTHON, "python", "python", NULL, true},
	{LANGUAGE_NODE, "node", "nodejs", NULL, false},
	{LANGUAGE_JAVA, "java", "java", ".", true},
	{LANGUAGE_GO, "go", "go", ".", false},
	{LANGUAGE_RUBY, "ruby", "ruby", "#", false},
	{LANGUAGE_PHP, "php", "php", "::", false},
	{LANGUAGE_DOTNET, "csharp", "dotnet", ".", true},
	{LANGUAGE_CPP, "native", "cpp", "::", false},
	{LANGUAGE_RUST, "native", "rust", "::", false},
	{LANGUAGE_PERL, "perl", "perl", "::", false},
	{LANGUAGES_COUNT, "other", "unknown", ".", false},
};

static void words(void **state)
{
	(void)state;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]), LANGUAGES_COUNT + 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *separator = exception_function_separator(rows[i].language);

		assert_string_equal(exception_platform(rows[i].language), rows[i].platform);
		assert_string_equal(exception_language_word(rows[i].language), rows[i].word);
		assert_int_equal(exception_has_qualified_types(rows[i].language),
				 rows[i].has_qualified_types);
		if (rows[i].separator)
			assert_string_equal(separator, rows[i].separator);
		else
			assert_null(separator);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
