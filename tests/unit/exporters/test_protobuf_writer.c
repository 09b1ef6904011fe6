/* Exact bytes of the wire format. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exporters/protobuf_writer.h"

static void check(struct byte_buffer *buffer, struct view expected)
{
	assert_false(buffer->is_failed);
	assert_int_equal(buffer->size, expected.size);
	assert_memory_equal(buffer->bytes, expected.bytes, expected.size);
	byte_buffer_clear(buffer);
}

static void scalars(void **state)
{
	struct byte_buffer buffer;

	(void)state;
	byte_buffer_init(&buffer, 1000);
	protobuf_writer_varint(&buffer, 1, 150);
	check(&buffer, VIEW_LITERAL("\x08\x96\x01"));
	protobuf_writer_varint(&buffer, 3, UINT64_MAX);
	check(&buffer, VIEW_LITERAL("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
	protobuf_writer_fixed32(&buffer, 16, 0x301);
	check(&buffer, VIEW_LITERAL("\x85\x01\x01\x03\x00\x00"));
	protobuf_writer_fixed64(&buffer, 7, 0x0102030405060708ull);
	check(&buffer, VIEW_LITERAL("\x39\x08\x07\x06\x05\x04\x03\x02\x01"));
	protobuf_writer_bytes(&buffer, 2, VIEW_LITERAL("testing"));
	check(&buffer, VIEW_LITERAL("\x12\x07testing"));
	byte_buffer_done(&buffer);
}

static void zero_and_empty_are_left_out(void **state)
{
	struct byte_buffer buffer;

	(void)state;
	byte_buffer_init(&buffer, 1000);
	protobuf_writer_varint(&buffer, 1, 0);
	protobuf_writer_fixed32(&buffer, 1, 0);
	protobuf_writer_fixed64(&buffer, 1, 0);
	protobuf_writer_bytes(&buffer, 1, VIEW_LITERAL(""));
	check(&buffer, VIEW_LITERAL(""));
	byte_buffer_done(&buffer);
}

static void varint_sizes(void **state)
{
	char bytes[MAX_PROTOBUF_VARINT];

	(void)state;
	for (unsigned int bits = 0; bits < 64; bits++) {
		uint64_t power = 1ull << bits;

		assert_int_equal(protobuf_writer_varint_size(power),
				 protobuf_writer_put_varint(bytes, power) - bytes);
		assert_int_equal(protobuf_writer_varint_size(power - 1),
				 protobuf_writer_put_varint(bytes, power - 1) - bytes);
	}
	assert_int_equal(protobuf_writer_varint_size(UINT64_MAX), 10);
}

/* Whatever the guess, the same bytes. */
static void messages_inside(void **state)
{
	static const size_t sizes[] = {0, 1, 125, 126, 127, 128, 16380, 16383, 16384, 70000};
	static char content[70000];
	struct byte_buffer buffer, expected;

	(void)state;
	memset(content, 'c', sizeof(content));
	byte_buffer_init(&buffer, 100000);
	byte_buffer_init(&expected, 100000);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char length[MAX_PROTOBUF_VARINT];
		char *end = protobuf_writer_put_varint(length, sizes[i]);

		byte_buffer_clear(&expected);
		byte_buffer_append(&expected, VIEW_LITERAL("before\x7a"));
		byte_buffer_append(&expected, view_of(length, (size_t)(end - length)));
		byte_buffer_append(&expected, view_of(content, sizes[i]));
		for (uint32_t guess = 1; guess <= 5; guess++) {
			size_t begun;

			byte_buffer_append_text(&buffer, "before");
			begun = protobuf_writer_begin(&buffer, 15, guess);
			byte_buffer_append(&buffer, view_of(content, sizes[i]));
			protobuf_writer_end(&buffer, begun, guess);
			check(&buffer, byte_buffer_view(&expected));
		}
	}
	byte_buffer_done(&buffer);
	byte_buffer_done(&expected);
}

static void every_cap_is_kept(void **state)
{
	(void)state;
	for (size_t cap = 0; cap < 400; cap++) {
		static char content[130];
		struct byte_buffer buffer;
		size_t begun;

		byte_buffer_init(&buffer, cap);
		begun = protobuf_writer_begin(&buffer, 1, 1);
		protobuf_writer_bytes(&buffer, 1, view_of(content, sizeof(content)));
		protobuf_writer_varint(&buffer, 1, 1);
		protobuf_writer_fixed32(&buffer, 1, 1);
		protobuf_writer_fixed64(&buffer, 1, 1);
		protobuf_writer_end(&buffer, begun, 1);
		assert_true(buffer.size <= cap);
		if (cap < 151)
			assert_true(buffer.is_failed);
		if (cap >= 200)
			assert_false(buffer.is_failed);
		byte_buffer_done(&buffer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars),           cmocka_unit_test(zero_and_empty_are_left_out),
		cmocka_unit_test(varint_sizes),      cmocka_unit_test(messages_inside),
		cmocka_unit_test(every_cap_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
