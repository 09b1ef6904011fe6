/*
 * One entry of .eh_frame or .debug_frame: which addresses it describes, and the two programs (of
 * its CIE and its own) that say where the caller's registers are. Views into the section.
 */
#ifndef SYMBOLS_UNWIND_ENTRY_H
#define SYMBOLS_UNWIND_ENTRY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

/* A section with entries. */
struct frame_section {
	struct view bytes;
	uint64_t address; /* as linked */
	bool is_debug;    /* .debug_frame: CIEs are named by offset, not by distance */
};

struct unwind_entry {
	uint64_t begin; /* as linked */
	uint64_t end;
	struct view common_program; /* of the CIE */
	struct view program;
	uint64_t program_address; /* of program[0] */
	uint64_t code_alignment;
	int64_t data_alignment;
	uint64_t return_register;
	uint8_t pointer_encoding;
	bool is_signal_frame;
};

enum entry_result { ENTRY_FDE, ENTRY_OTHER, ENTRY_END };

/* What stands at *offset, which moves on to the next entry. ENTRY_OTHER: a CIE, or an entry that
 * cannot be understood. ENTRY_END: nothing follows, or no length to go on by. */
enum entry_result unwind_entry_parse(const struct frame_section *section, uint64_t *offset,
				     struct unwind_entry *ret);

#endif
