/*
 * Walks every thread of a core file with limpet's unwinder, from what limpet would have captured
 * (registers, at most MAX_STACK_PAGES pages of stack, the mappings, the files), for
 * test_core_stacks.py to compare with gdb. Per thread a line "thread TID", then a line per frame:
 * pc, trust, repeats.
 */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <time.h>
#include <unistd.h>
#include "symbols/module.h"
#include "symbols/unwinder.h"

#define MAX_MAPPINGS 4096

struct core {
	const uint8_t *bytes;
	const Elf64_Phdr *segments;
	uint32_t segments_count;
	struct code_mapping mappings[MAX_MAPPINGS];
	uint32_t mappings_count;
	const char *paths[MAX_MAPPINGS];
	struct module *modules[MAX_MAPPINGS];
	bool is_tried[MAX_MAPPINGS];
};

static struct module *find_module(void *self, uint32_t image)
{
	struct core *core = self;

	if (!core->is_tried[image]) {
		int fd = open(core->paths[image], O_RDONLY | O_CLOEXEC);

		core->is_tried[image] = true;
		if (fd >= 0)
			(void)module_new(&core->modules[image], &fd, NULL);
	}
	return core->modules[image];
}

static uint64_t word_at(const uint8_t *bytes, uint64_t index)
{
	uint64_t word; /* notes are aligned to 4 only */

	memcpy(&word, bytes + 8 * index, sizeof(word));
	return word;
}

/* NT_FILE: count, page size, (start, end, page offset) …, names. */
static void add_files(struct core *core, const uint8_t *note)
{
	uint64_t count = word_at(note, 0), page_bytes = word_at(note, 1);
	const char *name = (const char *)note + 8 * (2 + 3 * count);

	for (uint64_t i = 0; i < count; i++, name += strlen(name) + 1) {
		uint64_t start = word_at(note, 2 + 3 * i), end = word_at(note, 3 + 3 * i);

		for (uint32_t j = 0; j < core->mappings_count; j++) {
			struct code_mapping *mapping = &core->mappings[j];

			if (mapping->start < start || mapping->end > end)
				continue;
			mapping->image = j;
			mapping->file_offset =
				word_at(note, 4 + 3 * i) * page_bytes + (mapping->start - start);
			core->paths[j] = name;
		}
	}
}

static void copy_stack(const struct core *core, uint64_t sp, struct stack_page *pages,
		       struct stack_memory *ret)
{
	*ret = (struct stack_memory){.pages = pages};
	for (uint32_t i = 0; i < MAX_STACK_PAGES; i++) {
		uint64_t address = (sp & ~4095ull) + 4096ull * i;

		for (uint32_t j = 0; j < core->segments_count; j++) {
			const Elf64_Phdr *segment = &core->segments[j];

			if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
			    address - segment->p_vaddr < segment->p_filesz)
				pages[ret->count++] = (struct stack_page){
					.address = address,
					.bytes = core->bytes + segment->p_offset +
						 (address - segment->p_vaddr),
				};
		}
	}
}

static void print_thread(struct core *core, const struct elf_prstatus *status)
{
	static struct unwound_frame frames[MAX_CRASH_FRAMES];
	const struct user_regs_struct *user = (const struct user_regs_struct *)&status->pr_reg;
	const uint64_t registers[REGISTERS_COUNT] = {
		user->rax, user->rdx, user->rcx, user->rbx, user->rsi, user->rdi,
		user->rbp, user->rsp, user->r8,  user->r9,  user->r10, user->r11,
		user->r12, user->r13, user->r14, user->r15, user->rip, user->eflags,
	};
	struct unwind_space space = {
		.machine = MACHINE_X86_64,
		.mappings = core->mappings,
		.mappings_count = core->mappings_count,
		.find_module = find_module,
		.self = core,
	};
	struct stack_page pages[MAX_STACK_PAGES];
	struct stack_memory memory;
	bool is_truncated;
	uint32_t count;

	copy_stack(core, user->rsp, pages, &memory);
	count = unwinder_walk(&space, &memory, registers, frames, MAX_CRASH_FRAMES, &is_truncated);
	printf("thread %d%s\n", status->pr_pid, is_truncated ? " truncated" : "");
	for (uint32_t i = 0; i < count; i++)
		printf("%" PRIx64 " %s %u\n", frames[i].pc,
		       (const char *const[]){"context", "cfi", "fp", "scan"}[frames[i].trust],
		       frames[i].repeats);
}

/* Calls for every note of a type. */
static void visit_notes(struct core *core, uint32_t type,
			void (*visit)(struct core *core, const uint8_t *note))
{
	for (uint32_t i = 0; i < core->segments_count; i++) {
		const uint8_t *at = core->bytes + core->segments[i].p_offset;
		const uint8_t *end = at + core->segments[i].p_filesz;

		while (core->segments[i].p_type == PT_NOTE && at + sizeof(Elf64_Nhdr) <= end) {
			const Elf64_Nhdr *note = (const Elf64_Nhdr *)at;

			at += sizeof(*note) + ((note->n_namesz + 3) & ~3u);
			if (note->n_type == type)
				visit(core, at);
			at += (note->n_descsz + 3) & ~3u;
		}
	}
}

static void print_note(struct core *core, const uint8_t *note)
{
	struct elf_prstatus status;

	memcpy(&status, note, sizeof(status));
	print_thread(core, &status);
}

int main(int argc, char **argv)
{
	static struct core core;
	struct timespec begin, end;
	struct stat status;
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0 || fstat(fd, &status) != 0)
		return 2;
	core.bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	core.segments_count = ((const Elf64_Ehdr *)core.bytes)->e_phnum;
	core.segments =
		(const Elf64_Phdr *)(core.bytes + ((const Elf64_Ehdr *)core.bytes)->e_phoff);
	for (uint32_t i = 0; i < core.segments_count && core.mappings_count < MAX_MAPPINGS; i++)
		if (core.segments[i].p_type == PT_LOAD && (core.segments[i].p_flags & PF_X))
			core.mappings[core.mappings_count++] = (struct code_mapping){
				.start = core.segments[i].p_vaddr,
				.end = core.segments[i].p_vaddr + core.segments[i].p_memsz,
				.image = NO_IMAGE,
			};
	visit_notes(&core, NT_FILE, add_files);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	visit_notes(&core, NT_PRSTATUS, print_note);
	clock_gettime(CLOCK_MONOTONIC, &end);
	fprintf(stderr, "%.1f ms\n",
		(double)(end.tv_sec - begin.tv_sec) * 1e3 +
			(double)(end.tv_nsec - begin.tv_nsec) / 1e6);
	for (uint32_t i = 0; i < core.mappings_count; i++)
		module_free(&core.modules[i]);
	return 0;
}
