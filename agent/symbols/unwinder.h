/*
 * From registers and copied stack memory to frames. Per frame: the rule of .eh_frame (.debug_frame
 * when that is all there is), else the frame pointer where the code keeps one (Go, JIT code), else
 * a bounded scan for return addresses. Total on any input: at most MAX_CRASH_FRAMES frames, the
 * stack pointer must grow, every read is bounded. x86-64 and arm64, whatever we run on.
 */
#ifndef SYMBOLS_UNWINDER_H
#define SYMBOLS_UNWINDER_H

#include <stdint.h>
#include "model/crash.h"
#include "symbols/elf_image.h"
#include "symbols/stack_memory.h"

struct module;    /* symbols/module.h: one ELF file with its unwind tables and symbols */
struct row_cache; /* symbols/row_cache.h */

/* An executable mapping of the process. */
struct code_mapping {
	uint64_t start;
	uint64_t end;
	uint64_t file_offset;
	uint32_t image; /* the caller's number of the file; NO_IMAGE: anonymous, JIT code */
};

struct unwind_space {
	enum machine machine;
	const struct code_mapping *mappings; /* by address, not overlapping */
	uint32_t mappings_count;
	/* The module of an image, NULL when it cannot be read. May load it now. */
	struct module *(*find_module)(void *self, uint32_t image);
	void *self;
	/* Rows found by earlier walks; NULL: of this one alone. Its modules must not be freed. */
	struct row_cache *rows;
	bool is_scan_off; /* a frame that is missing is better than one that is guessed */
};

struct unwound_frame {
	uint64_t pc;      /* as crash_frame.pc */
	uint64_t cfa;     /* canonical frame address, 0 when not known */
	uint32_t mapping; /* index, UINT32_MAX when outside all */
	uint32_t repeats; /* as crash_frame.repeats */
	enum frame_trust trust;
	bool is_exact_pc;
	bool is_outermost; /* there is no caller: the stack is whole */
};

/*
 * Frames, the innermost first; how many (at least 1: the pc). *ret_is_truncated: the stack went on
 * beyond what was copied, or beyond max_frames.
 */
uint32_t unwinder_walk(const struct unwind_space *space, const struct stack_memory *memory,
		       const uint64_t registers[REGISTERS_COUNT], struct unwound_frame *ret_frames,
		       uint32_t max_frames, bool *ret_is_truncated);

/* The mapping with this address, or UINT32_MAX. */
uint32_t unwinder_find_mapping(const struct unwind_space *space, uint64_t address);

#endif
