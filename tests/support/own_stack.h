/*
 * A crash to unwind that needs no crash: the registers, the stack and the mappings of the test
 * itself, as the agent would have captured them. Call own_stack_capture from the function whose
 * frames are wanted; the job points into the capture.
 */
#ifndef SUPPORT_OWN_STACK_H
#define SUPPORT_OWN_STACK_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>
#include "unwinding/unwind_job.h"

#define OWN_STACK_PAGES  16
#define OWN_STACK_IMAGES 64
#define OWN_STACK_MAPS   128

struct own_stack {
	uint8_t bytes[OWN_STACK_PAGES][STACK_PAGE_BYTES];
	struct job_page pages[OWN_STACK_PAGES];
	uint32_t pages_count;
	uint64_t registers[REGISTERS_COUNT];
	struct job_mapping mappings[OWN_STACK_MAPS];
	uint32_t mappings_count;
	struct job_image images[OWN_STACK_IMAGES];
	char paths[OWN_STACK_IMAGES][256];
	uint32_t images_count;
};

static inline void own_stack_registers(const ucontext_t *context,
				       uint64_t registers[REGISTERS_COUNT])
{
	memset(registers, 0, REGISTERS_COUNT * sizeof(*registers));
#if defined(__x86_64__)
	static const int by_number[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
					REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
					REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};

	for (int i = 0; i < 17; i++)
		registers[i] = (uint64_t)context->uc_mcontext.gregs[by_number[i]];
#else
	for (int i = 0; i < 31; i++)
		registers[i] = context->uc_mcontext.regs[i];
	registers[31] = context->uc_mcontext.sp;
	registers[32] = context->uc_mcontext.pc;
#endif
}

static inline uint32_t own_stack_image(struct own_stack *own, const char *path)
{
	uint32_t index = own->images_count;
	struct stat status;

	for (uint32_t i = 0; i < own->images_count; i++)
		if (!strcmp(own->paths[i], path))
			return i;
	if (path[0] != '/' || index == OWN_STACK_IMAGES || stat(path, &status) < 0)
		return NO_IMAGE;
	(void)snprintf(own->paths[index], sizeof(own->paths[index]), "%s", path);
	own->images[index] = (struct job_image){
		.path = view_of_text(own->paths[index]),
		.key = (uint64_t)status.st_ino,
		.fd = open(path, O_RDONLY | O_CLOEXEC),
	};
	own->images_count++;
	return index;
}

static inline void own_stack_read_mappings(struct own_stack *own)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	while (maps && fgets(line, sizeof(line), maps) && own->mappings_count < OWN_STACK_MAPS) {
		unsigned long long start, end, offset;
		char rights[8], path[256] = "";

		if (sscanf(line, "%llx-%llx %7s %llx %*s %*s %255s", &start, &end, rights, &offset,
			   path) < 4 ||
		    rights[2] != 'x')
			continue;
		own->mappings[own->mappings_count++] = (struct job_mapping){
			.start = start,
			.end = end,
			.file_offset = offset,
			.image = own_stack_image(own, path),
		};
	}
	if (maps)
		(void)fclose(maps);
}

/* The stack grows on; what lies above the frames of the caller stays while it runs. */
static inline void own_stack_copy_pages(struct own_stack *own, uint64_t sp)
{
	char *page = (char *)(uintptr_t)(sp & ~(uint64_t)(STACK_PAGE_BYTES - 1));
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

	for (uint32_t i = 0; i < OWN_STACK_PAGES; i++) {
		uint64_t address = (uint64_t)(uintptr_t)page + (uint64_t)i * STACK_PAGE_BYTES;

		if (pread(memory, own->bytes[i], STACK_PAGE_BYTES, (off_t)address) !=
		    STACK_PAGE_BYTES)
			break;
		own->pages[i] = (struct job_page){address, own->bytes[i]};
		own->pages_count = i + 1;
	}
	(void)close(memory);
}

#define own_stack_capture(own)                                                                     \
	do {                                                                                       \
		ucontext_t context_;                                                               \
                                                                                                   \
		memset((own), 0, sizeof(*(own)));                                                  \
		(void)getcontext(&context_);                                                       \
		own_stack_registers(&context_, (own)->registers);                                  \
		own_stack_copy_pages(own, (uint64_t)(uintptr_t)__builtin_frame_address(0) - 8192); \
		own_stack_read_mappings(own);                                                      \
	} while (0)

static inline struct job_thread own_stack_thread(const struct own_stack *own)
{
	struct job_thread thread = {
		.tid = (uint32_t)getpid(),
		.is_crashed = true,
		.pages = own->pages,
		.pages_count = own->pages_count,
	};

	memcpy(thread.registers, own->registers, sizeof(thread.registers));
	return thread;
}

static inline struct unwind_job own_stack_job(const struct own_stack *own,
					      const struct job_thread *threads, uint32_t count)
{
	return (struct unwind_job)
	{
		.id = 1,
#if defined(__aarch64__)
		.is_arm64 = true,
#endif
		.perf_map_fd = -1, .threads = threads, .threads_count = count,
		.mappings = own->mappings, .mappings_count = own->mappings_count,
		.images = own->images, .images_count = own->images_count,
	};
}

static inline void own_stack_done(struct own_stack *own)
{
	for (uint32_t i = 0; i < own->images_count; i++)
		if (own->images[i].fd >= 0)
			(void)close(own->images[i].fd);
	own->images_count = 0;
}

#endif
