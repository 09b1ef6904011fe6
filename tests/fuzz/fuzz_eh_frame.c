/*
 * Unwind tables of a hostile file: entries, their programs, and the rows applied to registers and a
 * page of memory. First byte: bit 0 arm64, bit 1 .debug_frame; the second: where to look; the rest
 * is the section, and the memory too.
 */
// fuzz-sources: agent/symbols/unwind_entry.c agent/symbols/dwarf_reader.c
// fuzz-sources: agent/symbols/cfi_program.c agent/symbols/cfi_step.c
// fuzz-sources: agent/symbols/dwarf_expression.c agent/symbols/stack_memory.c agent/base/view.c
#include <assert.h>
#include "symbols/cfi_step.h"
#include "symbols/unwind_entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void step(const struct unwind_entry *entry, enum machine machine, uint64_t address,
		 const struct stack_memory *memory)
{
	struct register_state state = {.machine = machine};
	struct cfi_row row;
	uint64_t cfa;

	if (!cfi_program_run(entry, machine, address, &row))
		return;
	assert(row.begin <= address || row.begin == entry->begin);
	for (uint32_t i = 0; i <= register_state_pc_number(machine); i++)
		register_state_set(&state, i, 0x7000 + 64 * i);
	(void)cfi_step_run(&(struct cfi_step){.row = &row,
					      .memory = memory,
					      .return_register = entry->return_register,
					      .is_exact_pc = address % 2},
			   &state, &cfa);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static uint8_t page[STACK_PAGE_BYTES];
	const struct stack_page pages[] = {{.address = 0x7000, .bytes = page}};
	const struct stack_memory memory = {.pages = pages, .count = 1};
	struct frame_section section = {.address = 0x10000};
	struct unwind_entry entry;
	enum machine machine;
	enum entry_result result;
	uint64_t offset = 0;

	if (size < 2)
		return 0;
	machine = bytes[0] & 1 ? MACHINE_ARM64 : MACHINE_X86_64;
	section.is_debug = bytes[0] & 2;
	section.bytes = view_of(bytes + 2, size - 2);
	memcpy(page, bytes, size < sizeof(page) ? size : sizeof(page));
	while ((result = unwind_entry_parse(&section, &offset, &entry)) != ENTRY_END) {
		assert(offset <= section.bytes.size);
		if (result != ENTRY_FDE)
			continue;
		assert(entry.begin < entry.end);
		step(&entry, machine, entry.begin, &memory);
		step(&entry, machine, entry.begin + bytes[1], &memory);
		step(&entry, machine, entry.end - 1, &memory);
	}
	return 0;
}
