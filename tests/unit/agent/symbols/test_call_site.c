/* Call instructions, recognized backwards. */
#include "cmocka_test.h"
#include "symbols/call_site.h"

#define IS_CALL(machine, bytes) call_site_ends(machine, VIEW_LITERAL(bytes))

static void test_x86_64(void **state)
{
	(void)state;
	assert_true(IS_CALL(MACHINE_X86_64, "\x90\x90\x90\xe8\x01\x02\x03\x04"));
	assert_true(IS_CALL(MACHINE_X86_64, "\xff\xd0"));                 /* call *%rax */
	assert_true(IS_CALL(MACHINE_X86_64, "\x41\xff\xd4"));             /* call *%r12 */
	assert_true(IS_CALL(MACHINE_X86_64, "\xff\x10"));                 /* call *(%rax) */
	assert_true(IS_CALL(MACHINE_X86_64, "\xff\x14\x24"));             /* call *(%rsp) */
	assert_true(IS_CALL(MACHINE_X86_64, "\xff\x50\x18"));             /* call *24(%rax) */
	assert_true(IS_CALL(MACHINE_X86_64, "\xff\x54\x24\x18"));         /* call *24(%rsp) */
	assert_true(IS_CALL(MACHINE_X86_64, "\xff\x15\x01\x02\x03\x04")); /* call *x(%rip) */
	assert_true(IS_CALL(MACHINE_X86_64, "\xff\x90\x01\x02\x03\x04"));
	assert_true(IS_CALL(MACHINE_X86_64, "\x41\xff\x94\x24\x01\x02\x03\x04"));
	assert_true(IS_CALL(MACHINE_X86_64, "\xff\x14\xc5\x01\x02\x03\x04")); /* call *x(,%rax,8) */
	assert_false(IS_CALL(MACHINE_X86_64, "\x90\x90\x90\x90\x90\x90\x90\x90"));
	assert_false(IS_CALL(MACHINE_X86_64, "\x90\x90\xff\xe0")); /* jmp *%rax */
	assert_false(IS_CALL(MACHINE_X86_64, "\x90\x90\xff\xd0\x90"));
	assert_false(IS_CALL(MACHINE_X86_64, "\xe8\x01\x02\x03"));
	assert_false(IS_CALL(MACHINE_X86_64, "\xff\x54\x24"));
	assert_false(IS_CALL(MACHINE_X86_64, ""));
	for (size_t size = 0; size <= CALL_SITE_BYTES; size++) {
		struct view bytes = exact_copy(view_of("\xff\xff\xff\xff\xff\x14\x14\x14", size));

		(void)call_site_ends(MACHINE_X86_64, bytes);
		(void)call_site_ends(MACHINE_ARM64, bytes);
		free_copy(bytes);
	}
}

static void test_arm64(void **state)
{
	(void)state;
	assert_true(IS_CALL(MACHINE_ARM64, "\x00\x00\x00\x00\x01\x00\x00\x94")); /* bl */
	assert_true(IS_CALL(MACHINE_ARM64, "\xff\xff\xff\x97"));                 /* bl backwards */
	assert_true(IS_CALL(MACHINE_ARM64, "\x20\x00\x3f\xd6"));                 /* blr x1 */
	assert_true(IS_CALL(MACHINE_ARM64, "\x3f\x08\x3f\xd6"));                 /* blraaz x1 */
	assert_true(IS_CALL(MACHINE_ARM64, "\x22\x08\x3f\xd7"));                 /* blraa x1, x2 */
	assert_false(IS_CALL(MACHINE_ARM64, "\x01\x00\x00\x14"));                /* b */
	assert_false(IS_CALL(MACHINE_ARM64, "\x20\x00\x1f\xd6"));                /* br x1 */
	assert_false(IS_CALL(MACHINE_ARM64, "\xc0\x03\x5f\xd6"));                /* ret */
	assert_false(IS_CALL(MACHINE_ARM64, "\x00\x94"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x86_64),
		cmocka_unit_test(test_arm64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
