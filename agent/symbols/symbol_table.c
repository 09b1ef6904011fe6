/*
 * Two passes over the ELF symbols (count, fill), a radix sort by address, one name kept per
 * address. gdb's choice among names of one address: those with a size before those without, then
 * the last one by strcmp ("puts" before "_IO_puts"). gdb's choice among addresses: the nearest
 * symbol below; when it has ended, one before it that reaches further; labels without a size only
 * when no function covers the address.
 */
#include "symbols/symbol_table.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

#define MAX_NESTING 64 /* symbols looked at below an address */

struct symbol_entry {
	uint32_t offset; /* from the base address */
	uint32_t size;
	uint32_t name; /* offset into the strings */
};

struct code_range {
	uint64_t start;
	uint64_t end;
};

struct symbol_table {
	struct view strings;
	uint64_t base;
	struct code_range code[MAX_ELF_SEGMENTS];
	uint32_t code_count;
	uint32_t count;
	struct symbol_entry *entries;
};

static void set_code(struct symbol_table *table, const struct elf_segment *segments, uint32_t count)
{
	table->base = UINT64_MAX;
	for (uint32_t i = 0; i < count && table->code_count < MAX_ELF_SEGMENTS; i++) {
		const struct elf_segment *segment = &segments[i];

		if (!(segment->flags & PF_X) || segment->size > UINT64_MAX - segment->address)
			continue;
		table->code[table->code_count++] = (struct code_range){
			.start = segment->address,
			.end = segment->address + segment->size,
		};
		if (segment->address < table->base)
			table->base = segment->address;
	}
}

static const struct code_range *find_code(const struct symbol_table *table, uint64_t address)
{
	for (uint32_t i = 0; i < table->code_count; i++)
		if (address >= table->code[i].start && address < table->code[i].end)
			return &table->code[i];
	return NULL;
}

/* Up to its NUL, the cap, or the end of the strings. */
static struct view name_at(const struct symbol_table *table, uint32_t offset)
{
	struct view rest = view_take(view_skip(table->strings, offset), MAX_SYMBOL_NAME_BYTES);

	return view_of(rest.bytes, rest.size ? strnlen(rest.bytes, rest.size) : 0);
}

/* Labels that compilers make, and marks of code and data on ARM ("$x", "$d.1"). */
static bool is_artificial(struct view name)
{
	if (name.size >= 2 && name.bytes[0] == '$' && strchr("xdat", name.bytes[1]))
		return name.size == 2 || name.bytes[2] == '.';
	return view_starts_with(name, VIEW_LITERAL(".L"));
}

static bool is_function(const struct symbol_table *table, const Elf64_Sym *symbol)
{
	unsigned int type = ELF64_ST_TYPE(symbol->st_info);
	struct view name;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS ||
	    symbol->st_shndx == SHN_COMMON)
		return false;
	if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)
		return false;
	if (!find_code(table, symbol->st_value) || symbol->st_value - table->base > UINT32_MAX)
		return false;
	name = name_at(table, symbol->st_name);
	return name.size > 0 && !is_artificial(name);
}

static void read_symbols(struct symbol_table *table, struct view symbols, uint32_t max_entries)
{
	Elf64_Sym symbol;

	for (size_t at = 0; at + sizeof(symbol) <= symbols.size && table->count < max_entries;
	     at += sizeof(symbol)) {
		memcpy(&symbol, symbols.bytes + at, sizeof(symbol));
		if (!is_function(table, &symbol))
			continue;
		if (table->entries)
			table->entries[table->count] = (struct symbol_entry){
				.offset = (uint32_t)(symbol.st_value - table->base),
				.size = symbol.st_size < UINT32_MAX ? (uint32_t)symbol.st_size
								    : UINT32_MAX,
				.name = symbol.st_name,
			};
		table->count++;
	}
}

/* By address, least significant byte first: linear, whatever the order was. */
static int sort_entries(struct symbol_table *table)
{
	_cleanup_(cleanup_free) struct symbol_entry *other =
		calloc(table->count, sizeof(*table->entries));
	struct symbol_entry *from = table->entries, *to = other;

	if (!other)
		return -ENOMEM;
	for (unsigned int shift = 0; shift < 32; shift += 8) {
		uint32_t starts[257] = {0};
		struct symbol_entry *swapped = to;

		for (uint32_t i = 0; i < table->count; i++)
			starts[(from[i].offset >> shift & 0xff) + 1]++;
		for (unsigned int digit = 0; digit < 256; digit++)
			starts[digit + 1] += starts[digit];
		for (uint32_t i = 0; i < table->count; i++)
			to[starts[from[i].offset >> shift & 0xff]++] = from[i];
		to = from;
		from = swapped;
	}
	return 0; /* four passes: the result is where it began */
}

/* Whether gdb would show a instead of b, both at the same address. */
static bool is_better(const struct symbol_table *table, const struct symbol_entry *a,
		      const struct symbol_entry *b)
{
	struct view a_name, b_name;
	int order;

	if ((a->size == 0) != (b->size == 0))
		return a->size != 0;
	if (a->name == b->name)
		return false;
	a_name = name_at(table, a->name);
	b_name = name_at(table, b->name);
	order = memcmp(a_name.bytes, b_name.bytes,
		       a_name.size < b_name.size ? a_name.size : b_name.size);
	return order > 0 || (order == 0 && a_name.size > b_name.size);
}

/* One entry per address; two when another name reaches further than the one shown. */
static void merge_aliases(struct symbol_table *table)
{
	struct symbol_entry *entries = table->entries;
	uint32_t kept = 0;

	for (uint32_t begin = 0, end; begin < table->count; begin = end) {
		uint32_t best = begin, longest = begin;
		struct symbol_entry shown, reaching;

		for (end = begin + 1;
		     end < table->count && entries[end].offset == entries[begin].offset; end++) {
			if (is_better(table, &entries[end], &entries[best]))
				best = end;
			if (entries[end].size > entries[longest].size)
				longest = end;
		}
		shown = entries[best];
		reaching = entries[longest];
		if (reaching.size > shown.size)
			entries[kept++] = reaching;
		entries[kept++] = shown;
	}
	table->count = kept;
}

int symbol_table_new(struct symbol_table **ret, struct view symbols, struct view strings,
		     const struct elf_segment *segments, uint32_t segments_count)
{
	_cleanup_(symbol_table_free) struct symbol_table *table = calloc(1, sizeof(*table));
	struct symbol_entry *smaller;
	int err;

	if (!table)
		return -ENOMEM;
	table->strings = strings;
	set_code(table, segments, segments_count);
	read_symbols(table, symbols, MAX_TABLE_SYMBOLS);
	if (table->count == 0)
		return -ENOENT;
	table->entries = calloc(table->count, sizeof(*table->entries));
	if (!table->entries)
		return -ENOMEM;
	table->count = 0;
	read_symbols(table, symbols, MAX_TABLE_SYMBOLS);
	err = sort_entries(table);
	if (err != 0)
		return err;
	merge_aliases(table);
	smaller = realloc(table->entries, table->count * sizeof(*table->entries));
	if (smaller)
		table->entries = smaller;
	*ret = TAKE_PTR(table);
	return 0;
}

void symbol_table_free(struct symbol_table **table)
{
	if (!*table)
		return;
	free((*table)->entries);
	free(*table);
	*table = NULL;
}

/* How many entries begin at or below this offset. */
static uint32_t count_below(const struct symbol_table *table, uint32_t offset)
{
	uint32_t low = 0, high = table->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (table->entries[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool symbol_table_at(const struct symbol_table *table, uint32_t index, struct table_symbol *ret)
{
	const struct symbol_entry *entry;
	struct view name;
	ssize_t version;

	if (index >= table->count)
		return false;
	entry = &table->entries[index];
	name = name_at(table, entry->name);
	version = view_find_byte(name, '@');
	*ret = (struct table_symbol){
		.name = version > 0 ? view_take(name, (size_t)version) : name,
		.address = table->base + entry->offset,
		.size = entry->size,
	};
	return true;
}

bool symbol_table_find(const struct symbol_table *table, uint64_t address, struct table_symbol *ret)
{
	const struct code_range *code = find_code(table, address);
	bool is_past_function = false;
	uint32_t label = UINT32_MAX, index, offset;

	if (!code || address - table->base > UINT32_MAX)
		return false;
	offset = (uint32_t)(address - table->base);
	index = count_below(table, offset);
	for (unsigned int i = 0; i < MAX_NESTING && index > 0; i++) {
		const struct symbol_entry *entry = &table->entries[--index];

		if (entry->size > offset - entry->offset)
			return symbol_table_at(table, index, ret);
		if (entry->size != 0)
			is_past_function = true;
		else if (!is_past_function && label == UINT32_MAX)
			label = index;
	}
	if (label == UINT32_MAX || table->base + table->entries[label].offset < code->start)
		return false;
	return symbol_table_at(table, label, ret);
}

size_t symbol_table_memory_bytes(const struct symbol_table *table)
{
	return sizeof(*table) + table->count * sizeof(*table->entries);
}
