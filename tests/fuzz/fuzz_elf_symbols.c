/* A mapped file a hostile user made: what is found in it must be code that its headers speak of. */
// fuzz-sources: agent/process/elf_layout.c agent/process/elf_sections.c agent/process/elf_symbols.c
// fuzz-sources: agent/process/go_functions.c agent/symbols/go_pclntab.c agent/base/view.c
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>
#include "process/elf_layout.h"
#include "process/elf_symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(const struct elf_layout *layout, const struct elf_symbol *symbol)
{
	bool is_code = false;

	for (uint32_t i = 0; i < layout->segments_count; i++)
		is_code |= symbol->file_offset >= layout->segments[i].file_offset &&
			   symbol->file_offset - layout->segments[i].file_offset <
				   layout->segments[i].file_size;
	assert(!symbol->is_found || is_code);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int fd = -1;
	struct elf_symbol symbols[] = {{.name = "exported"}, {.name = "main.crash"}};
	struct elf_layout layout;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	assert(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size);
	if (elf_layout_read(fd, &layout) < 0)
		return 0;
	for (int is_go = 0; is_go <= 1; is_go++) {
		if ((is_go ? elf_symbols_find_go(fd, symbols, 2)
			   : elf_symbols_find(fd, symbols, 2)))
			continue;
		check(&layout, &symbols[0]);
		check(&layout, &symbols[1]);
	}
	return 0;
}
