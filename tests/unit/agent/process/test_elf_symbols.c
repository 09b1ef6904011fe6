/* Symbols of files made for the test, of our own C library, and of tables that lie. */
#include "cmocka_test.h"

#include <errno.h>
#include <fcntl.h>
#include "base/cleanup.h"
#include "process/elf_symbols.h"
#include "process/libc_abort.h"
#include "sample_elf.h"
#include "symbol_elf.h"

static struct symbol_elf elf;

static int find(struct view file, struct elf_symbol *symbols, uint32_t count)
{
	int fd = sample_elf_file(file.bytes, file.size);
	int err = elf_symbols_find(fd, symbols, count);

	close(fd);
	return err;
}

static void test_tables(void **state)
{
	static const struct symbol_row dynamic[] = {
		{"exported", CODE_ADDRESS + 0x10, 4, STT_FUNC},
		{"variable", CODE_ADDRESS + 0x20, 4, STT_OBJECT},
		{"elsewhere", 0x100000, 4, STT_FUNC},
		{"of_the_data", DATA_ADDRESS, 4, STT_FUNC},
		{0},
	};
	static const struct symbol_row local[] = {
		{"local", CODE_ADDRESS + 0x30, 4, STT_FUNC},
		{"exported", CODE_ADDRESS + 0x40, 4, STT_FUNC},
		{"second_of_two", CODE_ADDRESS + 0x50, 4, STT_FUNC},
		{"second_of_two", CODE_ADDRESS + 0x60, 4, STT_FUNC},
		{0},
	};
	struct elf_symbol symbols[] = {
		{.name = "exported"},  {.name = "local"},       {.name = "variable"},
		{.name = "elsewhere"}, {.name = "of_the_data"}, {.name = "second_of_two"},
		{.name = "loca"},      {.name = "ocal"},        {.name = ""},
	};

	(void)state;
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, dynamic);
	symbol_elf_add_table(&elf, ".symtab", SHT_SYMTAB, local);
	assert_int_equal(find(symbol_elf_end(&elf), symbols, 9), 0);
	assert_true(symbols[0].is_found);
	assert_int_equal(symbols[0].file_offset, 0x10);
	assert_int_equal(symbols[0].size_bytes, 4);
	assert_true(symbols[1].is_found);
	assert_int_equal(symbols[1].file_offset, 0x30);
	assert_true(symbols[5].is_found);
	assert_int_equal(symbols[5].file_offset, 0x50);
	for (uint32_t i = 2; i < 9; i++)
		assert_int_equal(symbols[i].is_found, i == 5);
}

static void test_patterns(void **state)
{
	static const struct symbol_row local[] = {
		{"_ZN1a4call17h0123456789abcdefE", CODE_ADDRESS + 0x10, 4, STT_FUNC},
		{"_ZN1a4call17hfedcba9876543210E", CODE_ADDRESS + 0x20, 4, STT_FUNC},
		{"_RNvMs_NtCs1234_1aNtB4_1S4send", CODE_ADDRESS + 0x30, 4, STT_FUNC},
		{"_RNvMs_NtCs1234_1aNtB4_1S4send0", CODE_ADDRESS + 0x40, 4, STT_FUNC},
		{"x_ZN1a4take17h0", CODE_ADDRESS + 0x50, 4, STT_FUNC},
		{0},
	};
	struct elf_symbol symbols[] = {
		{.name = "_ZN1a4call17h*"}, {.name = "_RNv*_1a*1S4send"},
		{.name = "_ZN1a4take17h*"}, {.name = "_RNv*_1b*1S4send"},
		{.name = "*1S4send?"},      {.name = "*"},
	};

	(void)state;
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".symtab", SHT_SYMTAB, local);
	assert_int_equal(find(symbol_elf_end(&elf), symbols, 6), 0);
	assert_true(symbols[0].is_found);
	assert_int_equal(symbols[0].file_offset, 0x10);
	assert_true(symbols[1].is_found);
	assert_int_equal(symbols[1].file_offset, 0x30);
	for (uint32_t i = 2; i < 6; i++)
		assert_false(symbols[i].is_found);
}

/* A linker lets a name be the end of another one. */
static void test_shared_names(void **state)
{
	static const char strings[] = "\0my_function\0";
	const Elf64_Sym table[] = {
		{0},
		{.st_name = 1, .st_info = STT_FUNC, .st_shndx = 1, .st_value = CODE_ADDRESS + 8},
		{.st_name = 4, .st_info = STT_FUNC, .st_shndx = 1, .st_value = CODE_ADDRESS + 16},
	};
	struct elf_symbol symbol = {.name = "function"};

	(void)state;
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".dynstr", SHT_STRTAB, 0, view_of(strings, sizeof(strings)));
	(void)symbol_elf_add(&elf, ".dynsym", SHT_DYNSYM, 1, view_of(table, sizeof(table)));
	assert_int_equal(find(symbol_elf_end(&elf), &symbol, 1), 0);
	assert_true(symbol.is_found);
	assert_int_equal(symbol.file_offset, 16);
}

/* A name that lies across two blocks of strings, in a file of a megabyte. */
static void test_large_strings(void **state)
{
	static unsigned char bytes[1 << 20];
	Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
	struct elf_symbol symbols[] = {{.name = "across"}, {.name = "last"}};
	struct view file;
	int fd;

	(void)state;
	symbol_elf_begin(&elf);
	file = symbol_elf_end(&elf);
	memcpy(bytes, file.bytes, 256);
	header->e_shoff = 512;
	header->e_shnum = 3;
	((Elf64_Shdr *)(bytes + 512))[1] = (Elf64_Shdr){
		.sh_type = SHT_STRTAB, .sh_offset = 4096, .sh_size = sizeof(bytes) - 4096};
	((Elf64_Shdr *)(bytes + 512))[2] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
							.sh_link = 1,
							.sh_offset = 1024,
							.sh_size = 2 * sizeof(Elf64_Sym)};
	((Elf64_Sym *)(bytes + 1024))[0] = (Elf64_Sym){.st_name = (256 << 10) - 3,
						       .st_info = STT_FUNC,
						       .st_shndx = 1,
						       .st_value = CODE_ADDRESS + 1};
	((Elf64_Sym *)(bytes + 1024))[1] = (Elf64_Sym){.st_name = sizeof(bytes) - 4096 - 5,
						       .st_info = STT_FUNC,
						       .st_shndx = 1,
						       .st_value = CODE_ADDRESS + 2};
	strcpy((char *)bytes + 4096 + (256 << 10) - 3, "across");
	memcpy(bytes + sizeof(bytes) - 5, "last", 5);
	fd = sample_elf_file(bytes, sizeof(bytes));
	assert_int_equal(elf_symbols_find(fd, symbols, 2), 0);
	close(fd);
	assert_true(symbols[0].is_found);
	assert_int_equal(symbols[0].file_offset, 1);
	assert_true(symbols[1].is_found);
	assert_int_equal(symbols[1].file_offset, 2);
}

static void test_own_libc(void **state)
{
	_cleanup_(image_file_done) struct image_file libc = {.fd = -1};
	struct elf_symbol symbols[] = {{.name = "abort"}, {.name = "no such function"}};

	(void)state;
	assert_int_equal(libc_abort_open_own(&libc), 0);
	assert_int_equal(elf_symbols_find(libc.fd, symbols, 2), 0);
	assert_true(symbols[0].is_found);
	assert_true(symbols[0].file_offset > 0);
	assert_false(symbols[1].is_found);
	assert_int_equal(elf_symbols_find_go(libc.fd, symbols, 2), -EOPNOTSUPP);
}

/* Links, sizes and places that are not in the file: nothing is found, nothing breaks. */
static void test_lies(void **state)
{
	static const struct symbol_row rows[] = {{"name", CODE_ADDRESS, 4, STT_FUNC}, {0}};
	const uint64_t values[] = {0, 1, 200, SYMBOL_ELF_BYTES, UINT32_MAX, INT64_MAX, UINT64_MAX};
	struct elf_symbol symbol = {.name = "name"};
	struct view file;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		for (size_t field = 8; field < sizeof(Elf64_Shdr); field += 8) {
			for (uint32_t section = 1; section <= 2; section++) {
				symbol_elf_begin(&elf);
				symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, rows);
				memcpy((char *)&elf.sections[section] + field, &values[i], 8);
				file = symbol_elf_end(&elf);
				assert_int_equal(find(file, &symbol, 1), 0);
				if (symbol.is_found)
					assert_int_equal(symbol.file_offset, 0);
			}
		}
	}
	for (size_t size = 0; size < SYMBOL_ELF_BYTES; size += 61) {
		int err = find(view_of(file.bytes, size), &symbol, 1);

		assert_true(err == 0 || err == -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),       cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_shared_names), cmocka_unit_test(test_large_strings),
		cmocka_unit_test(test_own_libc),     cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
