/* Two recordings compared: what is printed, the page beside it, and what cannot be read. */
#include "cmocka_test.h"

#include <sys/stat.h>
#include <unistd.h>
#include "capture/recording.h"
#include "captured_output.h"
#include "commands/commands.h"
#include "record_builder.h"

static char folder[64], before[96], after[96], page[96];
static struct recording_writer *writer;
static struct captured_output output;

static void write_record(void *self, struct view record)
{
	(void)self;
	recording_writer_add(writer, record);
}

static void record(const char *path, const char *request)
{
	struct record_builder b;

	assert_int_equal(recording_writer_new(&writer, path, 1700000000000000000ull), 0);
	record_builder_init(&b, write_record, NULL);
	record_builder_open(&b, ROLE_SERVER);
	record_builder_say(&b, DIRECTION_RECEIVE, request);
	record_builder_say(&b, DIRECTION_SEND, "HTTP/1.1 204 No Content\r\n\r\n");
	recording_writer_free(&writer);
}

static int begin(void **state)
{
	(void)state;
	(void)strcpy(folder, "/tmp/limpet-test-diff-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)sprintf(before, "%s/a.rec", folder);
	(void)sprintf(after, "%s/b.rec", folder);
	(void)sprintf(page, "%s/page.html", folder);
	record(before, "GET /a HTTP/1.1\r\n\r\n");
	record(after, "POST /b HTTP/1.1\r\n\r\n");
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)unlink(before);
	(void)unlink(after);
	(void)unlink(page);
	return rmdir(folder); /* fails when something else was written */
}

static int diff(char *first, char *second, char *html_file)
{
	struct settings settings = {
		.command = COMMAND_DIFF,
		.replay_file = first,
		.diff_file = second,
		.capture = {.max_connections = 16, .max_processes = 16},
		.tracing = {.max_routes = 10, .max_open_segments = 16, .segment_timeout_ms = 1000},
		.sampling = {.ratio = 1, .parent_based = true},
		.terminal = {.trees = SWITCH_ON, .html_file = html_file, .json_file = page},
		.sentry = {.dsn = (char *)"http://abc@127.0.0.1:1/1"},
		.delivery = {.max_queue_items = 64, .max_batch_items = 8, .shutdown_ms = 5000},
	};
	int code;

	captured_output_begin(&output, STDOUT_FILENO);
	code = command_diff(&settings);
	(void)captured_output_end(&output);
	return code;
}

static void compared(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(diff(before, after, NULL), EXIT_CODE_OK);
	assert_non_null(strstr(output.text, "before  a.rec: 1 span, 0 failed"));
	assert_non_null(strstr(output.text, "after   b.rec: 1 span, 0 failed"));
	assert_non_null(strstr(output.text, "server POST /b\n"));
	assert_non_null(strstr(output.text, "server GET /a\n"));
	/* Other destinations of the settings are not for it. */
	assert_int_equal(stat(page, &status), -1);
}

static void with_itself(void **state)
{
	(void)state;
	assert_int_equal(diff(before, before, NULL), EXIT_CODE_OK);
	assert_non_null(strstr(output.text, "\n1 operation as before\n"));
}

static void as_a_page(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(diff(before, after, page), EXIT_CODE_OK);
	assert_int_equal(stat(page, &status), 0);
	assert_true(status.st_size > 10000);
}

/* Last: an error stays noted for good. */
static void not_readable(void **state)
{
	char missing[] = "/nonexistent/a.rec", nowhere[] = "/nonexistent/page.html";

	(void)state;
	assert_int_equal(diff(before, missing, NULL), EXIT_CODE_RECORDING);
	assert_int_equal(diff(missing, after, NULL), EXIT_CODE_RECORDING);
	assert_string_equal(output.text, "");
	assert_int_equal(diff(before, after, nowhere), EXIT_CODE_FAILURE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(compared, begin, end),
		cmocka_unit_test_setup_teardown(with_itself, begin, end),
		cmocka_unit_test_setup_teardown(as_a_page, begin, end),
		cmocka_unit_test_setup_teardown(not_readable, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
