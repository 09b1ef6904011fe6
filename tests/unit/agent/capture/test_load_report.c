/* Which program failed, from messages as libbpf 1.1 and later write them. */
#include "cmocka_test.h"

#include <stdlib.h>
#include "capture/load_report.h"

static void say(enum libbpf_print_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	assert_int_equal(load_report_print(level, format, args), 0);
	va_end(args);
}

static void failures(void **state)
{
	(void)state;
	load_report_reset();
	assert_string_equal(load_report_program(), "");
	say(LIBBPF_WARN, "libbpf: prog '%s': BPF program load failed: %s\n", "on_first", "Denied");
	assert_string_equal(load_report_program(), "on_first");
	say(LIBBPF_WARN, "libbpf: failed to load object '%s'\n", "probes");
	assert_string_equal(load_report_program(), "on_first");
	say(LIBBPF_WARN, "libbpf: prog '%s': failed to auto-attach: %d\n", "on_second", -2);
	assert_string_equal(load_report_program(), "on_second");
	load_report_reset();
	assert_string_equal(load_report_program(), "");
}

static void what_did_not_fail(void **state)
{
	(void)state;
	load_report_reset();
	say(LIBBPF_WARN, "libbpf: prog '%s': is deprecated\n", "on_first");
	say(LIBBPF_INFO, "libbpf: prog '%s': failed, or so they say\n", "on_first");
	say(LIBBPF_DEBUG, "libbpf: prog '%s': failed\n", "on_first");
	say(LIBBPF_WARN, "libbpf: map '%s': failed to create\n", "events");
	assert_string_equal(load_report_program(), "");
}

/* Names end, and are not too long; a verifier's log is as long as it likes. */
static void odd_messages(void **state)
{
	char *log = malloc(1 << 20);

	(void)state;
	assert_non_null(log);
	memset(log, 'x', (1 << 20) - 1);
	log[(1 << 20) - 1] = '\0';
	load_report_reset();
	say(LIBBPF_WARN, "%s", "");
	say(LIBBPF_WARN, "libbpf: failed: prog '");
	say(LIBBPF_WARN, "libbpf: failed: prog 'no_end");
	say(LIBBPF_WARN, "libbpf: prog '%s': failed", log);
	assert_string_equal(load_report_program(), "");
	say(LIBBPF_WARN, "libbpf: prog '%s': -- BEGIN PROG LOAD LOG --\n%s failed\n", "on_long",
	    log);
	assert_string_equal(load_report_program(), "on_long");
	free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures),
		cmocka_unit_test(what_did_not_fail),
		cmocka_unit_test(odd_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
