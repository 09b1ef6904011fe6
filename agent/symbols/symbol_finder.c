/*
 * A table that is complete and says nothing about an address is no reason to stop: .symtab of a
 * program made of assembler has holes, .dynsym has all but the exported functions missing. Only
 * what has a size is believed of .dynsym: the next exported function may be far away.
 */
#include "symbols/symbol_finder.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "symbols/gnu_debugdata.h"
#include "symbols/separate_debug.h"

enum source { SOURCE_SYMTAB, SOURCE_DYNSYM, SOURCE_DEBUGDATA, SOURCE_DEBUG_FILE, SOURCES_COUNT };

struct symbol_finder {
	struct elf_image *image;
	const char *debug_root;
	bool is_tried[SOURCES_COUNT];
	struct symbol_table *tables[SOURCES_COUNT];
	struct view debugdata; /* owned */
	bool is_debug_file_tried;
	int debug_fd;
	struct elf_image *debug_image;
};

int symbol_finder_new(struct symbol_finder **ret, struct elf_image *image, const char *debug_root)
{
	struct symbol_finder *finder = calloc(1, sizeof(*finder));

	if (!finder)
		return -ENOMEM;
	finder->image = image;
	finder->debug_root = debug_root;
	finder->debug_fd = -1;
	*ret = finder;
	return 0;
}

void symbol_finder_free(struct symbol_finder **finder)
{
	if (!*finder)
		return;
	for (int i = 0; i < SOURCES_COUNT; i++)
		symbol_table_free(&(*finder)->tables[i]);
	free((void *)(uintptr_t)(*finder)->debugdata.bytes);
	elf_image_free(&(*finder)->debug_image);
	cleanup_close(&(*finder)->debug_fd);
	free(*finder);
	*finder = NULL;
}

/* The table of a section; its strings stay with the image, its symbols do not. Only what has a type
 * that no other table's strings can have is ever released. */
static struct symbol_table *read_section(struct symbol_finder *finder, struct elf_image *image,
					 const char *name, uint32_t type)
{
	struct elf_section symbols, strings;
	struct symbol_table *table = NULL;
	const struct elf_segment *segments;
	uint32_t count;

	if (!elf_image_section(image, name, &symbols) || symbols.type != type)
		return NULL;
	/* Code is where the program says: in a debug file the same, but without the bytes. */
	segments = elf_image_segments(finder->image, &count);
	if (elf_image_section_at(image, symbols.link, &strings) && strings.type == SHT_STRTAB)
		(void)symbol_table_new(&table, symbols.bytes, strings.bytes, segments, count);
	elf_image_release(image, &symbols);
	return table;
}

static struct symbol_table *read_debugdata(struct symbol_finder *finder)
{
	struct view symbols, strings;
	struct symbol_table *table = NULL;
	struct elf_section section;
	const struct elf_segment *segments;
	uint32_t count;

	if (!elf_image_section(finder->image, ".gnu_debugdata", &section) ||
	    section.type != SHT_PROGBITS)
		return NULL;
	segments = elf_image_segments(finder->image, &count);
	if (gnu_debugdata_unpack(section.bytes, &finder->debugdata) == 0 &&
	    gnu_debugdata_symbols(finder->debugdata, &symbols, &strings))
		(void)symbol_table_new(&table, symbols, strings, segments, count);
	elf_image_release(finder->image, &section);
	return table;
}

struct elf_image *symbol_finder_debug_image(struct symbol_finder *finder)
{
	if (!finder->is_debug_file_tried) {
		finder->is_debug_file_tried = true;
		if (finder->debug_root)
			(void)separate_debug_open(finder->image, finder->debug_root,
						  &finder->debug_fd, &finder->debug_image);
	}
	return finder->debug_image;
}

static struct symbol_table *read_source(struct symbol_finder *finder, enum source source)
{
	switch (source) {
	case SOURCE_SYMTAB:
		return read_section(finder, finder->image, ".symtab", SHT_SYMTAB);
	case SOURCE_DYNSYM:
		return read_section(finder, finder->image, ".dynsym", SHT_DYNSYM);
	case SOURCE_DEBUGDATA:
		return read_debugdata(finder);
	case SOURCE_DEBUG_FILE:
		if (!symbol_finder_debug_image(finder))
			return NULL;
		return read_section(finder, finder->debug_image, ".symtab", SHT_SYMTAB);
	default:
		return NULL;
	}
}

bool symbol_finder_find(struct symbol_finder *finder, uint64_t address, struct table_symbol *ret)
{
	for (enum source source = 0; source < SOURCES_COUNT; source++) {
		if (!finder->is_tried[source]) {
			finder->is_tried[source] = true;
			finder->tables[source] = read_source(finder, source);
		}
		if (!finder->tables[source] ||
		    !symbol_table_find(finder->tables[source], address, ret))
			continue;
		if (ret->size == 0 && source == SOURCE_DYNSYM && ret->address != address)
			continue;
		return true;
	}
	return false;
}

size_t symbol_finder_memory_bytes(const struct symbol_finder *finder)
{
	size_t size = sizeof(*finder) + finder->debugdata.size;

	for (int i = 0; i < SOURCES_COUNT; i++)
		if (finder->tables[i])
			size += symbol_table_memory_bytes(finder->tables[i]);
	if (finder->debug_image)
		size += elf_image_memory_bytes(finder->debug_image);
	return size;
}
