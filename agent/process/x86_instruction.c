/*
 * Prefixes, then an opcode of one of four maps. What follows an opcode is in a table per map, one
 * letter for each: nothing, a ModRM byte, immediates. VEX has the maps of the others.
 */
#include "process/x86_instruction.h"

#include <string.h>

#define MAX_BYTES    15
#define MAX_PREFIXES 4

#define ESCAPE        0x0f
#define OPERAND_SIZE  0x66
#define REX_W         0x08
#define VEX_MAP_MASK  0x1f
#define MODRM_REG(at) ((at) >> 3 & 7)

/*
 * '.' refused, '0' nothing, 'b' a byte, 'z' four bytes (two with prefix 66), 'm' ModRM, 'M' ModRM
 * and a byte, 'Z' ModRM and 'z', 'q' eight bytes with REX.W, else 'z', 'g' ModRM, and for its
 * groups 0 and 1 a byte, 'G' and 'z', 'j' jump or branch by a byte, 'J' by four, 'c' call, 'r'
 * return, 't' trap, 'f' group 5.
 */
static const char one_byte[] = "mmmmbz..mmmmbz.."
			       "mmmmbz..mmmmbz.."
			       "mmmmbz..mmmmbz.."
			       "mmmmbz..mmmmbz.."
			       "................" /* 40: REX */
			       "0000000000000000"
			       "...m....zZbM...." /* 60 */
			       "jjjjjjjjjjjjjjjj"
			       "MZ.Mmmmmmmmm.m.." /* 80 */
			       "0000000000..00.."
			       "....0000bz000000" /* a0 */
			       "bbbbbbbbqqqqqqqq"
			       "MM.r..MZ....t..." /* c0 */
			       "mmmm............"
			       "........cJ.j...." /* e0 */
			       "......gG00..00mf";

static const char two_bytes[] = "...........0.m.."
				"mmmmmmmmm.....mm" /* 10 */
				"........mmmmmmmm"
				".0.............." /* 30: rdtsc */
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm" /* 50 */
				"mmmmmmmmmmmmmmmm"
				"MMMMmmm.....mmmm" /* 70 */
				"JJJJJJJJJJJJJJJJ"
				"mmmmmmmmmmmmmmmm" /* 90 */
				"..0mMm.....mMmmm"
				"mm.m..mmm.Mmmmmm" /* b0 */
				"mmMmMMMm00000000"
				"mmmmmmmmmmmmmmmm" /* d0 */
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmm.";

struct reader {
	struct view rest;
	bool is_short; /* the code ends within */
	bool has_operand_size, has_other_prefix;
	uint8_t rex;
};

static uint8_t take_byte(struct reader *reader)
{
	uint8_t byte;

	if (reader->rest.size == 0) {
		reader->is_short = true;
		return 0;
	}
	byte = (uint8_t)reader->rest.bytes[0];
	reader->rest = view_skip(reader->rest, 1);
	return byte;
}

static void skip_bytes(struct reader *reader, size_t count)
{
	if (reader->rest.size < count)
		reader->is_short = true;
	reader->rest = view_skip(reader->rest, count);
}

static int64_t take_distance(struct reader *reader, uint32_t bytes)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < bytes; i++)
		value |= (uint32_t)take_byte(reader) << (8 * i);
	return bytes == 1 ? (int8_t)value : (int32_t)value;
}

/* Legacy prefixes in any order, then REX. Returns the first byte of the opcode. */
static uint8_t take_prefixes(struct reader *reader)
{
	for (uint32_t i = 0; i <= MAX_PREFIXES; i++) {
		uint8_t byte = take_byte(reader);

		switch (byte) {
		case OPERAND_SIZE:
			reader->has_operand_size = true;
			break;
		case 0x2e:
		case 0x3e:
		case 0x64:
		case 0x65:
		case 0xf0:
		case 0xf2:
		case 0xf3:
			reader->has_other_prefix = true;
			break;
		default:
			if ((byte & 0xf0) != 0x40)
				return byte;
			reader->rex = byte;
			return take_byte(reader);
		}
	}
	return 0x06; /* refused */
}

/* Returns the ModRM byte; skips what belongs to the address. */
static uint8_t take_modrm(struct reader *reader)
{
	uint8_t modrm = take_byte(reader), mod = modrm >> 6, rm = modrm & 7;

	if (mod == 3)
		return modrm;
	if (rm == 4) {
		uint8_t base = take_byte(reader) & 7;

		if (mod == 0 && base == 5)
			skip_bytes(reader, 4);
	} else if (mod == 0 && rm == 5) {
		skip_bytes(reader, 4);
	}
	skip_bytes(reader, mod == 1 ? 1 : mod == 2 ? 4 : 0);
	return modrm;
}

static bool take_group_5(struct reader *reader, struct x86_instruction *ret)
{
	switch (MODRM_REG(take_modrm(reader))) {
	case 4:
		ret->flow = X86_JUMPS_INDIRECTLY;
		return true;
	case 3:
	case 5:
	case 7:
		return false;
	default:
		return true;
	}
}

/* Relative ones have the meaning here only without prefixes. */
static bool take_jump(struct reader *reader, char shape, bool is_conditional,
		      struct x86_instruction *ret)
{
	if (reader->has_operand_size || reader->has_other_prefix || reader->rex)
		return false;
	ret->target = take_distance(reader, shape == 'j' ? 1 : 4);
	if (shape != 'c')
		ret->flow = is_conditional ? X86_BRANCHES : X86_JUMPS;
	return true;
}

static bool take_operands(struct reader *reader, char shape, bool is_conditional,
			  struct x86_instruction *ret)
{
	size_t z_bytes = reader->has_operand_size && !(reader->rex & REX_W) ? 2 : 4;

	switch (shape) {
	case '0':
		return true;
	case 'b':
		skip_bytes(reader, 1);
		return true;
	case 'z':
		skip_bytes(reader, z_bytes);
		return true;
	case 'q':
		skip_bytes(reader, reader->rex & REX_W ? 8 : z_bytes);
		return true;
	case 'm':
		(void)take_modrm(reader);
		return true;
	case 'M':
		(void)take_modrm(reader);
		skip_bytes(reader, 1);
		return true;
	case 'Z':
		(void)take_modrm(reader);
		skip_bytes(reader, z_bytes);
		return true;
	case 'g':
	case 'G':
		if (MODRM_REG(take_modrm(reader)) < 2)
			skip_bytes(reader, shape == 'g' ? 1 : z_bytes);
		return true;
	case 'f':
		return take_group_5(reader, ret);
	case 'j':
	case 'J':
	case 'c':
		return take_jump(reader, shape, is_conditional, ret);
	case 'r':
	case 't':
		ret->flow = shape == 'r' ? X86_RETURNS : X86_TRAPS;
		return !reader->has_operand_size && !reader->has_other_prefix && !reader->rex;
	default:
		return false;
	}
}

/* Behind 0f. */
static bool take_escaped(struct reader *reader, struct x86_instruction *ret)
{
	uint8_t opcode = take_byte(reader);

	if (opcode == 0x38 || opcode == 0x3a) {
		(void)take_byte(reader);
		return take_operands(reader, opcode == 0x38 ? 'm' : 'M', false, ret);
	}
	return take_operands(reader, two_bytes[opcode], true, ret);
}

static bool take_vex(struct reader *reader, uint8_t first, struct x86_instruction *ret)
{
	uint8_t map = 1, opcode;

	if (reader->has_operand_size || reader->has_other_prefix || reader->rex)
		return false;
	if (first == 0xc4)
		map = take_byte(reader) & VEX_MAP_MASK;
	(void)take_byte(reader);
	opcode = take_byte(reader);
	if (map == 1 && opcode == 0x77) /* vzeroupper */
		return true;
	if (map == 1 && (two_bytes[opcode] == 'm' || two_bytes[opcode] == 'M'))
		return take_operands(reader, two_bytes[opcode], false, ret);
	return (map == 2 || map == 3) && take_operands(reader, map == 2 ? 'm' : 'M', false, ret);
}

bool x86_instruction_read(struct view code, struct x86_instruction *ret)
{
	struct reader reader = {.rest = view_take(code, MAX_BYTES)};
	struct x86_instruction read = {.flow = X86_GOES_ON};
	size_t available = reader.rest.size;
	uint8_t opcode = take_prefixes(&reader);
	bool is_known;

	if (opcode == ESCAPE)
		is_known = take_escaped(&reader, &read);
	else if (opcode == 0xc4 || opcode == 0xc5)
		is_known = take_vex(&reader, opcode, &read);
	else
		is_known = take_operands(&reader, one_byte[opcode],
					 opcode >= 0x70 && opcode <= 0x7f, &read);
	if (!is_known || reader.is_short)
		return false;
	read.size = (uint32_t)(available - reader.rest.size);
	if (read.flow == X86_BRANCHES || read.flow == X86_JUMPS)
		read.target += read.size;
	else
		read.target = 0;
	*ret = read;
	return true;
}
