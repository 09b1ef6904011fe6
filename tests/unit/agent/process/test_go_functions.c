/* Go's table in files made for the test: where its addresses begin must be certain. */
#include "cmocka_test.h"

#include <errno.h>
#include "go_table.h"
#include "process/elf_symbols.h"
#include "sample_elf.h"
#include "symbol_elf.h"

#define TEXT       (CODE_ADDRESS + 0x100)
#define MODULE_END (23 * 8)

static struct symbol_elf elf;

/* 0 and the offset of main.crash in the file, or the error; -ENOENT: it is not found. */
static int find_crash(struct view file, uint64_t *ret_offset)
{
	struct elf_symbol symbols[] = {{.name = "main.crash"}, {.name = "main.cras"}};
	int fd = sample_elf_file(file.bytes, file.size);
	int err = elf_symbols_find_go(fd, symbols, 2);

	close(fd);
	assert_false(symbols[1].is_found);
	*ret_offset = symbols[0].file_offset;
	if (symbols[0].is_found)
		assert_int_equal(symbols[0].size_bytes, 64);
	return err < 0 ? err : symbols[0].is_found ? 0 : -ENOENT;
}

static void make_file(uint32_t version, uint64_t header_text, const char *section)
{
	struct go_table table;

	go_table_make(&table, version, header_text);
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, section, SHT_PROGBITS, 0, view_of(table.bytes, table.size));
	elf.sections[1].sh_addr = 0x5000;
}

static void test_versions(void **state)
{
	uint64_t offset;

	(void)state;
	make_file(118, TEXT, ".gopclntab");
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), 0);
	assert_int_equal(offset, 0x120);
	make_file(120, TEXT, ".data.rel.ro.gopclntab");
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), 0);
	assert_int_equal(offset, 0x120);
	make_file(116, TEXT, ".gopclntab");
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), -EOPNOTSUPP);
	make_file(118, TEXT, ".elsewhere");
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), -EOPNOTSUPP);
}

/* What a moduledata of Go 1.26 says; each of its words may be wrong. */
static void add_module(uint64_t table, uint64_t minpc, uint64_t text)
{
	uint64_t words[23] = {table};

	words[20] = minpc;
	words[22] = text;
	(void)symbol_elf_add(&elf, ".go.module", SHT_PROGBITS, 0, view_of(words, MODULE_END));
}

static void test_module(void **state)
{
	uint64_t offset;

	(void)state;
	make_file(120, 0, ".gopclntab");
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), -ENOENT);
	make_file(120, 0, ".gopclntab");
	add_module(0x5000, TEXT, TEXT);
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), 0);
	assert_int_equal(offset, 0x120);
	make_file(120, 0, ".gopclntab");
	add_module(0x5008, TEXT, TEXT);
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), -ENOENT);
	make_file(120, 0, ".gopclntab");
	add_module(0x5000, TEXT + 8, TEXT);
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), -ENOENT);
	make_file(120, 0, ".gopclntab");
	add_module(0x5000, 0x100000, 0x100000);
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), -ENOENT);
}

/* Addresses that are no code of the file. */
static void test_elsewhere(void **state)
{
	uint64_t offset;

	(void)state;
	make_file(118, 0x100000, ".gopclntab");
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), -ENOENT);
	make_file(118, CODE_ADDRESS + CODE_BYTES - 16, ".gopclntab");
	assert_int_equal(find_crash(symbol_elf_end(&elf), &offset), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_module),
		cmocka_unit_test(test_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
