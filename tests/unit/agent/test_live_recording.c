/* What --record writes: each record as it came, and who its process is before the first one that
 * needs it, once per program. */
#include "live_recording.h"

#include <errno.h>
#include <unistd.h>
#include "capture/event_decoder.h"
#include "capture/recording.h"
#include "cmocka_test.h"
#include "shared/datagram_record.h"

#define MAX_READ 16

static char path[64];
static struct settings settings;
static struct identity_settings identity;
static struct process_table *processes;
static struct live_recording *recording;
static struct drops drops;

static int begin(void **state)
{
	(void)state;
	(void)strcpy(path, "/tmp/limpet-test-live-recording-XXXXXX");
	drops = (struct drops){0};
	settings = (struct settings){.command = COMMAND_ATTACH,
				     .capture = {.record_file = path, .max_processes = 4}};
	assert_int_equal(process_table_new(&processes, &identity, 8, &drops), 0);
	return close(mkstemp(path));
}

static int end(void **state)
{
	(void)state;
	live_recording_free(&recording);
	assert_null(recording);
	process_table_free(&processes);
	return unlink(path);
}

static void add(const void *record)
{
	const struct record_header *header = record;
	struct view bytes = view_of(record, header->size);
	struct event event;

	assert_int_equal(event_decoder_decode(bytes, &event), 0);
	live_recording_add(recording, &event, bytes);
}

static void add_death(uint32_t tgid)
{
	struct process_death_record death = {
		.header = {.kind = RECORD_PROCESS_DEATH, .size = sizeof(death), .time_ns = 7},
		.tgid = tgid};

	add(&death);
}

static void add_exec(uint32_t tgid)
{
	struct process_exec_record exec = {
		.header = {.kind = RECORD_PROCESS_EXEC, .size = sizeof(exec), .time_ns = 7},
		.tgid = tgid};

	add(&exec);
}

static void add_segment(uint32_t tgid)
{
	struct segment_record segment = {
		.header = {.kind = RECORD_SEGMENT, .size = sizeof(segment), .time_ns = 7},
		.tgid = tgid};

	add(&segment);
}

/* Kinds in the order they were written; 0 at the end. */
static void read_kinds(uint32_t kinds[MAX_READ])
{
	struct recording_reader *reader;
	struct view record;
	uint32_t count = 0;

	live_recording_free(&recording);
	assert_int_equal(recording_reader_new(&reader, path), 0);
	while (recording_reader_next(reader, &record) > 0) {
		assert_in_range(count, 0, MAX_READ - 2);
		kinds[count++] = ((const struct record_header *)record.bytes)->kind;
	}
	kinds[count] = 0;
	recording_reader_free(&reader);
}

static void assert_kinds(const uint32_t *wanted)
{
	uint32_t kinds[MAX_READ], i = 0;

	read_kinds(kinds);
	for (; wanted[i]; i++)
		assert_int_equal(kinds[i], wanted[i]);
	assert_int_equal(kinds[i], 0);
}

static void described_once_per_program(void **state)
{
	static const uint32_t wanted[] = {
		RECORD_PROCESS_EXEC, RECORD_PROCESS_DESCRIPTION, RECORD_SEGMENT,
		RECORD_SEGMENT,      RECORD_PROCESS_EXEC,        RECORD_PROCESS_DESCRIPTION,
		RECORD_SEGMENT,      RECORD_PROCESS_DEATH,       0};
	uint32_t own = (uint32_t)getpid();

	(void)state;
	assert_int_equal(live_recording_new(&recording, &settings, processes), 0);
	add_exec(own);
	add_segment(own);
	add_segment(own);
	add_exec(own); /* another program from now on */
	add_segment(own);
	add_death(own);
	assert_kinds(wanted);
}

static void a_crash_without_traffic(void **state)
{
	static const uint32_t wanted[] = {RECORD_PROCESS_DESCRIPTION, RECORD_PROCESS_DEATH, 0};

	(void)state;
	assert_int_equal(live_recording_new(&recording, &settings, processes), 0);
	add_death((uint32_t)getpid());
	assert_kinds(wanted);
}

/* Who only prints is known in a replay too. */
static void output_without_traffic(void **state)
{
	static const uint32_t wanted[] = {RECORD_PROCESS_DESCRIPTION, RECORD_OUTPUT, 0};
	struct output_record output = {
		.header = {.kind = RECORD_OUTPUT, .size = sizeof(output), .time_ns = 7},
		.tgid = (uint32_t)getpid()};

	(void)state;
	assert_int_equal(live_recording_new(&recording, &settings, processes), 0);
	add(&output);
	assert_kinds(wanted);
}

/* Who only asks for names, too. */
static void datagrams_without_traffic(void **state)
{
	static const uint32_t wanted[] = {RECORD_PROCESS_DESCRIPTION, RECORD_DATAGRAM,
					  RECORD_DATAGRAM, 0};
	struct datagram_record datagram = {
		.header = {.kind = RECORD_DATAGRAM, .size = sizeof(datagram), .time_ns = 7},
		.family = FAMILY_IPV4,
		.tgid = (uint32_t)getpid()};

	(void)state;
	assert_int_equal(live_recording_new(&recording, &settings, processes), 0);
	add(&datagram);
	add(&datagram);
	assert_kinds(wanted);
}

/* More processes than are kept in mind: their records are there all the same. */
static void too_many_to_describe(void **state)
{
	uint32_t kinds[MAX_READ], segments = 0;

	(void)state;
	assert_int_equal(live_recording_new(&recording, &settings, processes), 0);
	for (uint32_t i = 0; i < 6; i++)
		add_segment((uint32_t)getpid() + (i ? 0x10000000u + i : 0));
	read_kinds(kinds);
	for (uint32_t i = 0; kinds[i]; i++)
		segments += kinds[i] == RECORD_SEGMENT;
	assert_int_equal(segments, 6);
}

/* One before the next record, however many there were: the last; and the first after it. */
static void turns(void **state)
{
	static const uint32_t wanted[] = {RECORD_TURN, RECORD_PROCESS_EXEC, RECORD_TURN,
					  RECORD_TURN, RECORD_PROCESS_EXEC, 0};

	(void)state;
	assert_int_equal(live_recording_new(&recording, &settings, processes), 0);
	live_recording_turn(recording, 1, true);
	live_recording_turn(recording, 2, true);
	add_exec(7);
	for (uint64_t i = 3; i < 9; i++)
		live_recording_turn(recording, i, true);
	add_exec(8);
	assert_kinds(wanted);
	live_recording_turn(NULL, 1, true);
}

static void when_none_is_wanted(void **state)
{
	struct settings other = settings;

	(void)state;
	other.capture.record_file = NULL;
	assert_int_equal(live_recording_new(&recording, &other, processes), 0);
	assert_null(recording);
	live_recording_add(recording, NULL, (struct view){0});
	/* What is replayed is not recorded over itself. */
	other = settings;
	other.command = COMMAND_REPLAY;
	assert_int_equal(live_recording_new(&recording, &other, processes), 0);
	assert_null(recording);
	other = settings;
	other.capture.record_file = (char[]){"/nonexistent/x"};
	assert_int_equal(live_recording_new(&recording, &other, processes), -ENOENT);
	assert_null(recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(described_once_per_program, begin, end),
		cmocka_unit_test_setup_teardown(a_crash_without_traffic, begin, end),
		cmocka_unit_test_setup_teardown(output_without_traffic, begin, end),
		cmocka_unit_test_setup_teardown(datagrams_without_traffic, begin, end),
		cmocka_unit_test_setup_teardown(too_many_to_describe, begin, end),
		cmocka_unit_test_setup_teardown(turns, begin, end),
		cmocka_unit_test_setup_teardown(when_none_is_wanted, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
