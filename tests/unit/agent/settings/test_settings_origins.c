/* The words for where a setting came from. */
#include "settings/settings_origins.h"

#include "loaded_settings.h"

static void check(const struct settings *settings, const char *name, const char *words)
{
	char buffer[320];

	assert_string_equal(settings_origins_words(settings,
						   option_table_find_name(view_of_text(name)),
						   buffer, sizeof(buffer)),
			    words);
}

static void test_each_origin(void **state)
{
	struct settings s;

	(void)state;
	write_file(".build/origins\xff.yaml", 0644, "\n\ncapture:\n  source: fentry\n");
	assert_loads(&s, LINE("agent", "-c", ".build/origins\xff.yaml", "--max-routes", "5"),
		     ENV("SENTRY_RELEASE=1"));
	check(&s, "ring-size", "default");
	check(&s, "capture-source", ".build/origins\\xff.yaml:4");
	check(&s, "release", "environment SENTRY_RELEASE");
	check(&s, "max-routes", "command line");
	settings_done(&s);
	(void)unlink(".build/origins\xff.yaml");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
