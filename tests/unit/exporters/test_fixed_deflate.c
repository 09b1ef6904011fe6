/* Our DEFLATE read back by zlib: every match length, distances around the window, random structure,
 * every cap of the output. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>
#include "exporters/fixed_deflate.h"

static struct fixed_deflate *encoder;
static struct byte_buffer out;

static int set_up(void **state)
{
	(void)state;
	byte_buffer_init(&out, 4 << 20);
	return fixed_deflate_new(&encoder);
}

static int tear_down(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	fixed_deflate_free(&encoder);
	assert_null(encoder);
	return 0;
}

/* The body in memory of its own size: the sanitizer sees a byte read too far. Returns the
 * compressed size. */
static size_t check_round_trip(struct view body)
{
	char *copy = malloc(body.size + 1), *inflated = malloc(body.size + 1);
	z_stream stream = {0};

	copy = realloc(copy, body.size ? body.size : 1);
	if (body.size)
		memcpy(copy, body.bytes, body.size);
	byte_buffer_clear(&out);
	assert_int_equal(fixed_deflate_run(encoder, view_of(copy, body.size), &out), 0);
	assert_int_equal(inflateInit2(&stream, -15), Z_OK);
	stream.next_in = (unsigned char *)out.bytes;
	stream.avail_in = (unsigned int)out.size;
	stream.next_out = (unsigned char *)inflated;
	stream.avail_out = (unsigned int)body.size + 1;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	assert_int_equal(stream.total_out, body.size);
	if (body.size)
		assert_memory_equal(inflated, body.bytes, body.size);
	(void)inflateEnd(&stream);
	free(inflated);
	free(copy);
	return out.size;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void exact_bytes(void **state)
{
	(void)state;
	check_round_trip((struct view){0});
	assert_int_equal(out.size, 2);
	assert_memory_equal(out.bytes, "\x03\x00", 2);
	check_round_trip(VIEW_LITERAL("a"));
	assert_int_equal(out.size, 3);
	assert_memory_equal(out.bytes, "\x4b\x04\x00", 3);
	/* By RFC 1951: one literal, one match of 9 (symbol 263) at distance 1 (symbol 0), the end.
	 */
	check_round_trip(VIEW_LITERAL("aaaaaaaaaa"));
	assert_int_equal(out.size, 4);
	assert_memory_equal(out.bytes, "\x4b\x84\x03\x00", 4);
}

/* A phrase of each length, noise, the phrase again. */
static void every_match_length(void **state)
{
	char body[1000];
	uint32_t seed = 3;

	(void)state;
	for (size_t length = 1; length <= 300; length++) {
		for (size_t i = 0; i < length; i++)
			body[i] = (char)next_random(&seed);
		for (size_t i = length; i < length + 50; i++)
			body[i] = (char)next_random(&seed);
		memcpy(body + length + 50, body, length);
		body[2 * length + 50] = (char)~body[length];
		check_round_trip(view_of(body, 2 * length + 51));
		check_round_trip(view_of(body, 2 * length + 50));
	}
}

/* The same phrase again after each distance; beyond 32768 it must not be taken. */
static void every_distance_code(void **state)
{
	static char body[70000];
	uint32_t seed = 5;

	(void)state;
	for (size_t distance = 4; distance < 40000; distance += distance < 600     ? 1
								: distance < 32700 ? 977
										   : 17) {
		for (size_t i = 0; i < distance; i++)
			body[i] = (char)next_random(&seed);
		memcpy(body + distance, body, 4);
		for (size_t i = 4; i < 20; i++)
			body[distance + i] = body[i % distance];
		check_round_trip(view_of(body, distance + 20));
	}
	for (size_t distance = 32760; distance < 32776; distance++) {
		memset(body, 0, sizeof(body));
		memcpy(body, "unlikely phrase", 15);
		memcpy(body + distance, "unlikely phrase", 15);
		check_round_trip(view_of(body, distance + 15));
	}
}

static void random_structure(void **state)
{
	static char body[200000];
	uint32_t seed = 11;

	(void)state;
	for (int round = 0; round < 60; round++) {
		size_t size = 0, wanted = next_random(&seed) % sizeof(body);

		while (size < wanted) {
			size_t run = next_random(&seed) % 400 + 1,
			       from = size ? next_random(&seed) % size : 0;
			bool is_copy = size && next_random(&seed) % 3;

			for (size_t i = 0; i < run && size < wanted; i++)
				body[size++] = is_copy ? body[from + i] : (char)next_random(&seed);
		}
		check_round_trip(view_of(body, size));
	}
}

static void repeated_spans_shrink(void **state)
{
	static const char phrase[] =
		"http.request.method=GET url.path=/orders/{id} server.port=8080";
	static char body[100000];
	uint32_t seed = 1;
	size_t size = 0;

	(void)state;
	while (size < sizeof(body) - 200) {
		for (int i = 0; i < 24; i++)
			body[size++] = (char)next_random(&seed);
		memcpy(body + size, phrase, sizeof(phrase));
		size += sizeof(phrase);
	}
	assert_in_range(check_round_trip(view_of(body, size)), 1, size * 2 / 5);
}

static void noise_grows_by_an_eighth_at_most(void **state)
{
	static char body[100000];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (char)(next_random(&seed) | 0x90);
	assert_in_range(check_round_trip(view_of(body, sizeof(body))), 1,
			sizeof(body) * 9 / 8 + 64);
}

static void every_cap(void **state)
{
	static const char text[] =
		"http.request.method=GET http.request.method=PUT http.request.method=GET";
	size_t enough = sizeof(text) + sizeof(text) / 8 + 64;

	(void)state;
	for (size_t cap = 0; cap <= enough; cap++) {
		struct byte_buffer small;
		int err;

		byte_buffer_init(&small, cap);
		err = fixed_deflate_run(encoder, view_of(text, sizeof(text)), &small);
		assert_true(err == 0 || err == -ENOMEM);
		assert_true(small.size <= cap);
		if (cap == enough)
			assert_int_equal(err, 0);
		if (cap < 40)
			assert_int_equal(err, -ENOMEM);
		byte_buffer_done(&small);
	}
	assert_int_equal(fixed_deflate_run(encoder, view_of(text, (1ul << 30) + 1), &out), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_bytes),
		cmocka_unit_test(every_match_length),
		cmocka_unit_test(every_distance_code),
		cmocka_unit_test(random_structure),
		cmocka_unit_test(repeated_spans_shrink),
		cmocka_unit_test(noise_grows_by_an_eighth_at_most),
		cmocka_unit_test(every_cap),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
