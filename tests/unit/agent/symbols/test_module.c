/* One file as a module: what is parsed, when, and what it holds. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "go_table.h"
#include "sample_elf.h"
#include "symbol_elf.h"
#include "symbols/line_numbers.h"
#include "symbols/module.h"
#include "symbols/unwind_table.h"
#include "unwind_elf.h"

static void test_addresses(void **state)
{
	struct unwind_elf elf;
	struct module *module;
	uint64_t address;

	(void)state;
	unwind_elf_begin(&elf, EM_AARCH64);
	module = unwind_elf_module(&elf);
	assert_int_equal(module_machine(module), MACHINE_ARM64);
	assert_true(module_address(module, 0x1234, &address));
	assert_int_equal(address, UNWIND_ELF_BASE + 0x1234);
	assert_false(module_address(module, UNWIND_ELF_BYTES, &address));
	assert_false(module_has_frame_pointers(module));
	assert_int_equal(elf_image_machine(module_image(module)), MACHINE_ARM64);
	module_free(&module);
	assert_null(module);
	module_free(&module);
}

static void test_go(void **state)
{
	static const char *const names[] = {".go.buildinfo", ".gopclntab", ".note.go.buildid"};
	struct unwind_elf elf;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct module *module;

		unwind_elf_begin(&elf, EM_X86_64);
		unwind_elf_add_sections(&elf, ".eh_frame", names[i]);
		module = unwind_elf_module(&elf);
		assert_true(module_has_frame_pointers(module));
		assert_true(module_has_frame_pointers(module));
		module_free(&module);
	}
}

static void test_unwind_table(void **state)
{
	struct unwind_elf elf;
	struct unwind_entry entry;
	struct unwind_table *table;
	struct module *module;
	size_t before;

	(void)state;
	unwind_elf_begin(&elf, EM_X86_64);
	unwind_elf_add_common(&elf, "zR", VIEW_LITERAL("\x0c\x07\x08\x90\x01"));
	unwind_elf_add(&elf, UNWIND_ELF_CODE, 16, VIEW_LITERAL(""));
	unwind_elf_add_sections(&elf, ".eh_frame", NULL);
	module = unwind_elf_module(&elf);
	before = module_memory_bytes(module);
	table = module_unwind_table(module);
	assert_non_null(table);
	assert_ptr_equal(module_unwind_table(module), table);
	assert_true(unwind_table_find(table, UNWIND_ELF_CODE + 15, &entry));
	assert_true(module_memory_bytes(module) > before + elf.table_size);
	module_free(&module);
}

static void test_no_elf(void **state)
{
	struct module *module = NULL;
	int fd = memfd_create("text", MFD_CLOEXEC), copy = fd;

	(void)state;
	assert_int_equal(write(fd, "text", 4), 4);
	assert_int_equal(module_new(&module, &fd, "/usr/lib/debug"), -EINVAL);
	assert_null(module);
	assert_int_equal(fd, -1);
	assert_int_equal(fcntl(copy, F_GETFD), -1); /* closed all the same */
}

static struct module *module_of(struct view file)
{
	struct module *module = NULL;
	int fd = sample_elf_file(file.bytes, file.size);

	assert_int_equal(module_new(&module, &fd, NULL), 0);
	assert_int_equal(fd, -1);
	return module;
}

static void test_takes_the_file(void **state)
{
	struct module *module = NULL;
	int fd = sample_elf_file("no ELF", 6), kept = fd;

	(void)state;
	assert_int_equal(module_new(&module, &fd, "/usr/lib/debug"), -EINVAL);
	assert_null(module);
	assert_int_equal(fd, -1);
	assert_int_equal(fcntl(kept, F_GETFD), -1); /* closed */
	module_free(&module);
}

static void test_native(void **state)
{
	static const struct symbol_row rows[] = {
		{"_RNvC4shop3buy", 0x1000, 16, STT_FUNC}, {"plain", 0x1010, 16, STT_FUNC}, {0}};
	static struct symbol_elf elf;
	struct module_symbol found;
	struct module *module;
	struct arena arena;
	uint64_t address;
	size_t before;

	(void)state;
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".symtab", SHT_SYMTAB, rows);
	module = module_of(symbol_elf_end(&elf));
	arena_init(&arena, 65536);
	assert_int_equal(module_machine(module), MACHINE_X86_64);
	assert_true(module_address(module, 4, &address));
	assert_int_equal(address, CODE_ADDRESS + 4);
	before = module_memory_bytes(module);
	assert_true(module_find_symbol(module, 0x1008, &arena, &found));
	assert_view(found.name, "shop::buy");
	assert_view(found.symbol, "_RNvC4shop3buy");
	assert_int_equal(found.address, 0x1000);
	assert_true(found.file.size == 0 && found.line == 0);
	assert_true(module_memory_bytes(module) > before);
	assert_true(module_find_symbol(module, 0x1010, &arena, &found));
	assert_view(found.name, "plain");
	assert_false(module_find_symbol(module, 0x1020, &arena, &found));
	assert_false(module_has_frame_pointers(module));
	module_free(&module);
	assert_view(found.name, "plain"); /* in the arena, not in the module */
	arena_done(&arena);
}

static void test_go_symbols(void **state)
{
	static const struct symbol_row rows[] = {
		{"in_c", 0x1500, 16, STT_FUNC}, {"main.main.abi0", 0x1000, 32, STT_FUNC}, {0}};
	static struct symbol_elf elf;
	struct module_symbol found;
	struct go_table table;
	struct module *module;
	struct arena arena;

	(void)state;
	go_table_make(&table, 118, 0x1000);
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".gopclntab", SHT_PROGBITS, 0, view_of(table.bytes, table.size));
	symbol_elf_add_table(&elf, ".symtab", SHT_SYMTAB, rows);
	module = module_of(symbol_elf_end(&elf));
	arena_init(&arena, 65536);
	assert_true(module_has_frame_pointers(module));
	assert_true(module_find_symbol(module, 0x1010, &arena, &found));
	assert_view(found.name, "main.main");
	assert_view(found.symbol, "main.main");
	assert_view(found.file, "/src/main.go");
	assert_int_equal(found.line, 12);
	assert_int_equal(found.address, 0x1000);
	assert_true(module_find_symbol(module, 0x1501, &arena, &found));
	assert_view(found.name, "in_c");
	arena_done(&arena);
	arena_init(&arena, 0); /* full: nothing rather than half */
	assert_false(module_find_symbol(module, 0x1010, &arena, &found));
	assert_false(module_find_symbol(module, 0x1501, &arena, &found));
	module_free(&module);
}

static void test_go_without_sections(void **state)
{
	static struct symbol_elf elf;
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf.bytes;
	struct go_table table;
	struct module *module;

	(void)state;
	go_table_make(&table, 118, 0x1000);
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".gopclntab", SHT_PROGBITS, 0, view_of(table.bytes, table.size));
	(void)symbol_elf_end(&elf);
	header->e_shoff = 0;
	header->e_shnum = header->e_shstrndx = 0;
	module = module_of(view_of(elf.bytes, SYMBOL_ELF_BYTES));
	assert_true(module_has_frame_pointers(module));
	module_free(&module);
}

static int see_base(struct dl_phdr_info *object, size_t size, void *context)
{
	(void)size;
	*(uint64_t *)context = object->dlpi_addr;
	return 1;
}

static void test_own_program(void **state)
{
	int (*volatile self)(struct dl_phdr_info *, size_t, void *) = see_base;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct module *module = NULL;
	struct module_symbol found;
	struct arena arena;
	uint64_t base = 0;

	(void)state;
	arena_init(&arena, 65536);
	dl_iterate_phdr(see_base, &base);
	assert_int_equal(module_new(&module, &fd, NULL), 0);
	assert_non_null(module_image(module));
	if (line_numbers_prepare()) {
		assert_true(module_find_symbol(module, (uint64_t)(uintptr_t)self - base, &arena,
					       &found));
		assert_true(view_ends_with(found.file, VIEW_LITERAL("/symbols/test_module.c")));
		assert_int_equal(found.file.bytes[0], '/');
		assert_true(found.line > 100);
	} else {
		assert_true(module_find_symbol(module, (uint64_t)(uintptr_t)self - base, &arena,
					       &found));
	}
	assert_view(found.name, "see_base");
	module_free(&module);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),      cmocka_unit_test(test_go),
		cmocka_unit_test(test_unwind_table),   cmocka_unit_test(test_no_elf),
		cmocka_unit_test(test_takes_the_file), cmocka_unit_test(test_native),
		cmocka_unit_test(test_go_symbols),     cmocka_unit_test(test_go_without_sections),
		cmocka_unit_test(test_own_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
