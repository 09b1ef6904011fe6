/* What the page says was traced: of a command its name, never its arguments. */
#include "cmocka_test.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "captured_output.h"
#include "exporters/exporter.h"
#include "report_destination.h"

static struct drops drops;

/* The beginning of the page's data, up to the host or the start. */
static const char *subject_of(struct settings *settings)
{
	static char text[100000], *begin, *end;
	char page[] = "/tmp/limpet-test-subject-XXXXXX", error[256];
	static struct captured_output output;
	struct exporter *exporter;
	FILE *file;

	assert_int_equal(close(mkstemp(page)), 0);
	settings->terminal.html_file = page;
	assert_true(report_destination_is_wanted(settings));
	assert_int_equal(report_destination_open(&exporter, settings, &drops, error, sizeof(error)),
			 0);
	captured_output_begin(&output, STDERR_FILENO);
	exporter->ops->close(&exporter);
	(void)captured_output_end(&output);
	file = fopen(page, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	assert_int_equal(fclose(file) + unlink(page), 0);
	begin = strstr(text, "\"command\":");
	assert_non_null(begin);
	end = strstr(begin, ",\"start_unix_ns\"");
	assert_non_null(end);
	*end = '\0';
	return begin;
}

static void subjects(void **state)
{
	char shop[] = "/usr/bin/shop", secret[] = "--password=secret", file[] = "/tmp/a b.rec";
	char *argv[] = {shop, secret, NULL}, own[32], expected[160];
	struct settings settings = {.command = COMMAND_RUN, .command_argv = argv};

	(void)state;
	assert_string_equal(subject_of(&settings), "\"command\":\"run\",\"subject\":\"shop\"");
	settings = (struct settings){.command = COMMAND_ATTACH,
				     .attach_target = (char *)"2000000000"}; /* there is none */
	assert_string_equal(subject_of(&settings),
			    "\"command\":\"attach\",\"subject\":\"PID 2000000000\"");
	assert_int_equal(prctl(PR_SET_NAME, "a \"b\""), 0);
	(void)snprintf(own, sizeof(own), "pid:%d", (int)getpid());
	(void)snprintf(expected, sizeof(expected),
		       "\"command\":\"attach\",\"subject\":\"PID %d (a \\\"b\\\")\"",
		       (int)getpid());
	settings.attach_target = own;
	assert_string_equal(subject_of(&settings), expected);
	settings.attach_target = (char *)"unit:shop";
	assert_string_equal(subject_of(&settings),
			    "\"command\":\"attach\",\"subject\":\"unit:shop\"");
	settings = (struct settings){.command = COMMAND_REPLAY, .replay_file = file};
	assert_string_equal(subject_of(&settings),
			    "\"command\":\"replay\",\"subject\":\"a b.rec\"");
	settings = (struct settings){.command = COMMAND_AGENT};
	assert_string_equal(subject_of(&settings),
			    "\"command\":\"agent\",\"subject\":\"this machine\"");
}

static void refused(void **state)
{
	struct settings settings = {.terminal = {.html_file = (char *)"/nonexistent/a.html"}};
	struct exporter *exporter = NULL;
	char error[256];

	(void)state;
	assert_true(report_destination_open(&exporter, &settings, &drops, error, sizeof(error)) <
		    0);
	assert_null(exporter);
	assert_string_equal(error,
			    "cannot write the report /nonexistent/a.html: No such file or "
			    "directory; name a file in a folder you may write to with --html");
	settings.terminal.html_file = NULL;
	assert_false(report_destination_is_wanted(&settings));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(subjects),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
