/* Targets, authorities and redacted queries. */
#include "cmocka_test.h"

#include "protocols/http1_url.h"

struct row {
	const char *target;
	bool is_connect;
	const char *scheme, *authority;
	bool has_credentials;
	const char *path, *query;
};

static const struct row rows[] = {
	{"/", false, "", "", false, "/", ""},
	{"/a/b?c=d&e", false, "", "", false, "/a/b", "c=d&e"},
	{"/a?", false, "", "", false, "/a", ""},
	{"/a#f?x=secret", false, "", "", false, "/a", ""},
	{"/a?b=c#f", false, "", "", false, "/a", "b=c"},
	{"*", false, "", "", false, "*", ""},
	{"http://a.example", false, "http", "a.example", false, "/", ""},
	{"http://a.example:81/b?c=d", false, "http", "a.example:81", false, "/b", "c=d"},
	{"https://a.example?c=d", false, "https", "a.example", false, "/", "c=d"},
	{"http://user:pass@a.example/b", false, "http", "a.example", true, "/b", ""},
	{"http://u@x:p@a.example/", false, "http", "a.example", true, "/", ""},
	{"http:///b", false, "http", "", false, "/b", ""},
	{"/redirect?to=http://x/", false, "", "", false, "/redirect", "to=http://x/"},
	{"/http://x", false, "", "", false, "/http://x", ""},
	{"1x://a", false, "", "", false, "1x://a", ""},
	{"a.example:443", true, "", "a.example:443", false, "", ""},
	{"user:pass@a.example:443", true, "", "a.example:443", true, "", ""},
	{"a.example:443", false, "", "", false, "a.example:443", ""},
	{"", false, "", "", false, "/", ""},
};

static void splits_targets(void **state)
{
	struct http1_url url;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view target = exact_copy(view_of_text(rows[i].target));

		http1_url_split(target, rows[i].is_connect, &url);
		assert_view(url.scheme, rows[i].scheme);
		assert_view(url.authority, rows[i].authority);
		assert_int_equal(url.has_credentials, rows[i].has_credentials);
		assert_view(url.path, rows[i].path);
		assert_view(url.query, rows[i].query);
		free_copy(target);
	}
}

static void splits_authorities(void **state)
{
	static const struct {
		const char *authority, *host;
		uint16_t port;
	} authorities[] = {
		{"a.example", "a.example", 0},
		{"a.example:8080", "a.example", 8080},
		{"a.example:", "a.example", 0},
		{"a.example:0", "a.example", 0},
		{"a.example:65536", "a.example", 0},
		{"a.example:http", "a.example", 0},
		{"127.0.0.1:80", "127.0.0.1", 80},
		{"[::1]", "::1", 0},
		{"[2001:db8::1]:8080", "2001:db8::1", 8080},
		{"[::1", "::1", 0},
		{"u:p@a.example:1", "a.example", 1},
		{"a.example/x?y=secret", "a.example", 0},
	};
	struct view host;
	uint16_t port;

	(void)state;
	for (size_t i = 0; i < sizeof(authorities) / sizeof(authorities[0]); i++) {
		assert_true(http1_url_split_authority(view_of_text(authorities[i].authority), &host,
						      &port));
		assert_view(host, authorities[i].host);
		assert_int_equal(port, authorities[i].port);
	}
	assert_false(http1_url_split_authority(VIEW_LITERAL(""), &host, &port));
	assert_false(http1_url_split_authority(VIEW_LITERAL(":80"), &host, &port));
	assert_false(http1_url_split_authority(VIEW_LITERAL("[]:80"), &host, &port));
}

static void assert_redacted(const char *query, size_t size, const char *wanted)
{
	char *buffer = malloc(size + 1);

	assert_view(view_of(buffer, http1_url_redact_query(view_of_text(query), buffer, size)),
		    wanted);
	free(buffer);
}

static void redacts_queries(void **state)
{
	(void)state;
	assert_redacted("a=1&b=secret", 100, "a=REDACTED&b=REDACTED");
	assert_redacted("a=1=2&=x&b=&token", 100, "a=REDACTED&=REDACTED&b=&REDACTED");
	assert_redacted("a=x;b=y", 100, "a=REDACTED");
	assert_redacted("a&&b=1", 100, "REDACTED&&b=REDACTED");
	assert_redacted("user[name]=joe&a=%26", 100, "user[name]=REDACTED&a=REDACTED");
	assert_redacted("", 100, "");
	/* Whole members or nothing. */
	assert_redacted("a=1&b=2", 21, "a=REDACTED&b=REDACTED");
	assert_redacted("a=1&b=2", 20, "a=REDACTED");
	assert_redacted("a=1&b=2", 10, "a=REDACTED");
	assert_redacted("a=1&b=2", 9, "");
	assert_redacted("a=1", 0, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_targets),
		cmocka_unit_test(splits_authorities),
		cmocka_unit_test(redacts_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
