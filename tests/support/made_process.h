/* A process made by hand: one file of unwind_elf.h mapped at 0x500000, a mapping of code without a
 * file at 0x600000, a stack of four pages at 0x7000000. */
#ifndef SUPPORT_MADE_PROCESS_H
#define SUPPORT_MADE_PROCESS_H

#include "symbols/unwinder.h"
#include "unwind_elf.h"

#define MADE_START 0x500000 /* file offset 0, linked at UNWIND_ELF_BASE */
#define MADE_CODE  0x501000
#define MADE_JIT   0x600000
#define MADE_STACK 0x7000000
#define MADE_PAGES 4

struct made_process {
	struct unwind_elf elf;
	struct module *module;
	struct code_mapping mappings[2];
	struct unwind_space space;
	uint8_t bytes[MADE_PAGES][STACK_PAGE_BYTES];
	struct stack_page pages[MADE_PAGES];
	struct stack_memory memory;
	uint64_t registers[REGISTERS_COUNT];
	struct unwound_frame frames[MAX_CRASH_FRAMES];
	uint32_t frames_count;
	bool is_truncated;
};

static inline struct module *made_process_find_module(void *self, uint32_t image)
{
	struct made_process *made = self;

	assert(image == 7);
	return made->module;
}

static inline void made_process_begin(struct made_process *made, enum machine machine)
{
	memset(made, 0, sizeof(*made));
	unwind_elf_begin(&made->elf, machine == MACHINE_ARM64 ? EM_AARCH64 : EM_X86_64);
	made->mappings[0] = (struct code_mapping){
		.start = MADE_START, .end = MADE_START + UNWIND_ELF_BYTES, .image = 7};
	made->mappings[1] = (struct code_mapping){
		.start = MADE_JIT, .end = MADE_JIT + 0x1000, .image = NO_IMAGE};
	made->space = (struct unwind_space){
		.machine = machine,
		.mappings = made->mappings,
		.mappings_count = 2,
		.find_module = made_process_find_module,
		.self = made,
	};
	for (uint32_t i = 0; i < MADE_PAGES; i++)
		made->pages[i] = (struct stack_page){.address = MADE_STACK + i * STACK_PAGE_BYTES,
						     .bytes = made->bytes[i]};
	made->memory = (struct stack_memory){.pages = made->pages, .count = MADE_PAGES};
}

/* Code at an offset of the code, which begins with the same bytes of a function's address. */
static inline void made_process_code(struct made_process *made, uint32_t offset, struct view bytes)
{
	memcpy(made->elf.bytes + 0x1000 + offset, bytes.bytes, bytes.size);
}

static inline void made_process_word(struct made_process *made, uint64_t address, uint64_t value)
{
	uint64_t inside = address - MADE_STACK;

	memcpy(made->bytes[inside / STACK_PAGE_BYTES] + inside % STACK_PAGE_BYTES, &value,
	       sizeof(value));
}

/* In place of unwind tables the function table of Go 1.20: one function at the beginning of the
 * code, which takes 24 bytes of stack from its 5th byte on. */
static inline void made_process_add_go_table(struct made_process *made)
{
	const uint64_t words[] = {0x0801000000000000 | 0xfffffff1,
				  1,
				  0,
				  UNWIND_ELF_CODE,
				  0x48,
				  0x50,
				  0x50,
				  0x58,
				  0x60};
	/* Entry and place of the function, the end; the function: entry, name, …, pcsp. */
	const uint32_t functions[] = {0, 12, 0x40, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0};

	unwind_elf_put(&made->elf, words, sizeof(words));
	unwind_elf_put(&made->elf, "\0leaf\0\0", 8);
	unwind_elf_put(&made->elf, "\0\0\0\0\0\0\0\0", 8);
	unwind_elf_put(&made->elf, "\0\2\4\x30\x3c\0\0\0", 8);
	unwind_elf_put(&made->elf, functions, sizeof(functions));
	unwind_elf_add_sections(&made->elf, ".gopclntab", NULL);
	made->module = unwind_elf_module(&made->elf);
}

/* After the last entry and byte of code. */
static inline void made_process_open(struct made_process *made)
{
	unwind_elf_put_u32(&made->elf, 0);
	unwind_elf_add_header(&made->elf);
	made->module = unwind_elf_module(&made->elf);
}

static inline void made_process_walk(struct made_process *made)
{
	made->frames_count = unwinder_walk(&made->space, &made->memory, made->registers,
					   made->frames, MAX_CRASH_FRAMES, &made->is_truncated);
}

#endif
