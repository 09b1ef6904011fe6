/* What is source by its name, and what a report may not have us read. */
#include "cmocka_test.h"
#include "exceptions/source_names.h"

static enum source_name judge(enum exception_language language, const char *path)
{
	struct view copy = exact_copy(view_of_text(path));
	enum source_name result = source_names_judge(language, copy);

	free_copy(copy);
	return result;
}

static void test_endings(void **state)
{
	static const struct {
		enum exception_language language;
		const char *path;
	} sources[] = {
		{LANGUAGE_PYTHON, "/srv/app.py"},
		{LANGUAGE_PYTHON, "x.html"},
		{LANGUAGE_NODE, "/srv/a.b/app.test.mjs"},
		{LANGUAGE_NODE, "index.ts"},
		{LANGUAGE_JAVA, "Shop.java"},
		{LANGUAGE_JAVA, "Shop.kt"},
		{LANGUAGE_GO, "/src/main.go"},
		{LANGUAGE_RUBY, "/srv/app.rb"},
		{LANGUAGE_RUBY, "config.ru"},
		{LANGUAGE_PHP, "/srv/index.php"},
		{LANGUAGE_DOTNET, "/src/Program.cs"},
		{LANGUAGE_CPP, "/src/shop.cpp"},
		{LANGUAGE_CPP, "shop.h"},
		{LANGUAGE_RUST, "src/main.rs"},
		{LANGUAGE_PERL, "/srv/Shop.pm"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		assert_int_equal(judge(sources[i].language, sources[i].path), SOURCE_NAMED);
}

static void test_others(void **state)
{
	static const char *const others[] = {"",
					     "/",
					     "/etc/shadow.bak",
					     "/srv/.env",
					     "/srv/.py",
					     "/srv/key.pem",
					     "/srv/app.py/",
					     "/srv/app.pyc",
					     "/srv/app.py ",
					     "/srv/app.p",
					     "/srv/app.",
					     "app.py py",
					     "/srv/db.sqlite3",
					     "/srv/id_rsa.pub"};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(judge(LANGUAGE_PYTHON, others[i]), SOURCE_NONE);
	assert_int_equal(judge(LANGUAGE_GO, "/srv/app.py"), SOURCE_NONE);
	assert_int_equal(judge(LANGUAGE_UNKNOWN, "/srv/app.py"), SOURCE_NONE);
	assert_int_equal(judge(LANGUAGES_COUNT, "/srv/app.py"), SOURCE_NONE);
}

/* Only the first line can tell. */
static void test_scripts(void **state)
{
	(void)state;
	assert_int_equal(judge(LANGUAGE_PYTHON, "/srv/venv/bin/gunicorn"), SOURCE_SCRIPT);
	assert_int_equal(judge(LANGUAGE_PERL, "/srv/x.d/report"), SOURCE_SCRIPT);
	assert_int_equal(judge(LANGUAGE_GO, "/srv/shop"), SOURCE_NONE);
	assert_int_equal(judge(LANGUAGE_JAVA, "Shop"), SOURCE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endings),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
