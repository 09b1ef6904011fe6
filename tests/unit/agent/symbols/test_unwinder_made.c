/* Walks over processes made by hand: arm64, frame pointers, scans, Go, signal frames without
 * tables, stacks that lie. */
#include "cmocka_test.h"
#include "made_process.h"

#define SP        0x7000100ull
#define FP_X86_64 6
#define SP_X86_64 7
#define PC_X86_64 16

#define ARM64_COMMON    VIEW_LITERAL("\x0c\x1f\x00")             /* def_cfa sp+0 */
#define X86_64_COMMON   VIEW_LITERAL("\x0c\x07\x08\x90\x01")     /* def_cfa rsp+8; rip at c-8 */
#define CALL_X86_64     VIEW_LITERAL("\xe8\x00\x00\x00\x00\x90") /* returns to +5 */
#define PROLOGUE_X86_64 VIEW_LITERAL("\x55\x48\x89\xe5")
#define CALL_ARM64      VIEW_LITERAL("\x00\x00\x00\x94\x1f\x20\x03\xd5") /* returns to +4 */

static struct made_process made;

static void expect_frame(uint32_t i, uint64_t pc, enum frame_trust trust)
{
	assert_in_range(i, 0, made.frames_count - 1);
	assert_int_equal(made.frames[i].pc, pc);
	assert_int_equal(made.frames[i].trust, trust);
}

static void close_made(void)
{
	module_free(&made.module);
}

/* Leaf, a function with a signed return address, the outermost one. */
static void begin_arm64(void)
{
	made_process_begin(&made, MACHINE_ARM64);
	unwind_elf_add_common(&made.elf, "zR", ARM64_COMMON);
	unwind_elf_add(&made.elf, 0x11000, 0x40, VIEW_LITERAL(""));
	/* paciasp; stp x29, x30, [sp, #-32]!; … */
	unwind_elf_add(&made.elf, 0x11100, 0x40,
		       VIEW_LITERAL("\x41\x2d\x41\x0e\x20\x9d\x04\x9e\x03"));
	unwind_elf_add(&made.elf, 0x11200, 0x40, VIEW_LITERAL("\x07\x1e")); /* no return address */
	made.registers[32] = MADE_CODE + 0x10;
	made.registers[31] = SP;
	made.registers[30] = MADE_CODE + 0x120;
	made.registers[29] = 0x1234;
	made_process_word(&made, SP, 0x5678);
	made_process_word(&made, SP + 8, 0xb4ff000000000000 | (MADE_CODE + 0x220));
}

static void test_arm64(void **state)
{
	(void)state;
	begin_arm64();
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(0, MADE_CODE + 0x10, TRUST_CONTEXT);
	expect_frame(1, MADE_CODE + 0x120, TRUST_CFI);
	expect_frame(2, MADE_CODE + 0x220, TRUST_CFI);
	assert_int_equal(made.frames[0].cfa, SP);
	assert_int_equal(made.frames[1].cfa, SP + 32);
	assert_true(made.frames[0].is_exact_pc);
	assert_false(made.frames[1].is_exact_pc);
	assert_false(made.is_truncated);
	close_made();
}

/* A leaf's rule in the middle of a stack is no rule: the frame pointer is next. */
static void test_arm64_no_rule(void **state)
{
	(void)state;
	begin_arm64();
	made_process_code(&made, 0x21c, CALL_ARM64);
	made.registers[30] = MADE_CODE + 0x20; /* called from the leaf, says it */
	made.registers[29] = SP;
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(1, MADE_CODE + 0x20, TRUST_CFI);
	expect_frame(2, MADE_CODE + 0x220, TRUST_FP);
	close_made();
}

static void test_arm64_call_through_null(void **state)
{
	(void)state;
	begin_arm64();
	made_process_code(&made, 0x11c, CALL_ARM64);
	made.registers[32] = 0;
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(0, 0, TRUST_CONTEXT);
	assert_int_equal(made.frames[0].mapping, UINT32_MAX);
	expect_frame(1, MADE_CODE + 0x120, TRUST_CFI);
	expect_frame(2, MADE_CODE + 0x220, TRUST_CFI);
	close_made();
}

/* At its first instruction a function without a table has its return address in the register. */
static void test_arm64_entry(void **state)
{
	(void)state;
	begin_arm64();
	made_process_code(&made, 0x300,
			  VIEW_LITERAL("\xfd\x7b\xbe\xa9")); /* stp x29, x30, [sp, #-32]! */
	made_process_code(&made, 0x11c, CALL_ARM64);
	made.registers[32] = MADE_CODE + 0x300;
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(1, MADE_CODE + 0x120, TRUST_FP);
	expect_frame(2, MADE_CODE + 0x220, TRUST_CFI);
	close_made();
}

static void put_arm64_signal_frame(uint64_t sp)
{
	for (uint64_t i = 0; i <= 32; i++)
		made_process_word(&made, sp + 312 + 8 * i, made.registers[i]);
	made_process_word(&made, sp + 592, 0x46508001);
}

/* The handler returns into the vdso: by its bytes when there is a file, by the stack when not. */
static void test_arm64_signal(void **state)
{
	(void)state;
	for (int has_file = 0; has_file < 2; has_file++) {
		uint64_t back = has_file ? MADE_CODE + 0x400 : MADE_JIT + 0x10;

		begin_arm64();
		made_process_code(&made, 0x400, VIEW_LITERAL("\x68\x11\x80\xd2\x01\x00\x00\xd4"));
		made.registers[30] = MADE_CODE + 0x220;
		put_arm64_signal_frame(0x7000300);
		made.registers[32] = MADE_CODE + 0x20; /* in the handler, a leaf */
		made.registers[31] = 0x7000300;
		made.registers[30] = back;
		made_process_open(&made);
		made_process_walk(&made);
		assert_int_equal(made.frames_count, 4);
		expect_frame(1, back, TRUST_CFI);
		assert_true(made.frames[1].is_exact_pc);
		/* Interrupted, on a stack that is not above the handler's. */
		expect_frame(2, MADE_CODE + 0x10, TRUST_CFI);
		assert_true(made.frames[2].is_exact_pc);
		assert_int_equal(made.frames[2].cfa, SP);
		expect_frame(3, MADE_CODE + 0x220, TRUST_CFI);
		close_made();
	}
}

static void begin_x86_64(void)
{
	made_process_begin(&made, MACHINE_X86_64);
	unwind_elf_add_common(&made.elf, "zR", X86_64_COMMON);
	unwind_elf_add(&made.elf, 0x11100, 0x40, VIEW_LITERAL("\x0e\x20")); /* CFA = rsp+32 */
	unwind_elf_add(&made.elf, 0x11200, 0x40, VIEW_LITERAL("\x07\x10"));
	made.registers[PC_X86_64] = MADE_CODE + 0x110;
	made.registers[SP_X86_64] = SP;
}

static void test_frame_pointers(void **state)
{
	(void)state;
	begin_x86_64();
	made_process_code(&made, 0x2f0, PROLOGUE_X86_64);
	made_process_code(&made, 0x31b, CALL_X86_64);
	made_process_code(&made, 0x21b, CALL_X86_64);
	made.registers[FP_X86_64] = SP + 0x40;
	made_process_word(&made, SP + 24, MADE_CODE + 0x320); /* no table there */
	made_process_word(&made, SP + 0x40, SP + 0x80);
	made_process_word(&made, SP + 0x48, MADE_JIT + 0x20); /* nor a file */
	made_process_word(&made, SP + 0x80, 0);
	made_process_word(&made, SP + 0x88, MADE_CODE + 0x220);
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 4);
	expect_frame(1, MADE_CODE + 0x320, TRUST_CFI);
	expect_frame(2, MADE_JIT + 0x20, TRUST_FP);
	expect_frame(3, MADE_CODE + 0x220, TRUST_FP);
	assert_int_equal(made.frames[2].mapping, 1);
	assert_false(made.is_truncated);
	close_made();
}

/* Frame pointers of code that keeps none: what is found is no return address. */
static void test_scan(void **state)
{
	(void)state;
	begin_x86_64();
	made_process_code(&made, 0x21b, CALL_X86_64);
	made.registers[PC_X86_64] = MADE_CODE + 0x330;
	made.registers[FP_X86_64] = SP + 0x40;
	made_process_word(&made, SP + 0x40, 7);
	made_process_word(&made, SP + 0x48, 9);
	made_process_word(&made, SP + 0x50, MADE_CODE + 0x500); /* code, but no call before */
	made_process_word(&made, SP + 0x58, MADE_JIT + 0x100);  /* nobody can tell */
	made_process_word(&made, SP + 0x60, MADE_CODE + 0x220);
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 2);
	expect_frame(1, MADE_CODE + 0x220, TRUST_SCAN);
	assert_int_equal(made.frames[0].cfa, SP + 0x68);
	close_made();
}

/* Prologues and epilogues of functions without a table. */
static void test_entry(void **state)
{
	static const struct view codes[] = {VIEW_LITERAL("\x55"), VIEW_LITERAL("\xc3"),
					    VIEW_LITERAL("\xf3\x0f\x1e\xfa"),
					    VIEW_LITERAL("\x48\x89\xe5")};

	(void)state;
	for (int i = 0; i < 4; i++) {
		begin_x86_64();
		made_process_code(&made, 0x2f0, PROLOGUE_X86_64);
		made_process_code(&made, 0x300, codes[i]);
		made_process_code(&made, 0x21b, CALL_X86_64);
		made_process_code(&made, 0x41b, CALL_X86_64);
		made.registers[PC_X86_64] = MADE_CODE + 0x300;
		made.registers[FP_X86_64] = SP + 0x40; /* still the caller's */
		made_process_word(&made, SP + (i == 3 ? 8 : 0), MADE_CODE + 0x420);
		made_process_word(&made, SP + 0x40, 0);
		made_process_word(&made, SP + 0x48, MADE_CODE + 0x220);
		made_process_open(&made);
		made_process_walk(&made);
		assert_int_equal(made.frames_count, 3);
		expect_frame(1, MADE_CODE + 0x420, TRUST_FP);
		expect_frame(2, MADE_CODE + 0x220, TRUST_FP);
		close_made();
	}
}

/* The way musl and Go return from handlers: no table, known bytes. */
static void test_signal_by_bytes(void **state)
{
	/* Interrupted: r8 … rip in the order of struct sigcontext. */
	static const uint8_t order[] = {8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 2, 0, 1, 7, 16};

	(void)state;
	begin_x86_64();
	made_process_code(&made, 0x500, VIEW_LITERAL("\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05"));
	made_process_word(&made, SP + 24, MADE_CODE + 0x500);
	for (uint64_t i = 0; i < sizeof(order); i++)
		made_process_word(&made, SP + 32 + 40 + 8 * i, 100 + order[i]);
	made_process_word(&made, SP + 32 + 160, 0x7002000);         /* rsp */
	made_process_word(&made, SP + 32 + 168, MADE_CODE + 0x100); /* rip: at its first byte */
	made_process_word(&made, 0x7002018, MADE_CODE + 0x220);
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 4);
	expect_frame(1, MADE_CODE + 0x500, TRUST_CFI);
	assert_true(made.frames[1].is_exact_pc);
	expect_frame(2, MADE_CODE + 0x100, TRUST_CFI);
	assert_true(made.frames[2].is_exact_pc);
	assert_int_equal(made.frames[2].cfa, 0x7002020);
	expect_frame(3, MADE_CODE + 0x220, TRUST_CFI);
	close_made();
}

/* Go: a function without a frame yet, with it, and just before the frame pointer is set; its
 * callers by pointer. */
static void test_go(void **state)
{
	(void)state;
	made_process_begin(&made, MACHINE_X86_64);
	made_process_code(&made, 0x11b, CALL_X86_64);
	made_process_code(&made, 0x21b, CALL_X86_64);
	made_process_add_go_table(&made);
	made.registers[PC_X86_64] = MADE_CODE + 2;
	made.registers[SP_X86_64] = SP;
	made.registers[FP_X86_64] = SP + 0x30; /* the caller's */
	made_process_word(&made, SP, MADE_CODE + 0x120);
	made_process_word(&made, SP + 0x30, SP + 0x50);
	made_process_word(&made, SP + 0x38, MADE_CODE + 0x220);
	made_process_word(&made, SP + 0x50, 0);
	made_process_word(&made, SP + 0x58, MADE_CODE + 0x241); /* goexit: behind no call */
	for (int i = 0; i < 3; i++) {
		made_process_walk(&made);
		assert_int_equal(made.frames_count, 4);
		expect_frame(3, MADE_CODE + 0x241, TRUST_FP);
		expect_frame(1, MADE_CODE + 0x120, TRUST_CFI);
		expect_frame(2, MADE_CODE + 0x220, TRUST_FP);
		assert_int_equal(made.frames[0].cfa, SP + 8);
		assert_false(made.is_truncated);
		made.registers[PC_X86_64] = MADE_CODE + 0x10;
		made.registers[SP_X86_64] = SP - 24;
		if (i == 0) {
			made.registers[FP_X86_64] = SP - 8;
			made_process_word(&made, SP - 8, SP + 0x30);
		} else {
			made.registers[FP_X86_64] = SP + 0x30;
		}
	}
	close_made();
}

static void test_go_arm64(void **state)
{
	(void)state;
	made_process_begin(&made, MACHINE_ARM64);
	made_process_code(&made, 0x11c, CALL_ARM64);
	made_process_code(&made, 0x21c, CALL_ARM64);
	made_process_add_go_table(&made);
	made.registers[32] = MADE_CODE + 2;
	made.registers[31] = SP;
	made.registers[30] = MADE_CODE + 0x120;
	made.registers[29] = SP + 0x30; /* the caller's */
	made_process_word(&made, SP + 0x30, 0);
	made_process_word(&made, SP + 0x38, MADE_CODE + 0x220);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(1, MADE_CODE + 0x120, TRUST_CFI);
	expect_frame(2, MADE_CODE + 0x220, TRUST_FP);
	/* With its frame: the return address at the stack pointer, the frame pointer below. */
	made.registers[32] = MADE_CODE + 0x10;
	made.registers[31] = SP - 24;
	made.registers[30] = 5;
	made.registers[29] = SP - 32;
	made_process_word(&made, SP - 24, MADE_CODE + 0x120);
	made_process_word(&made, SP - 32, SP + 0x30);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(1, MADE_CODE + 0x120, TRUST_CFI);
	expect_frame(2, MADE_CODE + 0x220, TRUST_FP);
	assert_int_equal(made.frames[0].cfa, SP);
	close_made();
}

/* musl: no table, no frame pointers; the register still holds the caller's. */
static void test_no_frame_pointers(void **state)
{
	(void)state;
	begin_x86_64();
	made_process_code(&made, 0x51b, CALL_X86_64);
	made_process_code(&made, 0x21b, CALL_X86_64);
	made.registers[PC_X86_64] = MADE_CODE + 0x330;
	made.registers[FP_X86_64] = SP + 0x40;
	made_process_word(&made, SP + 0x10, MADE_CODE + 0x520);
	made_process_word(&made, SP + 0x40, 0);
	made_process_word(&made, SP + 0x48, MADE_CODE + 0x220);
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(1, MADE_CODE + 0x520, TRUST_SCAN);
	expect_frame(2, MADE_CODE + 0x220, TRUST_SCAN);
	close_made();
}

/* The byte before the kernel's way back belongs to a function that has a table. */
static void test_signal_behind_a_neighbour(void **state)
{
	(void)state;
	begin_x86_64();
	made_process_code(&made, 0x140, VIEW_LITERAL("\xb8\x0f\x00\x00\x00\x0f\x05"));
	made_process_word(&made, SP + 24, MADE_CODE + 0x140);
	made_process_word(&made, SP + 32 + 160, 0x7002000);
	made_process_word(&made, SP + 32 + 168, MADE_CODE + 0x200);
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(1, MADE_CODE + 0x140, TRUST_CFI);
	expect_frame(2, MADE_CODE + 0x200, TRUST_CFI);
	assert_true(made.frames[2].is_exact_pc);
	close_made();
}

/* A call that never returns may end its function: the return address is the next one's first byte.
 */
static void test_call_at_the_end(void **state)
{
	(void)state;
	begin_x86_64();
	unwind_elf_add(&made.elf, 0x11300, 0x20, VIEW_LITERAL("\x0e\x30")); /* CFA = rsp+48 */
	unwind_elf_add(&made.elf, 0x11320, 0x20, VIEW_LITERAL("\x0e\x50"));
	made_process_word(&made, SP + 24, MADE_CODE + 0x320);
	made_process_word(&made, SP + 32 + 40, MADE_CODE + 0x220);
	made_process_open(&made);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 3);
	expect_frame(1, MADE_CODE + 0x320, TRUST_CFI);
	assert_int_equal(made.frames[1].cfa, SP + 32 + 48);
	expect_frame(2, MADE_CODE + 0x220, TRUST_CFI);
	close_made();
}

static uint64_t count_all(void)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < made.frames_count; i++)
		total += 1 + made.frames[i].repeats;
	return total;
}

/* The chain goes on above what was copied. */
static void test_not_copied(void **state)
{
	(void)state;
	begin_x86_64();
	made_process_open(&made);
	made.registers[PC_X86_64] = MADE_JIT + 0x10;
	made.registers[FP_X86_64] = MADE_STACK + 0x8000;
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 1);
	assert_true(made.is_truncated);
	made.registers[FP_X86_64] = 3; /* no pointer at all */
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 1);
	assert_false(made.is_truncated);
	close_made();
}

/* Frame pointers in a circle: a few jumps are allowed, then it ends. */
static void test_circle(void **state)
{
	(void)state;
	begin_x86_64();
	made_process_open(&made);
	made.registers[PC_X86_64] = MADE_JIT + 0x10;
	made.registers[FP_X86_64] = SP + 0x40;
	made_process_word(&made, SP + 0x40, SP + 0x80);
	made_process_word(&made, SP + 0x48, MADE_JIT + 0x20);
	made_process_word(&made, SP + 0x80, SP + 0x40);
	made_process_word(&made, SP + 0x88, MADE_JIT + 0x30);
	made_process_walk(&made);
	assert_in_range(count_all(), 10, 40);
	made_process_word(&made, SP + 0x40, SP + 0x40); /* in itself */
	made_process_walk(&made);
	assert_in_range(count_all(), 10, 40);
	close_made();
}

static void test_mappings(void **state)
{
	(void)state;
	begin_x86_64();
	assert_int_equal(unwinder_find_mapping(&made.space, MADE_START - 1), UINT32_MAX);
	assert_int_equal(unwinder_find_mapping(&made.space, MADE_START), 0);
	assert_int_equal(unwinder_find_mapping(&made.space, MADE_START + UNWIND_ELF_BYTES - 1), 0);
	assert_int_equal(unwinder_find_mapping(&made.space, MADE_START + UNWIND_ELF_BYTES),
			 UINT32_MAX);
	assert_int_equal(unwinder_find_mapping(&made.space, MADE_JIT + 0xfff), 1);
	assert_int_equal(unwinder_find_mapping(&made.space, UINT64_MAX), UINT32_MAX);
	made.space.mappings_count = 0;
	assert_int_equal(unwinder_find_mapping(&made.space, MADE_JIT), UINT32_MAX);
	made_process_walk(&made);
	assert_int_equal(made.frames_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_arm64_no_rule),
		cmocka_unit_test(test_arm64_call_through_null),
		cmocka_unit_test(test_arm64_entry),
		cmocka_unit_test(test_arm64_signal),
		cmocka_unit_test(test_frame_pointers),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_signal_by_bytes),
		cmocka_unit_test(test_go),
		cmocka_unit_test(test_go_arm64),
		cmocka_unit_test(test_no_frame_pointers),
		cmocka_unit_test(test_signal_behind_a_neighbour),
		cmocka_unit_test(test_call_at_the_end),
		cmocka_unit_test(test_not_copied),
		cmocka_unit_test(test_circle),
		cmocka_unit_test(test_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
