/* Section headers made for the test, and ones that lie about themselves. */
#include "cmocka_test.h"

#include <errno.h>
#include "process/elf_sections.h"
#include "sample_elf.h"
#include "symbol_elf.h"

static struct symbol_elf elf;
static struct elf_sections sections;

static struct view make_file(void)
{
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".first", SHT_PROGBITS, 0, VIEW_LITERAL("first"));
	(void)symbol_elf_add(&elf, ".second", SHT_STRTAB, 0, VIEW_LITERAL("second"));
	return symbol_elf_end(&elf);
}

static int read_file(struct view file)
{
	int fd = sample_elf_file(file.bytes, file.size);
	int err = elf_sections_read(fd, &sections);

	if (err < 0)
		close(fd);
	return err;
}

static void test_find(void **state)
{
	const Elf64_Shdr *section;
	char bytes[6] = "";

	(void)state;
	assert_int_equal(read_file(make_file()), 0);
	assert_int_equal(sections.count, 4); /* the empty one, two, names */
	section = elf_sections_by_name(&sections, ".second");
	assert_non_null(section);
	assert_ptr_equal(section, elf_sections_by_type(&sections, SHT_STRTAB));
	assert_int_equal(elf_sections_size(&sections, section), 6);
	assert_true(elf_sections_read_at(sections.fd, bytes, 6, section->sh_offset));
	assert_memory_equal(bytes, "second", 6);
	assert_null(elf_sections_by_name(&sections, ".secon"));
	assert_null(elf_sections_by_name(&sections, "second"));
	assert_null(elf_sections_by_type(&sections, SHT_DYNSYM));
	close(sections.fd);
}

/* Only what is in the file counts. */
static void test_sizes(void **state)
{
	Elf64_Shdr section = {.sh_type = SHT_PROGBITS, .sh_size = UINT64_MAX};

	(void)state;
	assert_int_equal(read_file(make_file()), 0);
	assert_int_equal(elf_sections_size(&sections, &section), SYMBOL_ELF_BYTES);
	section.sh_offset = SYMBOL_ELF_BYTES - 1;
	assert_int_equal(elf_sections_size(&sections, &section), 1);
	section.sh_offset = SYMBOL_ELF_BYTES;
	assert_int_equal(elf_sections_size(&sections, &section), 0);
	section = (Elf64_Shdr){.sh_type = SHT_NOBITS, .sh_size = 5};
	assert_int_equal(elf_sections_size(&sections, &section), 0);
	close(sections.fd);
}

static void refuse(size_t at, uint64_t value, size_t size)
{
	static unsigned char bytes[SYMBOL_ELF_BYTES];
	struct view file = make_file();

	memcpy(bytes, file.bytes, sizeof(bytes));
	memcpy(bytes + at, &value, size);
	assert_int_equal(read_file(view_of(bytes, sizeof(bytes))), -EINVAL);
}

static void test_lies(void **state)
{
	struct view file = make_file();

	(void)state;
	for (size_t size = 0; size < 4096; size += 7)
		assert_int_equal(read_file(view_of(file.bytes, size > 64 ? 64 : size)), -EINVAL);
	refuse(0, 0, 1);
	refuse(EI_CLASS, ELFCLASS32, 1);
	refuse(EI_DATA, ELFDATA2MSB, 1);
	refuse(offsetof(Elf64_Ehdr, e_shentsize), 8, 2);
	refuse(offsetof(Elf64_Ehdr, e_shnum), 0, 2);
	refuse(offsetof(Elf64_Ehdr, e_shnum), MAX_ELF_SECTIONS + 1, 2);
	refuse(offsetof(Elf64_Ehdr, e_shoff), UINT64_MAX, 8);
	refuse(offsetof(Elf64_Ehdr, e_shoff), SYMBOL_ELF_BYTES - 8, 8);
	/* No section of names: none is found by name. */
	file = make_file();
	((Elf64_Ehdr *)elf.bytes)->e_shstrndx = 500;
	assert_int_equal(read_file(file), 0);
	assert_null(elf_sections_by_name(&sections, ".first"));
	close(sections.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
