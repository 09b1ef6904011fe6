/* The rows of system calls on the page. */
#include "cmocka_test.h"

#include "report/report_text.h"
#include "report/syscalls_json.h"

static void rows(void **state)
{
	struct syscall_count calls[] = {
		{1, "write", 10, 3, 5000, 900, {{32, 2}, {11, 1}}},
		{999, NULL, 1, 1, 7, 7, {{4095, 1}}},
		{39, "getpid", 0, 0, 0, 0, {{0}}},
	};
	const struct syscalls_section section = {calls, 3};
	struct json_writer writer;
	struct byte_buffer text;

	(void)state;
	byte_buffer_init(&text, 65536);
	writer = report_text_begin(&text);
	syscalls_json_append(&writer, &section);
	assert_view(byte_buffer_view(&text),
		    "[{\"name\":\"write\",\"count\":10,\"failed\":3,\"sum\":5000,\"mean\":500,"
		    "\"max\":900,\"errors\":[{\"name\":\"EPIPE\",\"count\":2},"
		    "{\"name\":\"EAGAIN\",\"count\":1}]},"
		    "{\"name\":\"number 999\",\"count\":1,\"failed\":1,\"sum\":7,\"mean\":7,"
		    "\"max\":7,\"errors\":[{\"name\":\"4095\",\"count\":1}]},"
		    "{\"name\":\"getpid\",\"count\":0,\"failed\":0,\"sum\":0,\"mean\":0,\"max\":0,"
		    "\"errors\":[]}]");
	byte_buffer_done(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
