/* The board, and when an agent does not live. */
#include "service/status_board.h"

#include "cmocka_test.h"
#include "sample_status.h"

static struct service_status status, read;

static void test_copies(void **state)
{
	struct status_board *board;

	(void)state;
	assert_int_equal(status_board_new(&board), 0);
	status_board_read(board, &read);
	assert_int_equal(read.taken_ns, 0);
	sample_status_fill(&status);
	assert_true(status_board_publish(board, &status));
	status.processes_count = 0;
	status_board_read(board, &read);
	assert_int_equal(read.processes_count, 57);
	assert_string_equal(read.services[0].name, "shop");
	status_board_free(&board);
	assert_null(board);
	status_board_free(&board);
}

static void test_loop(void **state)
{
	static const char words[] = "the capture loop does not turn";

	(void)state;
	sample_status_fill(&status);
	assert_null(status_board_ailment(&status, status.taken_ns + STATUS_STALE_NS, 0));
	assert_string_equal(status_board_ailment(&status, status.taken_ns + STATUS_STALE_NS + 1, 0),
			    words);
	status.taken_ns = 0;
	assert_string_equal(status_board_ailment(&status, 1, 0), words);
}

static void test_delivery(void **state)
{
	(void)state;
	sample_status_fill(&status);
	/* Away is not stuck: its thread lives and tries. */
	assert_null(status_board_ailment(&status, SAMPLE_NOW_NS, 30 * NS_PER_S));
	status.destinations[1].busy_since_ns = SAMPLE_NOW_NS - 30 * NS_PER_S;
	assert_null(status_board_ailment(&status, SAMPLE_NOW_NS, 30 * NS_PER_S));
	assert_string_equal(status_board_ailment(&status, SAMPLE_NOW_NS + 1, 30 * NS_PER_S),
			    "a destination's thread is stuck in a request");
	assert_null(status_board_ailment(&status, SAMPLE_NOW_NS + 1, 0));
	status.destinations[0].has_ended = true;
	assert_string_equal(status_board_ailment(&status, SAMPLE_NOW_NS, 0),
			    "a destination's thread has ended");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_delivery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
