/* Recognizes call instructions backwards, from the address they return to. */
#include "symbols/call_site.h"

/* Size of "call through register or memory" that begins at bytes (opcode ff, /2), 0: it is none. */
static size_t indirect_call_size(const uint8_t *bytes, size_t size)
{
	uint8_t form, mode, base;
	size_t length = 2;

	if (size < 2 || bytes[0] != 0xff)
		return 0;
	form = bytes[1];
	mode = form >> 6;
	base = form & 7;
	if ((form >> 3 & 7) != 2)
		return 0;
	if (mode == 3)
		return length;
	if (base == 4) {
		if (size < 3)
			return 0;
		length++;
		if (mode == 0 && (bytes[2] & 7) == 5)
			length += 4;
	} else if (mode == 0 && base == 5) {
		length += 4; /* relative to rip */
	}
	return length + (mode == 1 ? 1 : mode == 2 ? 4 : 0);
}

static bool ends_x86_64(const uint8_t *bytes, size_t size)
{
	if (size >= 5 && bytes[size - 5] == 0xe8)
		return true;
	for (size_t length = 2; length <= 7 && length <= size; length++)
		if (indirect_call_size(bytes + size - length, length) == length)
			return true;
	return false;
}

static bool ends_arm64(const uint8_t *bytes, size_t size)
{
	uint32_t code;

	if (size < 4)
		return false;
	bytes += size - 4;
	code = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
	return (code & 0xfc000000) == 0x94000000 || /* bl */
	       (code & 0xfffffc1f) == 0xd63f0000 || /* blr */
	       (code & 0xfefff800) == 0xd63f0800;   /* blraa, blrab and those with a zero */
}

bool call_site_ends(enum machine machine, struct view before)
{
	const uint8_t *bytes = (const uint8_t *)before.bytes;

	return machine == MACHINE_ARM64 ? ends_arm64(bytes, before.size)
					: ends_x86_64(bytes, before.size);
}
