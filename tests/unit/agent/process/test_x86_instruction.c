/* Sizes and flow as objdump says them of Go's own code; what Go does not make is refused. All of
 * the 1.7 million instructions of Go 1.26's `go` were compared once, too. */
#include "cmocka_test.h"

#include <stdlib.h>
#include <string.h>
#include "process/x86_instruction.h"

#define BYTES(text)                                                                                \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

struct vector {
	const char *bytes;
	size_t size;
};

/* The code ends with the instruction: in memory of its own, where reading on would show. */
static bool read_exactly(const char *bytes, size_t size, struct x86_instruction *ret)
{
	char *code = malloc(size ? size : 1);
	bool is_read;

	assert_non_null(code);
	memcpy(code, bytes, size);
	is_read = x86_instruction_read(view_of(code, size), ret);
	free(code);
	return is_read;
}

static const struct vector plain[] = {
	BYTES("\x49\x3b\x66\x10"),                             /* cmp rsp, [r14 + 16] */
	BYTES("\x55"),                                         /* push rbp */
	BYTES("\x48\x89\xe5"),                                 /* mov rbp, rsp */
	BYTES("\x48\x83\xec\x58"),                             /* sub rsp, 0x58 */
	BYTES("\x48\x81\xec\x00\x01\x00\x00"),                 /* sub rsp, 0x100 */
	BYTES("\x66\x44\x0f\xd6\x7c\x24\x50"),                 /* movq [rsp + 0x50], xmm15 */
	BYTES("\x48\x89\x44\x24\x68"),                         /* mov [rsp + 0x68], rax */
	BYTES("\x48\x8d\x05\x01\x02\x03\x04"),                 /* lea rax, [rip + …] */
	BYTES("\x4c\x8d\xa4\x24\x80\xff\xff\xff"),             /* lea r12, [rsp - 0x80] */
	BYTES("\x48\x8b\x04\xc5\x01\x02\x03\x04"),             /* mov rax, [rax * 8 + …] */
	BYTES("\xe8\x01\x02\x03\x04"),                         /* call */
	BYTES("\xff\xd1"),                                     /* call rcx */
	BYTES("\xf0\x48\x0f\xb1\x0a"),                         /* lock cmpxchg [rdx], rcx */
	BYTES("\xf0\x0f\xc1\x08"),                             /* lock xadd [rax], ecx */
	BYTES("\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08"),     /* mov rax, 8 bytes */
	BYTES("\xb8\x01\x02\x03\x04"),                         /* mov eax, 4 bytes */
	BYTES("\x66\xb8\x01\x02"),                             /* mov ax, 2 bytes */
	BYTES("\x66\x81\xf9\x01\x03"),                         /* cmp cx, 0x301 */
	BYTES("\x66\xc7\x44\x24\x08\x01\x00"),                 /* mov word [rsp + 8], 1 */
	BYTES("\xf6\x41\x14\x02"),                             /* test byte [rcx + 20], 2 */
	BYTES("\xf6\xd9"),                                     /* neg cl */
	BYTES("\xf7\xc1\x01\x02\x03\x04"),                     /* test ecx, 4 bytes */
	BYTES("\x48\xf7\xd9"),                                 /* neg rcx */
	BYTES("\x48\x0f\xba\xe1\x07"),                         /* bt rcx, 7 */
	BYTES("\x0f\x10\x05\x01\x02\x03\x04"),                 /* movups xmm0, [rip + …] */
	BYTES("\xf3\x48\x0f\xb8\xc8"),                         /* popcnt rcx, rax */
	BYTES("\xf3\x48\xa5"),                                 /* rep movsq */
	BYTES("\x66\x66\x2e\x0f\x1f\x84\x00\x01\x02\x03\x04"), /* a long nop */
	BYTES("\x90"),                                         /* nop */
	BYTES("\x0f\x0b"),                                     /* ud2 */
	BYTES("\x66\x0f\x38\x00\xc1"),                         /* pshufb */
	BYTES("\x66\x0f\x3a\x0f\xc1\x08"),                     /* palignr */
	BYTES("\xc5\xf8\x77"),                                 /* vzeroupper */
	BYTES("\xc5\xfd\x6f\x46\x20"),                         /* vmovdqu ymm0, [rsi + 32] */
	BYTES("\xc4\xe2\xf1\xf7\xc0"),                         /* shlx */
	BYTES("\xc4\xe3\xfb\xf0\xc1\x08"),                     /* rorx */
	BYTES("\xc5\xed\x73\xd9\x08"),                         /* vpsrldq */
};

static void sizes(void **state)
{
	struct x86_instruction instruction;

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		assert_true(read_exactly(plain[i].bytes, plain[i].size, &instruction));
		assert_int_equal(instruction.size, plain[i].size);
		assert_int_equal(instruction.flow, X86_GOES_ON);
		assert_int_equal(instruction.target, 0);
		for (size_t cut = 0; cut < plain[i].size; cut++)
			if (read_exactly(plain[i].bytes, cut, &instruction))
				fail_msg("vector %zu, cut at %zu", i, cut);
	}
}

static void flows(void **state)
{
	static const struct {
		struct vector code;
		enum x86_flow flow;
		int64_t target;
	} rows[] = {
		{BYTES("\xc3"), X86_RETURNS, 0},
		{BYTES("\xcc"), X86_TRAPS, 0},
		{BYTES("\x76\x10"), X86_BRANCHES, 0x12},
		{BYTES("\x74\xfe"), X86_BRANCHES, 0},
		{BYTES("\x0f\x86\x7a\x03\x00\x00"), X86_BRANCHES, 0x380},
		{BYTES("\xeb\x80"), X86_JUMPS, -126},
		{BYTES("\xe9\xfb\xff\xff\xff"), X86_JUMPS, 0},
		{BYTES("\xff\xe0"), X86_JUMPS_INDIRECTLY, 0},
		{BYTES("\x41\xff\xe4"), X86_JUMPS_INDIRECTLY, 0},
	};
	struct x86_instruction instruction;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(read_exactly(rows[i].code.bytes, rows[i].code.size, &instruction));
		assert_int_equal(instruction.size, rows[i].code.size);
		assert_int_equal(instruction.flow, rows[i].flow);
		assert_int_equal(instruction.target, rows[i].target);
	}
}

static void refused(void **state)
{
	static const struct vector rows[] = {
		BYTES("\x06\x90\x90\x90\x90\x90\x90"),         /* not of 64 bits */
		BYTES("\x62\xf1\x7c\x48\x10\x06\x90"),         /* EVEX */
		BYTES("\xd9\xc0\x90\x90\x90\x90\x90"),         /* x87 */
		BYTES("\x0f\x05\x90\x90\x90\x90\x90"),         /* syscall */
		BYTES("\xc2\x08\x00\x90\x90\x90\x90"),         /* ret 8 */
		BYTES("\xf3\xc3\x90\x90\x90\x90\x90"),         /* rep ret */
		BYTES("\x66\xe9\x01\x02\x03\x04\x05\x06"),     /* of 2 or 4 bytes, by the maker */
		BYTES("\x66\xc5\xfd\x6f\x46\x20\x90"),         /* VEX behind a prefix */
		BYTES("\xc4\xe4\xf1\xf7\xc0\x90\x90"),         /* of no map */
		BYTES("\xff\x28\x90\x90\x90\x90\x90"),         /* far */
		BYTES("\x67\x8b\x00\x90\x90\x90\x90"),         /* addresses of 32 bits */
		BYTES("\x48\x66\x90\x90\x90\x90\x90"),         /* REX before a prefix */
		BYTES("\x66\x66\x66\x66\x66\x90\x90\x90\x90"), /* too many */
	};
	struct x86_instruction instruction;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (read_exactly(rows[i].bytes, rows[i].size, &instruction))
			fail_msg("row %zu is read", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sizes), cmocka_unit_test(flows),
					   cmocka_unit_test(refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
