/* The symbols of an ELF file a hostile user made: every lookup ends, and what is found lies in the
 * file's strings. The first byte chooses: a whole file, bare tables, or what stands in
 * .gnu_debugdata. */
// fuzz-sources: agent/symbols/symbol_table.c agent/symbols/symbol_finder.c
// fuzz-sources: agent/symbols/elf_image.c agent/symbols/gnu_debugdata.c
// fuzz-sources: agent/symbols/separate_debug.c agent/base/view.c
#include <assert.h>
#include <elf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "symbols/gnu_debugdata.h"
#include "symbols/symbol_finder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void find_in_file(struct view file)
{
	static const uint64_t addresses[] = {0, 0x1000, 0x1010, 0x401000, UINT64_MAX};
	struct symbol_finder *finder;
	struct elf_image *image;
	struct table_symbol found;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, file.bytes, file.size) == (ssize_t)file.size);
	if (elf_image_new(&image, fd) == 0) {
		assert(symbol_finder_new(&finder, image, "/nonexistent") == 0);
		for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
			if (symbol_finder_find(finder, addresses[i], &found))
				assert(found.name.size > 0 && found.address <= addresses[i]);
		assert(!symbol_finder_debug_image(finder));
		symbol_finder_free(&finder);
		elf_image_free(&image);
	}
	close(fd);
}

static void find_in_tables(struct view tables)
{
	const struct elf_segment code[] = {
		{.address = 0x1000, .size = 0x1000, .flags = PF_X},
		{.address = UINT64_MAX - 0x1000, .size = 0x1000, .flags = PF_X},
	};
	size_t half = tables.size / 2 / sizeof(Elf64_Sym) * sizeof(Elf64_Sym);
	struct symbol_table *table;
	struct table_symbol found;

	if (symbol_table_new(&table, view_take(tables, half), view_skip(tables, half), code, 2) !=
	    0)
		return;
	for (uint64_t address = 0xff0; address < 0x2010; address++)
		if (symbol_table_find(table, address, &found))
			assert(found.name.size > 0 && found.address <= address &&
			       (found.size == 0 || address - found.address < found.size));
	(void)symbol_table_find(table, UINT64_MAX - 1, &found);
	symbol_table_free(&table);
}

static void find_in_debugdata(struct view packed)
{
	struct view file, symbols, strings;

	if (gnu_debugdata_unpack(packed, &file) == 0) {
		(void)gnu_debugdata_symbols(file, &symbols, &strings);
		free((void *)(uintptr_t)file.bytes);
	}
	if (gnu_debugdata_symbols(packed, &symbols, &strings))
		assert(symbols.bytes >= packed.bytes && strings.bytes >= packed.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view rest = view_of(bytes, size);

	if (size == 0)
		return 0;
	rest = view_skip(rest, 1);
	if (bytes[0] % 3 == 0)
		find_in_file(rest);
	else if (bytes[0] % 3 == 1)
		find_in_tables(rest);
	else
		find_in_debugdata(rest);
	return 0;
}
