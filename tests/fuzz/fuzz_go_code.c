// fuzz-sources: agent/process/go_code.c agent/process/x86_instruction.c agent/base/view.c
/*
 * Bodies of functions of hostile executables. What is understood must be so that a probe can stand
 * there: each return is one, in the body, and the code says the same of it as of a whole. The first
 * byte chooses the machine.
 */
#include <stdlib.h>
#include <string.h>
#include "process/go_code.h"
#include "process/x86_instruction.h"

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_x86(struct view body, const struct go_code *code)
{
	struct x86_instruction instruction;
	uint32_t found = 0;

	for (size_t at = 0; at < body.size; at += instruction.size) {
		require(x86_instruction_read(view_skip(body, at), &instruction));
		require(instruction.size > 0 && instruction.size <= 15);
		if (instruction.flow == X86_TRAPS)
			break;
		found += found < code->returns_count && code->returns[found] == at;
		require((instruction.flow == X86_RETURNS) ==
			(found && code->returns[found - 1] == at));
	}
	require(found == code->returns_count);
}

static void check_arm64(struct view body, const struct go_code *code)
{
	for (uint32_t i = 0; i < code->returns_count; i++)
		require(code->returns[i] % 4 == 0 &&
			memcmp(body.bytes + code->returns[i], "\xc0\x03\x5f\xd6", 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct go_code code;
	struct view body;
	int is_arm64;

	if (size == 0)
		return 0;
	is_arm64 = bytes[0] & 1;
	body = view_of((const char *)bytes + 1, size - 1);
	if ((is_arm64 ? go_code_read_arm64 : go_code_read_x86)(body, &code) < 0)
		return 0;
	require(code.returns_count > 0 && code.returns_count <= MAX_GO_RETURNS);
	require(code.entry < body.size);
	for (uint32_t i = 0; i < code.returns_count; i++)
		require(code.returns[i] < body.size &&
			(i == 0 || code.returns[i] > code.returns[i - 1]));
	if (is_arm64)
		check_arm64(body, &code);
	else
		check_x86(body, &code);
	return 0;
}
