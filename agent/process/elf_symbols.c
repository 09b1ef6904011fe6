/*
 * A table of 75,000 names is not read name by name: its strings are searched once for the names
 * wanted, in blocks, and then the symbols for the places where these stand. A linker lets a name
 * share the end of a longer one, so that a name may stand at several places. Of a pattern the
 * longest part without a star is searched for, and the name around it is compared.
 */
#include "process/elf_symbols.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "process/elf_layout.h"
#include "process/elf_sections.h"
#include "process/go_functions.h"

#define BLOCK_BYTES      (256u << 10)
#define MAX_STRING_BYTES (64u << 20) /* of names; what is beyond is not looked at */
#define MAX_SYMBOLS      (2u << 20)
#define MAX_NAME_BYTES   512
#define MAX_PLACES       8 /* of one name in the strings */

/* A name wanted, and where its text stands in the strings of the table at hand. */
struct wish {
	struct elf_symbol *symbol;
	const char
		*anchor; /* what is searched for: the name with its NUL, or a part of a pattern */
	size_t size;     /* of the anchor */
	bool is_pattern;
	uint32_t places[MAX_PLACES];
	uint32_t places_count;
};

struct search {
	const struct elf_sections *file;
	const struct elf_layout *layout;
	struct wish wishes[MAX_SYMBOL_WISHES];
	uint32_t wishes_count;
	uint32_t places_count; /* of all wishes */
	char *block;           /* BLOCK_BYTES + MAX_NAME_BYTES */
};

/* Where the file has the code of an address as linked; false: that is no code of this file. */
static bool find_code(const struct elf_layout *layout, uint64_t address, uint64_t *ret_offset)
{
	for (uint32_t i = 0; i < layout->segments_count; i++) {
		uint64_t first = layout->segments[i].address;

		if (address < first || address - first >= layout->segments[i].file_size)
			continue;
		*ret_offset = layout->segments[i].file_offset + (address - first);
		return true;
	}
	return false;
}

/* The name that a part of it stands in, if it is of the pattern. */
static const char *match_name(const struct wish *wish, struct view block, const char *part)
{
	size_t before = (size_t)(part - block.bytes), after = block.size - before;
	const char *begin;

	if (before > MAX_NAME_BYTES)
		before = MAX_NAME_BYTES;
	if (after > MAX_NAME_BYTES)
		after = MAX_NAME_BYTES;
	begin = memrchr(part - before, '\0', before);
	if (!begin || !memchr(part, '\0', after))
		return NULL;
	return fnmatch(wish->symbol->name, begin + 1, 0) == 0 ? begin + 1 : NULL;
}

/* The next name in the rest of the block, which is shortened; NULL: there is none. */
static const char *find_name(const struct wish *wish, struct view block, struct view *rest)
{
	const char *found, *name;

	while (rest->size >= wish->size &&
	       (found = memmem(rest->bytes, rest->size, wish->anchor, wish->size))) {
		*rest = view_skip(*rest, (size_t)(found - rest->bytes) + 1);
		name = wish->is_pattern ? match_name(wish, block, found) : found;
		if (name)
			return name;
	}
	return NULL;
}

static void search_block(struct search *search, struct view block, uint64_t block_at)
{
	for (uint32_t i = 0; i < search->wishes_count; i++) {
		struct wish *wish = &search->wishes[i];
		struct view rest = block;
		const char *found;

		while (!wish->symbol->is_found && wish->places_count < MAX_PLACES &&
		       (found = find_name(wish, block, &rest))) {
			uint64_t place = block_at + (uint64_t)(found - block.bytes);

			/* Blocks overlap by the longest name: seen twice. */
			if (wish->places_count > 0 && wish->places[wish->places_count - 1] >= place)
				continue;
			wish->places[wish->places_count++] = (uint32_t)place;
			search->places_count++;
		}
	}
}

static void find_places(struct search *search, const Elf64_Shdr *strings)
{
	uint64_t size = elf_sections_size(search->file, strings);

	search->places_count = 0;
	for (uint32_t i = 0; i < search->wishes_count; i++)
		search->wishes[i].places_count = 0;
	if (size > MAX_STRING_BYTES)
		size = MAX_STRING_BYTES;
	for (uint64_t at = 0; at < size; at += BLOCK_BYTES) {
		uint64_t part = size - at;

		if (part > BLOCK_BYTES + MAX_NAME_BYTES)
			part = BLOCK_BYTES + MAX_NAME_BYTES;
		if (!elf_sections_read_at(search->file->fd, search->block, part,
					  strings->sh_offset + at))
			return;
		search_block(search, view_of(search->block, part), at);
	}
}

static void take_symbol(struct search *search, const Elf64_Sym *symbol)
{
	uint64_t offset;

	if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF)
		return;
	for (uint32_t i = 0; i < search->wishes_count; i++) {
		struct wish *wish = &search->wishes[i];

		if (wish->symbol->is_found)
			continue;
		for (uint32_t j = 0; j < wish->places_count; j++) {
			if (wish->places[j] != symbol->st_name ||
			    !find_code(search->layout, symbol->st_value, &offset))
				continue;
			wish->symbol->file_offset = offset;
			wish->symbol->size_bytes = symbol->st_size;
			wish->symbol->is_found = true;
			break;
		}
	}
}

/* Symbols whose names begin at one of the places. */
static void find_in_table(struct search *search, const Elf64_Shdr *table)
{
	const Elf64_Sym *symbols = (const Elf64_Sym *)search->block;
	uint64_t count, part;

	if (!table || table->sh_link == 0 || table->sh_link >= search->file->count)
		return;
	find_places(search, &search->file->sections[table->sh_link]);
	if (search->places_count == 0)
		return;
	count = elf_sections_size(search->file, table) / sizeof(symbols[0]);
	if (count > MAX_SYMBOLS)
		count = MAX_SYMBOLS;
	for (uint64_t i = 0; i < count; i += part) {
		part = BLOCK_BYTES / sizeof(symbols[0]);
		if (part > count - i)
			part = count - i;
		if (!elf_sections_read_at(search->file->fd, search->block,
					  part * sizeof(symbols[0]),
					  table->sh_offset + i * sizeof(symbols[0])))
			return;
		for (uint64_t j = 0; j < part; j++)
			take_symbol(search, &symbols[j]);
	}
}

static bool is_complete(const struct elf_symbol *symbols, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (!symbols[i].is_found)
			return false;
	return true;
}

static struct wish make_wish(struct elf_symbol *symbol)
{
	struct wish wish = {
		.symbol = symbol, .anchor = symbol->name, .is_pattern = strchr(symbol->name, '*')};

	if (!wish.is_pattern) {
		wish.size = strlen(symbol->name) + 1;
		return wish;
	}
	for (const char *part = symbol->name; *part; part += *part == '*') {
		size_t size = strcspn(part, "*");

		if (size > wish.size) {
			wish.anchor = part;
			wish.size = size;
		}
		part += size;
	}
	return wish;
}

static void find_in_tables(struct search *search, struct elf_symbol *symbols, uint32_t count)
{
	static const uint32_t tables[] = {SHT_DYNSYM, SHT_SYMTAB};

	for (uint32_t i = 0; i < count && i < MAX_SYMBOL_WISHES; i++) {
		struct wish wish = make_wish(&symbols[i]);

		symbols[i].is_found = false;
		if (symbols[i].name[0] && wish.size > 0 && wish.size <= MAX_NAME_BYTES)
			search->wishes[search->wishes_count++] = wish;
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (!is_complete(symbols, count))
			find_in_table(search, elf_sections_by_type(search->file, tables[i]));
}

static void find_in_go(const struct elf_sections *file, const struct elf_layout *layout,
		       struct elf_symbol *symbols, uint32_t count)
{
	_cleanup_(go_functions_done) struct go_functions functions = {0};
	struct go_function function;

	if (is_complete(symbols, count) || go_functions_open(file, layout, &functions) < 0)
		return;
	for (uint32_t i = 0; i < count; i++) {
		if (symbols[i].is_found ||
		    !go_functions_find(&functions, symbols[i].name, &function))
			continue;
		symbols[i].is_found = find_code(layout, function.address, &symbols[i].file_offset);
		symbols[i].size_bytes = function.size;
	}
}

static int find(int fd, struct elf_symbol *symbols, uint32_t count, bool is_go)
{
	_cleanup_(cleanup_free) struct elf_sections *file = malloc(sizeof(*file));
	_cleanup_(cleanup_free) struct search *search = calloc(1, sizeof(*search));
	_cleanup_(cleanup_free) char *block = malloc(BLOCK_BYTES + MAX_NAME_BYTES);
	struct elf_layout layout;
	int err;

	if (!file || !search || !block)
		return -ENOMEM;
	err = elf_layout_read(fd, &layout);
	if (err == 0)
		err = elf_sections_read(fd, file);
	if (err == 0 && is_go && !go_functions_is_current(file))
		err = -EOPNOTSUPP;
	if (err < 0)
		return err;
	search->file = file;
	search->layout = &layout;
	search->block = block;
	find_in_tables(search, symbols, count);
	if (is_go)
		find_in_go(file, &layout, symbols, count);
	return 0;
}

int elf_symbols_find(int fd, struct elf_symbol *symbols, uint32_t count)
{
	return find(fd, symbols, count, false);
}

int elf_symbols_find_go(int fd, struct elf_symbol *symbols, uint32_t count)
{
	return find(fd, symbols, count, true);
}
