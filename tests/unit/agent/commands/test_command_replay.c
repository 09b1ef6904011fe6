/* A recording by itself: what comes out, and how it ends when it cannot. */
#include "cmocka_test.h"

#include <unistd.h>
#include "capture/recording.h"
#include "commands/commands.h"
#include "record_builder.h"

static char recording_path[64], json_path[64];
static struct recording_writer *writer;

static void write_record(void *self, struct view record)
{
	(void)self;
	recording_writer_add(writer, record);
}

static int begin(void **state)
{
	struct record_builder b;

	(void)state;
	(void)strcpy(recording_path, "/tmp/limpet-test-replay-rec-XXXXXX");
	(void)strcpy(json_path, "/tmp/limpet-test-replay-json-XXXXXX");
	assert_int_equal(close(mkstemp(recording_path)) + close(mkstemp(json_path)), 0);
	assert_int_equal(recording_writer_new(&writer, recording_path, 1700000000000000000ull), 0);
	record_builder_init(&b, write_record, NULL);
	record_builder_open(&b, ROLE_SERVER);
	for (int i = 0; i < 3; i++) {
		record_builder_say(&b, DIRECTION_RECEIVE, "GET /a HTTP/1.1\r\n\r\n");
		record_builder_say(&b, DIRECTION_SEND, "HTTP/1.1 204 No Content\r\n\r\n");
		b.now_ns += 1000000000;
	}
	recording_writer_free(&writer);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return unlink(recording_path) + unlink(json_path);
}

static int replay(char *path)
{
	struct settings settings = {
		.command = COMMAND_REPLAY,
		.replay_file = path,
		.capture = {.max_connections = 16, .max_processes = 16},
		.tracing = {.max_routes = 10, .max_open_segments = 16, .segment_timeout_ms = 1000},
		.sampling = {.ratio = 1, .parent_based = true},
		.terminal = {.trees = SWITCH_OFF, .json_file = json_path},
		.delivery = {.max_queue_items = 64, .max_batch_items = 8, .shutdown_ms = 5000},
	};

	return command_replay(&settings);
}

static int lines(void)
{
	FILE *file = fopen(json_path, "r");
	int count = 0, c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		count += c == '\n';
	assert_int_equal(fclose(file), 0);
	return count;
}

static void whole(void **state)
{
	(void)state;
	assert_int_equal(replay(recording_path), EXIT_CODE_OK);
	assert_int_equal(lines(), 3);
}

static void cut_off(void **state)
{
	(void)state;
	/* header, open, then two exchanges and a piece: 24 + 200 + 2 * (88 + 24 + 88 + 32) */
	assert_int_equal(truncate(recording_path, 24 + 200 + 464 + 50), 0);
	assert_int_equal(replay(recording_path), EXIT_CODE_RECORDING);
	assert_int_equal(lines(), 2);
}

static void none(void **state)
{
	char missing[] = "/nonexistent/file";

	(void)state;
	assert_int_equal(replay(missing), EXIT_CODE_RECORDING);
	assert_int_equal(replay(json_path), EXIT_CODE_RECORDING);
	assert_int_equal(lines(), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole, begin, end),
		cmocka_unit_test_setup_teardown(cut_off, begin, end),
		cmocka_unit_test_setup_teardown(none, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
