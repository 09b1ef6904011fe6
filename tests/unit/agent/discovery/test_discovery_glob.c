/* Globs: what they stand for, and that no text makes them slow. */
#include "discovery/discovery_glob.h"

#include <stdlib.h>
#include "cmocka_test.h"

static bool matches(const char *pattern, const char *text)
{
	struct view p = exact_copy(view_of_text(pattern)), t = exact_copy(view_of_text(text));
	bool answer = discovery_glob_matches(p, t);

	free_copy(p);
	free_copy(t);
	return answer;
}

static void what_they_stand_for(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool is_match;
	} cases[] = {
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "a/b c", true},
		{"a", "a", true},
		{"a", "A", false},
		{"a", "ab", false},
		{"ab", "a", false},
		{"?", "a", true},
		{"?", "", false},
		{"a?c", "abc", true},
		{"a*", "a", true},
		{"*a", "bca", true},
		{"*a", "bcab", false},
		{"a*b*c", "a1b2b3c", true},
		{"a*b*c", "a1c2b", false},
		{"*ab", "aab", true},
		{"*aab*", "aaaabx", true},
		{"**", "x", true},
		{"a**b", "ab", true},
		{"\\*", "*", true},
		{"\\*", "x", false},
		{"\\?x", "?x", true},
		{"\\\\", "\\", true},
		{"a\\", "a\\", true},
		{"*\\*", "ab*", true},
		{"[a]", "a", false},
		{"[a]", "[a]", true},
		{"*.so?", "libc.so6", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (matches(cases[i].pattern, cases[i].text) != cases[i].is_match)
			fail_msg("'%s' and '%s'", cases[i].pattern, cases[i].text);
}

static void paths(void **state)
{
	(void)state;
	assert_true(
		discovery_glob_matches_path(VIEW_LITERAL("ss*d"), VIEW_LITERAL("/usr/sbin/sshd")));
	assert_true(discovery_glob_matches_path(VIEW_LITERAL("*"), VIEW_LITERAL("/a/b")));
	assert_false(
		discovery_glob_matches_path(VIEW_LITERAL("sbin*"), VIEW_LITERAL("/sbin/sshd")));
	assert_true(
		discovery_glob_matches_path(VIEW_LITERAL("*/sshd"), VIEW_LITERAL("/sbin/sshd")));
	assert_false(
		discovery_glob_matches_path(VIEW_LITERAL("/sshd"), VIEW_LITERAL("/sbin/sshd")));
}

/* With a matcher that tries every star again this would not end: 2^60 ways. */
static void a_text_that_almost_matches(void **state)
{
	static char pattern[128], text[8192];

	(void)state;
	for (int i = 0; i < 60; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	pattern[120] = 'b';
	memset(text, 'a', sizeof(text) - 1);
	assert_false(matches(pattern, text));
	text[sizeof(text) - 2] = 'b';
	assert_true(matches(pattern, text));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_they_stand_for),
		cmocka_unit_test(paths),
		cmocka_unit_test(a_text_that_almost_matches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
