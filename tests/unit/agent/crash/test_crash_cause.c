/* The cause sentence, by facts as they come from real crashes. */
#include "crash/crash_cause.h"

#include <signal.h>
#include "cmocka_test.h"

#define SP 0x7ffd00002f00ull

static struct crash_facts fault(int signal, int code, uint64_t address)
{
	struct crash_facts facts = {
		.kind = CRASH_SIGNAL,
		.signal = signal,
		.code = code,
		.has_fault_address = true,
		.has_registers = true,
		.fault_address = address,
		.lowest_stack_page = SP & ~4095ull,
		.pid = 100,
	};

	facts.registers[16] = 0x401136;
	facts.registers[7] = SP;
	return facts;
}

static void expect_at(const struct crash_facts *facts, const char *wanted, const char *file,
		      int line)
{
	struct arena arena;

	arena_init(&arena, 1 << 16);
	assert_view_at(crash_cause_describe(facts, &arena), wanted, file, line);
	arena_done(&arena);
}
#define expect(facts, wanted) expect_at(facts, wanted, __FILE__, __LINE__)

static void test_memory(void **state)
{
	struct crash_facts facts = fault(SIGSEGV, 1, 0);

	(void)state;
	expect(&facts, "null pointer dereference at address 0x0");
	facts.fault_address = 8;
	expect(&facts, "null pointer dereference at address 0x8");
	facts.fault_address = 4096;
	expect(&facts, "access to unmapped memory at address 0x1000");
	facts.fault_address = 0;
	facts.registers[16] = 0;
	expect(&facts, "call through a null pointer at address 0x0");
	facts = fault(SIGSEGV, 1, 0x12345678);
	facts.registers[16] = 0x12345678;
	expect(&facts, "jump to unmapped memory at address 0x12345678");
	facts = fault(SIGSEGV, 2, 0x12345678);
	facts.registers[16] = 0x12345678;
	expect(&facts, "jump to memory that is not executable at address 0x12345678");
	facts = fault(SIGSEGV, 2, 0x402000);
	expect(&facts, "access to read-only or protected memory at address 0x402000");
	facts.address_place = PLACE_IMAGE;
	expect(&facts, "write to read-only memory at address 0x402000");
	facts = fault(SIGSEGV, 4, 0x402000);
	expect(&facts, "access forbidden by a protection key at address 0x402000");
	facts = fault(SIGSEGV, 9, 0x402000);
	expect(&facts, "memory tag mismatch at address 0x402000");
	facts = fault(SIGSEGV, 0x80, 0);
	expect(&facts, "access to a non-canonical address, or a protection fault");
	facts.registers[0] = 0x4141414141414141;
	expect(&facts, "access to a non-canonical address (rax is 0x4141414141414141)");
	facts.registers[0] = 0xffff800000000000; /* the upper half is canonical too */
	expect(&facts, "access to a non-canonical address, or a protection fault");
}

static void test_stack_overflow(void **state)
{
	/* The main thread: a push below the lowest page; the pages above were copied. */
	struct crash_facts facts = fault(SIGSEGV, 1, 0x7ffd00001ff8);

	(void)state;
	facts.registers[7] = 0x7ffd00002000;
	facts.lowest_stack_page = 0x7ffd00002000;
	expect(&facts, "stack overflow at address 0x7ffd00001ff8");
	/* A frame of 40,000 bytes: the pointer is already below what is mapped. */
	facts = fault(SIGSEGV, 1, 0x7ffd00001ff8);
	facts.registers[7] = 0x7ffd00001ff8 - 40000;
	facts.lowest_stack_page = 0x7ffd00003000;
	expect(&facts, "stack overflow at address 0x7ffd00001ff8");
	/* A thread's guard page. */
	facts = fault(SIGSEGV, 2, 0x7f0000000ff8);
	facts.registers[7] = 0x7f0000000ff8;
	facts.lowest_stack_page = 0x7f0000001000;
	expect(&facts, "stack overflow at address 0x7f0000000ff8");
	/* Far from the stack pointer it is none; nor where the stack could be read. */
	facts = fault(SIGSEGV, 1, SP - (1 << 20));
	expect(&facts, "access to unmapped memory at address 0x7ffcfff02f00");
	facts = fault(SIGSEGV, 2, SP + 64);
	expect(&facts, "access to read-only or protected memory at address 0x7ffd00002f40");
	/* arm64 has its stack pointer elsewhere. */
	facts = fault(SIGSEGV, 1, 0xffff00001ff0);
	facts.is_arm64 = true;
	facts.registers[31] = 0xffff00002000;
	facts.lowest_stack_page = 0xffff00002000;
	expect(&facts, "stack overflow at address 0xffff00001ff0");
}

static void test_other_signals(void **state)
{
	struct crash_facts facts = fault(SIGBUS, 2, 0x7f0000005000);

	(void)state;
	expect(&facts, "access past the end of a mapped file at address 0x7f0000005000");
	facts.code = 1;
	expect(&facts, "misaligned access at address 0x7f0000005000");
	facts = fault(SIGFPE, 1, 0x401136);
	expect(&facts, "integer division by zero");
	facts.code = 3;
	expect(&facts, "floating-point division by zero");
	facts.code = 50;
	expect(&facts, "arithmetic exception");
	facts = fault(SIGILL, 2, 0x401136);
	expect(&facts, "illegal instruction at address 0x401136");
	facts = fault(SIGTRAP, 0x80, 0);
	expect(&facts, "breakpoint or trap instruction");
	facts = fault(SIGSYS, 1, 0x7f00);
	facts.registers[0] = 41;
	expect(&facts, "system call 41 forbidden by seccomp");
	facts.is_arm64 = true;
	facts.registers[8] = 198;
	expect(&facts, "system call 198 forbidden by seccomp");
	facts = fault(SIGXCPU, 0x80, 0);
	expect(&facts, "CPU time limit exceeded");
	facts = fault(SIGXFSZ, 0, 0);
	expect(&facts, "file size limit exceeded");
	facts = fault(SIGPIPE, 0, 0);
	expect(&facts, "write to a closed pipe or connection");
	facts = fault(SIGSEGV, -6, 0);
	expect(&facts, "segmentation fault, raised by the program itself");
	facts.sender_pid = 100; /* the same process */
	expect(&facts, "segmentation fault, raised by the program itself");
	facts.sender_pid = 7;
	facts.sender_name = VIEW_LITERAL("bash");
	expect(&facts, "SIGSEGV sent by PID 7 (bash)");
}

static void test_other_ends(void **state)
{
	struct crash_facts facts = {.kind = CRASH_KILLED, .signal = SIGKILL, .sender_pid = 12};

	(void)state;
	facts.sender_name = VIEW_LITERAL("bash");
	expect(&facts, "killed by PID 12 (bash) with SIGKILL");
	facts.sender_name = (struct view){0};
	expect(&facts, "killed by PID 12 with SIGKILL");
	facts.sender_pid = 0;
	expect(&facts, "killed with SIGKILL");
	facts.signal = 34;
	expect(&facts, "killed with signal 34");
	facts = (struct crash_facts){.kind = CRASH_EXIT, .exit_status = 3};
	expect(&facts, "exited with status 3");
	facts = (struct crash_facts){.kind = CRASH_OOM_KILL, .signal = SIGKILL};
	expect(&facts, "killed by the kernel because memory ran out");
	facts.memory_limit_bytes = 268435456;
	expect(&facts, "killed by the kernel because memory ran out: limit 256 MiB");
	facts.memory_usage_bytes = 268431360;
	expect(&facts,
	       "killed by the kernel because memory ran out: limit 256 MiB, in use 255.9 MiB");
	facts.memory_usage_bytes = 20480;
	expect(&facts, "killed by the kernel because memory ran out: limit 256 MiB, in use 20 KiB");
	facts.memory_limit_bytes = facts.memory_usage_bytes = UINT64_MAX;
	expect(&facts,
	       "killed by the kernel because memory ran out: limit 17592186044415.9 MiB, in use 17592186044415.9 MiB");
	facts = fault(SIGSEGV, 1, 0);
	facts.kind = CRASH_FAULT;
	facts.exit_status = 2;
	expect(&facts,
	       "null pointer dereference at address 0x0; the program caught it and exited with status 2");
	facts = fault(SIGABRT, 0, 0);
	facts.sender_pid = 1;
	facts.sender_name = VIEW_LITERAL("systemd");
	expect(&facts, "aborted by PID 1 (systemd): its watchdog ran out, or it did not stop");
}

static void test_types(void **state)
{
	struct crash_facts facts = {.kind = CRASH_SIGNAL, .signal = SIGSEGV};

	(void)state;
	assert_view(crash_cause_type(&facts), "SIGSEGV");
	facts.kind = CRASH_OOM_KILL;
	assert_view(crash_cause_type(&facts), "OOMKill");
	facts.kind = CRASH_EXIT;
	assert_view(crash_cause_type(&facts), "ExitStatus");
	facts.kind = CRASH_KILLED;
	facts.signal = 40;
	assert_view(crash_cause_type(&facts), "Signal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),        cmocka_unit_test(test_stack_overflow),
		cmocka_unit_test(test_other_signals), cmocka_unit_test(test_other_ends),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
