/* DSN rules, and errors that name the cause and never show a key. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "exporters/sentry/dsn.h"

static void assert_view(struct view v, const char *expected)
{
	assert_int_equal(v.size, strlen(expected));
	if (v.size)
		assert_memory_equal(v.bytes, expected, v.size);
}

static void assert_parts(const char *text, const char *const parts[7], const char *url)
{
	char error[256], shown[MAX_DSN_BYTES + 128];
	struct dsn dsn;

	assert_int_equal(dsn_parse(&dsn, text, error, sizeof(error)), 0);
	assert_view(dsn.protocol, parts[0]);
	assert_view(dsn.public_key, parts[1]);
	assert_view(dsn.secret_key, parts[2]);
	assert_view(dsn.host, parts[3]);
	assert_view(dsn.path, parts[4]);
	assert_view(dsn.project_id, parts[5]);
	assert_view(dsn.organization_id, parts[6]);
	dsn_envelope_url(&dsn, shown, sizeof(shown));
	assert_string_equal(shown, url);
	dsn_done(&dsn);
	assert_null(dsn.text);
}

static void takes_every_form(void **state)
{
	(void)state;
	assert_parts("https://abc123@o42.ingest.de.sentry.io/4507",
		     (const char *const[]){"https", "abc123", "", "o42.ingest.de.sentry.io", "",
					   "4507", "42"},
		     "https://o42.ingest.de.sentry.io/api/4507/envelope/");
	assert_parts("http://pub:sec@localhost:9000/1",
		     (const char *const[]){"http", "pub", "sec", "localhost:9000", "", "1", ""},
		     "http://localhost:9000/api/1/envelope/");
	assert_parts("  https://k@sentry.example.com/a/b/project-x//\n",
		     (const char *const[]){"https", "k", "", "sentry.example.com", "/a/b",
					   "project-x", ""},
		     "https://sentry.example.com/a/b/api/project-x/envelope/");
	assert_parts("http://k@[2001:db8::1]:8080/007",
		     (const char *const[]){"http", "k", "", "[2001:db8::1]:8080", "", "007", ""},
		     "http://[2001:db8::1]:8080/api/007/envelope/");
	assert_parts("http://k:@[::1]/1",
		     (const char *const[]){"http", "k", "", "[::1]", "", "1", ""},
		     "http://[::1]/api/1/envelope/");
}

static void organization_must_fit(void **state)
{
	(void)state;
	assert_parts("https://k@o18446744073709551615.x/1",
		     (const char *const[]){"https", "k", "", "o18446744073709551615.x", "", "1",
					   "18446744073709551615"},
		     "https://o18446744073709551615.x/api/1/envelope/");
	assert_parts(
		"https://k@o18446744073709551616.x/1",
		(const char *const[]){"https", "k", "", "o18446744073709551616.x", "", "1", ""},
		"https://o18446744073709551616.x/api/1/envelope/");
	assert_parts("https://k@ops.example.org/1",
		     (const char *const[]){"https", "k", "", "ops.example.org", "", "1", ""},
		     "https://ops.example.org/api/1/envelope/");
	assert_parts("https://k@o42:80/1",
		     (const char *const[]){"https", "k", "", "o42:80", "", "1", ""},
		     "https://o42:80/api/1/envelope/");
}

static void auth_header_carries_the_keys(void **state)
{
	char error[256], header[MAX_DSN_BYTES + 128];
	struct dsn dsn;

	(void)state;
	assert_int_equal(dsn_parse(&dsn, "http://pub:sec@h/1", error, sizeof(error)), 0);
	dsn_auth_header(&dsn, header, sizeof(header));
	assert_string_equal(
		header,
		"X-Sentry-Auth: Sentry sentry_version=7, sentry_client=limpet/" LIMPET_VERSION
		", sentry_key=pub, sentry_secret=sec");
	dsn_done(&dsn);
	assert_int_equal(dsn_parse(&dsn, "http://pub@h/1", error, sizeof(error)), 0);
	dsn_auth_header(&dsn, header, sizeof(header));
	assert_string_equal(
		header,
		"X-Sentry-Auth: Sentry sentry_version=7, sentry_client=limpet/" LIMPET_VERSION
		", sentry_key=pub");
	dsn_done(&dsn);
}

#define FIND "copy the whole DSN from Sentry: project settings, Client Keys (DSN)"

static void refuses_with_cause_and_mend(void **state)
{
	static const char *const rows[][2] = {
		{"", ": it is empty; " FIND ", or leave it unset to send nothing to Sentry"},
		{"o1.ingest.sentry.io/1", ": it does not start with https:// or http://; " FIND},
		{"ftp://s3cret@h/1",
		 " 'ftp://***@h/1': it does not start with https:// or http://; " FIND},
		{"https://s3cret/1", ": it has no public key, the part that ends in '@'; " FIND},
		{"https://h/s3cret@1",
		 " 'https://***@1': it has no public key, the part that ends in '@'; " FIND},
		{"https://@h/1", " 'https://***@h/1': it has no public key before the '@'; " FIND},
		{"https://:s3cret@h/1",
		 " 'https://***@h/1': it has no public key before the '@'; " FIND},
		{"https://s3cret@h",
		 " 'https://***@h': it has no project id after the last '/'; " FIND},
		{"https://s3cret@h//",
		 " 'https://***@h//': it has no project id after the last '/'; " FIND},
		{"https://s3cret@/1", " 'https://***@/1': it has no host after the '@'; " FIND},
		{"https://s3cret@:80/1",
		 " 'https://***@:80/1': it has no host after the '@'; " FIND},
		{"https://s3cret@h:0/1", " 'https://***@h:0/1': its port is not a number from 1 to "
					 "65535; mend the part after the host's ':'"},
		{"https://s3cret@h:65536/1",
		 " 'https://***@h:65536/1': its port is not a number from 1 to 65535; mend the "
		 "part after the host's ':'"},
		{"https://s3cret@[::1/1",
		 " 'https://***@[::1/1': its IPv6 address is not closed by ']' or holds other "
		 "characters; write it as [2001:db8::1]"},
		{"https://s3cret@h h/1",
		 " 'https://***@h h/1': its host holds characters no host name has; " FIND},
		{"https://s3cret@h/a/1?token=s3cret",
		 " 'https://***@h/a/1': it has a query ('?') or fragment ('#'); remove it"},
		{"https://s3cret@h/a/1 2",
		 " 'https://***@h/a/1 2': its project id holds characters "
		 "other than letters, digits, '-' and '_'; " FIND},
		{"https://s3cret@h/a b/1", " 'https://***@h/a b/1': its path holds characters that "
					   "cannot stand in a URL; write them as %XX"},
		{"https://s3cret\r\nX: y@h/1",
		 " 'https://***@h/1': its key holds characters other than letters, digits and "
		 "-._~; " FIND},
		{"https://s3cret@h/\x1b[2J",
		 " 'https://***@h/\\x1b[2J': its project id holds characters other than letters, "
		 "digits, '-' and '_'; " FIND},
	};
	char error[512], expected[512];
	struct dsn dsn = {.protocol = VIEW_LITERAL("untouched")};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(expected, sizeof(expected), "cannot use the Sentry DSN%s",
			       rows[i][1]);
		assert_int_equal(dsn_parse(&dsn, rows[i][0], error, sizeof(error)), -EINVAL);
		assert_string_equal(error, expected);
		assert_null(strstr(error, "s3cret"));
		assert_view(dsn.protocol, "untouched");
	}
}

static void refuses_the_longest(void **state)
{
	char text[MAX_DSN_BYTES + 2], error[512];
	struct dsn dsn;

	(void)state;
	memset(text, 'k', sizeof(text));
	text[MAX_DSN_BYTES + 1] = '\0';
	assert_int_equal(dsn_parse(&dsn, text, error, sizeof(error)), -EINVAL);
	assert_string_equal(error,
			    "cannot use the Sentry DSN: it is longer than 2048 bytes; " FIND);
	memcpy(text, "https://", 8);
	memcpy(text + MAX_DSN_BYTES - 4, "@h/1", 5);
	assert_int_equal(dsn_parse(&dsn, text, error, sizeof(error)), 0);
	assert_int_equal(dsn.public_key.size, MAX_DSN_BYTES - 12);
	dsn_done(&dsn);
}

/* Every prefix and every suffix of a DSN is answered one way or the other, within bounds. */
static void survives_every_cut(void **state)
{
	static const char text[] = "https://pub:sec@o7.host:443/prefix/42";
	char cut[sizeof(text)], error[512];
	struct dsn dsn;

	(void)state;
	for (size_t begin = 0; begin < sizeof(text); begin++)
		for (size_t size = 0; begin + size < sizeof(text); size++) {
			memcpy(cut, text + begin, size);
			cut[size] = '\0';
			if (dsn_parse(&dsn, cut, error, sizeof(error)) == 0) {
				assert_int_equal(begin, 0);
				assert_true(size > strlen("https://pub:sec@o7.host:443/"));
				dsn_done(&dsn);
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_form),
		cmocka_unit_test(organization_must_fit),
		cmocka_unit_test(auth_header_carries_the_keys),
		cmocka_unit_test(refuses_with_cause_and_mend),
		cmocka_unit_test(refuses_the_longest),
		cmocka_unit_test(survives_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
