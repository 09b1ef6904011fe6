/*
 * What the symbol process keeps of one file: the image, and each table parsed from it when it was
 * first wanted. A table that cannot be read is not tried again.
 */
#include "symbols/module.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "symbols/demangle.h"
#include "symbols/go_image.h"
#include "symbols/line_numbers.h"
#include "symbols/symbol_finder.h"
#include "symbols/unwind_table.h"

struct module {
	int fd;
	struct elf_image *image;
	char *debug_root; /* NULL: no separate debug files */
	struct unwind_table *unwind_table;
	bool is_unwind_table_tried;
	bool is_go_tried;
	bool is_go;
	struct symbol_finder *finder;
	bool is_pclntab_tried;
	bool has_pclntab;
	struct go_pclntab pclntab;
	bool is_lines_tried;
	struct line_numbers *lines;
};

int module_new(struct module **ret, int *fd, const char *debug_root)
{
	_cleanup_(cleanup_close) int file = TAKE_FD(*fd);
	_cleanup_(module_free) struct module *module = calloc(1, sizeof(*module));
	int err;

	if (!module)
		return -ENOMEM;
	module->fd = -1;
	if (debug_root && !(module->debug_root = strdup(debug_root)))
		return -ENOMEM;
	err = elf_image_new(&module->image, file);
	if (err != 0)
		return err;
	module->fd = TAKE_FD(file);
	*ret = TAKE_PTR(module);
	return 0;
}

void module_free(struct module **module)
{
	if (!*module)
		return;
	unwind_table_free(&(*module)->unwind_table);
	line_numbers_free(&(*module)->lines);
	symbol_finder_free(&(*module)->finder);
	elf_image_free(&(*module)->image);
	cleanup_close(&(*module)->fd);
	free((*module)->debug_root);
	free(*module);
	*module = NULL;
}

size_t module_memory_bytes(const struct module *module)
{
	size_t size = sizeof(*module) + elf_image_memory_bytes(module->image);

	if (module->unwind_table)
		size += unwind_table_memory_bytes(module->unwind_table);
	if (module->finder)
		size += symbol_finder_memory_bytes(module->finder);
	if (module->lines)
		size += line_numbers_memory_bytes(module->lines);
	if (module->unwind_table)
		size += unwind_table_memory_bytes(module->unwind_table);
	return size;
}

bool module_address(const struct module *module, uint64_t file_offset, uint64_t *ret_address)
{
	return elf_image_address_of(module->image, file_offset, ret_address);
}

enum machine module_machine(const struct module *module)
{
	return elf_image_machine(module->image);
}

struct elf_image *module_image(struct module *module)
{
	return module->image;
}

struct unwind_table *module_unwind_table(struct module *module)
{
	if (!module->is_unwind_table_tried) {
		module->is_unwind_table_tried = true;
		(void)unwind_table_new(&module->unwind_table, module->image);
	}
	return module->unwind_table;
}

static const struct go_pclntab *find_pclntab(struct module *module)
{
	if (!module->is_pclntab_tried) {
		module->is_pclntab_tried = true;
		module->has_pclntab = go_image_open(module->image, &module->pclntab) == 0;
	}
	return module->has_pclntab ? &module->pclntab : NULL;
}

bool module_has_frame_pointers(struct module *module)
{
	struct elf_section section;

	if (!module->is_go_tried) {
		module->is_go_tried = true;
		module->is_go = elf_image_section(module->image, ".go.buildinfo", &section) ||
				elf_image_section(module->image, ".gopclntab", &section) ||
				elf_image_section(module->image, ".note.go.buildid", &section) ||
				find_pclntab(module) != NULL; /* without section names */
	}
	return module->is_go;
}

bool module_go_stack_bytes(struct module *module, uint64_t address, uint32_t *ret_bytes)
{
	const struct go_pclntab *pclntab = find_pclntab(module);

	return pclntab && go_pclntab_stack_bytes(pclntab, address, ret_bytes);
}

/* DWARF of the file itself, else of its debug file. */
static struct line_numbers *find_lines(struct module *module)
{
	if (module->is_lines_tried)
		return module->lines;
	module->is_lines_tried = true;
	if (line_numbers_new(&module->lines, module->image) != 0 && module->finder &&
	    symbol_finder_debug_image(module->finder))
		(void)line_numbers_new(&module->lines, symbol_finder_debug_image(module->finder));
	return module->lines;
}

/* Relative files are of no use to who does not know where the compiler ran. */
static void find_place(struct module *module, uint64_t address, struct arena *arena,
		       struct module_symbol *ret)
{
	struct line_numbers *lines = find_lines(module);
	struct source_line place;

	if (!lines || !line_numbers_find(lines, address, &place))
		return;
	if (view_starts_with(place.directory, VIEW_LITERAL("/")))
		ret->file = arena_join(arena, place.directory, VIEW_LITERAL("/"), place.file);
	else
		ret->file = arena_copy(arena, place.file);
	ret->line = place.number;
}

static bool find_in_tables(struct module *module, uint64_t address, struct arena *arena,
			   struct module_symbol *ret)
{
	struct table_symbol found;

	if (!module->finder &&
	    symbol_finder_new(&module->finder, module->image, module->debug_root) != 0)
		return false;
	if (!symbol_finder_find(module->finder, address, &found))
		return false;
	ret->symbol = arena_copy(arena, found.name);
	ret->name = demangle_name(found.name, arena);
	ret->address = found.address;
	return true;
}

bool module_find_symbol(struct module *module, uint64_t address, struct arena *arena,
			struct module_symbol *ret)
{
	const struct go_pclntab *pclntab = find_pclntab(module);
	struct module_symbol found = {0};
	struct go_function function;

	/* Go's own table knows all functions of Go and nothing of those in C. */
	if (pclntab && go_pclntab_find(pclntab, address, &function)) {
		found.symbol = found.name = arena_copy(arena, function.name);
		found.file = function.file.size ? arena_copy(arena, function.file) : function.file;
		found.line = function.line;
		found.address = function.address;
	} else if (find_in_tables(module, address, arena, &found)) {
		find_place(module, address, arena, &found);
	}
	if (!found.name.bytes || !found.symbol.bytes)
		return false;
	*ret = found;
	return true;
}
