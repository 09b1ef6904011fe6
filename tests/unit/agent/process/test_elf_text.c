/* Versions among the constants of a file: exact words, at borders of blocks, of hostile files. */
#include "process/elf_text.h"

#include "cmocka_test.h"
#include "sample_elf.h"
#include "symbol_elf.h"

#define BLOCK (256u << 10)

/* A file whose constants are these bytes; the caller closes it. */
static int make_file(const char *section, const void *bytes, size_t size)
{
	static struct symbol_elf elf;
	Elf64_Shdr *table;
	int fd;

	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, section, SHT_PROGBITS, 0, VIEW_LITERAL("x"));
	(void)symbol_elf_end(&elf);
	table = (Elf64_Shdr *)(elf.bytes + ((Elf64_Ehdr *)elf.bytes)->e_shoff);
	table[1].sh_offset = SYMBOL_ELF_BYTES;
	table[1].sh_size = size;
	fd = sample_elf_file(elf.bytes, SYMBOL_ELF_BYTES);
	assert_int_equal(write(fd, bytes, size), size);
	return fd;
}

static void finds(const struct elf_text_pattern *pattern, const void *bytes, size_t size,
		  const char *wanted)
{
	int fd = make_file(".rodata", bytes, size);
	char word[MAX_ELF_TEXT_WORD] = "";

	assert_true(elf_text_find(fd, pattern, word) == (wanted[0] != '\0'));
	assert_string_equal(word, wanted);
	close(fd);
}
#define FINDS(pattern, text, wanted) finds(&(pattern), text, sizeof(text) - 1, wanted)

static void test_words(void **state)
{
	static const struct elf_text_pattern php = {"PHP/", false, false, true};
	static const struct elf_text_pattern python = {"3.11.", true, true, true};
	static const struct elf_text_pattern ruby = {"ruby ", false, true, false};

	(void)state;
	FINDS(php, "X-Powered-By: PHP/8.2.36\0x", "8.2.36");
	FINDS(php, "PHP/x.y.z\0PHP/8\0PHP/8.2\0PHP/8.2.1 \0PHP/8.4.0-dev\0", "8.4.0-dev");
	FINDS(php, "PHP/", "");
	FINDS(php, "PHP/8.2.36", "");
	FINDS(php, "", "");
	FINDS(python, "13.11.1\0x3.11.2\0.3.11.3\0/opt/3.11.4/x\0/opt/3.11.5\0", "3.11.5");
	FINDS(python, "3.11.\0003.11.x\0003.11.2+\0", "3.11.2+");
	FINDS(ruby, "jruby 1.2.3 ruby 1.8 ruby 3.1.2p20 (2022", "3.1.2p20");
	FINDS(ruby, "ruby 1.2.345678901234567890123456789012345 ruby 1.2.3 ", "1.2.3");
}

static void test_borders(void **state)
{
	static const struct elf_text_pattern php = {"PHP/", false, true, true};
	static char bytes[3 * BLOCK];

	(void)state;
	for (size_t at = BLOCK - 200; at < BLOCK + 20; at += 7) {
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes + at, "PHP/8.2.36", 10);
		finds(&php, bytes, sizeof(bytes), "8.2.36");
		finds(&php, bytes, at + 11, "8.2.36");
		finds(&php, bytes, at + 10, "");
		bytes[at - 1] = 'x';
		finds(&php, bytes, sizeof(bytes), "");
	}
}

static void test_hostile(void **state)
{
	static const struct elf_text_pattern php = {"PHP/", false, false, true};
	struct sample_elf elf;
	char word[MAX_ELF_TEXT_WORD];
	int fd = make_file(".data", "PHP/8.2.36\0", 11);

	(void)state;
	assert_false(elf_text_find(fd, &php, word));
	close(fd);
	assert_false(elf_text_find(-1, &php, word));
	fd = sample_elf_file("PHP/8.2.36\0", 11);
	assert_false(elf_text_find(fd, &php, word));
	close(fd);
	/* A section that ends behind the file. */
	sample_elf_begin(&elf, ".rodata");
	((Elf64_Shdr *)(elf.bytes + 640))[2].sh_size = UINT64_MAX - 100;
	fd = sample_elf_file(elf.bytes, sizeof(elf.bytes));
	assert_false(elf_text_find(fd, &php, word));
	close(fd);
}

static void test_several(void **state)
{
	static const char *const texts[] = {"alpha", "beta/", "gamma", NULL};
	static char bytes[2 * BLOCK + 100];
	int fd = make_file(".rodata", "xbeta/.alph", 11);

	(void)state;
	assert_int_equal(elf_text_have(fd, texts), 2);
	close(fd);
	memcpy(bytes, "gamma", 5);
	memcpy(bytes + BLOCK - 2, "alpha", 5); /* over a border */
	memcpy(bytes + 2 * BLOCK, "beta/", 5);
	fd = make_file(".rodata", bytes, sizeof(bytes));
	assert_int_equal(elf_text_have(fd, texts), 7);
	close(fd);
	fd = make_file(".data", "alpha", 5);
	assert_int_equal(elf_text_have(fd, texts), 0);
	close(fd);
	assert_int_equal(elf_text_have(-1, texts), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
