/* A recording as a page: where it is, what it is called, and that nothing else is written or said.
 * What is on it tests/e2e/test_report.py compares. */
#include "cmocka_test.h"

#include <sys/stat.h>
#include <unistd.h>
#include "capture/recording.h"
#include "captured_output.h"
#include "commands/commands.h"
#include "record_builder.h"

static char folder[64], recording[96], page[128], other[96];
static struct recording_writer *writer;
static struct captured_output output;

static void write_record(void *self, struct view record)
{
	(void)self;
	recording_writer_add(writer, record);
}

static int begin(void **state)
{
	struct record_builder b;

	(void)state;
	(void)strcpy(folder, "/tmp/limpet-test-report-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)sprintf(recording, "%s/a.rec", folder);
	(void)sprintf(page, "%s.html", recording);
	(void)sprintf(other, "%s/other", folder);
	assert_int_equal(recording_writer_new(&writer, recording, 1700000000000000000ull), 0);
	record_builder_init(&b, write_record, NULL);
	record_builder_open(&b, ROLE_SERVER);
	record_builder_say(&b, DIRECTION_RECEIVE, "GET /a HTTP/1.1\r\n\r\n");
	record_builder_say(&b, DIRECTION_SEND, "HTTP/1.1 204 No Content\r\n\r\n");
	recording_writer_free(&writer);
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)unlink(recording);
	(void)unlink(page);
	(void)unlink(other);
	return rmdir(folder); /* fails when something else was written */
}

static int report(char *path, char *html_file)
{
	struct settings settings = {
		.command = COMMAND_REPORT,
		.replay_file = path,
		.capture = {.max_connections = 16, .max_processes = 16},
		.tracing = {.max_routes = 10, .max_open_segments = 16, .segment_timeout_ms = 1000},
		.sampling = {.ratio = 1, .parent_based = true},
		.terminal = {.trees = SWITCH_ON, .html_file = html_file},
		.sentry = {.dsn = (char *)"http://abc@127.0.0.1:1/1"},
		.delivery = {.max_queue_items = 64, .max_batch_items = 8, .shutdown_ms = 5000},
	};
	int code;

	captured_output_begin(&output, STDERR_FILENO);
	code = command_report(&settings);
	(void)captured_output_end(&output);
	return code;
}

static long size_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? status.st_size : -1;
}

static void beside_the_recording(void **state)
{
	char expected[256];

	(void)state;
	assert_int_equal(report(recording, NULL), EXIT_CODE_OK);
	assert_true(size_of(page) > 10000);
	(void)sprintf(expected, "limpet: report: %s, %ld KB\n", page, (size_of(page) + 999) / 1000);
	assert_string_equal(output.text, expected);
}

static void where_it_is_wanted(void **state)
{
	(void)state;
	assert_int_equal(report(recording, other), EXIT_CODE_OK);
	assert_true(size_of(other) > 10000);
	assert_int_equal(size_of(page), -1);
}

/* Last: an error stays noted for good. */
static void no_recording(void **state)
{
	char missing[] = "/nonexistent/a.rec";

	(void)state;
	assert_int_equal(report(missing, other), EXIT_CODE_RECORDING);
	assert_int_equal(size_of(other), -1);
	assert_int_equal(truncate(recording, 100), 0);
	assert_int_equal(report(recording, NULL), EXIT_CODE_RECORDING);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(beside_the_recording, begin, end),
		cmocka_unit_test_setup_teardown(where_it_is_wanted, begin, end),
		cmocka_unit_test_setup_teardown(no_recording, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
