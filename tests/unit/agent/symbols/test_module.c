/* One file as a module: what is parsed, when, and what it holds. */
#include <errno.h>
#include <fcntl.h>
#include "cmocka_test.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_go),
		cmocka_unit_test(test_unwind_table),
		cmocka_unit_test(test_no_elf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
