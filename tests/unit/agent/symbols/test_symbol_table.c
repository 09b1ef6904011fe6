/* Which name an address has, in tables as linkers write them and in tables nobody would write. */
#include <errno.h>
#include "cmocka_test.h"
#include "symbol_elf.h"
#include "symbols/symbol_table.h"

static const struct elf_segment segments[] = {
	{.address = 0x1000, .size = 0x1000, .flags = PF_R | PF_X},
	{.address = 0x3000, .size = 0x1000, .flags = PF_R},
	{.address = 0x5000, .size = 0x100, .flags = PF_X},
};

static char strings[2048];

static struct symbol_table *table_of(const struct symbol_row *rows)
{
	struct symbol_table *table = NULL;
	Elf64_Sym symbols[64];
	size_t size;
	struct view bytes = symbol_elf_rows(rows, strings, &size, symbols);
	struct view copy = exact_copy(bytes);
	int err = symbol_table_new(&table, copy, view_of(strings, size), segments, 3);

	free_copy(copy); /* not needed any more */
	assert_int_equal(err, table ? 0 : -ENOENT);
	return table;
}

/* name NULL: nobody knows the address. */
static void expect(const struct symbol_table *table, uint64_t address, const char *name)
{
	struct table_symbol found;
	bool is_found = symbol_table_find(table, address, &found);

	assert_int_equal(is_found, name != NULL);
	if (name)
		assert_view(found.name, name);
}

static void test_sizes(void **state)
{
	struct symbol_table *table = table_of((struct symbol_row[]){
		{"second", 0x1100, 0x10, STT_FUNC},
		{"first", 0x1000, 0x20, STT_FUNC},
		{"other", 0x5000, 0x20, STT_GNU_IFUNC},
		{0},
	});

	(void)state;
	expect(table, 0xfff, NULL);
	expect(table, 0x1000, "first");
	expect(table, 0x101f, "first");
	expect(table, 0x1020, NULL);
	expect(table, 0x1100, "second");
	expect(table, 0x110f, "second");
	expect(table, 0x1110, NULL);
	expect(table, 0x5001, "other");
	expect(table, UINT64_MAX, NULL);
	symbol_table_free(&table);
}

static void test_without_size(void **state)
{
	struct symbol_table *table = table_of((struct symbol_row[]){
		{"sized", 0x1000, 0x10, STT_FUNC},
		{"label", 0x1004, 0, STT_NOTYPE},
		{"open", 0x1020, 0, STT_FUNC},
		{"last", 0x1800, 0, STT_NOTYPE},
		{"short", 0x1900, 1, STT_FUNC},
		{0},
	});

	(void)state;
	expect(table, 0x1005, "sized"); /* a label within a function is not one */
	expect(table, 0x1010, "label"); /* as gdb: better than nothing */
	expect(table, 0x1020, "open");
	expect(table, 0x17ff, "open");
	expect(table, 0x18ff, "last");
	expect(table, 0x1901, NULL); /* "short" ended, and stands before "last" */
	expect(table, 0x5000, NULL); /* another segment */
	symbol_table_free(&table);
}

static void test_names_of_one_address(void **state)
{
	struct symbol_table *table = table_of((struct symbol_row[]){
		{"puts", 0x1000, 0x20, STT_FUNC},
		{"_IO_puts", 0x1000, 0x20, STT_FUNC},
		{"zero", 0x1000, 0, STT_NOTYPE},
		{"long_a", 0x1100, 0x40, STT_FUNC},
		{"short_b", 0x1100, 0x10, STT_FUNC},
		{"memcpy@@GLIBC_2.14", 0x1200, 4, STT_FUNC},
		{"memcpy", 0x1200, 4, STT_FUNC},
		{"@odd", 0x1300, 4, STT_FUNC},
		{"label", 0x1400, 0, STT_NOTYPE},
		{"Function", 0x1400, 4, STT_FUNC}, /* a size counts for more than the name */
		{0},
	});
	struct table_symbol found;
	uint32_t count = 0;

	(void)state;
	expect(table, 0x1000, "puts");
	expect(table, 0x1010, "puts");
	expect(table, 0x1100, "short_b");
	expect(table, 0x1110, "long_a");
	expect(table, 0x1200, "memcpy");
	expect(table, 0x1300, "@odd");
	expect(table, 0x1400, "Function");
	for (; symbol_table_at(table, count, &found); count++)
		;
	assert_int_equal(count, 6);
	assert_true(symbol_table_memory_bytes(table) >= 6 * 12);
	symbol_table_free(&table);
}

static void test_nested(void **state)
{
	struct symbol_table *table = table_of((struct symbol_row[]){
		{"outer", 0x1000, 0x100, STT_FUNC},
		{"inner", 0x1010, 0x10, STT_FUNC},
		{"core", 0x1014, 0x4, STT_FUNC},
		{0},
	});

	(void)state;
	expect(table, 0x100f, "outer");
	expect(table, 0x1014, "core");
	expect(table, 0x1018, "inner");
	expect(table, 0x1020, "outer");
	expect(table, 0x1100, NULL);
	symbol_table_free(&table);
}

static void test_not_functions(void **state)
{
	struct symbol_table *table = table_of((struct symbol_row[]){
		{"variable", 0x1000, 8, STT_OBJECT},
		{"section", 0x1000, 0, STT_SECTION},
		{"file.c", 0x1000, 0, STT_FILE},
		{"thread", 0x1000, 8, STT_TLS},
		{"constant", 0x3000, 8, STT_FUNC},
		{"nowhere", 0x9000, 8, STT_FUNC},
		{".L42", 0x1000, 0, STT_NOTYPE},
		{"$x", 0x1000, 0, STT_NOTYPE},
		{"$d.1", 0x1000, 0, STT_NOTYPE},
		{"", 0x1000, 8, STT_FUNC},
		{0},
	});

	(void)state;
	assert_null(table);
}

static void test_hostile(void **state)
{
	const struct elf_segment wide[] = {
		{.address = 16, .size = UINT64_MAX - 16, .flags = PF_X},
		{.address = UINT64_MAX - 8, .size = 64, .flags = PF_X},
	};
	Elf64_Sym symbols[] = {
		{.st_name = 1, .st_info = STT_FUNC, .st_shndx = 1, .st_value = 16},
		{.st_name = 1, .st_info = STT_FUNC, .st_shndx = 1, .st_value = 1ull << 40},
		{.st_name = UINT32_MAX, .st_info = STT_FUNC, .st_shndx = 1, .st_value = 32},
		{.st_name = 3, .st_info = STT_FUNC, .st_shndx = 1, .st_value = 32},
		{.st_name = 2, .st_info = STT_FUNC, .st_shndx = 1, .st_value = 48},
	};
	struct view bytes, names = exact_copy(view_of("\0ab", 3)); /* no NUL at its end */
	struct symbol_table *table = NULL;

	(void)state;
	symbols[0].st_size = UINT64_MAX;
	for (size_t size = 0; size <= sizeof(symbols); size++) {
		bytes = exact_copy(view_of(symbols, size));
		if (symbol_table_new(&table, bytes, names, wide, 2) == 0) {
			expect(table, 15, NULL);
			expect(table, 16, "ab");
			expect(table, 47, "ab");
			expect(table, 64, "ab");
			expect(table, 1ull << 40, NULL); /* too far away to be kept */
			symbol_table_free(&table);
		}
		free_copy(bytes);
	}
	free_copy(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_without_size),
		cmocka_unit_test(test_names_of_one_address),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_not_functions),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
