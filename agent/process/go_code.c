/*
 * Two passes: instructions in a row, then the jumps among them. On x86-64 a walk that has lost its
 * step would meet a jump into the middle of what it took for an instruction. On arm64 every
 * instruction is a word, and only constants may stand between them.
 */
#include "process/go_code.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include "process/x86_instruction.h"

#define MAX_CHECK_BYTES 32 /* more than Go's check of the stack's end and a push take */
#define ARM64_WORD      4
#define ARM64_RETURN    0xd65f03c0u

struct starts {
	uint8_t bits[MAX_GO_BODY_BYTES / 8];
};

static void add_start(struct starts *starts, uint64_t at)
{
	starts->bits[at / 8] |= (uint8_t)(1 << (at % 8));
}

static bool is_start(const struct starts *starts, uint64_t at)
{
	return starts->bits[at / 8] >> (at % 8) & 1;
}

static int add_return(struct go_code *code, uint64_t at)
{
	if (code->returns_count == MAX_GO_RETURNS)
		return -E2BIG;
	code->returns[code->returns_count++] = (uint32_t)at;
	return 0;
}

/* Go's check of the stack's end; then, since 1.21, a push, which the kernel does without stepping.
 * Up to there nothing has changed. */
static uint32_t find_push(struct view body)
{
	static const struct {
		const char *bytes;
		uint32_t known, size;
	} checks[] = {
		{"\x49\x3b\x66\x10", 4, 4}, /* cmp rsp, [r14 + 16] */
		{"\x4c\x8d\x64\x24", 4, 5}, /* lea r12, [rsp - byte] */
		{"\x4c\x8d\xa4\x24", 4, 8}, /* lea r12, [rsp - 4 bytes] */
		{"\x4d\x3b\x66\x10", 4, 4}, /* cmp r12, [r14 + 16] */
		{"\x76", 1, 2},             /* jbe */
		{"\x0f\x86", 2, 6},         /* jbe */
		{"\x55\x48\x89\xe5", 4, 0}, /* push rbp; mov rbp, rsp */
	};
	uint32_t at = 0;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct view rest = view_skip(body, at);

		if (rest.size < checks[i].known ||
		    memcmp(rest.bytes, checks[i].bytes, checks[i].known) != 0)
			continue;
		if (checks[i].size == 0)
			return at;
		at += checks[i].size;
	}
	return 0;
}

static bool is_filled_with(struct view rest, char byte)
{
	for (size_t i = 0; i < rest.size; i++)
		if (rest.bytes[i] != byte)
			return false;
	return true;
}

/* The end of the code, where padding begins. */
static int walk_x86(struct view body, struct starts *starts, struct go_code *code, size_t *ret_end)
{
	struct x86_instruction instruction;
	size_t at;
	int err;

	for (at = 0; at < body.size; at += instruction.size) {
		if (!x86_instruction_read(view_skip(body, at), &instruction) ||
		    instruction.flow == X86_JUMPS_INDIRECTLY)
			return -EOPNOTSUPP;
		if (instruction.flow == X86_TRAPS) {
			if (!is_filled_with(view_skip(body, at), '\xcc'))
				return -EOPNOTSUPP;
			break;
		}
		add_start(starts, at);
		err = instruction.flow == X86_RETURNS ? add_return(code, at) : 0;
		if (err < 0)
			return err;
	}
	*ret_end = at;
	return 0;
}

static bool are_jumps_inside(struct view body, size_t end, const struct starts *starts)
{
	struct x86_instruction instruction;

	for (size_t at = 0; at < end; at += instruction.size) {
		int64_t target;

		if (!x86_instruction_read(view_skip(body, at), &instruction))
			return false;
		target = (int64_t)at + instruction.target;
		if ((instruction.flow == X86_BRANCHES || instruction.flow == X86_JUMPS) &&
		    (target < 0 || target >= (int64_t)end || !is_start(starts, (uint64_t)target)))
			return false;
	}
	return true;
}

static int finish(struct go_code *code, struct go_code *ret)
{
	if (code->returns_count == 0)
		return -ENOENT;
	*ret = *code;
	return 0;
}

int go_code_read_x86(struct view body, struct go_code *ret)
{
	struct starts starts = {0};
	struct go_code code = {0};
	size_t end;
	int err;

	if (body.size > MAX_GO_BODY_BYTES)
		return -E2BIG;
	err = walk_x86(body, &starts, &code, &end);
	if (err < 0)
		return err;
	if (!are_jumps_inside(body, end, &starts))
		return -EOPNOTSUPP;
	code.entry = find_push(body);
	if (!is_start(&starts, code.entry))
		return -EOPNOTSUPP;
	return finish(&code, ret);
}

static uint32_t word_at(struct view body, uint64_t at)
{
	uint32_t word;

	memcpy(&word, body.bytes + at, sizeof(word));
	return word;
}

/* A signed field of a word, in words. */
static int64_t distance_of(uint32_t word, uint32_t low, uint32_t bits)
{
	return (int64_t)(int32_t)(word << (32 - low - bits)) >> (32 - bits);
}

/* Where a branch goes, from the word, in words; false: it is none, or a call. Arm ARM, C4.1. */
static bool read_branch(uint32_t word, int64_t *ret_distance)
{
	if ((word & 0xfc000000) == 0x14000000) /* b */
		*ret_distance = distance_of(word, 0, 26);
	else if ((word & 0xff000000) == 0x54000000 || (word & 0x7e000000) == 0x34000000)
		*ret_distance = distance_of(word, 5, 19); /* b.cond, cbz, cbnz */
	else if ((word & 0x7e000000) == 0x36000000)       /* tbz, tbnz */
		*ret_distance = distance_of(word, 5, 14);
	else
		return false;
	return true;
}

/* A constant is read where a return seems to be. */
static bool is_constant(struct view body, uint64_t end, uint64_t at)
{
	for (uint64_t i = 0; i < end; i += ARM64_WORD) {
		uint32_t word = word_at(body, i);

		if ((word & 0x3b000000) == 0x18000000 &&
		    (int64_t)i + distance_of(word, 5, 19) * ARM64_WORD == (int64_t)at)
			return true;
	}
	return false;
}

static int take_arm64(struct view body, uint64_t end, uint64_t at, struct go_code *code)
{
	uint32_t word = word_at(body, at);
	int64_t distance, target;

	if (word == ARM64_RETURN)
		return is_constant(body, end, at) ? -EOPNOTSUPP : add_return(code, at);
	if ((word & 0xfe000000) == 0xd6000000 && (word & 0xfffffc1f) != 0xd63f0000)
		return -EOPNOTSUPP; /* to a register, and no call */
	if (!read_branch(word, &distance))
		return 0;
	target = (int64_t)at + distance * ARM64_WORD;
	return target < 0 || target >= (int64_t)end ? -EOPNOTSUPP : 0;
}

int go_code_read_arm64(struct view body, struct go_code *ret)
{
	struct go_code code = {0};
	uint64_t end = body.size;
	int err;

	if (body.size > MAX_GO_BODY_BYTES)
		return -E2BIG;
	if (body.size == 0 || body.size % ARM64_WORD != 0)
		return -EOPNOTSUPP;
	while (end > 0 && word_at(body, end - ARM64_WORD) == 0)
		end -= ARM64_WORD;
	for (uint64_t at = 0; at < end; at += ARM64_WORD) {
		err = take_arm64(body, end, at, &code);
		if (err < 0)
			return err;
	}
	return finish(&code, ret);
}

uint32_t go_code_entry(int fd, uint64_t file_offset)
{
#if defined(__x86_64__)
	char head[MAX_CHECK_BYTES];
	ssize_t size = pread(fd, head, sizeof(head), (off_t)file_offset);

	return size > 0 ? find_push(view_of(head, (size_t)size)) : 0;
#else
	(void)fd;
	(void)file_offset;
	return 0;
#endif
}

int go_code_read(int fd, uint64_t file_offset, uint64_t size_bytes, struct go_code *ret)
{
	char body[MAX_GO_BODY_BYTES];

	if (size_bytes > sizeof(body))
		return -E2BIG;
	if (pread(fd, body, size_bytes, (off_t)file_offset) != (ssize_t)size_bytes)
		return -EOPNOTSUPP;
#if defined(__x86_64__)
	return go_code_read_x86(view_of(body, size_bytes), ret);
#else
	return go_code_read_arm64(view_of(body, size_bytes), ret);
#endif
}
