/*
 * Addresses in the table are relative to the start of Go's text: it stands in the table's header
 * until Go 1.25 and then only in the runtime's moduledata, which also has the first function's
 * address: the two must agree. A position independent program has zeros there (they stand in the
 * relocations): nothing is probed in a stripped one.
 */
#include "process/go_functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"

#define MAX_TABLE_BYTES (96u << 20)
#define POINTER_BYTES   8
#define MODULE_MINPC    (20 * POINTER_BYTES) /* of moduledata, since Go 1.16 */
#define MODULE_TEXT     (22 * POINTER_BYTES)
#define MODULE_BYTES    (MODULE_TEXT + POINTER_BYTES)

static bool is_code(const struct elf_layout *layout, uint64_t address)
{
	for (uint32_t i = 0; i < layout->segments_count; i++)
		if (address >= layout->segments[i].address &&
		    address - layout->segments[i].address < layout->segments[i].file_size)
			return true;
	return false;
}

static uint64_t word_at(const char *bytes, size_t offset)
{
	uint64_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

/* What moduledata says, when it is about this table. */
static uint64_t find_text_start(const struct elf_sections *file, const struct elf_layout *layout,
				struct view bytes, uint64_t table_address)
{
	const Elf64_Shdr *section = elf_sections_by_name(file, ".go.module");
	char module[MODULE_BYTES];
	struct go_pclntab table;
	uint64_t text, first;

	if (!section || elf_sections_size(file, section) < sizeof(module) ||
	    !elf_sections_read_at(file->fd, module, sizeof(module), section->sh_offset))
		return 0;
	text = word_at(module, MODULE_TEXT);
	if (word_at(module, 0) != table_address || !is_code(layout, text) ||
	    go_pclntab_open(&table, bytes, text) < 0 || !go_pclntab_entry(&table, 0, &first) ||
	    first != word_at(module, MODULE_MINPC))
		return 0;
	return text;
}

static const Elf64_Shdr *find_section(const struct elf_sections *file)
{
	const Elf64_Shdr *section = elf_sections_by_name(file, ".gopclntab");

	return section ? section : elf_sections_by_name(file, ".data.rel.ro.gopclntab");
}

bool go_functions_is_current(const struct elf_sections *file)
{
	const Elf64_Shdr *section = find_section(file);
	char header[8];

	return section && elf_sections_size(file, section) >= sizeof(header) &&
	       elf_sections_read_at(file->fd, header, sizeof(header), section->sh_offset) &&
	       go_pclntab_version(view_of(header, sizeof(header))) >= 118;
}

int go_functions_open(const struct elf_sections *file, const struct elf_layout *layout,
		      struct go_functions *ret)
{
	_cleanup_(cleanup_free) char *bytes = NULL;
	const Elf64_Shdr *section = find_section(file);
	struct go_pclntab table;
	struct view view;
	uint64_t size, text;

	size = section ? elf_sections_size(file, section) : 0;
	if (size == 0 || size > MAX_TABLE_BYTES)
		return -ENOENT;
	bytes = malloc(size);
	if (!bytes)
		return -ENOMEM;
	if (!elf_sections_read_at(file->fd, bytes, size, section->sh_offset))
		return -ENOENT;
	view = view_of(bytes, size);
	text = go_pclntab_header_text_start(view);
	if (text == 0)
		text = find_text_start(file, layout, view, section->sh_addr);
	if (go_pclntab_open(&table, view, text) < 0 ||
	    (table.version >= 118 && !is_code(layout, text)))
		return -ENOENT;
	ret->bytes = TAKE_PTR(bytes);
	ret->table = table;
	return 0;
}

void go_functions_done(struct go_functions *functions)
{
	free(functions->bytes);
	functions->bytes = NULL;
}

bool go_functions_find(const struct go_functions *functions, const char *name,
		       struct go_function *ret)
{
	struct view wanted = view_of_text(name), found;
	uint64_t address;

	for (uint64_t i = 0; i < functions->table.count; i++)
		if (go_pclntab_name(&functions->table, i, &found) && view_equals(found, wanted))
			return go_pclntab_entry(&functions->table, i, &address) &&
			       go_pclntab_find(&functions->table, address, ret);
	return false;
}
