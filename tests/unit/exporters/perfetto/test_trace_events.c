/* Events as lines: exact times, commas, cut and hostile names. */
#include "exporters/perfetto/trace_events.h"

#include "json_document.h"

static void test_lines(void **state)
{
	struct byte_buffer buffer;
	struct trace_events events = {.buffer = &buffer};
	const struct trace_event event = {.phase = "X",
					  .category = "server",
					  .name = VIEW_LITERAL("GET /"),
					  .unix_ns = 1700000000123456789ull,
					  .pid = 7,
					  .tid = 8};
	struct json_writer writer;

	(void)state;
	byte_buffer_init(&buffer, 1 << 20);
	trace_events_metadata(&events, "process_name", 7, 0, VIEW_LITERAL("shop"));
	writer = trace_events_begin(&events, &event);
	trace_events_time(&writer, "dur", 5);
	trace_events_number(&writer, "n", 3);
	trace_events_end(&writer);
	byte_buffer_append_byte(&buffer, '\0');
	assert_string_equal(
		buffer.bytes,
		"[\n{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":7,\"tid\":0,\"ts\":0.000,"
		"\"args\":{\"name\":\"shop\"}},\n"
		"{\"ph\":\"X\",\"name\":\"GET /\",\"cat\":\"server\",\"pid\":7,\"tid\":8,"
		"\"ts\":1700000000123456.789,\"dur\":0.005,\"n\":3}");
	byte_buffer_done(&buffer);
}

static void test_long_names_are_cut(void **state)
{
	static char name[5000];
	struct byte_buffer buffer;
	struct trace_events events = {.buffer = &buffer};
	json_t *root;

	(void)state;
	memset(name, 'x', sizeof(name));
	byte_buffer_init(&buffer, 1 << 20);
	trace_events_metadata(&events, "thread_name", 1, 1, view_of(name, sizeof(name)));
	byte_buffer_append_text(&buffer, "]");
	root = json_document_read(byte_buffer_view(&buffer));
	assert_int_equal(strlen(json_document_text(json_object_get(json_array_get(root, 0), "args"),
						   "name")),
			 MAX_TRACE_EVENT_TEXT);
	json_decref(root);
	byte_buffer_done(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_names_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
