/*
 * One ELF file as unwinding and symbolizing see it: unwind tables and symbol tables, each parsed
 * when first wanted. Addresses in its calls are as linked (what the file says); the caller
 * translates from the process by the mapping's file offset (module_address).
 */
#ifndef SYMBOLS_MODULE_H
#define SYMBOLS_MODULE_H

#include "base/arena.h"
#include "symbols/elf_image.h"

struct module;
struct unwind_table; /* symbols/unwind_table.h */

/* Takes the fd (closed on failure too). debug_root: "/usr/lib/debug", or NULL: no separate debug
 * files. */
int module_new(struct module **ret, int *fd, const char *debug_root);
void module_free(struct module **module);

/* About how many bytes it holds: for the cache's bound. */
size_t module_memory_bytes(const struct module *module);

bool module_address(const struct module *module, uint64_t file_offset, uint64_t *ret_address);
enum machine module_machine(const struct module *module);
struct elf_image *module_image(struct module *module);

/* NULL when memory is out. Made when first asked for. */
struct unwind_table *module_unwind_table(struct module *module);

/* Code that keeps frame pointers whatever its unwind tables say: Go. */
bool module_has_frame_pointers(struct module *module);

/* How much stack a function of Go has taken up at an address; false: not known. */
bool module_go_stack_bytes(struct module *module, uint64_t address, uint32_t *ret_bytes);

struct module_symbol {
	struct view name;   /* demangled; in the arena given */
	struct view symbol; /* as in the table */
	uint64_t address;   /* where it begins */
	struct view file;   /* empty when not known */
	uint32_t line;
};

/* The function an address lies in. False: none known. Strings are copied into the arena. */
bool module_find_symbol(struct module *module, uint64_t address, struct arena *arena,
			struct module_symbol *ret);

#endif
