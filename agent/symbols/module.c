/*
 * What the symbol process keeps of one file: the image, and each table parsed from it when it was
 * first wanted. A table that cannot be read is not tried again.
 */
#include "symbols/module.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "symbols/unwind_table.h"

struct module {
	int fd;
	struct elf_image *image;
	char *debug_root; /* NULL: no separate debug files */
	struct unwind_table *unwind_table;
	bool is_unwind_table_tried;
	bool is_go_tried;
	bool is_go;
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
	elf_image_free(&(*module)->image);
	cleanup_close(&(*module)->fd);
	free((*module)->debug_root);
	free(*module);
	*module = NULL;
}

size_t module_memory_bytes(const struct module *module)
{
	return sizeof(*module) + elf_image_memory_bytes(module->image) +
	       (module->unwind_table ? unwind_table_memory_bytes(module->unwind_table) : 0);
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

bool module_has_frame_pointers(struct module *module)
{
	struct elf_section section;

	if (!module->is_go_tried) {
		module->is_go_tried = true;
		module->is_go = elf_image_section(module->image, ".go.buildinfo", &section) ||
				elf_image_section(module->image, ".gopclntab", &section) ||
				elf_image_section(module->image, ".note.go.buildid", &section);
	}
	return module->is_go;
}
