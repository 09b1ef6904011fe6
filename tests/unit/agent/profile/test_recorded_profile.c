/* Records of a profile: the round trip, every cut refused, no count believed. */
#include "profile/recorded_profile.h"

#include <errno.h>
#include "cmocka_test.h"

static struct byte_buffer record;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&record, MAX_PROFILE_RECORD_BYTES);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&record);
	return 0;
}

static void assert_header(enum record_kind kind)
{
	const struct record_header *header = (const void *)record.bytes;

	assert_int_equal(header->kind, kind);
	assert_int_equal(header->size, record.size);
	assert_int_equal(header->time_ns, 5);
	assert_int_equal(record.size % 8, 0);
}

static void an_image(void **state)
{
	struct crash_image image = {.path = VIEW_LITERAL("/usr/lib/libshop.so"),
				    .start = 0x7f00,
				    .size = 0x1000,
				    .build_id = {1, 2, 3},
				    .build_id_size = 20},
			   got;

	(void)state;
	assert_int_equal(recorded_profile_write_image(&record, &image, 5), 0);
	assert_header(RECORD_PROFILE_IMAGE);
	assert_int_equal(recorded_profile_read_image(byte_buffer_view(&record), &got), 0);
	assert_view(got.path, "/usr/lib/libshop.so");
	assert_int_equal(got.start, 0x7f00);
	assert_int_equal(got.size, 0x1000);
	assert_int_equal(got.build_id_size, 20);
	assert_memory_equal(got.build_id, image.build_id, 20);
	/* Padding apart, no byte is too much. */
	for (size_t size = 0; size < 16 + 16 + 21 + 4 + image.path.size; size++)
		assert_int_equal(recorded_profile_read_image(
					 view_take(byte_buffer_view(&record), size), &got),
				 -EBADMSG);
	record.bytes[sizeof(struct record_header) + 16] = 21;
	assert_int_equal(recorded_profile_read_image(byte_buffer_view(&record), &got), -EBADMSG);
}

static void a_frame(void **state)
{
	struct profile_frame frame = {.function = VIEW_LITERAL("shop::total()"),
				      .symbol = VIEW_LITERAL("_ZN4shop5totalEv"),
				      .file = VIEW_LITERAL("/src/shop.cc"),
				      .line = 17,
				      .image = 3,
				      .offset = 0x123456789a,
				      .kind = PROFILE_FRAME_JIT,
				      .is_in_app = true},
			     got;

	(void)state;
	assert_int_equal(recorded_profile_write_frame(&record, &frame, 5), 0);
	assert_header(RECORD_PROFILE_FRAME);
	assert_int_equal(recorded_profile_read_frame(byte_buffer_view(&record), &got), 0);
	assert_view(got.function, "shop::total()");
	assert_view(got.symbol, "_ZN4shop5totalEv");
	assert_view(got.file, "/src/shop.cc");
	assert_int_equal(got.line, 17);
	assert_int_equal(got.image, 3);
	assert_int_equal(got.offset, 0x123456789a);
	assert_int_equal(got.kind, PROFILE_FRAME_JIT);
	assert_true(got.is_in_app);
	for (size_t size = 0; size + 8 < record.size; size++)
		assert_int_equal(recorded_profile_read_frame(
					 view_take(byte_buffer_view(&record), size), &got),
				 -EBADMSG);
	record.bytes[sizeof(struct record_header) + 16] = PROFILE_FRAME_KINDS_COUNT;
	assert_int_equal(recorded_profile_read_frame(byte_buffer_view(&record), &got), -EBADMSG);
}

static void a_name_without_end(void **state)
{
	char name[5000];
	struct profile_frame frame = {.function = view_of(name, sizeof(name))}, got;

	(void)state;
	memset(name, 'n', sizeof(name));
	frame.symbol = frame.file = frame.function;
	assert_int_equal(recorded_profile_write_frame(&record, &frame, 5), 0);
	assert_int_equal(recorded_profile_read_frame(byte_buffer_view(&record), &got), 0);
	assert_int_equal(got.function.size, MAX_PROFILE_NAME_BYTES);
	assert_int_equal(got.file.size, MAX_PROFILE_NAME_BYTES);
	memset(record.bytes + sizeof(struct record_header) + 18, 0xff, 4);
	assert_int_equal(recorded_profile_read_frame(byte_buffer_view(&record), &got), -EBADMSG);
}

static void a_stack(void **state)
{
	uint32_t frames[MAX_PROFILE_DEPTH], got[MAX_PROFILE_DEPTH], depth = 0;

	(void)state;
	for (uint32_t i = 0; i < MAX_PROFILE_DEPTH; i++)
		frames[i] = i * 3;
	assert_int_equal(recorded_profile_write_stack(&record, frames, MAX_PROFILE_DEPTH, 5), 0);
	assert_header(RECORD_PROFILE_STACK);
	assert_int_equal(recorded_profile_read_stack(byte_buffer_view(&record), got, &depth), 0);
	assert_int_equal(depth, MAX_PROFILE_DEPTH);
	assert_memory_equal(got, frames, sizeof(frames));
	depth = 77;
	assert_int_equal(
		recorded_profile_read_stack(view_take(byte_buffer_view(&record), 100), got, &depth),
		-EBADMSG);
	((uint32_t *)(void *)record.bytes)[4] = MAX_PROFILE_DEPTH + 1;
	assert_int_equal(recorded_profile_read_stack(byte_buffer_view(&record), got, &depth),
			 -EBADMSG);
	((uint32_t *)(void *)record.bytes)[4] = 0;
	assert_int_equal(recorded_profile_read_stack(byte_buffer_view(&record), got, &depth),
			 -EBADMSG);
	assert_int_equal(depth, 77);
}

static void another_kind(void **state)
{
	uint32_t frame = 1, got[MAX_PROFILE_DEPTH], depth;
	struct profile_frame read;

	(void)state;
	assert_int_equal(recorded_profile_write_stack(&record, &frame, 1, 5), 0);
	assert_int_equal(recorded_profile_read_frame(byte_buffer_view(&record), &read), -EBADMSG);
	((struct record_header *)(void *)record.bytes)->kind = RECORD_PROFILE_FRAME;
	assert_int_equal(recorded_profile_read_stack(byte_buffer_view(&record), got, &depth),
			 -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_image, begin, end),
		cmocka_unit_test_setup_teardown(a_frame, begin, end),
		cmocka_unit_test_setup_teardown(a_name_without_end, begin, end),
		cmocka_unit_test_setup_teardown(a_stack, begin, end),
		cmocka_unit_test_setup_teardown(another_kind, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
