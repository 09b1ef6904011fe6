/*
 * Ways of the crash target in which the processor itself says no.
 */
#include "crash_ways.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char price_list[] = "one ninety-five";
static char *volatile writable_price_list = (char *)price_list;
static volatile int zero;
static char data_bytes[64] = {1};
static void (*volatile missing_function)(void);
static void (*volatile data_function)(void) = (void (*)(void))(uintptr_t)data_bytes;
static volatile uintptr_t wild_address = 0x4141414141414141;

FRAME void read_null(void)
{
	depth += missing_shelf->articles;
	depth++;
}

FRAME void write_read_only(void)
{
	*writable_price_list = 'X';
	depth++;
}

static FRAME int descend(int level)
{
	volatile char frame[64];

	frame[0] = (char)level;
	int below = descend(level + 1);
	return below + frame[0];
}

FRAME void overflow_stack(void)
{
	depth += descend(0);
}

/* Only the far end of each frame is touched: most of this stack's pages never come to be. */
static FRAME int descend_widely(int level)
{
	volatile char frame[40000];

	frame[0] = (char)level;
	int below = descend_widely(level + 1);
	return below + frame[0];
}

FRAME void overflow_stack_widely(void)
{
	depth += descend_widely(0);
}

FRAME void divide_by_zero(void)
{
	depth = 12 / zero;
	depth++;
}

FRAME void read_past_file(void)
{
	int fd = open("truncated-file", O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, 8192) != 0)
		_exit(120);
	volatile char *bytes = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED || ftruncate(fd, 0) != 0)
		_exit(121);
	depth += bytes[4100];
	depth++;
}

FRAME void run_illegal_instruction(void)
{
	if (depth == 0)
		__builtin_trap();
	depth++;
}

FRAME void run_breakpoint(void)
{
#ifdef __x86_64__
	__asm__ volatile("int3");
#else
	__asm__ volatile("brk #0");
#endif
	depth++;
}

FRAME void call_null(void)
{
	missing_function();
	depth++;
}

FRAME void jump_to_data(void)
{
	data_function();
	depth++;
}

FRAME void read_wild_address(void)
{
	depth += *(volatile int *)wild_address;
	depth++;
}

/* push rbp; mov rbp, rsp; xor eax, eax; mov [rax], eax; pop rbp; ret */
static const uint8_t jitted[] = {0x55, 0x48, 0x89, 0xe5, 0x31, 0xc0, 0x89, 0x00, 0x5d, 0xc3};

/* Does as a virtual machine does: opens /tmp/perf-PID.map, makes code, says its name there, runs
 * it.
 */
FRAME void crash_jitted_code(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)getpid());
	FILE *map = fopen(path, "w");
	if (!map)
		_exit(123);
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (code == MAP_FAILED)
		_exit(122);
	memcpy(code, jitted, sizeof(jitted));
	fprintf(map, "%lx %zx jitted_price\n", (unsigned long)code, sizeof(jitted));
	fclose(map);
	usleep(50000); /* as long as any program has run when it crashes in its jitted code */
	((void (*)(void))(uintptr_t)code)();
	depth++;
}
