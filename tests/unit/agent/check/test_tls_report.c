/* The table to the letter, in 80 columns. */
#include "check/tls_report.h"

#include <stdlib.h>
#include <string.h>
#include "cmocka_test.h"

static char *text;
static size_t text_size;

static void print(const struct tls_census *census, bool is_colour)
{
	FILE *out = open_memstream(&text, &text_size);

	tls_report_print(out, is_colour, census);
	fclose(out);
}

static void table(void **state)
{
	struct tls_group groups[] = {
		{"nginx", "OpenSSL 3.0.19", TLS_SEEN, {812, 813, 814, 815}, 9},
		{"python3.11", "GnuTLS 3.7.9", TLS_SEEN, {4000001, 4000002}, 2},
		{"postgres", "OpenSSL 3.0.19", TLS_SEEN, {4000003, 4000004, 4000005}, 3},
		{"java", "Java 17.0.15", TLS_JAVA, {7}, 1},
		{"java", "Java 21.0.8", TLS_JAVA, {8}, 1},
		{"shop", "Go crypto/tls 1.17.13", TLS_OLD_GO, {9}, 1},
	};
	struct tls_census census = {.groups = groups,
				    .groups_count = 6,
				    .without_count = 37,
				    .unreadable_count = 1,
				    .unlooked_count = 2,
				    .is_time_over = true};

	(void)state;
	print(&census, false);
	assert_string_equal(
		text, "\nTLS of running processes: what --tls sees\n\n"
		      "  PID            PROGRAM          LIBRARY                PLAINTEXT\n"
		      "  812 813 +7     nginx            OpenSSL 3.0.19         seen\n"
		      "  4000001 +1     python3.11       GnuTLS 3.7.9           seen\n"
		      "  4000003 +2     postgres         OpenSSL 3.0.19         seen\n"
		      "  7              java             Java 17.0.15           not seen: Java\n"
		      "  8              java             Java 21.0.8            not seen: Java\n"
		      "  9              shop             Go crypto/tls 1.17.13  not seen: old Go\n"
		      "\n"
		      "  Java: TLS is code of the Java runtime, where no probe can be\n"
		      "        -> terminate TLS before it (a proxy), or use an agent inside Java\n"
		      "  old Go: before Go 1.18 functions took their arguments in another way\n"
		      "          -> build it with Go 1.18 or later\n"
		      "  37 processes have no TLS library\n"
		      "  1 process may not be looked into: run as root, with CAP_SYS_PTRACE\n"
		      "  2 processes were not looked at: the time was up\n");
	free(text);
}

static void width(void **state)
{
	struct tls_group group = {"fifteen-letters", "GnuTLS 3.7.9", TLS_SEEN, {1, 2, 3, 4}, 4};
	struct tls_census census = {.groups = &group, .groups_count = 1};

	(void)state;
	for (int i = TLS_SEEN; i <= TLS_NO_PROBES; i++) {
		char *line, *rest;

		group.sight = (enum tls_sight)i;
		print(&census, false);
		rest = text;
		while ((line = strsep(&rest, "\n")))
			assert_in_range(strlen(line), 0, 80);
		free(text);
	}
	group.sight = TLS_FILTERED;
	print(&census, true);
	assert_non_null(strstr(text, "\x1b[33mnot seen\x1b[0m: filtered\n"));
	free(text);
}

static void nothing(void **state)
{
	struct tls_census census = {.without_count = 1, .unlooked_count = 7};

	(void)state;
	print(&census, true);
	assert_string_equal(text, "\nTLS of running processes: what --tls sees\n\n"
				  "  1 process has no TLS library\n"
				  "  7 processes were not looked at: too many\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(width),
					   cmocka_unit_test(nothing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
