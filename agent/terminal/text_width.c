/* Ranges of Unicode blocks, coarse on purpose: a terminal's own table differs in details anyway. */
#include "terminal/text_width.h"

#include <stdint.h>

struct range {
	uint32_t first, last;
};

static const struct range invisible[] = {
	{0x00ad, 0x00ad}, {0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd},
	{0x0610, 0x061a}, {0x064b, 0x065f}, {0x06d6, 0x06dc},   {0x0e31, 0x0e31},
	{0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},
	{0x200b, 0x200f}, {0x2060, 0x2064}, {0x20d0, 0x20ff},   {0xfe00, 0xfe0f},
	{0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff}, {0xe0000, 0xe01ef},
};

static const struct range wide[] = {
	{0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2614, 0x2615},
	{0x26a1, 0x26a1},   {0x26bd, 0x26be},   {0x26d4, 0x26d4},   {0x2705, 0x2705},
	{0x270a, 0x270b},   {0x2728, 0x2728},   {0x274c, 0x274c},   {0x2753, 0x2755},
	{0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97c},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

static uint32_t code_of(struct view sequence)
{
	static const unsigned char lead_masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t code = (unsigned char)sequence.bytes[0] & lead_masks[sequence.size];

	for (size_t i = 1; i < sequence.size; i++)
		code = code << 6 | ((unsigned char)sequence.bytes[i] & 0x3f);
	return code;
}

size_t text_width_of(struct view sequence)
{
	uint32_t code;

	if (sequence.size == 0 || sequence.size > 4)
		return 0;
	code = code_of(sequence);
	if (code < 0x300)
		return code == 0xad ? 0 : 1;
	if (is_in(invisible, sizeof(invisible) / sizeof(invisible[0]), code))
		return 0;
	return is_in(wide, sizeof(wide) / sizeof(wide[0]), code) ? 2 : 1;
}
