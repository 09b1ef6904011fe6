/*
 * A walk where everything is hostile: registers, stack, the file the code is in. Input: 34
 * registers, 1 byte (bit 0: arm64), up to 2 pages of stack, then the file.
 */
// fuzz-sources: agent/symbols/*.c agent/base/arena.c agent/base/utf8.c agent/base/view.c
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>
#include "symbols/module.h"
#include "symbols/unwinder.h"

#define STACK 0x7000000
#define START 0x500000

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct module *find_module(void *self, uint32_t image)
{
	assert(image == 0);
	return self;
}

static struct module *open_module(const uint8_t *bytes, size_t size)
{
	struct module *module = NULL;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	if (module_new(&module, &fd, NULL) != 0)
		return NULL;
	return module;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static uint8_t pages_bytes[2][STACK_PAGE_BYTES];
	static struct unwound_frame frames[MAX_CRASH_FRAMES];
	const struct code_mapping mappings[] = {
		{.start = START, .end = START + 0x10000, .image = 0},
		{.start = START + 0x20000, .end = START + 0x21000, .image = NO_IMAGE},
	};
	const struct stack_page pages[] = {
		{.address = STACK, .bytes = pages_bytes[0]},
		{.address = STACK + STACK_PAGE_BYTES, .bytes = pages_bytes[1]},
	};
	const struct stack_memory memory = {.pages = pages, .count = 2};
	struct unwind_space space = {
		.mappings = mappings, .mappings_count = 2, .find_module = find_module};
	uint64_t registers[REGISTERS_COUNT];
	size_t stack_size;
	struct module *module;
	bool is_truncated;
	uint32_t count;

	if (size < sizeof(registers) + 1)
		return 0;
	memcpy(registers, bytes, sizeof(registers));
	space.machine = bytes[sizeof(registers)] & 1 ? MACHINE_ARM64 : MACHINE_X86_64;
	bytes += sizeof(registers) + 1;
	size -= sizeof(registers) + 1;
	stack_size = size < sizeof(pages_bytes) ? size : sizeof(pages_bytes);
	memset(pages_bytes, 0, sizeof(pages_bytes));
	memcpy(pages_bytes, bytes, stack_size);
	module = open_module(bytes + stack_size, size - stack_size);
	space.self = module;
	count = unwinder_walk(&space, &memory, registers, frames, MAX_CRASH_FRAMES, &is_truncated);
	assert(count >= 1 && count <= MAX_CRASH_FRAMES);
	for (uint32_t i = 0; i < count; i++)
		assert(frames[i].mapping == UINT32_MAX || frames[i].mapping < 2);
	assert(frames[0].trust == TRUST_CONTEXT && frames[0].is_exact_pc);
	module_free(&module);
	return 0;
}
