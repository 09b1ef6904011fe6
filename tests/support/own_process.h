/* This very process as the unwinder sees a crashed one: its executable mappings, the files behind
 * them, a copy of its stack. */
#ifndef SUPPORT_OWN_PROCESS_H
#define SUPPORT_OWN_PROCESS_H

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ucontext.h>
#include <unistd.h>
#include "symbols/module.h"
#include "symbols/register_state.h"
#include "symbols/unwinder.h"

#define OWN_MAPPINGS 64
#define OWN_PAGES    64
#ifdef __aarch64__
#define OWN_MACHINE MACHINE_ARM64
#else
#define OWN_MACHINE MACHINE_X86_64
#endif

struct own_process {
	struct code_mapping mappings[OWN_MAPPINGS];
	struct module *modules[OWN_MAPPINGS];
	struct unwind_space space;
	uint8_t bytes[OWN_PAGES][STACK_PAGE_BYTES];
	struct stack_page pages[OWN_PAGES];
	struct stack_memory memory;
	uint64_t registers[REGISTERS_COUNT];
};

static inline struct module *own_process_find_module(void *self, uint32_t image)
{
	return ((struct own_process *)self)->modules[image];
}

static inline void own_process_open(struct own_process *own)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], path[256], flags[8];
	uint32_t count = 0;

	memset(own, 0, sizeof(*own));
	while (fgets(line, sizeof(line), maps) && count < OWN_MAPPINGS) {
		struct code_mapping *mapping = &own->mappings[count];
		int fd = -1;

		path[0] = 0;
		assert(sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %255s",
			      &mapping->start, &mapping->end, flags, &mapping->file_offset,
			      path) >= 4);
		if (flags[2] != 'x')
			continue;
		mapping->image = NO_IMAGE;
#ifdef __aarch64__
		/* An emulator's code that handlers return to begins its page; the kernel's never
		 * does, and what leads there is looked up one byte before. */
		mapping->start -= path[0] ? 0 : 1;
#endif
		if (path[0] == '/')
			fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && module_new(&own->modules[count], &fd, NULL) == 0)
			mapping->image = count;
		count++;
	}
	fclose(maps);
	own->space = (struct unwind_space){
		.machine = OWN_MACHINE,
		.mappings = own->mappings,
		.mappings_count = count,
		.find_module = own_process_find_module,
		.self = own,
	};
}

static inline void own_process_close(struct own_process *own)
{
	for (uint32_t i = 0; i < OWN_MAPPINGS; i++)
		module_free(&own->modules[i]);
}

/* Pages from the stack pointer up, as the kernel side copies them. */
static inline void own_process_copy_stack(struct own_process *own, uint32_t pages)
{
	uint64_t sp = own->registers[register_state_sp_number(OWN_MACHINE)];
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

	assert(fd >= 0 && pages <= OWN_PAGES);
	own->memory = (struct stack_memory){.pages = own->pages};
	for (uint32_t i = 0; i < pages; i++) {
		struct stack_page *page = &own->pages[own->memory.count];
		uint8_t *bytes = own->bytes[own->memory.count];

		page->address = (sp & ~4095ull) + 4096ull * i;
		page->bytes = bytes;
		if (pread(fd, bytes, STACK_PAGE_BYTES, (off_t)page->address) == STACK_PAGE_BYTES)
			own->memory.count++;
	}
	close(fd);
}

/* The registers of a getcontext() or of a signal handler's third argument. */
static inline void own_process_copy_registers(struct own_process *own, const ucontext_t *context)
{
#ifdef __aarch64__
	for (size_t i = 0; i < ARM64_SP; i++)
		own->registers[i] = context->uc_mcontext.regs[i];
	own->registers[ARM64_SP] = context->uc_mcontext.sp;
	own->registers[ARM64_PC] = context->uc_mcontext.pc;
#else
	static const int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
				    REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
				    REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP, REG_EFL};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		own->registers[i] = (uint64_t)context->uc_mcontext.gregs[order[i]];
#endif
}

#endif
