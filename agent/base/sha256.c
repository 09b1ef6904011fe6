/* SHA-256, straight from FIPS 180-4: one block at a time, no tables beyond the standard's. */
#include "base/sha256.h"

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2};

static uint32_t rotate_right(uint32_t value, int count)
{
	return value >> count | value << (32 - count);
}

static void expand_block(const uint8_t block[64], uint32_t ret_words[64])
{
	for (int i = 0; i < 16; i++)
		ret_words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
			       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = ret_words[i - 15], b = ret_words[i - 2];

		ret_words[i] = ret_words[i - 16] + ret_words[i - 7] +
			       (rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3) +
			       (rotate_right(b, 17) ^ rotate_right(b, 19) ^ b >> 10);
	}
}

static void take_block(uint32_t state[8], const uint8_t block[64])
{
	uint32_t words[64], s[8];

	expand_block(block, words);
	memcpy(s, state, sizeof(s));
	for (int i = 0; i < 64; i++) {
		uint32_t sum1 =
			rotate_right(s[4], 6) ^ rotate_right(s[4], 11) ^ rotate_right(s[4], 25);
		uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
		uint32_t first = s[7] + sum1 + choice + round_constants[i] + words[i];
		uint32_t sum0 =
			rotate_right(s[0], 2) ^ rotate_right(s[0], 13) ^ rotate_right(s[0], 22);
		uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);

		memmove(s + 1, s, 7 * sizeof(s[0]));
		s[4] += first;
		s[0] = first + sum0 + majority;
	}
	for (int i = 0; i < 8; i++)
		state[i] += s[i];
}

void sha256_init(struct sha256 *sha256)
{
	*sha256 = (struct sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *sha256, struct view v)
{
	while (v.size) {
		size_t used = sha256->size_bytes % 64;
		size_t part = v.size < 64 - used ? v.size : 64 - used;

		memcpy(sha256->block + used, v.bytes, part);
		sha256->size_bytes += part;
		v = view_skip(v, part);
		if (used + part == 64)
			take_block(sha256->state, sha256->block);
	}
}

void sha256_finish(struct sha256 *sha256, uint8_t ret_digest[SHA256_BYTES])
{
	uint64_t size_bits = sha256->size_bytes * 8;
	uint8_t length[8];

	sha256_add(sha256, VIEW_LITERAL("\x80"));
	while (sha256->size_bytes % 64 != 56)
		sha256_add(sha256, VIEW_LITERAL("\0"));
	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)(size_bits >> (56 - 8 * i));
	sha256_add(sha256, view_of(length, sizeof(length)));
	for (int i = 0; i < SHA256_BYTES; i++)
		ret_digest[i] = (uint8_t)(sha256->state[i / 4] >> (24 - 8 * (i % 4)));
}
