/* Bodies of functions as Go 1.26 and 1.19 make them, and what is not to be believed: padding that
 * is none, jumps out, into the middle, to nowhere known, constants that look like a return. */
#include "cmocka_test.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "process/go_code.h"
#include "sample_elf.h"

#define BODY(text) view_of(text, sizeof(text) - 1)

/* crypto/tls.(*Conn).LocalAddr of Go 1.26. */
static const char local_addr[] =
	"\x49\x3b\x66\x10\x76\x1b\x55\x48\x89\xe5\x48\x83\xec\x08\x48\x8b\x08\x48\x8b\x40\x08\x48"
	"\x8b\x49\x20\xff\xd1\x48\x83\xc4\x08\x5d\xc3\x48\x89\x44\x24\x08\xe8\xd5\x18\xee\xff\x48"
	"\x8b\x44\x24\x08\xeb\xce";

static struct go_code read_x86(struct view body)
{
	struct go_code code;
	struct view copy = exact_copy(body);

	assert_int_equal(go_code_read_x86(copy, &code), 0);
	free((void *)copy.bytes);
	return code;
}

static void expect_x86(struct view body, int err)
{
	struct go_code code = {.entry = 77};
	struct view copy = exact_copy(body);

	assert_int_equal(go_code_read_x86(copy, &code), err);
	assert_int_equal(code.entry, 77);
	free((void *)copy.bytes);
}

static void ordinary(void **state)
{
	struct go_code code = read_x86(BODY(local_addr));
	char padded[sizeof(local_addr) - 1 + 14];

	(void)state;
	assert_int_equal(code.entry, 6); /* the push */
	assert_int_equal(code.returns_count, 1);
	assert_int_equal(code.returns[0], 0x20);
	memset(padded, 0xcc, sizeof(padded));
	memcpy(padded, local_addr, sizeof(local_addr) - 1);
	code = read_x86(view_of(padded, sizeof(padded)));
	assert_int_equal(code.returns_count, 1);
	padded[sizeof(padded) - 1] = '\x90';
	expect_x86(view_of(padded, sizeof(padded)), -EOPNOTSUPP);
	/* Up to where the check's branch leads, a cut is within an instruction or before that. */
	for (size_t cut = 5; cut <= 0x21; cut++)
		expect_x86(view_of(local_addr, cut), -EOPNOTSUPP);
}

static void entries(void **state)
{
	(void)state;
	/* Go 1.19 makes room before it saves the frame pointer. */
	assert_int_equal(read_x86(BODY("\x49\x3b\x66\x10\x76\x0e\x48\x83\xec\x18\x48\x89\x6c\x24"
				       "\x10\x48\x83\xc4\x18\xc3\xeb\xea"))
				 .entry,
			 0);
	assert_int_equal(read_x86(BODY("\x55\x48\x89\xe5\x5d\xc3")).entry, 0);
	/* A large frame. */
	assert_int_equal(read_x86(BODY("\x4c\x8d\xa4\x24\x80\xfe\xff\xff\x4d\x3b\x66\x10\x0f\x86"
				       "\x06\x00\x00\x00\x55\x48\x89\xe5\x5d\xc3\xeb\xe6"))
				 .entry,
			 18);
	assert_int_equal(read_x86(BODY("\x4c\x8d\x64\x24\x80\x4d\x3b\x66\x10\x76\x06\x55\x48\x89"
				       "\xe5\x5d\xc3\xeb\xed"))
				 .entry,
			 11);
	/* A push of something else is none. */
	assert_int_equal(read_x86(BODY("\x55\x90\x5d\xc3")).entry, 0);
}

static void several_returns(void **state)
{
	char many[2 * MAX_GO_RETURNS + 3];
	struct go_code code;

	(void)state;
	code = read_x86(BODY("\x74\x01\xc3\x31\xc0\xc3"));
	assert_int_equal(code.returns_count, 2);
	assert_int_equal(code.returns[0], 2);
	assert_int_equal(code.returns[1], 5);
	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = i % 2 ? '\xc3' : '\x90';
	code = read_x86(view_of(many, 2 * MAX_GO_RETURNS));
	assert_int_equal(code.returns_count, MAX_GO_RETURNS);
	assert_int_equal(code.returns[MAX_GO_RETURNS - 1], 2 * MAX_GO_RETURNS - 1);
	expect_x86(view_of(many, sizeof(many) - 1), -E2BIG);
}

static void refused(void **state)
{
	static char large[MAX_GO_BODY_BYTES + 1];
	struct go_code code;

	(void)state;
	assert_int_equal(go_code_read_x86((struct view){0}, &code), -EOPNOTSUPP);
	expect_x86(BODY("\xe8\x01\x02\x03\x04\x90"), -ENOENT);             /* a panic only */
	expect_x86(BODY("\x74\x05\xc3\xe9\x00\x10\x00\x00"), -EOPNOTSUPP); /* a tail jump */
	expect_x86(BODY("\xff\xe0\xc3"), -EOPNOTSUPP);                     /* by a table */
	expect_x86(BODY("\x74\x01\xb8\x90\x90\x90\x90\xc3"), -EOPNOTSUPP); /* into the middle */
	expect_x86(BODY("\x74\xfd\xc3"), -EOPNOTSUPP);                     /* before it */
	expect_x86(BODY("\x74\x01\xc3"), -EOPNOTSUPP);                     /* to its end */
	expect_x86(BODY("\xd9\xc0\xc3"), -EOPNOTSUPP);                     /* not known */
	expect_x86(BODY("\x90\xcc\x90\xc3"), -EOPNOTSUPP);
	memset(large, 0x90, sizeof(large));
	large[MAX_GO_BODY_BYTES - 1] = '\xc3';
	expect_x86(view_of(large, sizeof(large)), -E2BIG);
	assert_int_equal(read_x86(view_of(large, MAX_GO_BODY_BYTES)).returns[0],
			 MAX_GO_BODY_BYTES - 1);
}

static int read_arm64(const uint32_t *words, size_t count, struct go_code *ret)
{
	struct view copy = exact_copy(view_of(words, count * sizeof(*words)));
	int err = go_code_read_arm64(copy, ret);

	free((void *)copy.bytes);
	return err;
}
#define READ_ARM64(ret, ...)                                                                       \
	read_arm64((const uint32_t[]){__VA_ARGS__},                                                \
		   sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), ret)

static void arm64(void **state)
{
	struct go_code code = {0};

	(void)state;
	/* ldr x16, [x28, #16]; cmp sp, x16; b.ls; bl; ret; bl; b -6; padding */
	assert_int_equal(READ_ARM64(&code, 0xf9400b90, 0xeb3063ff, 0x54000069, 0x94000010,
				    0xd65f03c0, 0x94000020, 0x17fffffa, 0, 0),
			 0);
	assert_int_equal(code.entry, 0);
	assert_int_equal(code.returns_count, 1);
	assert_int_equal(code.returns[0], 16);
	assert_int_equal(READ_ARM64(&code, 0xd63f0340, 0xd65f03c0, 0xd65f03c0), 0); /* blr */
	assert_int_equal(code.returns_count, 2);
	assert_int_equal(READ_ARM64(&code, 0xd503201f), -ENOENT);
	assert_int_equal(READ_ARM64(&code, 0xd65f03c0, 0x14000010), -EOPNOTSUPP); /* b */
	assert_int_equal(READ_ARM64(&code, 0x34000120, 0xd65f03c0), -EOPNOTSUPP); /* cbz */
	assert_int_equal(READ_ARM64(&code, 0x3607ffe0, 0xd65f03c0), -EOPNOTSUPP); /* tbz -1 */
	assert_int_equal(READ_ARM64(&code, 0xd61f0340, 0xd65f03c0), -EOPNOTSUPP); /* br */
	assert_int_equal(READ_ARM64(&code, 0xd65f0020, 0xd65f03c0), -EOPNOTSUPP); /* ret x1 */
	/* ldr x0, the word behind the return */
	assert_int_equal(READ_ARM64(&code, 0x58000040, 0xd65f03c0, 0xd65f03c0), -EOPNOTSUPP);
	assert_int_equal(go_code_read_arm64(BODY("\xc0\x03\x5f\xd6\x00"), &code), -EOPNOTSUPP);
	assert_int_equal(go_code_read_arm64(BODY(""), &code), -EOPNOTSUPP);
}

static void files(void **state)
{
	int fd = sample_elf_file("\x90\x90\x55\x48\x89\xe5\x5d\xc3", 8);
	struct go_code code;

	(void)state;
#if defined(__x86_64__)
	assert_int_equal(go_code_read(fd, 2, 6, &code), 0);
	assert_int_equal(code.returns[0], 5);
#endif
	assert_int_equal(go_code_read(fd, 2, 7, &code), -EOPNOTSUPP); /* the file ends before */
	assert_int_equal(go_code_read(fd, 2, 0, &code), -EOPNOTSUPP); /* no size is told */
	assert_int_equal(go_code_read(fd, 2, UINT64_MAX, &code), -E2BIG);
	close(fd);
#if defined(__x86_64__)
	fd = sample_elf_file(local_addr, sizeof(local_addr) - 1);
	assert_int_equal(go_code_entry(fd, 0), 6);
	assert_int_equal(go_code_entry(fd, 6), 0);
	assert_int_equal(go_code_entry(fd, 1 << 20), 0);
	close(fd);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary),        cmocka_unit_test(entries),
		cmocka_unit_test(several_returns), cmocka_unit_test(refused),
		cmocka_unit_test(arm64),           cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
