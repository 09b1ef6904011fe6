/* Values of every type: accepted, refused with the field untouched, printed, masked. */
#include "settings/option_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include "captured_output.h"

static const struct option *named(const char *name)
{
	return option_table_find_name(view_of_text(name));
}

static int set(struct settings *settings, const char *name, const char *text)
{
	return option_value_set(named(name), settings, view_of_text(text));
}

static void test_strings(void **state)
{
	struct settings s = {0};

	(void)state;
	assert_int_equal(set(&s, "service-name", "shop"), 0);
	assert_string_equal(s.identity.service_name, "shop");
	assert_int_equal(set(&s, "service-name", "sh\x1bop"), -EINVAL);
	assert_string_equal(s.identity.service_name, "shop");
	assert_int_equal(set(&s, "service-name", ""), 0);
	assert_null(s.identity.service_name);
	assert_int_equal(set(&s, "otlp-compression", "NONE"), 0);
	assert_string_equal(s.otlp.compression, "none");
	assert_int_equal(set(&s, "otlp-compression", ""), -EINVAL);
	assert_int_equal(set(&s, "otlp-compression", "zstd"), -EINVAL);
	option_value_free(named("otlp-compression"), &s);
	assert_null(s.otlp.compression);
	option_value_free(named("ring-size"), &s);
}

static void test_ratio(void **state)
{
	static const char *const bad[] = {
		"",   "nan",  "inf", "-0.1", "1.1",   "0x1",
		"1e", "0.5x", "0,5", " 1",   "1e400", "0.000000000000000000000000000001"};
	struct settings s = {.sampling.ratio = 0.75};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(set(&s, "sample", bad[i]), -EINVAL);
	assert_true(s.sampling.ratio == 0.75);
	assert_int_equal(set(&s, "sample", "0"), 0);
	assert_true(s.sampling.ratio == 0);
	assert_int_equal(set(&s, "sample", "1e-3"), 0);
	assert_true(s.sampling.ratio == 0.001);
	assert_int_equal(set(&s, "sample", "1.0"), 0);
	assert_true(s.sampling.ratio == 1);
}

static void test_booleans_and_words(void **state)
{
	struct settings s = {0};

	(void)state;
	assert_int_equal(set(&s, "tcp-calls", "Yes"), 0);
	assert_true(s.tracing.tcp_calls);
	assert_int_equal(set(&s, "tcp-calls", "off"), 0);
	assert_false(s.tracing.tcp_calls);
	assert_int_equal(set(&s, "tcp-calls", "maybe"), -EINVAL);
	assert_int_equal(set(&s, "tcp-calls", ""), -EINVAL);
	assert_int_equal(set(&s, "log-level", "WARN"), 0);
	assert_int_equal(s.log_level, LOG_LEVEL_WARNING);
	assert_int_equal(set(&s, "color", "never"), 0);
	assert_int_equal(s.terminal.colours, SWITCH_OFF);
	assert_int_equal(set(&s, "capture-source", "kprobe"), -EINVAL);
}

static void test_bounds(void **state)
{
	struct settings s = {0};

	(void)state;
	assert_int_equal(set(&s, "capture-bytes", "63"), -EINVAL);
	assert_int_equal(set(&s, "capture-bytes", "64"), 0);
	assert_int_equal(set(&s, "capture-bytes", "16KiB"), 0);
	assert_int_equal(set(&s, "capture-bytes", "16385"), -EINVAL);
	assert_int_equal(s.capture.segment_bytes, 16384);
	assert_int_equal(set(&s, "ring-size", "4096"), 0);
	assert_int_equal(set(&s, "ring-size", "2048"), -EINVAL);
	assert_int_equal(set(&s, "ring-size", "12KiB"), -EINVAL);
	assert_int_equal(set(&s, "ring-size", "1GiB"), 0);
	assert_int_equal(set(&s, "ring-size", "2GiB"), -EINVAL);
	assert_int_equal(s.capture.ring_bytes, 1 << 30);
}

static void test_percent(void **state)
{
	static const char *const bad[] = {"", "%", "-1", "100.5", "nan", "1 %", "1%%", "0x1"};
	struct settings s = {0};
	char text[32];

	(void)state;
	assert_int_equal(set(&s, "max-overhead", "1.5%"), 0);
	assert_true(s.capture.max_overhead == 1.5);
	assert_true(option_value_format(named("max-overhead"), &s, text, sizeof(text)));
	assert_string_equal(text, "1.5");
	assert_int_equal(set(&s, "max-overhead", "100"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(set(&s, "max-overhead", bad[i]), -EINVAL);
	assert_true(s.capture.max_overhead == 100);
}

static void test_events(void **state)
{
	struct settings s = {0};
	char text[128];

	(void)state;
	assert_int_equal(set(&s, "events", "spans,syscalls"), 0);
	assert_int_equal(set(&s, "events", "spans,sycalls"), -EINVAL);
	assert_string_equal(s.events.list, "spans,syscalls");
	assert_string_equal(option_value_expected(named("events"), text, sizeof(text)),
			    "one or more of spans,crashes,exceptions,syscalls,profile");
	option_value_free(named("events"), &s);
}

static void check_masked(const char *name, const char *value, const char *shown)
{
	struct settings s = {0};
	char text[128];

	assert_false(option_value_format(named(name), &s, text, sizeof(text)));
	assert_int_equal(set(&s, name, value), 0);
	assert_true(option_value_format(named(name), &s, text, sizeof(text)));
	assert_string_equal(text, shown);
	option_value_free(named(name), &s);
}

static void test_masking(void **state)
{
	(void)state;
	check_masked("sentry-dsn", "https://abc:def@o1.ingest.sentry.io/42",
		     "https://********@o1.ingest.sentry.io/42");
	check_masked("sentry-dsn", "https://o1.ingest.sentry.io/42", "********");
	check_masked("otlp-headers", "authorization=Bearer%20x", "********");
	check_masked("otlp-endpoint", "http://u:p@h:4318/x", "http://********@h:4318/x");
	check_masked("otlp-endpoint", "http://h:4318/x", "http://h:4318/x");
	assert_true(option_value_is_secret(named("otlp-endpoint"), VIEW_LITERAL("http://u@h")));
	assert_false(option_value_is_secret(named("otlp-endpoint"), VIEW_LITERAL("http://h")));
	assert_true(option_value_is_secret(named("otlp-headers"), VIEW_LITERAL("a=b")));
	assert_false(option_value_is_secret(named("otlp-headers"), VIEW_LITERAL("")));
}

static void check_complaint(const char *name, const char *value, const char *message)
{
	static struct captured_output output;

	captured_output_begin(&output, STDERR_FILENO);
	option_value_complain(LOG_LEVEL_ERROR, "here", named(name), view_of_text(value));
	assert_string_equal(captured_output_end(&output), message);
}

static void test_complaints(void **state)
{
	(void)state;
	check_complaint(
		"ring-size", "\x1b",
		"limpet: here: '\\x1b' is not a size from 4KiB to 1GiB that is a power of two "
		"(such as 4096, 64KiB, 4MiB)\n");
	check_complaint("log-level", "x",
			"limpet: here: 'x' is not one of error, warning, info, debug\n");
	check_complaint(
		"sentry-dsn", "topsecret",
		"limpet: here: the value (not shown) is not a URL such as https://KEY@HOST/PROJECT\n");
	check_complaint(
		"otlp-endpoint", "user:topsecret@h",
		"limpet: here: the value (not shown) is not a URL such as http://localhost:4318\n");
	check_complaint("otlp-endpoint", "h:4318",
			"limpet: here: 'h:4318' is not a URL such as http://localhost:4318\n");
	check_complaint("max-routes", "0",
			"limpet: here: '0' is not a whole number from 1 to 100000\n");
	check_complaint("otlp-timeout", "x",
			"limpet: here: 'x' is not a time from 0 to 24h (such as 500ms, 10s, 5m)\n");
	check_complaint("sample", "2",
			"limpet: here: '2' is not a number from 0 to 1 (such as 0.25)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_ratio),
		cmocka_unit_test(test_booleans_and_words),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_masking),
		cmocka_unit_test(test_complaints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
