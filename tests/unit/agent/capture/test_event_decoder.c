/* Every length a record states about itself, at and beyond its edges. */
#include "cmocka_test.h"

#include <errno.h>

#include "capture/event_decoder.h"
#include "record_builder.h"
#include "shared/datagram_record.h"

static int decode(const void *record, size_t size, struct event *event)
{
	struct view copy = exact_copy(view_of(record, size));
	int err = event_decoder_decode(copy, event);

	free_copy(copy);
	return err;
}

#define MAX_KNOWN_BYTES (sizeof(struct cpp_throw_record) + 128)

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
		{RECORD_CRASH_THREAD, sizeof(struct crash_thread_record)},
		{RECORD_STACK_PAGE, sizeof(struct stack_page_record)},
		{RECORD_SIGNAL_SENT, sizeof(struct signal_sent_record)},
		{RECORD_PROCESS_DEATH, sizeof(struct process_death_record)},
		{RECORD_CRASH_TRAIL, sizeof(struct crash_trail_record)},
		{RECORD_IMAGE, sizeof(struct image_record)},
		{RECORD_OUTPUT, sizeof(struct output_record)},
		{RECORD_RUNTIME_MARK, sizeof(struct runtime_mark_record)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		union {
			struct record_header header;
			struct connection_open_record open;
			struct crash_thread_record thread;
			struct image_record image;
			char bytes[MAX_KNOWN_BYTES];
		} record = {.header = {.kind = rows[i].kind, .time_ns = 77}};
		struct event event = {.time_ns = 1};

		if (rows[i].kind == RECORD_CONNECTION_OPEN)
			record.open.family = FAMILY_IPV4;
		if (rows[i].kind == RECORD_CRASH_THREAD)
			record.thread.kind = CRASH_THREAD_FATAL;
		if (rows[i].kind == RECORD_IMAGE)
			record.image.action = IMAGE_EXEC;
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
	char bytes[MAX_KNOWN_BYTES] = {0};
	struct record_header *header = (void *)bytes;
	struct event event;

	(void)state;
	header->size = sizeof(bytes);
	for (unsigned kind = 0; kind <= UINT16_MAX; kind++) {
		memset(bytes + sizeof(*header), 0, sizeof(bytes) - sizeof(*header));
		header->kind = (__u16)kind;
		if (kind == RECORD_CONNECTION_OPEN)
			((struct connection_open_record *)(void *)bytes)->family = FAMILY_UNIX;
		if (kind == RECORD_CRASH_THREAD)
			((struct crash_thread_record *)(void *)bytes)->kind = CRASH_THREAD_SIBLING;
		if (kind == RECORD_IMAGE)
			((struct image_record *)(void *)bytes)->action = IMAGE_FORK;
		assert_int_equal(event_decoder_decode(view_of(bytes, sizeof(bytes)), &event),
				 (kind >= 1 && kind <= RECORD_TURN) ||
						 (kind >= RECORD_PROFILE_POINT &&
						  kind <= RECORD_PROFILE_LOSS)
					 ? 0
					 : -EINVAL);
	}
}

static void beginnings(void **state)
{
	size_t size = sizeof(struct process_began_record) + 12;
	struct process_began_record *began = calloc(1, size);
	struct event event;

	(void)state;
	began->header =
		(struct record_header){.kind = RECORD_PROCESS_BEGAN, .size = (uint32_t)size};
	memcpy(began->path, "xxx/bin/true", 12);
	began->path_offset = 3;
	began->path_size = 9;
	assert_int_equal(event_decoder_decode(view_of(began, size), &event), 0);
	assert_view(event.bytes, "/bin/true");
	began->path_size = 10;
	assert_int_equal(decode(began, size, &event), -EINVAL);
	began->path_offset = UINT16_MAX;
	assert_int_equal(decode(began, size, &event), -EINVAL);
	/* No path at all, none from the root, one with a hole. */
	began->path_offset = 12;
	began->path_size = 0;
	assert_int_equal(decode(began, size, &event), -EINVAL);
	began->path_offset = 4;
	began->path_size = 8;
	assert_int_equal(decode(began, size, &event), -EINVAL);
	began->path_offset = 3;
	began->path[5] = '\0';
	assert_int_equal(decode(began, size, &event), -EINVAL);
	/* A fork has none. */
	began->header.size = sizeof(*began);
	began->parent_tgid = 1;
	began->path_offset = began->path_size = 0;
	assert_int_equal(decode(began, size, &event), 0);
	assert_int_equal(decode(began, sizeof(*began) - 1, &event), -EINVAL);
	free(began);
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
	segment->mode = CAPTURE_TURNS + 1;
	assert_int_equal(decode(segment, size, &event), -EINVAL);
	segment->mode = CAPTURE_TURNS;
	segment->position = UINT64_MAX - 99;
	assert_int_equal(decode(segment, size, &event), -EINVAL);
	segment->position = UINT64_MAX - 100;
	assert_int_equal(decode(segment, size, &event), 0);
	free(segment);
}

static void datagrams(void **state)
{
	size_t size = sizeof(struct datagram_record) + 8;
	struct datagram_record *datagram = calloc(1, size);
	struct event event = {.time_ns = 1};

	(void)state;
	datagram->header = (struct record_header){
		.kind = RECORD_DATAGRAM, .size = (uint32_t)size, .time_ns = 9};
	datagram->family = FAMILY_IPV4;
	datagram->length = 100;
	datagram->captured = 8;
	memcpy(datagram->bytes, "01234567", 8);
	for (uint32_t less = 0; less < size; less++) {
		assert_int_equal(decode(datagram, less, &event), -EINVAL);
		datagram->header.size = less;
		assert_int_equal(decode(datagram, size, &event), -EINVAL);
		datagram->header.size = (uint32_t)size;
	}
	assert_int_equal(event.time_ns, 1); /* untouched so far */
	assert_int_equal(event_decoder_decode(view_of(datagram, size), &event), 0);
	assert_int_equal(event.kind, RECORD_DATAGRAM);
	assert_int_equal(event.time_ns, 9);
	assert_ptr_equal(event.datagram, datagram);
	assert_view(event.bytes, "01234567");
	datagram->captured = 9;
	assert_int_equal(decode(datagram, size, &event), -EINVAL);
	datagram->captured = UINT32_MAX;
	assert_int_equal(decode(datagram, size, &event), -EINVAL);
	/* Reserved more than was used. */
	datagram->captured = 3;
	assert_int_equal(event_decoder_decode(view_of(datagram, size), &event), 0);
	assert_view(event.bytes, "012");
	datagram->length = 2;
	assert_int_equal(decode(datagram, size, &event), -EINVAL);
	datagram->length = 3;
	datagram->direction = 2;
	assert_int_equal(decode(datagram, size, &event), -EINVAL);
	datagram->direction = DIRECTION_SEND;
	datagram->family = FAMILY_UNIX;
	assert_int_equal(decode(datagram, size, &event), -EINVAL);
	datagram->family = FAMILY_IPV6;
	assert_int_equal(decode(datagram, size, &event), 0);
	datagram->length = datagram->captured = 0;
	assert_int_equal(event_decoder_decode(view_of(datagram, size), &event), 0);
	assert_int_equal(event.bytes.size, 0);
	free(datagram);
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

/* Each wrong value alone is refused; the largest right one is not. */
static void crash_threads(void **state)
{
	struct crash_thread_record right = {
		.header = {.kind = RECORD_CRASH_THREAD, .size = sizeof(right)},
		.kind = CRASH_THREAD_SIBLING,
		.context_kind = CONTEXT_GOROUTINE,
		.pages_copied = MAX_STACK_PAGES,
		.pages_unreadable = UINT16_MAX,
		.message_size = ABORT_MESSAGE_BYTES,
	};
	struct crash_thread_record wrong = right;
	struct event event;

	(void)state;
	assert_int_equal(event_decoder_decode(view_of(&right, sizeof(right)), &event), 0);
	assert_ptr_equal(event.crash_thread, &right);
	wrong.pages_copied = MAX_STACK_PAGES + 1;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong = right;
	wrong.message_size = ABORT_MESSAGE_BYTES + 1;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong = right;
	wrong.kind = 0;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong.kind = CRASH_THREAD_SIBLING + 1;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong = right;
	wrong.context_kind = CONTEXT_GOROUTINE + 1;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
}

static void stack_pages(void **state)
{
	struct stack_page_record page = {
		.header = {.kind = RECORD_STACK_PAGE, .size = sizeof(page)},
		.address = 0x7ffc00001000,
	};
	struct event event;

	(void)state;
	assert_int_equal(event_decoder_decode(view_of(&page, sizeof(page)), &event), 0);
	assert_ptr_equal(event.stack_page, &page);
	page.address++;
	assert_int_equal(decode(&page, sizeof(page), &event), -EINVAL);
}

static void trails(void **state)
{
	struct crash_trail_record trail = {
		.header = {.kind = RECORD_CRASH_TRAIL, .size = sizeof(trail)},
		.trail = {.calls_count = UINT32_MAX, .pieces_count = UINT32_MAX},
	};
	struct event event;

	(void)state;
	for (int i = 0; i < TRAIL_PIECES; i++) {
		trail.trail.pieces[i].captured = STDERR_PIECE_BYTES;
		assert_int_equal(event_decoder_decode(view_of(&trail, sizeof(trail)), &event), 0);
		assert_ptr_equal(event.trail, &trail);
		trail.trail.pieces[i].captured++;
		assert_int_equal(decode(&trail, sizeof(trail), &event), -EINVAL);
		trail.trail.pieces[i].captured = 0;
	}
}

static void images(void **state)
{
	struct {
		struct image_record image;
		char path[16];
	} record = {
		.image = {.header = {.kind = RECORD_IMAGE, .size = sizeof(record)},
			  .start = 0x1000,
			  .end = 0x1000,
			  .action = IMAGE_MAPPED,
			  .build_id_size = MAX_BUILD_ID_BYTES,
			  .path_size = 12},
		.path = "/usr/lib/x.s",
	};
	struct event event;

	(void)state;
	assert_int_equal(event_decoder_decode(view_of(&record, sizeof(record)), &event), 0);
	assert_ptr_equal(event.image, &record.image);
	assert_view(event.bytes, "/usr/lib/x.s");
	record.image.path_size = sizeof(record.path);
	assert_int_equal(decode(&record, sizeof(record), &event), 0);
	record.image.path_size++;
	assert_int_equal(decode(&record, sizeof(record), &event), -EINVAL);
	record.image.path_size = 0;
	record.image.build_id_size++;
	assert_int_equal(decode(&record, sizeof(record), &event), -EINVAL);
	record.image.build_id_size = 0;
	record.image.action = IMAGE_FORK + 1;
	assert_int_equal(decode(&record, sizeof(record), &event), -EINVAL);
	record.image.action = 0;
	assert_int_equal(decode(&record, sizeof(record), &event), -EINVAL);
	record.image.action = IMAGE_FORK;
	record.image.start++;
	assert_int_equal(decode(&record, sizeof(record), &event), -EINVAL);
}

/* Each wrong value alone is refused; the largest right one is not. */
static void outputs(void **state)
{
	struct {
		struct output_record output;
		char bytes[24];
	} right =
		{
			.output = {.header = {.kind = RECORD_OUTPUT, .size = 56 + 20},
				   .size = MAX_OUTPUT_WRITE_BYTES,
				   .offset = MAX_OUTPUT_WRITE_BYTES - 20,
				   .captured = 20,
				   .descriptor = UINT16_MAX,
				   .flags = UINT8_MAX,
				   .context_kind = CONTEXT_GOROUTINE},
			.bytes = "abcdefghijklmnopqrstuvw",
		},
	  wrong = right;
	struct event event;

	(void)state;
	assert_int_equal(event_decoder_decode(view_of(&right, sizeof(right)), &event), 0);
	assert_ptr_equal(event.output, &right);
	assert_view(event.bytes, "abcdefghijklmnopqrst");
	wrong.output.captured = 21; /* more than the record has */
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong.output.captured = UINT32_MAX;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong = right;
	wrong.output.offset++; /* beyond the write's end */
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong.output.offset = UINT32_MAX;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong = right;
	wrong.output.size++; /* more than is looked at of a write */
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong.output.size = 19; /* less than was captured of it */
	wrong.output.offset = 0;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong.output.size = 20;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), 0);
	wrong.output.context_kind = CONTEXT_GOROUTINE + 1;
	assert_int_equal(decode(&wrong, sizeof(wrong), &event), -EINVAL);
	wrong = right;
	wrong.output.captured = 0;
	wrong.output.offset = MAX_OUTPUT_WRITE_BYTES;
	assert_int_equal(event_decoder_decode(view_of(&wrong, sizeof(wrong)), &event), 0);
	assert_int_equal(event.bytes.size, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_of_every_kind),
		cmocka_unit_test(unknown_kinds),
		cmocka_unit_test(beginnings),
		cmocka_unit_test(segments),
		cmocka_unit_test(datagrams),
		cmocka_unit_test(opens),
		cmocka_unit_test(descriptions),
		cmocka_unit_test(crash_threads),
		cmocka_unit_test(stack_pages),
		cmocka_unit_test(trails),
		cmocka_unit_test(images),
		cmocka_unit_test(outputs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
