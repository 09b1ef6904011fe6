/*
 * Until 3.9 the table says where a line begins; from 3.10 on each entry covers a range. Sums are
 * unsigned: tables are hostile, and a line that makes no sense is none.
 */
#include "tracebacks/python_line_table.h"

#include <stdbool.h>

#define NO_LINE      (-128) /* 3.10 */
#define CODE_UNIT    2
#define VARINT_MORE  0x40
#define VARINT_BITS  6
#define ENTRY_START  0x80
#define KIND_SHORT   10 /* below: columns only */
#define KIND_NO_COLS 13
#define KIND_LONG    14
#define KIND_NONE    15

struct bytes {
	struct view left;
	bool is_short; /* it ended too early */
};

static uint32_t take_byte(struct bytes *bytes)
{
	uint32_t byte;

	if (bytes->left.size == 0) {
		bytes->is_short = true;
		return 0;
	}
	byte = (unsigned char)bytes->left.bytes[0];
	bytes->left = view_skip(bytes->left, 1);
	return byte;
}

static uint32_t take_varint(struct bytes *bytes)
{
	uint32_t value = 0, byte;

	for (uint32_t shift = 0; shift < 32; shift += VARINT_BITS) {
		byte = take_byte(bytes);
		value |= (byte & (VARINT_MORE - 1)) << shift;
		if (!(byte & VARINT_MORE))
			break;
	}
	return value;
}

static uint32_t take_signed(struct bytes *bytes)
{
	uint32_t value = take_varint(bytes);

	return value & 1 ? 0u - (value >> 1) : value >> 1;
}

static uint32_t sane(uint32_t line)
{
	return line <= INT32_MAX ? line : 0;
}

/* Pairs: so many bytes further on, so many lines. Beyond the last the line stays. */
static uint32_t find_by_starts(struct bytes bytes, bool is_whole, uint32_t line,
			       uint32_t instruction)
{
	uint64_t address = 0;

	while (bytes.left.size >= 2) {
		address += take_byte(&bytes);
		if (address > instruction)
			return sane(line);
		line += (uint32_t)(int8_t)take_byte(&bytes);
	}
	return is_whole ? sane(line) : 0;
}

/* Pairs: the line changes by so much, and stays for so many bytes. */
static uint32_t find_by_ranges(struct bytes bytes, uint32_t line, uint32_t instruction)
{
	uint64_t end = 0;

	while (bytes.left.size >= 2) {
		int8_t delta;

		end += take_byte(&bytes);
		delta = (int8_t)take_byte(&bytes);
		if (delta != NO_LINE)
			line += (uint32_t)delta;
		if (instruction < end)
			return delta == NO_LINE ? 0 : sane(line);
	}
	return 0;
}

static void skip_columns(struct bytes *bytes, uint32_t kind)
{
	if (kind < KIND_SHORT)
		(void)take_byte(bytes);
	for (int i = 0; kind >= KIND_SHORT && kind < KIND_NO_COLS && i < 2; i++)
		(void)take_byte(bytes);
	for (int i = 0; kind == KIND_LONG && i < 3; i++)
		(void)take_varint(bytes);
}

/* Entries of different forms, each for one to eight code units. */
static uint32_t find_by_entries(struct bytes bytes, uint32_t line, uint32_t instruction)
{
	uint64_t end = 0;

	while (bytes.left.size > 0) {
		uint32_t first = take_byte(&bytes), kind = first >> 3 & 15;

		if (!(first & ENTRY_START))
			return 0;
		end += ((first & 7) + 1) * CODE_UNIT;
		if (kind == KIND_NO_COLS || kind == KIND_LONG)
			line += take_signed(&bytes);
		else if (kind >= KIND_SHORT && kind < KIND_NO_COLS)
			line += kind - KIND_SHORT;
		if (!bytes.is_short && instruction < end)
			return kind == KIND_NONE ? 0 : sane(line);
		skip_columns(&bytes, kind);
		if (bytes.is_short)
			return 0;
	}
	return 0;
}

uint32_t python_line_table_find(uint32_t minor, struct view table, uint64_t size,
				uint32_t first_line, uint32_t instruction)
{
	struct bytes bytes = {.left = table};

	if (minor <= 9)
		return find_by_starts(bytes, table.size == size, first_line, instruction);
	if (minor == 10)
		return find_by_ranges(bytes, first_line, instruction);
	return find_by_entries(bytes, first_line, instruction);
}
