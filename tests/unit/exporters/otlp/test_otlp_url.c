/* The URL rules of the exporter variables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include "exporters/otlp/otlp_url.h"

static void check(const char *endpoint, const char *traces_endpoint, const char *expected)
{
	char *url = NULL, error[256] = "";

	assert_int_equal(
		otlp_url_for(&url, "traces", endpoint, traces_endpoint, error, sizeof(error)), 0);
	assert_string_equal(url, expected);
	assert_string_equal(error, "");
	free(url);
}

static void refuse(const char *endpoint, const char *traces_endpoint, const char *expected)
{
	char *url = NULL, error[256] = "";

	assert_int_equal(
		otlp_url_for(&url, "traces", endpoint, traces_endpoint, error, sizeof(error)),
		-EINVAL);
	assert_null(url);
	assert_string_equal(error, expected);
}

static void base_endpoint(void **state)
{
	(void)state;
	check("http://localhost:4318", NULL, "http://localhost:4318/v1/traces");
	check("http://localhost:4318/", "", "http://localhost:4318/v1/traces");
	check("https://example.com/otlp", NULL, "https://example.com/otlp/v1/traces");
	check("HTTPS://example.com/otlp/", NULL, "HTTPS://example.com/otlp/v1/traces");
	check("http://h/a?key=1", NULL, "http://h/a/v1/traces?key=1");
	check("http://h?key=a/", NULL, "http://h/v1/traces?key=a/");
}

static void traces_endpoint(void **state)
{
	(void)state;
	check("http://other:1", "http://h:4318/custom", "http://h:4318/custom");
	check(NULL, "http://h:4318", "http://h:4318/");
	check(NULL, "http://h:4318/", "http://h:4318/");
	check("", "http://h?q=/", "http://h/?q=/");
}

/* Logs have a path and an endpoint of their own. */
static void logs(void **state)
{
	char *url = NULL, error[256] = "";

	(void)state;
	assert_int_equal(otlp_url_for(&url, "logs", "http://h:4318/", NULL, error, sizeof(error)),
			 0);
	assert_string_equal(url, "http://h:4318/v1/logs");
	free(url);
	assert_int_equal(
		otlp_url_for(&url, "logs", "http://h", "http://l/own?k=v", error, sizeof(error)),
		0);
	assert_string_equal(url, "http://l/own?k=v");
	free(url);
	url = NULL;
	assert_int_equal(otlp_url_for(&url, "logs", "http://h", "l:4318", error, sizeof(error)),
			 -EINVAL);
	assert_null(url);
	assert_string_equal(
		error, "OTLP logs endpoint: the URL has no scheme; write it as http://host:4318");
}

/* In development, and so is its path. */
static void profiles(void **state)
{
	char *url = NULL, error[256] = "";

	(void)state;
	assert_int_equal(
		otlp_url_for(&url, "profiles", "http://h:4318/", NULL, error, sizeof(error)), 0);
	assert_string_equal(url, "http://h:4318/v1development/profiles");
	free(url);
}

static void refusals(void **state)
{
	(void)state;
	refuse(NULL, NULL, "no OTLP endpoint is set; name one such as http://localhost:4318");
	refuse("", "", "no OTLP endpoint is set; name one such as http://localhost:4318");
	refuse("localhost:4318", NULL,
	       "OTLP endpoint: the URL has no scheme; write it as http://host:4318");
	refuse("http://h", "grpc\033://h",
	       "OTLP traces endpoint: cannot send to a URL with the scheme grpc\\x1b; use http:// or https://");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_endpoint), cmocka_unit_test(traces_endpoint),
		cmocka_unit_test(logs),          cmocka_unit_test(profiles),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
