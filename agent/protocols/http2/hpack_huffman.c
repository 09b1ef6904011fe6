/*
 * Reads one bit after the other and finds a code by its length: codes of one length follow each
 * other, so two small tables are all there is. Only connections joined midway are read by it.
 */
#include "protocols/http2/hpack_huffman.h"

#define MAX_CODE_BITS 30
#define END_MARK      256

/* Symbols by length of code, then by code: the code is canonical. 256 is the end mark. */
static const uint16_t symbols[257] = {
	48,  49,  50,  97,  99,  101, 105, 111, 115, 116, 32,  37,  45,  46,  47,  51,  52,  53,
	54,  55,  56,  57,  61,  65,  95,  98,  100, 102, 103, 104, 108, 109, 110, 112, 114, 117,
	58,  66,  67,  68,  69,  70,  71,  72,  73,  74,  75,  76,  77,  78,  79,  80,  81,  82,
	83,  84,  85,  86,  87,  89,  106, 107, 113, 118, 119, 120, 121, 122, 38,  42,  44,  59,
	88,  90,  33,  34,  40,  41,  63,  39,  43,  124, 35,  62,  0,   36,  64,  91,  93,  126,
	94,  125, 60,  96,  123, 92,  195, 208, 128, 130, 131, 162, 184, 194, 224, 226, 153, 161,
	167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230, 129, 132, 133, 134, 136, 146, 154,
	156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232,
	233, 1,   135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165,
	166, 168, 174, 175, 180, 182, 183, 188, 191, 197, 231, 239, 9,   142, 144, 145, 148, 159,
	171, 206, 215, 225, 236, 237, 199, 207, 234, 235, 192, 193, 200, 201, 202, 205, 210, 213,
	218, 219, 238, 240, 242, 243, 255, 203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245,
	246, 247, 248, 250, 251, 252, 253, 254, 2,   3,   4,   5,   6,   7,   8,   11,  12,  14,
	15,  16,  17,  18,  19,  20,  21,  23,  24,  25,  26,  27,  28,  29,  30,  31,  127, 220,
	249, 10,  13,  22,  256};
/* How many codes have that many bits. */
static const uint8_t counts[MAX_CODE_BITS + 1] = {0,  0,  0,  0, 0,  10, 26, 32, 6, 0, 5,
						  3,  2,  6,  2, 3,  0,  0,  0,  3, 8, 13,
						  26, 29, 12, 4, 15, 19, 29, 0,  4};

struct code {
	uint32_t bits;  /* of the code so far */
	uint32_t first; /* the first code of this length */
	unsigned index; /* of its symbol */
	unsigned length;
};

/* -1: the code is longer. */
static int add_bit(struct code *code, unsigned bit)
{
	unsigned count;
	int symbol = -1;

	code->bits = code->bits << 1 | bit;
	code->first <<= 1;
	code->length++;
	count = counts[code->length];
	if (code->bits - code->first < count) {
		symbol = symbols[code->index + code->bits - code->first];
		*code = (struct code){0};
		return symbol;
	}
	code->first += count;
	code->index += count;
	return symbol;
}

/* Up to seven ones, the beginning of the end mark. */
static bool is_padding(const struct code *code)
{
	return code->length < 8 && code->bits == (1u << code->length) - 1;
}

bool hpack_huffman_read(struct view coded, char *buffer, size_t size, size_t *ret_size)
{
	struct code code = {0};
	size_t used = 0;

	for (size_t i = 0; i < coded.size; i++) {
		unsigned char byte = (unsigned char)coded.bytes[i];

		for (int bit = 7; bit >= 0; bit--) {
			int symbol = add_bit(&code, byte >> bit & 1);

			if (symbol == END_MARK)
				return false;
			if (symbol >= 0 && used < size)
				buffer[used++] = (char)symbol;
		}
	}
	if (!is_padding(&code))
		return false;
	*ret_size = used;
	return true;
}
