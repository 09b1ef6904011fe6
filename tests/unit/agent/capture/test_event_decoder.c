/* Every length a record states about itself, at and beyond its edges. */
#include "cmocka_test.h"

#include <errno.h>

#include "capture/event_decoder.h"
#include "record_builder.h"

static int decode(const void *record, size_t size, struct event *event)
{
	struct view copy = exact_copy(view_of(record, size));
	int err = event_decoder_decode(copy, event);

	free_copy(copy);
	return err;
}

static void sizes_of_every_kind(void **state)
{
	static const struct {
		enum record_kind kind;
		uint32_t size;
	} rows[] = {
		{RECORD_CONNECTION_OPEN, sizeof(struct connection_open_record)},
		{RECORD_SEGMENT, sizeof(struct segment_record)},
		{RECORD_CONNECTION_END, sizeof(struct connection_end_record)},
		{RECORD_CONNECTION_PROGRESS, sizeof(struct connection_end_record)},
		{RECORD_PROCESS_FORK, sizeof(struct process_fork_record)},
		{RECORD_PROCESS_EXEC, sizeof(struct process_exec_record)},
		{RECORD_PROCESS_EXIT, sizeof(struct process_exit_record)},
		{RECORD_PROCESS_DESCRIPTION, sizeof(struct record_header)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		union {
			struct record_header header;
			struct connection_open_record open;
			char bytes[512];
		} record = {.header = {.kind = rows[i].kind, .time_ns = 77}};
		struct event event = {.time_ns = 1};

		if (rows[i].kind == RECORD_CONNECTION_OPEN)
			record.open.family = FAMILY_IPV4;
		for (uint32_t size = 0; size < rows[i].size; size++) {
			record.header.size = size;
			assert_int_equal(decode(&record, size, &event), -EINVAL);
			assert_int_equal(decode(&record, sizeof(record), &event), -EINVAL);
		}
		record.header.size = rows[i].size;
		assert_int_equal(decode(&record, rows[i].size - 1, &event), -EINVAL);
		assert_int_equal(event.time_ns, 1); /* untouched so far */
		assert_int_equal(decode(&record, rows[i].size, &event), 0);
		assert_int_equal(event.kind, rows[i].kind);
		assert_int_equal(event.time_ns, 77);
		record.header.size = UINT32_MAX;
		assert_int_equal(decode(&record, sizeof(record), &event), -EINVAL);
	}
}

static void unknown_kinds(void **state)
{
	char bytes[512] = {0};
	struct record_header *header = (void *)bytes;
	struct event event;

	(void)state;
	header->size = sizeof(bytes);
	for (unsigned kind = 0; kind <= UINT16_MAX; kind++) {
		header->kind = (__u16)kind;
		((struct connection_open_record *)(void *)bytes)->family = FAMILY_UNIX;
		if (kind != RECORD_SEGMENT)
			assert_int_equal(
				event_decoder_decode(view_of(bytes, sizeof(bytes)), &event),
				kind >= 1 && kind <= 8 ? 0 : -EINVAL);
	}
}

static void segments(void **state)
{
	size_t size = sizeof(struct segment_record) + 8;
	struct segment_record *segment = calloc(1, size);
	struct event event;

	(void)state;
	segment->header = (struct record_header){.kind = RECORD_SEGMENT, .size = (uint32_t)size};
	segment->length = 100;
	segment->captured = 8;
	memcpy(segment->bytes, "01234567", 8);
	assert_int_equal(event_decoder_decode(view_of(segment, size), &event), 0);
	assert_view(event.bytes, "01234567");
	segment->captured = 9;
	assert_int_equal(decode(segment, size, &event), -EINVAL);
	segment->captured = UINT32_MAX;
	assert_int_equal(decode(segment, size, &event), -EINVAL);
	/* Reserved more than was used. */
	segment->captured = 3;
	assert_int_equal(event_decoder_decode(view_of(segment, size), &event), 0);
	assert_view(event.bytes, "012");
	segment->length = 2;
	assert_int_equal(decode(segment, size, &event), -EINVAL);
	segment->length = 100;
	segment->direction = 2;
	assert_int_equal(decode(segment, size, &event), -EINVAL);
	segment->direction = 1;
	segment->mode = CAPTURE_IGNORE + 1;
	assert_int_equal(decode(segment, size, &event), -EINVAL);
	segment->mode = CAPTURE_IGNORE;
	segment->position = UINT64_MAX - 99;
	assert_int_equal(decode(segment, size, &event), -EINVAL);
	segment->position = UINT64_MAX - 100;
	assert_int_equal(decode(segment, size, &event), 0);
	free(segment);
}

static void opens(void **state)
{
	struct record_builder b;
	struct connection_open_record open;
	struct event event;

	(void)state;
	record_builder_init(&b, NULL, NULL);
	open = record_builder_open_record(&b, ROLE_SERVER);
	assert_int_equal(decode(&open, sizeof(open), &event), 0);
	open.path_size = MAX_UNIX_PATH;
	assert_int_equal(decode(&open, sizeof(open), &event), 0);
	open.path_size = MAX_UNIX_PATH + 1;
	assert_int_equal(decode(&open, sizeof(open), &event), -EINVAL);
	open.path_size = 0;
	open.role = ROLE_SERVER + 1;
	assert_int_equal(decode(&open, sizeof(open), &event), -EINVAL);
	open.role = ROLE_UNKNOWN;
	open.family = 3;
	assert_int_equal(decode(&open, sizeof(open), &event), -EINVAL);
}

static void descriptions(void **state)
{
	char bytes[24] = {0};
	struct record_header header = {.kind = RECORD_PROCESS_DESCRIPTION, .size = 19};
	struct event event;

	(void)state;
	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + 16, "abcdefg", 8);
	assert_int_equal(event_decoder_decode(view_of(bytes, sizeof(bytes)), &event), 0);
	assert_view(event.bytes, "abc");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_of_every_kind),
		cmocka_unit_test(unknown_kinds),
		cmocka_unit_test(segments),
		cmocka_unit_test(opens),
		cmocka_unit_test(descriptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
