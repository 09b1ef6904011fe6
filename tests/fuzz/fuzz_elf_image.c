/* A file any user can execute: every section, segment and table of it is looked at. */
// fuzz-sources: agent/symbols/elf_image.c agent/symbols/unwind_table.c
// fuzz-sources: agent/symbols/unwind_entry.c agent/symbols/dwarf_reader.c
// fuzz-sources: agent/symbols/cfi_program.c agent/base/view.c
#include <assert.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>
#include "symbols/cfi_program.h"
#include "symbols/unwind_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void look_up(struct unwind_table *table, enum machine machine, uint64_t address)
{
	struct unwind_entry entry;
	struct cfi_row row;

	if (unwind_table_find(table, address, &entry))
		(void)cfi_program_run(&entry, machine, address, &row);
	if (unwind_table_find_debug(table, address, &entry))
		(void)cfi_program_run(&entry, machine, address, &row);
}

static void look_at(struct elf_image *image)
{
	struct unwind_table *table = NULL;
	struct elf_section section;
	struct elf_segment segment;
	const struct elf_segment *segments;
	uint64_t address;
	uint32_t count;

	for (uint32_t i = 0; i < 64; i++)
		(void)elf_image_section_at(image, i, &section);
	(void)elf_image_section(image, ".symtab", &section);
	(void)elf_image_build_id(image);
	(void)elf_image_program_header(image, PT_DYNAMIC, &segment);
	assert(unwind_table_new(&table, image) == 0);
	segments = elf_image_segments(image, &count);
	for (uint32_t i = 0; i < count && i < 4; i++) {
		struct view code = elf_image_bytes_at(image, segments[i].address + 64, 64);

		(void)elf_image_address_of(image, segments[i].file_offset, &address);
		for (uint64_t step = 0; step < 16; step++)
			look_up(table, elf_image_machine(image),
				segments[i].address + step * (segments[i].size / 16));
		(void)code;
	}
	unwind_table_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int fd = -1;
	struct elf_image *image = NULL;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	assert(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size);
	if (elf_image_new(&image, fd) == 0)
		look_at(image);
	elf_image_free(&image);
	return 0;
}
