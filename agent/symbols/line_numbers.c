/*
 * libdw reads all .debug_* sections when it begins: what they come to is summed up first. Then the
 * address ranges of every compilation unit are sorted once, because not every compiler writes
 * .debug_aranges. Files beside this one (split DWARF, dwz) are never opened: their names would be
 * chosen by the file.
 */
#include "symbols/line_numbers.h"

#include <dlfcn.h>
#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include "base/cleanup.h"

#define MAX_UNITS          (64u << 10)
#define MAX_RANGES         (512u << 10)
#define MAX_RANGES_OF_UNIT (64u << 10)
#define MAX_PATH_BYTES     4096
#define UNIT_COMPILE       0x01
#define UNIT_SKELETON      0x04
#define ATTRIBUTE_COMP_DIR 0x1b

/* The part of <elfutils/libdw.h> used here: the ABI of libdw.so.1. */
struct dwarf;
struct dwarf_unit;
struct dwarf_line;
struct dwarf_die {
	void *address;
	struct dwarf_unit *unit;
	void *abbreviation;
	long padding;
};
struct dwarf_attribute {
	unsigned int code;
	unsigned int form;
	unsigned char *value;
	struct dwarf_unit *unit;
};

static struct {
	struct dwarf *(*begin_elf)(Elf *elf, int command, Elf_Scn *group);
	int (*end)(struct dwarf *dwarf);
	void (*set_alternative)(struct dwarf *dwarf, struct dwarf *alternative);
	int (*get_units)(struct dwarf *dwarf, struct dwarf_unit *unit, struct dwarf_unit **next,
			 uint16_t *version, uint8_t *type, struct dwarf_die *die,
			 struct dwarf_die *sub);
	ptrdiff_t (*ranges)(struct dwarf_die *die, ptrdiff_t offset, uint64_t *base,
			    uint64_t *start, uint64_t *end);
	struct dwarf_line *(*find_line)(struct dwarf_die *unit, uint64_t address);
	const char *(*line_file)(struct dwarf_line *line, uint64_t *time, uint64_t *size);
	int (*line_number)(struct dwarf_line *line, int *ret);
	struct dwarf_attribute *(*attribute)(struct dwarf_die *die, unsigned int name,
					     struct dwarf_attribute *ret);
	const char *(*attribute_text)(struct dwarf_attribute *attribute);
} libdw;

struct unit_range {
	uint64_t start;
	uint64_t end;
	uint32_t unit;
};

struct line_numbers {
	Elf *elf;
	struct dwarf *dwarf;
	struct dwarf_die *units;
	uint32_t units_count;
	uint32_t units_capacity;
	struct unit_range *ranges;
	uint32_t ranges_count;
	uint32_t ranges_capacity;
	uint64_t debug_bytes;
};

bool line_numbers_prepare(void)
{
	const struct {
		const char *name;
		void *function;
	} wanted[] = {
		{"dwarf_begin_elf", &libdw.begin_elf},
		{"dwarf_end", &libdw.end},
		{"dwarf_setalt", &libdw.set_alternative},
		{"dwarf_get_units", &libdw.get_units},
		{"dwarf_ranges", &libdw.ranges},
		{"dwarf_getsrc_die", &libdw.find_line},
		{"dwarf_linesrc", &libdw.line_file},
		{"dwarf_lineno", &libdw.line_number},
		{"dwarf_attr", &libdw.attribute},
		{"dwarf_formstring", &libdw.attribute_text},
	};
	void *library;

	if (libdw.begin_elf)
		return true;
	library = dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return false;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		void *found = dlsym(library, wanted[i].name);

		if (!found) {
			memset(&libdw, 0, sizeof(libdw));
			(void)dlclose(library);
			return false;
		}
		memcpy(wanted[i].function, &found, sizeof(found));
	}
	return true; /* stays loaded for as long as the process lives */
}

/* Of all .debug_* sections; 0 when there is no .debug_line, or they are too many. */
static uint64_t count_debug_bytes(Elf *elf)
{
	Elf_Scn *section = NULL;
	bool has_lines = false;
	uint64_t sum = 0;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return 0;
	while ((section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr header;
		GElf_Chdr packed;
		const char *name;
		uint64_t size;

		if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (!name || strncmp(name, ".debug_", 7) != 0)
			continue;
		size = header.sh_size;
		if ((header.sh_flags & SHF_COMPRESSED) && gelf_getchdr(section, &packed))
			size = packed.ch_size;
		if (size > MAX_DEBUG_BYTES || sum + size > MAX_DEBUG_BYTES)
			return 0;
		sum += size;
		has_lines = has_lines || strcmp(name, ".debug_line") == 0;
	}
	return has_lines ? sum : 0;
}

/* Room for one more; the array doubles. */
static bool reserve(void **array, size_t item_bytes, uint32_t count, uint32_t *capacity)
{
	uint32_t larger = *capacity ? *capacity * 2 : 256;
	void *moved;

	if (count < *capacity)
		return true;
	moved = reallocarray(*array, larger, item_bytes);
	if (!moved)
		return false;
	*array = moved;
	*capacity = larger;
	return true;
}

static bool add_unit(struct line_numbers *lines, struct dwarf_die *die)
{
	uint64_t base = 0, start, end;
	ptrdiff_t offset = 0;

	if (!reserve((void **)&lines->units, sizeof(*lines->units), lines->units_count,
		     &lines->units_capacity))
		return false;
	for (uint32_t i = 0; i < MAX_RANGES_OF_UNIT && lines->ranges_count < MAX_RANGES; i++) {
		offset = libdw.ranges(die, offset, &base, &start, &end);
		if (offset <= 0)
			break;
		if (start >= end)
			continue;
		if (!reserve((void **)&lines->ranges, sizeof(*lines->ranges), lines->ranges_count,
			     &lines->ranges_capacity))
			return false;
		lines->ranges[lines->ranges_count++] = (struct unit_range){
			.start = start,
			.end = end,
			.unit = lines->units_count,
		};
	}
	lines->units[lines->units_count++] = *die;
	return true;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct unit_range *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return left->end < right->end ? -1 : left->end > right->end;
}

static int read_units(struct line_numbers *lines)
{
	struct dwarf_unit *unit = NULL;
	struct dwarf_die die;
	uint16_t version;
	uint8_t type;

	for (uint32_t i = 0; i < MAX_UNITS; i++) {
		if (libdw.get_units(lines->dwarf, unit, &unit, &version, &type, &die, NULL) != 0)
			break;
		if (type != UNIT_COMPILE && type != UNIT_SKELETON)
			continue;
		if (!add_unit(lines, &die))
			return -ENOMEM;
	}
	if (lines->ranges_count == 0)
		return -ENOENT;
	qsort(lines->ranges, lines->ranges_count, sizeof(*lines->ranges), compare_ranges);
	return 0;
}

int line_numbers_new(struct line_numbers **ret, int fd)
{
	_cleanup_(line_numbers_free) struct line_numbers *lines = NULL;
	int err;

	if (!libdw.begin_elf || elf_version(EV_CURRENT) == EV_NONE)
		return -ENOENT;
	lines = calloc(1, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	lines->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!lines->elf || elf_kind(lines->elf) != ELF_K_ELF)
		return -ENOENT;
	lines->debug_bytes = count_debug_bytes(lines->elf);
	if (lines->debug_bytes == 0)
		return -ENOENT;
	lines->dwarf = libdw.begin_elf(lines->elf, 0 /* DWARF_C_READ */, NULL);
	if (!lines->dwarf)
		return -ENOENT;
	libdw.set_alternative(lines->dwarf, lines->dwarf);
	err = read_units(lines);
	if (err != 0)
		return err;
	*ret = TAKE_PTR(lines);
	return 0;
}

void line_numbers_free(struct line_numbers **lines)
{
	if (!*lines)
		return;
	if ((*lines)->dwarf)
		(void)libdw.end((*lines)->dwarf);
	if ((*lines)->elf)
		(void)elf_end((*lines)->elf);
	free((*lines)->units);
	free((*lines)->ranges);
	free(*lines);
	*lines = NULL;
}

static struct dwarf_die *find_unit(struct line_numbers *lines, uint64_t address)
{
	uint32_t low = 0, high = lines->ranges_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (lines->ranges[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || address >= lines->ranges[low - 1].end)
		return NULL;
	return &lines->units[lines->ranges[low - 1].unit];
}

static struct view read_text(const char *text)
{
	return view_of(text, text ? strnlen(text, MAX_PATH_BYTES) : 0);
}

bool line_numbers_find(struct line_numbers *lines, uint64_t address, struct source_line *ret)
{
	struct dwarf_die *unit = find_unit(lines, address);
	struct dwarf_line *line = unit ? libdw.find_line(unit, address) : NULL;
	struct view file = read_text(line ? libdw.line_file(line, NULL, NULL) : NULL);
	struct dwarf_attribute attribute;
	struct view directory = {0};
	int number;

	if (file.size == 0 || libdw.line_number(line, &number) != 0 || number <= 0)
		return false;
	if (file.bytes[0] != '/' && libdw.attribute(unit, ATTRIBUTE_COMP_DIR, &attribute))
		directory = read_text(libdw.attribute_text(&attribute));
	*ret = (struct source_line){
		.directory = directory,
		.file = file,
		.number = (uint32_t)number,
	};
	return true;
}

size_t line_numbers_memory_bytes(const struct line_numbers *lines)
{
	return sizeof(*lines) + lines->debug_bytes + lines->units_count * sizeof(*lines->units) +
	       lines->ranges_count * sizeof(*lines->ranges);
}
