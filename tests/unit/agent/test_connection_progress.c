/* How far a connection has come, as a record: what the kernel's entry says, or none. */
#include "connection_progress.h"

#include <errno.h>
#include "cmocka_test.h"
#include "shared/connection_state.h"

static int read_state(void *self, const struct connection_identity *connection,
		      struct connection_state *ret)
{
	const struct connection_state *known = self;

	if (connection->id != 7)
		return -ENOENT;
	*ret = *known;
	return 0;
}

static void what_the_entry_says(void **state)
{
	struct connection_state known = {.told_position = {100, 200}, .told_ns = {5, 9}};
	struct pipeline_control control = {.self = &known, .read_state = read_state};
	struct connection_identity connection = {.id = 7, .socket = 0x1234, .tgid = 42};
	struct connection_end_record record;

	(void)state;
	assert_true(connection_progress_ask(&control, &connection, &record));
	assert_int_equal(record.header.kind, RECORD_CONNECTION_PROGRESS);
	assert_int_equal(record.header.size, sizeof(record));
	assert_int_equal(record.header.time_ns, 9);
	assert_int_equal(record.connection, 7);
	assert_int_equal(record.socket, 0x1234);
	assert_int_equal(record.position[0], 100);
	assert_int_equal(record.position[1], 200);
	assert_int_equal(record.reason, END_NOT_YET);
	assert_int_equal(record.tgid, 42);
}

static void nobody_to_ask(void **state)
{
	struct connection_state known = {0};
	struct pipeline_control control = {.self = &known, .read_state = read_state};
	struct connection_identity connection = {.id = 8};
	struct connection_end_record record;

	(void)state;
	assert_false(connection_progress_ask(&control, &connection, &record));
	control.read_state = NULL;
	connection.id = 7;
	assert_false(connection_progress_ask(&control, &connection, &record));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_entry_says),
		cmocka_unit_test(nobody_to_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
