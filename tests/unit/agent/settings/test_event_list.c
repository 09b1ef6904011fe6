/* The words of --events, and what they mean for the stages. */
#include "loaded_settings.h"

#include "settings/event_list.h"

static void lists(void **state)
{
	struct event_words words = {.profile = true};

	(void)state;
	assert_int_equal(event_list_parse(VIEW_LITERAL("spans"), &words), 0);
	assert_true(words.spans);
	assert_false(words.profile);
	assert_int_equal(event_list_parse(VIEW_LITERAL("Crashes, syscalls,profile"), &words), 0);
	assert_false(words.spans);
	assert_true(words.crashes && words.syscalls && words.profile);
	assert_false(words.exceptions);
}

static void not_lists(void **state)
{
	static const char *const texts[] = {"",     ",",  "spans,", ",spans", "spans,,crashes",
					    "span", "all"};
	struct event_words words = {.profile = true};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(event_list_parse(view_of_text(texts[i]), &words), -EINVAL);
	assert_true(words.profile);
}

static void applied(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("attach", "1"), NO_ENV);
	assert_true(s.events.words.spans && s.events.words.crashes && s.events.words.exceptions);
	assert_false(s.events.words.syscalls || s.events.words.profile);
	assert_true(s.crash.enabled && s.exceptions.enabled && s.crash.sessions);
	assert_false(s.capture.has_no_spans);
	settings_done(&s);

	assert_loads(&s, LINE("attach", "1", "--events=exceptions"), NO_ENV);
	assert_true(s.crash.enabled && s.exceptions.enabled && s.capture.has_no_spans);
	assert_false(s.events.words.crashes || s.crash.sessions);
	settings_done(&s);

	assert_loads(&s, LINE("attach", "1", "--events=crashes,syscalls"), NO_ENV);
	assert_true(s.crash.enabled && s.events.words.syscalls);
	assert_false(s.exceptions.enabled);
	settings_done(&s);

	assert_int_equal(s.profile.frequency_hz, 0);
	assert_loads(&s, LINE("attach", "1", "--events=spans,profile"), NO_ENV);
	assert_int_equal(s.profile.frequency_hz, 99);
	settings_done(&s);

	assert_loads(&s, LINE("attach", "1", "--profile=49"), NO_ENV);
	assert_int_equal(s.profile.frequency_hz, 49);
	assert_true(s.events.words.profile && s.events.words.spans);
	settings_done(&s);

	assert_loads(&s, LINE("attach", "1", "--crashes=off"), NO_ENV);
	assert_false(s.crash.enabled || s.events.words.crashes || s.events.words.exceptions);
	settings_done(&s);
}

static void words_for_people(void **state)
{
	char text[128], small[8];

	(void)state;
	assert_string_equal(event_list_words(' ', text, sizeof(text)),
			    "spans crashes exceptions syscalls profile");
	assert_string_equal(event_list_words(' ', small, sizeof(small)), "spans c");
	assert_string_equal(event_list_expected(text, sizeof(text)),
			    "one or more of spans,crashes,exceptions,syscalls,profile");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(not_lists),
		cmocka_unit_test(applied),
		cmocka_unit_test(words_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
