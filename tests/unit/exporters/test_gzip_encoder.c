/* gzip frames that zlib itself reads back, several from one encoder. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>
#include "exporters/gzip_encoder.h"

static void check_round_trip(struct gzip_encoder *encoder, struct view body, struct byte_buffer *out)
{
	char *inflated = malloc(body.size + 1);
	z_stream stream = {0};

	assert_int_equal(gzip_encoder_run(encoder, body, out), 0);
	assert_int_equal((unsigned char)out->bytes[0], 0x1f);
	assert_int_equal((unsigned char)out->bytes[1], 0x8b);
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	stream.next_in = (unsigned char *)out->bytes;
	stream.avail_in = (unsigned int)out->size;
	stream.next_out = (unsigned char *)inflated;
	stream.avail_out = (unsigned int)body.size + 1;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.total_out, body.size);
	assert_int_equal(stream.avail_in, 0);
	if (body.size)
		assert_memory_equal(inflated, body.bytes, body.size);
	(void)inflateEnd(&stream);
	free(inflated);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void round_trips(void **state)
{
	static char bytes[300000];
	static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 258, 259, 300, 32767, 32768, 32769, 65536, 300000};
	struct gzip_encoder *encoder;
	struct byte_buffer out;
	uint32_t seed = 7;

	(void)state;
	assert_int_equal(gzip_encoder_new(&encoder), 0);
	byte_buffer_init(&out, 1 << 20);
	for (unsigned int kind = 0; kind < 4; kind++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = kind == 0   ? 'a'
				   : kind == 1 ? (char)next_random(&seed)
				   : kind == 2 ? (char)("http.request.method"[i % 19] + (i % 977 == 0))
					       : (char)(next_random(&seed) % 3 + 'a');
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			check_round_trip(encoder, view_of(bytes, sizes[i]), &out);
	}
	for (size_t size = 0; size < 2000; size++)
		check_round_trip(encoder, view_of(bytes + size, size), &out);
	byte_buffer_done(&out);
	gzip_encoder_free(&encoder);
	assert_null(encoder);
}

static void repetition_shrinks(void **state)
{
	static char bytes[100000];
	struct gzip_encoder *encoder;
	struct byte_buffer out;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(gzip_encoder_new(&encoder), 0);
	byte_buffer_init(&out, 1 << 20);
	assert_int_equal(gzip_encoder_run(encoder, view_of(bytes, sizeof(bytes)), &out), 0);
	assert_true(out.size < 2000);
	byte_buffer_done(&out);
	gzip_encoder_free(&encoder);
}

static void cap_of_the_output(void **state)
{
	static char bytes[100000];
	struct gzip_encoder *encoder;
	struct byte_buffer out;
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)next_random(&seed);
	assert_int_equal(gzip_encoder_new(&encoder), 0);
	byte_buffer_init(&out, 50000);
	assert_int_equal(gzip_encoder_run(encoder, view_of(bytes, sizeof(bytes)), &out), -ENOMEM);
	assert_int_equal(out.size, 0);
	check_round_trip(encoder, VIEW_LITERAL("works after a failure"), &out);
	byte_buffer_done(&out);
	gzip_encoder_free(&encoder);
	gzip_encoder_free(&encoder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trips),
		cmocka_unit_test(repetition_shrinks),
		cmocka_unit_test(cap_of_the_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
