/*
 * The table has a section of its own unless the file has no sections: then its first bytes are
 * looked for in the read-only data. What its entries are relative to stood in its header until
 * Go 1.25; since then only in the runtime's moduledata, which points at the table. In position
 * independent programs these pointers are zero in the file and stand in the relocations.
 */
#include "symbols/go_image.h"

#include <elf.h>
#include <errno.h>

#define POINTER_BYTES   8
#define MODULE_MINPC    (20 * POINTER_BYTES) /* of moduledata, since Go 1.16 */
#define MODULE_TEXT     (22 * POINTER_BYTES)
#define HEADER_TEXT     (8 + 2 * POINTER_BYTES) /* of the table */
#define TABLE_ALIGNMENT 16
#define MAX_SCAN_BYTES  (64u << 20)
#define MAX_RELOCATIONS (4u << 20)

struct located_table {
	struct view bytes;
	uint64_t address;
};

static bool is_code(const struct elf_image *image, uint64_t address)
{
	uint32_t count;
	const struct elf_segment *segments = elf_image_segments(image, &count);

	for (uint32_t i = 0; i < count; i++)
		if ((segments[i].flags & PF_X) && address >= segments[i].address &&
		    address - segments[i].address < segments[i].size)
			return true;
	return false;
}

static bool find_section(struct elf_image *image, struct located_table *ret)
{
	static const char *const names[] = {".gopclntab", ".data.rel.ro.gopclntab"};
	struct elf_section section;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!elf_image_section(image, names[i], &section) ||
		    !go_pclntab_is_header(section.bytes))
			continue;
		*ret = (struct located_table){.bytes = section.bytes, .address = section.address};
		return true;
	}
	return false;
}

/* Only for files without sections: nobody else hides the table. */
static bool find_by_scan(struct elf_image *image, struct located_table *ret)
{
	uint32_t count;
	const struct elf_segment *segments = elf_image_segments(image, &count);
	struct elf_section section;
	struct go_pclntab table;

	if (elf_image_section_at(image, 1, &section))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct view bytes;

		if ((segments[i].flags & PF_X) || segments[i].file_size > MAX_SCAN_BYTES)
			continue;
		bytes = elf_image_bytes_at(image, segments[i].address, segments[i].file_size);
		for (size_t at = 0; at < bytes.size; at += TABLE_ALIGNMENT) {
			struct view rest = view_skip(bytes, at);

			if (!go_pclntab_is_header(rest) || go_pclntab_open(&table, rest, 0) != 0)
				continue;
			*ret = (struct located_table){
				.bytes = rest,
				.address = segments[i].address + at,
			};
			return true;
		}
	}
	return false;
}

/* What the loader will write at an address of a position independent program; 0: nothing known. */
static uint64_t relocated_pointer(struct elf_image *image, uint64_t address)
{
	struct elf_section section;
	struct view rest;
	Elf64_Rela relocation;
	uint64_t value = 0;

	if ((!elf_image_section(image, ".rela.dyn", &section) &&
	     !elf_image_section(image, ".rela", &section)) ||
	    section.type != SHT_RELA)
		return 0;
	rest = section.bytes;
	while (value == 0 && rest.size >= sizeof(relocation)) {
		memcpy(&relocation, rest.bytes, sizeof(relocation));
		if (relocation.r_offset == address)
			value = (uint64_t)relocation.r_addend;
		rest = view_skip(rest, sizeof(relocation));
	}
	elf_image_release(image, &section);
	return value;
}

static uint64_t pointer_at(struct elf_image *image, uint64_t address)
{
	struct view bytes = elf_image_bytes_at(image, address, POINTER_BYTES);
	uint64_t value = 0;

	if (bytes.size == sizeof(value))
		memcpy(&value, bytes.bytes, sizeof(value));
	return value ? value : relocated_pointer(image, address);
}

/* The text a moduledata at this address tells of; 0 when there is none. */
static uint64_t text_of_module(struct elf_image *image, uint64_t module,
			       const struct located_table *table)
{
	struct go_pclntab opened;
	uint64_t text, first;

	if (pointer_at(image, module) != table->address)
		return 0;
	text = pointer_at(image, module + MODULE_TEXT);
	if (text == 0 || !is_code(image, text) || go_pclntab_open(&opened, table->bytes, text) ||
	    !go_pclntab_entry(&opened, 0, &first) ||
	    first != pointer_at(image, module + MODULE_MINPC))
		return 0;
	return text;
}

/* In files without sections: the pointer to the table, in writable data. */
static uint64_t scan_for_module(struct elf_image *image, const struct located_table *table)
{
	uint32_t count;
	const struct elf_segment *segments = elf_image_segments(image, &count);

	for (uint32_t i = 0; i < count; i++) {
		struct view bytes;

		if (!(segments[i].flags & PF_W) || segments[i].file_size > MAX_SCAN_BYTES)
			continue;
		bytes = elf_image_bytes_at(image, segments[i].address, segments[i].file_size);
		for (size_t at = 0; at + POINTER_BYTES <= bytes.size; at += POINTER_BYTES) {
			uint64_t value, text;

			memcpy(&value, bytes.bytes + at, sizeof(value));
			if (value != table->address)
				continue;
			text = text_of_module(image, segments[i].address + at, table);
			if (text != 0)
				return text;
		}
	}
	return 0;
}

static uint64_t find_text_start(struct elf_image *image, const struct located_table *table)
{
	uint64_t text = go_pclntab_header_text_start(table->bytes);
	struct elf_section section;

	if (text == 0)
		text = relocated_pointer(image, table->address + HEADER_TEXT);
	if (text != 0 && is_code(image, text))
		return text;
	if (elf_image_section(image, ".go.module", &section))
		text = text_of_module(image, section.address, table);
	else
		text = scan_for_module(image, table);
	if (text != 0)
		return text;
	return elf_image_section(image, ".text", &section) ? section.address : 0;
}

int go_image_open(struct elf_image *image, struct go_pclntab *ret)
{
	struct located_table table;
	struct go_pclntab opened;

	if (!find_section(image, &table) && !find_by_scan(image, &table))
		return -ENOENT;
	if (go_pclntab_open(&opened, table.bytes, find_text_start(image, &table)) != 0)
		return -ENOENT;
	*ret = opened;
	return 0;
}
