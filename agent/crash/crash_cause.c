/*
 * The cause of a crash: one function per family of signals, the first sentence that fits. What the
 * kernel does not say is not guessed: a general protection fault has no address, an access that was
 * not permitted may have been a read.
 */
#include "crash/crash_cause.h"

#include <signal.h>
#include <stdio.h>
#include "crash/signal_words.h"

#define NULL_PAGE_BYTES     4096
#define STACK_BELOW_BYTES   (64u << 10) /* how far below the stack pointer code may reach at once */
#define STACK_ABOVE_BYTES   (1u << 20)  /* a large frame is entered before it is touched */
#define CODE_OF_KERNEL      0x80
#define X86_STACK_POINTER   7
#define X86_PC              16
#define ARM64_STACK_POINTER 31
#define ARM64_PC            32

enum segv_code {
	MAPERR = 1,
	ACCERR = 2,
	BNDERR = 3,
	PKUERR = 4,
	MTEAERR = 8,
	MTESERR = 9,
	CPERR = 10
};
enum bus_code { ADRALN = 1, ADRERR = 2, OBJERR = 3, MCEERR_AR = 4, MCEERR_AO = 5 };

static uint64_t pc_of(const struct crash_facts *facts)
{
	return facts->registers[facts->is_arm64 ? ARM64_PC : X86_PC];
}

static uint64_t stack_pointer_of(const struct crash_facts *facts)
{
	return facts->registers[facts->is_arm64 ? ARM64_STACK_POINTER : X86_STACK_POINTER];
}

static struct view plain(const char *text)
{
	return view_of_text(text);
}

static struct view at_address(struct arena *arena, const char *what, uint64_t address)
{
	return arena_format(arena, "%s at address 0x%llx", what, (unsigned long long)address);
}

/* The address is about where the stack pointer is, and no page of the stack was readable there. */
static bool is_stack_overflow(const struct crash_facts *facts)
{
	uint64_t sp = stack_pointer_of(facts), address = facts->fault_address;

	if (!facts->has_registers || !facts->has_fault_address || !sp)
		return false;
	if (address + STACK_BELOW_BYTES < sp || address > sp + STACK_ABOVE_BYTES)
		return false;
	if (!facts->lowest_stack_page)
		return address / STACK_PAGE_BYTES == sp / STACK_PAGE_BYTES || address < sp;
	return address < facts->lowest_stack_page;
}

static bool is_canonical(uint64_t address)
{
	int64_t top = (int64_t)address >> 47;

	return top == 0 || top == -1;
}

/* x86-64: the kernel says nothing about the address, but a register may give it away. */
static struct view describe_protection_fault(const struct crash_facts *facts, struct arena *arena)
{
	static const char *const names[] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
					    "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

	for (size_t i = 0; facts->has_registers && !facts->is_arm64 && i < 16; i++)
		if (!is_canonical(facts->registers[i]))
			return arena_format(arena,
					    "access to a non-canonical address (%s is 0x%llx)",
					    names[i], (unsigned long long)facts->registers[i]);
	return plain("access to a non-canonical address, or a protection fault");
}

static struct view describe_permission(const struct crash_facts *facts, struct arena *arena)
{
	if (pc_of(facts) == facts->fault_address)
		return at_address(arena, "jump to memory that is not executable",
				  facts->fault_address);
	if (facts->address_place == PLACE_CODE || facts->address_place == PLACE_IMAGE)
		return at_address(arena, "write to read-only memory", facts->fault_address);
	return at_address(arena, "access to read-only or protected memory", facts->fault_address);
}

static struct view describe_segv(const struct crash_facts *facts, struct arena *arena)
{
	uint64_t address = facts->fault_address, pc = pc_of(facts);

	if (facts->code == CODE_OF_KERNEL)
		return describe_protection_fault(facts, arena);
	if (is_stack_overflow(facts))
		return arena_format(arena, "stack overflow at address 0x%llx",
				    (unsigned long long)address);
	if (!facts->has_fault_address)
		return plain("segmentation fault");
	switch (facts->code) {
	case BNDERR:
		return at_address(arena, "bounds check failed", address);
	case PKUERR:
		return at_address(arena, "access forbidden by a protection key", address);
	case MTEAERR:
	case MTESERR:
		return at_address(arena, "memory tag mismatch", address);
	case CPERR:
		return plain("control protection fault: a return or jump to where it must not go");
	}
	if (address < NULL_PAGE_BYTES && pc == address && pc < NULL_PAGE_BYTES)
		return at_address(arena, "call through a null pointer", address);
	if (address < NULL_PAGE_BYTES)
		return at_address(arena, "null pointer dereference", address);
	if (facts->code == ACCERR)
		return describe_permission(facts, arena);
	if (pc == address)
		return at_address(arena, "jump to unmapped memory", address);
	return at_address(arena, "access to unmapped memory", address);
}

static struct view describe_bus(const struct crash_facts *facts, struct arena *arena)
{
	switch (facts->code) {
	case ADRALN:
		return at_address(arena, "misaligned access", facts->fault_address);
	case ADRERR:
		if (is_stack_overflow(facts))
			return at_address(arena, "stack overflow", facts->fault_address);
		return at_address(arena, "access past the end of a mapped file",
				  facts->fault_address);
	case OBJERR:
		return plain("hardware error on access to memory");
	case MCEERR_AR:
	case MCEERR_AO:
		return at_address(arena, "memory error found by the hardware",
				  facts->fault_address);
	}
	return plain("bus error");
}

static struct view describe_fpe(int code)
{
	static const char *const sentences[] = {
		NULL,
		"integer division by zero",
		"integer overflow",
		"floating-point division by zero",
		"floating-point overflow",
		"floating-point underflow",
		"inexact floating-point result",
		"invalid floating-point operation",
		"subscript out of range",
	};

	if (code > 0 && code < (int)(sizeof(sentences) / sizeof(sentences[0])))
		return plain(sentences[code]);
	return plain("arithmetic exception");
}

static struct view describe_system_call(const struct crash_facts *facts, struct arena *arena)
{
	if (facts->code != 1 || !facts->has_registers)
		return plain(facts->code == 1 ? "system call forbidden by seccomp"
					      : "bad system call");
	/* The kernel takes the call back before it delivers: the number is where it was put. */
	return arena_format(arena, "system call %llu forbidden by seccomp",
			    (unsigned long long)facts->registers[facts->is_arm64 ? 8 : 0]);
}

static bool is_sent_by_another(const struct crash_facts *facts)
{
	return facts->code <= 0 && facts->sender_pid && facts->sender_pid != facts->pid;
}

/* " by PID 12 (bash)", or nothing. */
static void write_sender(const struct crash_facts *facts, char *text, size_t size)
{
	text[0] = '\0';
	if (!facts->sender_pid)
		return;
	if (facts->sender_name.size)
		(void)snprintf(text, size, " by PID %u (%.*s)", facts->sender_pid,
			       (int)(facts->sender_name.size < 64 ? facts->sender_name.size : 64),
			       facts->sender_name.bytes);
	else
		(void)snprintf(text, size, " by PID %u", facts->sender_pid);
}

static struct view describe_sent(const struct crash_facts *facts, struct arena *arena)
{
	const char *name = signal_words_name(facts->signal);
	char sender[128];

	write_sender(facts, sender, sizeof(sender));
	if (facts->signal == SIGABRT &&
	    (facts->sender_pid == 1 || view_equals(facts->sender_name, VIEW_LITERAL("systemd"))))
		return arena_format(arena, "aborted%s: its watchdog ran out, or it did not stop",
				    sender);
	if (name)
		return arena_format(arena, "%s sent%s", name, sender);
	return arena_format(arena, "signal %d sent%s", facts->signal, sender);
}

static struct view describe_signal(const struct crash_facts *facts, struct arena *arena)
{
	const char *description = signal_words_description(facts->signal);
	struct view cause = {0};

	if (is_sent_by_another(facts))
		return describe_sent(facts, arena);
	if (facts->signal == SIGABRT)
		cause = crash_abort_cause_describe(facts, arena);
	if (cause.size)
		return cause;
	switch (facts->signal) {
	case SIGABRT:
		return plain("abort() was called");
	case SIGPIPE:
		return plain("write to a closed pipe or connection");
	case SIGXCPU:
		return plain("CPU time limit exceeded");
	case SIGXFSZ:
		return plain("file size limit exceeded");
	}
	if (facts->code <= 0)
		return arena_format(arena, "%s, raised by the program itself",
				    description ? description : "signal");
	switch (facts->signal) {
	case SIGSEGV:
		return describe_segv(facts, arena);
	case SIGBUS:
		return describe_bus(facts, arena);
	case SIGFPE:
		return describe_fpe(facts->code);
	case SIGSYS:
		return describe_system_call(facts, arena);
	case SIGILL:
		return pc_of(facts) ? at_address(arena, "illegal instruction", pc_of(facts))
				    : plain("illegal instruction");
	case SIGTRAP:
		return plain("breakpoint or trap instruction");
	}
	return description ? plain(description) : arena_format(arena, "signal %d", facts->signal);
}

/* "256 MiB", "255.9 MiB": whole numbers where they are. */
static struct view describe_size(struct arena *arena, uint64_t bytes)
{
	uint64_t tenths = bytes / 1024 * 10 / 1024;

	if (bytes < 1024 * 1024)
		return arena_format(arena, "%llu KiB", (unsigned long long)(bytes / 1024));
	if (bytes % (1024 * 1024) == 0)
		return arena_format(arena, "%llu MiB", (unsigned long long)(bytes / 1024 / 1024));
	return arena_format(arena, "%llu.%llu MiB", (unsigned long long)(tenths / 10),
			    (unsigned long long)(tenths % 10));
}

static struct view describe_oom(const struct crash_facts *facts, struct arena *arena)
{
	struct view limit, usage;

	if (!facts->memory_limit_bytes)
		return plain("killed by the kernel because memory ran out");
	limit = describe_size(arena, facts->memory_limit_bytes);
	usage = describe_size(arena, facts->memory_usage_bytes);
	if (!facts->memory_usage_bytes)
		return arena_format(arena,
				    "killed by the kernel because memory ran out: limit %.*s",
				    VIEW_FORMAT(limit));
	return arena_format(arena,
			    "killed by the kernel because memory ran out: limit %.*s, in use %.*s",
			    VIEW_FORMAT(limit), VIEW_FORMAT(usage));
}

static struct view describe_kill(const struct crash_facts *facts, struct arena *arena)
{
	const char *name = signal_words_name(facts->signal);
	char sender[128];

	write_sender(facts, sender, sizeof(sender));
	if (facts->signal == SIGPIPE && !is_sent_by_another(facts))
		return plain("write to a closed pipe or connection");
	if (name)
		return arena_format(arena, "killed%s with %s", sender, name);
	return arena_format(arena, "killed%s with signal %d", sender, facts->signal);
}

struct view crash_cause_describe(const struct crash_facts *facts, struct arena *arena)
{
	struct view cause;

	switch (facts->kind) {
	case CRASH_OOM_KILL:
		return describe_oom(facts, arena);
	case CRASH_KILLED:
		return describe_kill(facts, arena);
	case CRASH_EXIT:
		cause = crash_abort_cause_printed(facts->stderr_tail, arena);
		if (cause.size)
			return arena_format(arena, "%.*s; exited with status %d",
					    VIEW_FORMAT(cause), facts->exit_status);
		return arena_format(arena, "exited with status %d", facts->exit_status);
	case CRASH_FAULT:
		cause = describe_signal(facts, arena);
		return arena_format(arena, "%.*s; the program caught it and exited with status %d",
				    VIEW_FORMAT(cause), facts->exit_status);
	case CRASH_EXCEPTION: /* says for itself what it is */
	case CRASH_SIGNAL:
		break;
	}
	return describe_signal(facts, arena);
}

struct view crash_cause_type(const struct crash_facts *facts)
{
	const char *name = signal_words_name(facts->signal);

	if (facts->kind == CRASH_OOM_KILL)
		return plain("OOMKill");
	if (facts->kind == CRASH_EXIT)
		return plain("ExitStatus");
	return plain(name ? name : "Signal");
}
