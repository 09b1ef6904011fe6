/* Runtimes by name; Go by note and by section; nothing by lies. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include "process/elf_language.h"
#include "sample_elf.h"

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("python3")), RUNTIME_PYTHON);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("python3.11-dbg")), RUNTIME_PYTHON);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("pypy3")), RUNTIME_PYTHON);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("python-shop")), RUNTIME_NATIVE);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("nodejs")), RUNTIME_NODE);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("node_exporter")), RUNTIME_NATIVE);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("java")), RUNTIME_JAVA);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("ruby3.1")), RUNTIME_RUBY);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("php-fpm8.2")), RUNTIME_PHP);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("dash")), RUNTIME_SHELL);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("nginx")), RUNTIME_NATIVE);
	assert_int_equal(elf_language_of_name(VIEW_LITERAL("")), RUNTIME_NATIVE);
}

static void test_runtime_names(void **state)
{
	(void)state;
	assert_string_equal(elf_language_runtime_name(RUNTIME_GO), "go");
	assert_string_equal(elf_language_runtime_name(RUNTIME_NODE), "nodejs");
	assert_null(elf_language_runtime_name(RUNTIME_NATIVE));
	assert_null(elf_language_runtime_name(RUNTIME_UNKNOWN));
	assert_null(elf_language_runtime_name(RUNTIMES_COUNT));
}

static bool is_go(const struct sample_elf *elf)
{
	int fd = sample_elf_file(elf->bytes, sizeof(elf->bytes));
	bool result = elf_language_is_go(fd);

	close(fd);
	return result;
}

static void test_go(void **state)
{
	struct sample_elf elf;

	(void)state;
	sample_elf_begin(&elf, NULL);
	assert_false(is_go(&elf));
	sample_elf_add_note(&elf, "GNU", 4, "x", 1);
	assert_false(is_go(&elf));
	sample_elf_add_note(&elf, "Go", 4, "x/y", 3);
	assert_true(is_go(&elf));
	sample_elf_begin(&elf, ".go.buildinfo");
	assert_true(is_go(&elf));
	sample_elf_begin(&elf, ".go.buildinfo2");
	assert_false(is_go(&elf));
	sample_elf_begin(&elf, ".text");
	assert_false(is_go(&elf));
}

static void test_lies(void **state)
{
	struct sample_elf elf;
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf.bytes;

	(void)state;
	sample_elf_begin(&elf, ".go.buildinfo");
	header->e_shnum = 0; /* "look in section 0 for the count" */
	((Elf64_Shdr *)(elf.bytes + 640))[0].sh_size = UINT32_MAX;
	assert_false(is_go(&elf));
	((Elf64_Shdr *)(elf.bytes + 640))[0].sh_size = 3; /* true, but not looked at */
	assert_false(is_go(&elf));
	sample_elf_begin(&elf, ".go.buildinfo");
	header->e_shnum = 0xfe00;
	assert_false(is_go(&elf));
	sample_elf_begin(&elf, ".go.buildinfo");
	header->e_phnum = 0xffff;
	assert_false(is_go(&elf));
	for (size_t at = 640; at < 640 + 3 * sizeof(Elf64_Shdr); at++) {
		sample_elf_begin(&elf, ".go.buildinfo");
		elf.bytes[at] ^= 0xff;
		(void)is_go(&elf);
	}
}

static void test_more_sections_than_looked_at(void **state)
{
	static unsigned char large[1024 + 4097 * sizeof(Elf64_Shdr)];
	struct sample_elf elf;
	int fd;

	(void)state;
	sample_elf_begin(&elf, ".go.buildinfo");
	memcpy(large, elf.bytes, sizeof(elf.bytes));
	memcpy(large + 1024, elf.bytes + 640, 3 * sizeof(Elf64_Shdr));
	((Elf64_Ehdr *)large)->e_shoff = 1024;
	for (unsigned int count = 4096; count <= 4097; count++) {
		((Elf64_Ehdr *)large)->e_shnum = (Elf64_Half)count;
		fd = sample_elf_file(large, sizeof(large));
		assert_int_equal(elf_language_is_go(fd), count == 4096);
		close(fd);
	}
}

static void test_this_program(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_false(elf_language_is_go(fd));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_runtime_names),
		cmocka_unit_test(test_go),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_more_sections_than_looked_at),
		cmocka_unit_test(test_this_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
