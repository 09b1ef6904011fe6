/* The rules of thumb, each by itself: what it takes and what it refuses. */
#include "cmocka_test.h"
#include "made_process.h"
#include "symbols/guess_step.h"

#define SP 0x7000100ull

static struct made_process made;
static struct register_state registers;
static struct code_place place;
static uint64_t cfa;

static struct guess_step begin(enum machine machine, uint64_t pc)
{
	made_process_begin(&made, machine);
	made_process_code(&made, 0x1b, VIEW_LITERAL("\xe8\x01\x02\x03\x04"));
	made_process_code(&made, 0x2c, VIEW_LITERAL("\x01\x00\x00\x94"));
	made_process_code(&made, 0x100, VIEW_LITERAL("\x55\x48\x89\xe5\x90"));
	made_process_code(&made, 0x110,
			  VIEW_LITERAL("\x3f\x23\x03\xd5\x5f\x24\x03\xd5\xc0\x03\x5f\xd6"));
	made_process_open(&made);
	registers = (struct register_state){.machine = machine};
	register_state_set(&registers, register_state_sp_number(machine), SP);
	register_state_set(&registers, register_state_pc_number(machine), pc);
	code_space_find(&made.space, pc, &place);
	return (struct guess_step){.space = &made.space, .memory = &made.memory, .place = &place};
}

static void done(void)
{
	module_free(&made.module);
}

static void expect(enum step_result got, uint64_t pc, uint64_t sp)
{
	assert_int_equal(got, STEP_DONE);
	assert_int_equal(register_state_pc(&registers), pc);
	assert_int_equal(register_state_sp(&registers), sp);
	assert_int_equal(cfa, sp);
	done();
}

static void test_bad_call(void **state)
{
	struct guess_step step = begin(MACHINE_X86_64, 0);

	(void)state;
	made_process_word(&made, SP, MADE_CODE + 0x20);
	expect(guess_step_bad_call(&step, &registers, &cfa), MADE_CODE + 0x20, SP + 8);
	step = begin(MACHINE_X86_64, 0);
	made_process_word(&made, SP, MADE_CODE + 0x21);
	assert_int_equal(guess_step_bad_call(&step, &registers, &cfa), STEP_NONE);
	register_state_set(&registers, X86_64_RSP, 0x100);
	assert_int_equal(guess_step_bad_call(&step, &registers, &cfa), STEP_NONE);
	done();
	step = begin(MACHINE_ARM64, 0);
	assert_int_equal(guess_step_bad_call(&step, &registers, &cfa), STEP_NONE);
	register_state_set(&registers, ARM64_LR, 0x5500000000000000 | (MADE_CODE + 0x30));
	expect(guess_step_bad_call(&step, &registers, &cfa), MADE_CODE + 0x30, SP);
}

static void test_entry(void **state)
{
	struct guess_step step = begin(MACHINE_X86_64, MADE_CODE + 0x100);

	(void)state;
	made_process_word(&made, SP, MADE_CODE + 0x20);
	expect(guess_step_entry(&step, &registers, &cfa), MADE_CODE + 0x20, SP + 8);
	step = begin(MACHINE_X86_64, MADE_CODE + 0x101);
	made_process_word(&made, SP + 8, MADE_CODE + 0x20);
	expect(guess_step_entry(&step, &registers, &cfa), MADE_CODE + 0x20, SP + 16);
	step = begin(MACHINE_X86_64, MADE_CODE + 0x104);
	made_process_word(&made, SP, MADE_CODE + 0x20);
	assert_int_equal(guess_step_entry(&step, &registers, &cfa), STEP_NONE);
	done();
	for (uint64_t i = 0; i < 3; i++) {
		step = begin(MACHINE_ARM64, MADE_CODE + 0x110 + 4 * i);
		register_state_set(&registers, ARM64_LR, MADE_CODE + 0x30);
		expect(guess_step_entry(&step, &registers, &cfa), MADE_CODE + 0x30, SP);
	}
	step = begin(MACHINE_ARM64, MADE_CODE + 0x11c);
	register_state_set(&registers, ARM64_LR, MADE_CODE + 0x30);
	assert_int_equal(guess_step_entry(&step, &registers, &cfa), STEP_NONE);
	done();
}

static void test_frame_pointer(void **state)
{
	struct guess_step step = begin(MACHINE_X86_64, MADE_JIT);
	uint64_t value;

	(void)state;
	register_state_set(&registers, X86_64_RBP, SP + 0x20);
	made_process_word(&made, SP + 0x20, 0x1234);
	made_process_word(&made, SP + 0x28, MADE_CODE + 0x20);
	assert_int_equal(guess_step_frame_pointer(&step, &registers, &cfa), STEP_DONE);
	assert_true(register_state_get(&registers, X86_64_RBP, &value));
	assert_int_equal(value, 0x1234);
	expect(STEP_DONE, MADE_CODE + 0x20, SP + 0x30);

	step = begin(MACHINE_X86_64, MADE_JIT);
	assert_int_equal(guess_step_frame_pointer(&step, &registers, &cfa), STEP_NONE);
	register_state_set(&registers, X86_64_RBP, SP + 0x21);
	assert_int_equal(guess_step_frame_pointer(&step, &registers, &cfa), STEP_NONE);
	register_state_set(&registers, X86_64_RBP, SP + 0x20);
	assert_int_equal(guess_step_frame_pointer(&step, &registers, &cfa), STEP_END);
	made_process_word(&made, SP + 0x28, MADE_CODE + 0x25); /* behind no call */
	assert_int_equal(guess_step_frame_pointer(&step, &registers, &cfa), STEP_NONE);
	register_state_set(&registers, X86_64_RBP, MADE_STACK + 0x5000);
	assert_int_equal(guess_step_frame_pointer(&step, &registers, &cfa), STEP_LOST);
	register_state_set(&registers, X86_64_RBP, MADE_STACK - 0x1000);
	assert_int_equal(guess_step_frame_pointer(&step, &registers, &cfa), STEP_NONE);
	done();

	step = begin(MACHINE_ARM64, MADE_JIT);
	register_state_set(&registers, ARM64_FP, SP + 0x20);
	made_process_word(&made, SP + 0x28, 0xff80000000000000 | (MADE_CODE + 0x30));
	expect(guess_step_frame_pointer(&step, &registers, &cfa), MADE_CODE + 0x30, SP + 0x30);
}

static void test_go(void **state)
{
	struct guess_step step;

	(void)state;
	made_process_begin(&made, MACHINE_X86_64);
	made_process_code(&made, 0x5b, VIEW_LITERAL("\xe8\x01\x02\x03\x04"));
	made_process_add_go_table(&made);
	step = (struct guess_step){.space = &made.space, .memory = &made.memory, .place = &place};
	registers = (struct register_state){.machine = MACHINE_X86_64};
	register_state_set(&registers, X86_64_RSP, SP);
	code_space_find(&made.space, MADE_CODE + 0x3f, &place);
	assert_int_equal(guess_step_go(&step, &registers, &cfa), STEP_NONE); /* no return address */
	assert_int_equal(cfa, SP + 32);
	register_state_set(&registers, X86_64_RSP, MADE_STACK + 0x4000 - 24);
	assert_int_equal(guess_step_go(&step, &registers, &cfa), STEP_LOST);
	register_state_set(&registers, X86_64_RSP, SP);
	code_space_find(&made.space, MADE_CODE + 0x40, &place);
	step.is_exact_pc = true;
	assert_int_equal(guess_step_go(&step, &registers, &cfa), STEP_NONE); /* no such function */
	code_space_find(&made.space, MADE_JIT, &place);
	assert_int_equal(guess_step_go(&step, &registers, &cfa), STEP_NONE);
	code_space_find(&made.space, MADE_CODE + 4, &place);
	made_process_word(&made, SP + 24, MADE_CODE + 0x60);
	assert_int_equal(guess_step_go(&step, &registers, &cfa), STEP_DONE);
	expect(STEP_DONE, MADE_CODE + 0x60, SP + 32);
}

static void test_prologue(void **state)
{
	struct guess_step step = begin(MACHINE_X86_64, MADE_CODE + 0x130);

	(void)state;
	assert_true(guess_step_has_frame_pointer(&step, MACHINE_X86_64));
	code_space_find(&made.space, MADE_CODE + 0x102, &place); /* in the middle of it */
	assert_false(guess_step_has_frame_pointer(&step, MACHINE_X86_64));
	code_space_find(&made.space, MADE_START + 0x2200, &place); /* far behind it */
	assert_false(guess_step_has_frame_pointer(&step, MACHINE_X86_64));
	assert_true(guess_step_has_frame_pointer(&step, MACHINE_ARM64));
	code_space_find(&made.space, MADE_JIT, &place);
	assert_true(guess_step_has_frame_pointer(&step, MACHINE_X86_64));
	done();
}

static void test_scan(void **state)
{
	struct guess_step step = begin(MACHINE_X86_64, MADE_JIT);
	uint64_t value;

	(void)state;
	made_process_word(&made, SP + 8 * 510, SP + 8 * 514); /* the caller's frame pointer */
	made_process_word(&made, SP + 8 * 511, MADE_CODE + 0x20);
	assert_int_equal(guess_step_scan(&step, &registers, &cfa), STEP_DONE);
	assert_true(register_state_get(&registers, X86_64_RBP, &value));
	assert_int_equal(value, SP + 8 * 514);
	expect(STEP_DONE, MADE_CODE + 0x20, SP + 8 * 512);
	step = begin(MACHINE_X86_64, MADE_JIT);
	made_process_word(&made, SP + 8 * 512, MADE_CODE + 0x20); /* too far */
	assert_int_equal(guess_step_scan(&step, &registers, &cfa), STEP_NONE);
	assert_int_equal(register_state_sp(&registers), SP);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_call),      cmocka_unit_test(test_entry),
		cmocka_unit_test(test_frame_pointer), cmocka_unit_test(test_go),
		cmocka_unit_test(test_prologue),      cmocka_unit_test(test_scan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
