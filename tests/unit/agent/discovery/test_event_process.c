/* Every kind of record: whose it is, and what it is worth. */
#include "discovery/event_process.h"

#include "cmocka_test.h"
#include "shared/go_panic_record.h"
#include "shared/python_exception_record.h"

#define CHECK(record_kind, member, type, field, weight)                                            \
	do {                                                                                       \
		struct type record = {.field = 77};                                                \
		struct event event = {.kind = (record_kind), .member = &record};                   \
		uint32_t tgid = 0;                                                                 \
		assert_int_equal(event_process_of(&event, &tgid), weight);                         \
		assert_int_equal(tgid, 77);                                                        \
	} while (0)

static void of_each_kind(void **state)
{
	(void)state;
	CHECK(RECORD_SEGMENT, segment, segment_record, tgid, EVENT_IS_HEAVY);
	CHECK(RECORD_CONNECTION_OPEN, open, connection_open_record, tgid, EVENT_IS_HEAVY);
	CHECK(RECORD_DATAGRAM, datagram, datagram_record, tgid, EVENT_IS_HEAVY);
	CHECK(RECORD_OUTPUT, output, output_record, tgid, EVENT_IS_HEAVY);
	CHECK(RECORD_RUNTIME_MARK, mark, runtime_mark_record, tgid, EVENT_IS_HEAVY);
	CHECK(RECORD_CPP_THROW, thrown, cpp_throw_record, tgid, EVENT_IS_HEAVY);
	CHECK(RECORD_CRASH_THREAD, crash_thread, crash_thread_record, tgid, EVENT_IS_HEAVY);
	CHECK(RECORD_PROCESS_DEATH, death, process_death_record, tgid, EVENT_IS_LIGHT);
	CHECK(RECORD_SIGNAL_SENT, signal_sent, signal_sent_record, target_tgid, EVENT_IS_LIGHT);
	CHECK(RECORD_CRASH_TRAIL, trail, crash_trail_record, tgid, EVENT_IS_LIGHT);
	CHECK(RECORD_PROCESS_EXIT, exit, process_exit_record, tgid, EVENT_IS_LIGHT);
	CHECK(RECORD_IMAGE, image, image_record, tgid, EVENT_IS_LIGHT);
}

/* A bad end may become an event. */
static void a_death(void **state)
{
	struct process_death_record death = {.tgid = 5, .exit_code = 9};
	struct event event = {.kind = RECORD_PROCESS_DEATH, .death = &death};
	uint32_t tgid;

	(void)state;
	assert_int_equal(event_process_of(&event, &tgid), EVENT_IS_HEAVY);
	assert_int_equal(tgid, 5);
	assert_true(event_process_is_loss(&event));
	/* An exit with a status is the end of many a healthy program, but after a fault. */
	death.exit_code = 1 << 8;
	assert_int_equal(event_process_of(&event, &tgid), EVENT_IS_HEAVY);
	assert_false(event_process_is_loss(&event));
	death.fault_tid = 5;
	assert_true(event_process_is_loss(&event));
	death.exit_code = 0;
	assert_false(event_process_is_loss(&event));
}

static void of_runtimes(void **state)
{
	struct python_part part = {.tgid = 6};
	struct go_panic_record panic = {.tgid = 7};
	struct event event = {.kind = RECORD_PYTHON_EXCEPTION,
			      .bytes = view_of(&part, sizeof(part))};
	uint32_t tgid;

	(void)state;
	assert_int_equal(event_process_of(&event, &tgid), EVENT_IS_HEAVY);
	assert_int_equal(tgid, 6);
	event.bytes.size--;
	assert_int_equal(event_process_of(&event, &tgid), EVENT_OF_NOBODY);
	event = (struct event){.kind = RECORD_GO_PANIC, .bytes = view_of(&panic, sizeof(panic))};
	assert_int_equal(event_process_of(&event, &tgid), EVENT_IS_HEAVY);
	assert_int_equal(tgid, 7);
	event.bytes.size = 40;
	assert_int_equal(event_process_of(&event, &tgid), EVENT_OF_NOBODY);
}

static void of_nobody(void **state)
{
	static const enum record_kind kinds[] = {RECORD_CONNECTION_END, RECORD_CONNECTION_PROGRESS,
						 RECORD_STACK_PAGE, RECORD_PROCESS_DESCRIPTION,
						 RECORD_TURN};
	uint32_t tgid;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		assert_int_equal(event_process_of(&(struct event){.kind = kinds[i]}, &tgid),
				 EVENT_OF_NOBODY);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_each_kind),
		cmocka_unit_test(a_death),
		cmocka_unit_test(of_runtimes),
		cmocka_unit_test(of_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
