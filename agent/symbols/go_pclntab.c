/*
 * Every offset is checked where it is used: nothing the table says is believed but for one lookup.
 * Described in Go's runtime/symtab.go and debug/gosym.
 */
#include "symbols/go_pclntab.h"

#include <errno.h>

#define MAGIC_102       0xfffffffbu
#define MAGIC_116       0xfffffffau
#define MAGIC_118       0xfffffff0u
#define MAGIC_120       0xfffffff1u
#define HEADER_BYTES    8
#define POINTER_BYTES   8
#define MAX_FUNCTIONS   (8u << 20)
#define MAX_STEPS       (1u << 20) /* of one pc-value table */
#define MAX_NAME_BYTES  4096
#define TEXT_START_WORD 2

enum function_field {
	FIELD_NAME = 1,
	FIELD_PCSP = 4,
	FIELD_PCFILE = 5,
	FIELD_PCLN = 6,
	FIELD_CU_OFFSET = 8,
};

static uint32_t read_u32(struct view bytes, uint64_t offset)
{
	uint32_t value = 0;

	if (offset <= bytes.size && bytes.size - offset >= sizeof(value))
		memcpy(&value, bytes.bytes + offset, sizeof(value));
	return value;
}

static uint64_t read_u64(struct view bytes, uint64_t offset)
{
	uint64_t value = 0;

	if (offset <= bytes.size && bytes.size - offset >= sizeof(value))
		memcpy(&value, bytes.bytes + offset, sizeof(value));
	return value;
}

/* The text at an offset, up to its NUL. */
static struct view text_at(struct view bytes, uint64_t offset)
{
	struct view rest = view_take(view_skip(bytes, offset), MAX_NAME_BYTES);

	return view_of(rest.bytes, rest.size ? strnlen(rest.bytes, rest.size) : 0);
}

static uint32_t version_of(uint32_t magic)
{
	switch (magic) {
	case MAGIC_102:
		return 102;
	case MAGIC_116:
		return 116;
	case MAGIC_118:
		return 118;
	case MAGIC_120:
		return 120;
	default:
		return 0;
	}
}

bool go_pclntab_is_header(struct view table)
{
	const uint8_t *bytes = (const uint8_t *)table.bytes;

	return table.size >= HEADER_BYTES && version_of(read_u32(table, 0)) != 0 && bytes[4] == 0 &&
	       bytes[5] == 0 && (bytes[6] == 1 || bytes[6] == 4) && bytes[7] == POINTER_BYTES;
}

uint32_t go_pclntab_version(struct view table)
{
	return go_pclntab_is_header(table) ? version_of(read_u32(table, 0)) : 0;
}

static uint64_t header_word(struct view table, uint32_t index)
{
	return read_u64(table, HEADER_BYTES + index * (uint64_t)POINTER_BYTES);
}

uint64_t go_pclntab_header_text_start(struct view table)
{
	if (!go_pclntab_is_header(table) || version_of(read_u32(table, 0)) < 118)
		return 0;
	return header_word(table, TEXT_START_WORD);
}

/* Entries are pairs of pointers, from 1.18 on of u32. */
static uint64_t entry_bytes(const struct go_pclntab *table)
{
	return table->version >= 118 ? 2 * sizeof(uint32_t) : 2 * (uint64_t)POINTER_BYTES;
}

static void set_parts(struct go_pclntab *table, struct view bytes)
{
	uint32_t word = table->version >= 118 ? 3 : 2;

	if (table->version == 102) {
		table->functions = view_skip(bytes, HEADER_BYTES + POINTER_BYTES);
		table->function_bytes = table->names = table->programs = bytes;
		return;
	}
	table->names = view_skip(bytes, header_word(bytes, word));
	table->file_indices = view_skip(bytes, header_word(bytes, word + 1));
	table->files = view_skip(bytes, header_word(bytes, word + 2));
	table->programs = view_skip(bytes, header_word(bytes, word + 3));
	table->functions = view_skip(bytes, header_word(bytes, word + 4));
	table->function_bytes = table->functions;
}

int go_pclntab_open(struct go_pclntab *ret, struct view table, uint64_t text_start)
{
	struct go_pclntab opened = {.table = table, .text_start = text_start};

	if (!go_pclntab_is_header(table))
		return -EINVAL;
	opened.version = version_of(read_u32(table, 0));
	opened.quantum = (uint8_t)table.bytes[6];
	opened.count = header_word(table, 0);
	if (opened.version < 118)
		opened.text_start = 0;
	set_parts(&opened, table);
	/* One more than functions: where the last one ends. */
	if (opened.count == 0 || opened.count > MAX_FUNCTIONS ||
	    opened.functions.size < opened.count * entry_bytes(&opened) + entry_bytes(&opened) / 2)
		return -EINVAL;
	if (opened.version == 102)
		opened.files = view_skip(
			table, read_u32(opened.functions,
					opened.count * entry_bytes(&opened) + POINTER_BYTES));
	*ret = opened;
	return 0;
}

static uint64_t entry_at(const struct go_pclntab *table, uint64_t index)
{
	uint64_t at = index * entry_bytes(table);

	if (table->version >= 118)
		return table->text_start + read_u32(table->functions, at);
	return read_u64(table->functions, at);
}

bool go_pclntab_entry(const struct go_pclntab *table, uint64_t index, uint64_t *ret)
{
	if (index >= table->count)
		return false;
	*ret = entry_at(table, index);
	return true;
}

static uint32_t read_varint(struct view *rest)
{
	uint32_t value = 0;

	for (unsigned int shift = 0; rest->size > 0; shift += 7) {
		uint8_t byte = (uint8_t)rest->bytes[0];

		*rest = view_skip(*rest, 1);
		if (shift < 32)
			value |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

/* Runs a pc-value table up to the pc: pairs of (difference of value, zigzag; difference of pc). */
static bool find_value(const struct go_pclntab *table, uint32_t program, uint64_t entry,
		       uint64_t pc, uint32_t *ret)
{
	struct view rest = view_skip(table->programs, program);
	uint32_t value = UINT32_MAX; /* -1 */
	uint64_t at = entry;

	if (program == 0)
		return false;
	for (uint32_t i = 0; i < MAX_STEPS && rest.size > 0; i++) {
		uint32_t difference = read_varint(&rest);

		if (difference == 0 && i > 0)
			return false;
		value += difference & 1 ? ~(difference >> 1) : difference >> 1;
		at += (uint64_t)read_varint(&rest) * table->quantum;
		if (pc < at) {
			*ret = value;
			return true;
		}
	}
	return false;
}

static uint32_t field_of(const struct go_pclntab *table, struct view function,
			 enum function_field field)
{
	uint64_t first = table->version >= 118 ? sizeof(uint32_t) : POINTER_BYTES;

	return read_u32(function, first + ((uint64_t)field - 1) * sizeof(uint32_t));
}

static struct view find_file(const struct go_pclntab *table, struct view function, uint32_t number)
{
	uint64_t index = number;
	uint32_t offset;

	if (table->version == 102) {
		offset = read_u32(table->files, index * sizeof(uint32_t));
		return offset ? text_at(table->table, offset) : (struct view){0};
	}
	index += field_of(table, function, FIELD_CU_OFFSET);
	if (index > table->file_indices.size / sizeof(uint32_t))
		return (struct view){0};
	offset = read_u32(table->file_indices, index * sizeof(uint32_t));
	return offset == UINT32_MAX ? (struct view){0} : text_at(table->files, offset);
}

static void set_place(const struct go_pclntab *table, struct view function, uint64_t pc,
		      struct go_function *ret)
{
	uint32_t number, line;

	if (!find_value(table, field_of(table, function, FIELD_PCFILE), ret->address, pc,
			&number) ||
	    !find_value(table, field_of(table, function, FIELD_PCLN), ret->address, pc, &line))
		return;
	ret->file = find_file(table, function, number);
	if (ret->file.size > 0 && line <= INT32_MAX)
		ret->line = line;
}

static struct view function_at(const struct go_pclntab *table, uint64_t index)
{
	uint64_t at = index * entry_bytes(table) + entry_bytes(table) / 2;

	return view_skip(table->function_bytes, table->version >= 118
							? read_u32(table->functions, at)
							: read_u64(table->functions, at));
}

/* The function a pc lies in: its bytes, where it begins and ends. */
static bool find_function(const struct go_pclntab *table, uint64_t pc, struct view *ret_function,
			  struct go_function *ret)
{
	uint64_t low = 0, high = table->count, end;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (entry_at(table, middle) <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	ret->address = entry_at(table, low - 1);
	end = entry_at(table, low); /* of the last one: the end of all */
	if (pc < ret->address || pc >= end)
		return false;
	ret->size = end - ret->address;
	*ret_function = function_at(table, low - 1);
	return true;
}

bool go_pclntab_name(const struct go_pclntab *table, uint64_t index, struct view *ret)
{
	if (index >= table->count)
		return false;
	*ret = text_at(table->names, field_of(table, function_at(table, index), FIELD_NAME));
	return ret->size > 0;
}

bool go_pclntab_find(const struct go_pclntab *table, uint64_t pc, struct go_function *ret)
{
	struct go_function found = {0};
	struct view function;

	if (!find_function(table, pc, &function, &found))
		return false;
	found.name = text_at(table->names, field_of(table, function, FIELD_NAME));
	if (found.name.size == 0)
		return false;
	set_place(table, function, pc, &found);
	*ret = found;
	return true;
}

bool go_pclntab_stack_bytes(const struct go_pclntab *table, uint64_t pc, uint32_t *ret)
{
	struct go_function found = {0};
	struct view function;
	uint32_t size;

	if (!find_function(table, pc, &function, &found) ||
	    !find_value(table, field_of(table, function, FIELD_PCSP), found.address, pc, &size) ||
	    size > INT32_MAX)
		return false;
	*ret = size;
	return true;
}
