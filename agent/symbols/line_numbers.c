/*
 * libdw gets an ELF file made in memory, with the few sections that lines need and nothing else:
 * it would read (and unpack, slowly) all of .debug_* otherwise, and look for other files whose
 * names the file chooses. The address ranges of every compilation unit are sorted once, because not
 * every compiler writes .debug_aranges.
 */
#include "symbols/line_numbers.h"

#include <dlfcn.h>
#include <errno.h>
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
	char *file; /* what libdw reads */
	size_t file_bytes;
};

bool line_numbers_prepare(void)
{
	const struct {
		const char *name;
		void *function;
	} wanted[] = {
		{"dwarf_begin_elf", &libdw.begin_elf},       {"dwarf_end", &libdw.end},
		{"dwarf_get_units", &libdw.get_units},       {"dwarf_ranges", &libdw.ranges},
		{"dwarf_getsrc_die", &libdw.find_line},      {"dwarf_linesrc", &libdw.line_file},
		{"dwarf_lineno", &libdw.line_number},        {"dwarf_attr", &libdw.attribute},
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

static const char *const wanted_sections[] = {
	".debug_line", ".debug_info",     ".debug_abbrev", ".debug_line_str",    ".debug_str",
	".debug_addr", ".debug_rnglists", ".debug_ranges", ".debug_str_offsets",
};

#define WANTED_SECTIONS (sizeof(wanted_sections) / sizeof(wanted_sections[0]))
#define NAME_BYTES      24 /* of each */

/* What stands before the bytes of the sections. */
struct made_file {
	Elf64_Ehdr header;
	Elf64_Shdr sections[WANTED_SECTIONS + 2]; /* none, the wanted ones, their names */
	char names[WANTED_SECTIONS + 2][NAME_BYTES];
};

/* Header and rest included; 0 when there is no .debug_line, or too much of all. */
static size_t count_file_bytes(struct elf_image *image)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < WANTED_SECTIONS; i++) {
		uint64_t size = elf_image_section_bytes(image, wanted_sections[i]);

		if (size > MAX_DEBUG_BYTES || sum + size > MAX_DEBUG_BYTES || (i == 0 && size == 0))
			return 0;
		sum += size;
	}
	return sizeof(struct made_file) + sum;
}

static void set_header(struct made_file *file, enum machine machine)
{
	Elf64_Ehdr *header = &file->header;

	memcpy(header->e_ident, ELFMAG, SELFMAG);
	header->e_ident[EI_CLASS] = ELFCLASS64;
	header->e_ident[EI_DATA] = ELFDATA2LSB;
	header->e_ident[EI_VERSION] = EV_CURRENT;
	header->e_type = ET_EXEC; /* nothing is to be relocated */
	header->e_machine = machine == MACHINE_ARM64 ? EM_AARCH64 : EM_X86_64;
	header->e_version = EV_CURRENT;
	header->e_ehsize = sizeof(*header);
	header->e_shoff = offsetof(struct made_file, sections);
	header->e_shentsize = sizeof(file->sections[0]);
	header->e_shnum = WANTED_SECTIONS + 2;
	header->e_shstrndx = WANTED_SECTIONS + 1;
	file->sections[WANTED_SECTIONS + 1] = (Elf64_Shdr){
		.sh_name = (WANTED_SECTIONS + 1) * NAME_BYTES,
		.sh_type = SHT_STRTAB,
		.sh_offset = offsetof(struct made_file, names),
		.sh_size = sizeof(file->names),
		.sh_addralign = 1,
	};
	(void)strcpy(file->names[WANTED_SECTIONS + 1], ".shstrtab");
}

/* Copies the sections behind the header; each is given back at once. */
static void make_file(struct elf_image *image, char *bytes, size_t size)
{
	struct made_file *file = (struct made_file *)bytes;
	size_t at = sizeof(*file);
	struct elf_section section;

	memset(file, 0, sizeof(*file));
	set_header(file, elf_image_machine(image));
	for (size_t i = 0; i < WANTED_SECTIONS; i++) {
		if (!elf_image_section(image, wanted_sections[i], &section) ||
		    section.type != SHT_PROGBITS || section.bytes.size > size - at)
			continue;
		(void)strcpy(file->names[i + 1], wanted_sections[i]);
		file->sections[i + 1] = (Elf64_Shdr){
			.sh_name = (Elf64_Word)((i + 1) * NAME_BYTES),
			.sh_type = SHT_PROGBITS,
			.sh_offset = at,
			.sh_size = section.bytes.size,
			.sh_addralign = 1,
		};
		memcpy(bytes + at, section.bytes.bytes, section.bytes.size);
		at += section.bytes.size;
		elf_image_release(image, &section);
	}
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

int line_numbers_new(struct line_numbers **ret, struct elf_image *image)
{
	_cleanup_(line_numbers_free) struct line_numbers *lines = NULL;
	size_t size;
	int err;

	if (!libdw.begin_elf || elf_version(EV_CURRENT) == EV_NONE)
		return -ENOENT;
	size = count_file_bytes(image);
	if (size == 0)
		return -ENOENT;
	lines = calloc(1, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	lines->file = malloc(size);
	if (!lines->file)
		return -ENOMEM;
	lines->file_bytes = size;
	make_file(image, lines->file, size);
	lines->elf = elf_memory(lines->file, size);
	if (!lines->elf)
		return -ENOENT;
	lines->dwarf = libdw.begin_elf(lines->elf, 0 /* DWARF_C_READ */, NULL);
	if (!lines->dwarf)
		return -ENOENT;
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
	free((*lines)->file);
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
	return sizeof(*lines) + lines->file_bytes + lines->units_count * sizeof(*lines->units) +
	       lines->ranges_count * sizeof(*lines->ranges);
}
