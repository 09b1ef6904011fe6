/* Which names tell of secrets. */
#include "processors/secret_name.h"

#include "cmocka_test.h"

static bool matches(const char *name)
{
	struct view copy = exact_copy(view_of_text(name));
	bool result = secret_name_matches(copy);

	free_copy(copy);
	return result;
}

static void secrets(void **state)
{
	static const char *const names[] = {
		"auth",       "token",       "secret",    "password",      "passwd",
		"pwd",        "key",         "jwt",       "bearer",        "sso",
		"saml",       "csrf",        "xsrf",      "session",       "credentials",
		"sid",        "identity",    "cookie",    "Authorization", "X-Api-Key",
		"SET-COOKIE", "DB_PASSWORD", "PHPSESSID", "x-csrf-token",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!matches(names[i]))
			fail_msg("%s is let pass", names[i]);
}

static void others(void **state)
{
	static const char *const names[] = {
		"",    "a",  "page", "content-type", "host",         "user", "pass", "to-ken",
		"tok", "ke", "q",    "accept",       "x-request-id", "aut",  "passw"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (matches(names[i]))
			fail_msg("%s is taken for a secret", names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
