/* The list of Sentry's data collection rules (2026), and cookies. */
#include "processors/secret_name.h"

static const char *const words[] = {
	"auth", "token",       "secret",  "password", "passwd",   "pwd",
	"key",  "jwt",         "bearer",  "sso",      "saml",     "csrf",
	"xsrf", "credentials", "session", "sid",      "identity", "cookie",
};

static bool contains_ignoring_case(struct view text, struct view word)
{
	for (size_t i = 0; i + word.size <= text.size; i++)
		if (view_equals_ignoring_case(view_take(view_skip(text, i), word.size), word))
			return true;
	return false;
}

bool secret_name_matches(struct view name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (contains_ignoring_case(name, view_of_text(words[i])))
			return true;
	return false;
}
