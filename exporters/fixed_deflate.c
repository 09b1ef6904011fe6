/*
 * Greedy LZ77 with a table of the last position of each four-byte hash. All codes, with the extra
 * bits of match lengths, come from tables, so that a token is a few shifts into a 64-bit
 * accumulator.
 */
#include "exporters/fixed_deflate.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

#define HASH_BITS          13
#define HASH_MULTIPLIER    0x9e3779b1u
#define MIN_MATCH_BYTES    4 /* 3 is DEFLATE's, but four bytes are one load and one compare */
#define MAX_MATCH_BYTES    258
#define MAX_DISTANCE_BYTES 32768
#define MAX_BODY_BYTES     (1ul << 30) /* positions are 32 bits */
#define END_OF_BLOCK       256
#define CHUNK_BYTES        16384 /* output room is asked for once per so many bytes of input */
#define MAX_TOKEN_BYTES    8     /* every token stores a whole accumulator */

/* The most output for so much input: nine bits per literal (a match takes fewer than its bytes
 * would), one match beyond the end, the end of the block, and what the last store writes too far.
 */
#define OUTPUT_BOUND(input_bytes) ((input_bytes) + (input_bytes) / 8 + 4 * MAX_TOKEN_BYTES)

struct code {
	uint32_t bits; /* first bit lowest, as DEFLATE wants them */
	uint32_t count;
};

struct fixed_deflate {
	struct code literals[END_OF_BLOCK + 1];
	struct code lengths[MAX_MATCH_BYTES + 1];
	struct code distances[30];          /* without their extra bits */
	uint32_t positions[1 << HASH_BITS]; /* + 1; 0 is none */
};

struct bit_writer {
	char *at;
	uint64_t bits;
	uint32_t count;
};

static uint32_t reverse(uint32_t value, uint32_t count)
{
	uint32_t result = 0;

	while (count--) {
		result = result << 1 | (value & 1);
		value >>= 1;
	}
	return result;
}

/* RFC 1951, 3.2.6 */
static struct code fixed_code(uint32_t symbol)
{
	if (symbol < 144)
		return (struct code){reverse(0x30 + symbol, 8), 8};
	if (symbol < 256)
		return (struct code){reverse(0x190 + symbol - 144, 9), 9};
	if (symbol < 280)
		return (struct code){reverse(symbol - 256, 7), 7};
	return (struct code){reverse(0xc0 + symbol - 280, 8), 8};
}

static uint32_t log2_floor(uint32_t value)
{
	return 31u - (uint32_t)__builtin_clz(value);
}

/* RFC 1951, 3.2.5: symbols 257 to 264 are single lengths, then four symbols share each number of
 * extra bits; 258 has its own. */
static struct code length_code(uint32_t length)
{
	uint32_t rest = length - 3, extra_count = 0, symbol = 257 + rest;
	struct code code;

	if (length == MAX_MATCH_BYTES)
		return fixed_code(285);
	if (rest >= 8) {
		extra_count = log2_floor(rest) - 2;
		symbol = 257 + 4 * (extra_count + 1) + (rest >> extra_count & 3);
	}
	code = fixed_code(symbol);
	code.bits |= (rest & ((1u << extra_count) - 1)) << code.count;
	code.count += extra_count;
	return code;
}

int fixed_deflate_new(struct fixed_deflate **ret)
{
	struct fixed_deflate *encoder = calloc(1, sizeof(*encoder));

	if (!encoder)
		return -ENOMEM;
	for (uint32_t i = 0; i <= END_OF_BLOCK; i++)
		encoder->literals[i] = fixed_code(i);
	for (uint32_t i = MIN_MATCH_BYTES; i <= MAX_MATCH_BYTES; i++)
		encoder->lengths[i] = length_code(i);
	for (uint32_t i = 0; i < 30; i++)
		encoder->distances[i] = (struct code){reverse(i, 5), 5};
	*ret = encoder;
	return 0;
}

void fixed_deflate_free(struct fixed_deflate **encoder)
{
	free(*encoder);
	*encoder = NULL;
}

static inline uint32_t load32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint32_t *hash_slot(struct fixed_deflate *encoder, uint32_t word)
{
	return &encoder->positions[word * HASH_MULTIPLIER >> (32 - HASH_BITS)];
}

/* At most 31 bits at a time on top of 7: the accumulator never overflows. */
static inline void put(struct bit_writer *writer, uint32_t bits, uint32_t count)
{
	uint64_t stored;

	writer->bits |= (uint64_t)bits << writer->count;
	writer->count += count;
	stored = htole64(writer->bits);
	memcpy(writer->at, &stored, sizeof(stored));
	writer->at += writer->count >> 3;
	writer->bits >>= writer->count & ~7u;
	writer->count &= 7;
}

static inline void put_match(const struct fixed_deflate *encoder, struct bit_writer *writer,
			     uint32_t length, uint32_t distance)
{
	struct code code = encoder->lengths[length];
	uint32_t rest = distance - 1, symbol = rest, extra_count = 0, high;

	if (rest >= 4) {
		high = log2_floor(rest);
		extra_count = high - 1;
		symbol = 2 * high + (rest >> extra_count & 1);
	}
	code.bits |= encoder->distances[symbol].bits << code.count;
	code.count += encoder->distances[symbol].count;
	code.bits |= (rest & ((1u << extra_count) - 1)) << code.count;
	put(writer, code.bits, code.count + extra_count);
}

/* How far two places agree, both known to agree for MIN_MATCH_BYTES. */
static inline uint32_t match_length(const char *a, const char *b, size_t max)
{
	size_t length = MIN_MATCH_BYTES;

	for (; length + sizeof(uint64_t) <= max; length += sizeof(uint64_t)) {
		uint64_t x, y;

		memcpy(&x, a + length, sizeof(x));
		memcpy(&y, b + length, sizeof(y));
		if (x != y)
			return (uint32_t)(length + (size_t)(__builtin_ctzll(htole64(x ^ y)) >> 3));
	}
	while (length < max && a[length] == b[length])
		length++;
	return (uint32_t)length;
}

/* Encodes at least up to `end`, at most one match further; returns where it stopped. */
static size_t encode_chunk(struct fixed_deflate *encoder, struct bit_writer *writer,
			   struct view body, size_t from, size_t end)
{
	size_t at = from;

	while (at < end && body.size - at >= MIN_MATCH_BYTES) {
		size_t left = body.size - at;
		uint32_t word = load32(body.bytes + at), *slot = hash_slot(encoder, word);
		size_t candidate = *slot, distance = at + 1 - candidate;

		*slot = (uint32_t)at + 1;
		if (candidate && distance <= MAX_DISTANCE_BYTES &&
		    load32(body.bytes + candidate - 1) == word) {
			uint32_t length =
				match_length(body.bytes + at, body.bytes + candidate - 1,
					     left < MAX_MATCH_BYTES ? left : MAX_MATCH_BYTES);

			put_match(encoder, writer, length, (uint32_t)distance);
			at += length;
			/* One position inside the match is noted too: matches often begin where the
			 * last one ended. */
			if (body.size - at >= MIN_MATCH_BYTES)
				*hash_slot(encoder, load32(body.bytes + at - 2)) = (uint32_t)at - 1;
		} else {
			struct code code = encoder->literals[(unsigned char)body.bytes[at++]];

			put(writer, code.bits, code.count);
		}
	}
	for (; at < end; at++) {
		struct code code = encoder->literals[(unsigned char)body.bytes[at]];

		put(writer, code.bits, code.count);
	}
	return at;
}

int fixed_deflate_run(struct fixed_deflate *encoder, struct view body, struct byte_buffer *out)
{
	struct bit_writer writer = {.bits = 1 | 1 << 1,
				    .count = 3}; /* the final block, of fixed codes */
	size_t at = 0;

	if (body.size > MAX_BODY_BYTES)
		return -EFBIG;
	memset(encoder->positions, 0, sizeof(encoder->positions));
	do {
		size_t end = body.size - at < CHUNK_BYTES ? body.size : at + CHUNK_BYTES;

		writer.at = byte_buffer_reserve(out, OUTPUT_BOUND(end - at));
		if (!writer.at)
			return -ENOMEM;
		at = encode_chunk(encoder, &writer, body, at, end);
		if (at == body.size)
			put(&writer, encoder->literals[END_OF_BLOCK].bits,
			    encoder->literals[END_OF_BLOCK].count);
		out->size = (size_t)(writer.at - out->bytes);
	} while (at < body.size);
	if (writer.count)
		byte_buffer_append_byte(out, (char)writer.bits);
	return out->is_failed ? -ENOMEM : 0;
}
