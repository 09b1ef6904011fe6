/* Host facts: os-release in all its forms, and what this machine says of itself. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <sys/utsname.h>
#include "base/clock.h"
#include "exporters/sentry/host_context.h"

static void parses_os_release(void **state)
{
	struct host_context host = {0};

	(void)state;
	host_context_parse_os_release(
		&host, VIEW_LITERAL("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
				    "NAME='Debian GNU/Linux'\nVERSION_ID=12 \n"
				    "VERSION=\"12 (bookworm)\"\n# NAME=no\nXNAME=no"));
	assert_string_equal(host.distribution_pretty_name, "Debian GNU/Linux 12 (bookworm)");
	assert_string_equal(host.distribution_name, "Debian GNU/Linux");
	assert_string_equal(host.distribution_version, "12");
}

static void survives_odd_files(void **state)
{
	static const char whole[] = "NAME=\"a\"\nVERSION_ID=\"\nPRETTY_NAME=\n\nNAME";
	char longest[400] = "PRETTY_NAME=";
	struct host_context host = {0};

	(void)state;
	for (size_t size = 0; size <= sizeof(whole); size++)
		host_context_parse_os_release(&host, view_of(whole, size));
	assert_string_equal(host.distribution_name, "a");
	assert_string_equal(host.distribution_version, "\"");
	memset(longest + 12, 'x', sizeof(longest) - 12);
	host_context_parse_os_release(&host, view_of(longest, sizeof(longest)));
	assert_int_equal(strlen(host.distribution_pretty_name),
			 sizeof(host.distribution_pretty_name) - 1);
}

static void finds_the_processor(void **state)
{
	static const char whole[] = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Xeon(R) 2.7GHz \n"
				    "processor\t: 1\nmodel name\t: Other\n";
	struct host_context host = {0};

	(void)state;
	host_context_parse_cpuinfo(&host, VIEW_LITERAL("processor\t: 0\nmodel name\n"));
	assert_string_equal(host.processor_name, "");
	for (size_t size = 0; size < sizeof(whole); size++)
		host_context_parse_cpuinfo(&host, view_of(whole, size));
	assert_string_equal(host.processor_name, "Xeon(R) 2.7GHz");
}

static void reads_this_machine(void **state)
{
	struct host_context host;
	struct utsname names;

	(void)state;
	assert_int_equal(uname(&names), 0);
	host_context_read(&host);
	assert_string_equal(host.machine, names.machine);
	assert_string_equal(host.kernel_release, names.release);
	assert_string_equal(host.hostname, names.nodename);
	assert_true(host.processor_count >= 1);
	assert_true(host.memory_bytes > 0);
	assert_in_range(host.boot_unix_ns, 1, clock_unix_ns());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_os_release),
		cmocka_unit_test(survives_odd_files),
		cmocka_unit_test(finds_the_processor),
		cmocka_unit_test(reads_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
