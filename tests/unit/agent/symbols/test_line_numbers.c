/* Lines of this test itself, from its own DWARF; skipped where there is no libdw. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "sample_elf.h"
#include "symbol_elf.h"
#include "symbols/line_numbers.h"

/* A function all of whose instructions have one line. */
#define DEFINE_KNOWN(name)                                                                         \
	static int name(int value)                                                                 \
	{                                                                                          \
		return value + 1;                                                                  \
	}
static const uint32_t known_line = __LINE__ + 1;
DEFINE_KNOWN(known)

static int (*volatile known_function)(int) = known;

static int see_base(struct dl_phdr_info *found, size_t size, void *context)
{
	(void)size;
	*(uint64_t *)context = found->dlpi_addr;
	return 1; /* the first one is the program */
}

static void test_before_prepare(void **state)
{
	struct line_numbers *lines = NULL;

	(void)state;
	assert_int_equal(line_numbers_new(&lines, NULL), -ENOENT);
	assert_null(lines);
}

static void test_own_lines(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct line_numbers *lines = NULL;
	struct elf_image *image = NULL;
	struct source_line found;
	uint64_t base = 0;

	(void)state;
	if (!line_numbers_prepare())
		skip();
	assert_true(line_numbers_prepare());
	dl_iterate_phdr(see_base, &base);
	assert_int_equal(elf_image_new(&image, fd), 0);
	assert_int_equal(line_numbers_new(&lines, image), 0);
	elf_image_free(&image); /* only read at the beginning */
	assert_int_equal(known_function(1), 2);
	assert_true(line_numbers_find(lines, (uint64_t)(uintptr_t)known_function - base, &found));
	assert_true(view_ends_with(found.file, VIEW_LITERAL("agent/symbols/test_line_numbers.c")));
	assert_int_equal(found.number, known_line);
	assert_true(found.file.bytes[0] == '/' || found.directory.bytes[0] == '/');
	assert_false(line_numbers_find(lines, 0, &found));
	assert_false(line_numbers_find(lines, UINT64_MAX, &found));
	assert_true(line_numbers_memory_bytes(lines) > 10000);
	line_numbers_free(&lines);
	line_numbers_free(&lines);
	close(fd);
}

static int open_lines(struct view file)
{
	struct line_numbers *lines = NULL;
	struct elf_image *image = NULL;
	int fd = sample_elf_file(file.bytes, file.size), err;

	assert_int_equal(elf_image_new(&image, fd), 0);
	err = line_numbers_new(&lines, image);
	line_numbers_free(&lines);
	elf_image_free(&image);
	close(fd);
	return err;
}

static void test_without_lines(void **state)
{
	static struct symbol_elf elf;
	static char garbage[4096];

	(void)state;
	if (!line_numbers_prepare())
		skip();
	symbol_elf_begin(&elf);
	assert_int_equal(open_lines(symbol_elf_end(&elf)), -ENOENT);
	memset(garbage, 0x41, sizeof(garbage));
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".debug_line", SHT_PROGBITS, 0,
			     view_of(garbage, sizeof(garbage)));
	(void)symbol_elf_add(&elf, ".debug_info", SHT_PROGBITS, 0,
			     view_of(garbage, sizeof(garbage)));
	(void)symbol_elf_add(&elf, ".debug_abbrev", SHT_PROGBITS, 0,
			     view_of(garbage, sizeof(garbage)));
	assert_int_equal(open_lines(symbol_elf_end(&elf)), -ENOENT);
}

static void test_too_large(void **state)
{
	static struct symbol_elf elf;
	uint32_t index;

	(void)state;
	if (!line_numbers_prepare())
		skip();
	symbol_elf_begin(&elf);
	index = symbol_elf_add(&elf, ".debug_line", SHT_PROGBITS, 0, VIEW_LITERAL("lines"));
	elf.sections[index].sh_size = MAX_DEBUG_BYTES + 1;
	assert_int_equal(open_lines(symbol_elf_end(&elf)), -ENOENT);
	elf.sections[index].sh_size = UINT64_MAX;
	symbol_elf_begin(&elf);
	for (int i = 0; i < 2; i++) {
		index = symbol_elf_add(&elf, ".debug_line", SHT_PROGBITS, 0, VIEW_LITERAL("lines"));
		elf.sections[index].sh_size = MAX_DEBUG_BYTES / 2 + 1;
	}
	assert_int_equal(open_lines(symbol_elf_end(&elf)), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_prepare),
		cmocka_unit_test(test_own_lines),
		cmocka_unit_test(test_without_lines),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
