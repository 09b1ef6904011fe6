/* Where Go's table is found, and what it is relative to, in each of the ways Go and linkers have.
 */
#include <errno.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "go_table.h"
#include "sample_elf.h"
#include "symbol_elf.h"
#include "symbols/go_image.h"

#define TEXT (CODE_ADDRESS + 0x100)

/* The name at TEXT; empty when there is no table. */
static void expect(struct view file, const char *name)
{
	struct elf_image *image = NULL;
	struct go_pclntab table;
	struct go_function found = {0};
	int fd = sample_elf_file(file.bytes, file.size);
	int err;

	assert_int_equal(elf_image_new(&image, fd), 0);
	err = go_image_open(image, &table);
	assert_int_equal(err, err ? -ENOENT : 0);
	if (err == 0)
		(void)go_pclntab_find(&table, TEXT, &found);
	assert_view(found.name, name);
	elf_image_free(&image);
	close(fd);
}

static struct view table_bytes(struct go_table *table)
{
	return view_of(table->bytes, table->size);
}

static void set_address(struct symbol_elf *elf, uint32_t index)
{
	elf->sections[index].sh_addr = DATA_ADDRESS + elf->sections[index].sh_offset;
}

static void test_text_in_header(void **state)
{
	static struct symbol_elf elf;
	struct go_table table;

	(void)state;
	go_table_make(&table, 118, TEXT);
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".gopclntab", SHT_PROGBITS, 0, table_bytes(&table));
	expect(symbol_elf_end(&elf), "main.main");
	go_table_make(&table, 116, TEXT);
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".data.rel.ro.gopclntab", SHT_PROGBITS, 0, table_bytes(&table));
	expect(symbol_elf_end(&elf), "main.main");
}

static void test_text_in_relocation(void **state)
{
	static struct symbol_elf elf;
	struct go_table table;
	Elf64_Rela relocations[2] = {{.r_offset = 8, .r_addend = 9}};
	uint32_t index;

	(void)state;
	go_table_make(&table, 118, 0);
	symbol_elf_begin(&elf);
	index = symbol_elf_add(&elf, ".gopclntab", SHT_PROGBITS, 0, table_bytes(&table));
	set_address(&elf, index);
	relocations[1].r_offset = elf.sections[index].sh_addr + 24;
	relocations[1].r_addend = TEXT;
	(void)symbol_elf_add(&elf, ".rela.dyn", SHT_RELA, 0,
			     view_of(relocations, sizeof(relocations)));
	expect(symbol_elf_end(&elf), "main.main");
}

/* Of Go 1.26: the header does not say; is_relocated: nor does the moduledata in the file. */
static void make_module(struct symbol_elf *elf, bool is_relocated, const char *name)
{
	struct go_table table;
	uint64_t module[32] = {0};
	Elf64_Rela relocations[3];
	uint32_t index;

	go_table_make(&table, 120, 0);
	symbol_elf_begin(elf);
	index = symbol_elf_add(elf, ".gopclntab", SHT_PROGBITS, 0, table_bytes(&table));
	set_address(elf, index);
	relocations[0].r_addend = (int64_t)(module[0] = elf->sections[index].sh_addr);
	relocations[1].r_addend = (int64_t)(module[20] = TEXT);
	relocations[2].r_addend = (int64_t)(module[22] = TEXT);
	if (is_relocated)
		memset(module, 0, sizeof(module));
	index = symbol_elf_add(elf, name, SHT_PROGBITS, 0, view_of(module, sizeof(module)));
	set_address(elf, index);
	relocations[0].r_offset = elf->sections[index].sh_addr;
	relocations[1].r_offset = elf->sections[index].sh_addr + 20 * 8;
	relocations[2].r_offset = elf->sections[index].sh_addr + 22 * 8;
	(void)symbol_elf_add(elf, ".rela.dyn", SHT_RELA, 0,
			     view_of(relocations, sizeof(relocations)));
}

static void test_text_in_module(void **state)
{
	static struct symbol_elf elf;

	(void)state;
	make_module(&elf, false, ".go.module");
	expect(symbol_elf_end(&elf), "main.main");
	make_module(&elf, true, ".go.module");
	expect(symbol_elf_end(&elf), "main.main");
	make_module(&elf, false, ".noptrdata"); /* found by its pointer */
	expect(symbol_elf_end(&elf), "main.main");
}

static void test_without_sections(void **state)
{
	static struct symbol_elf elf;
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf.bytes;
	Elf64_Phdr *segments = (Elf64_Phdr *)(elf.bytes + sizeof(*header));

	(void)state;
	make_module(&elf, false, ".noptrdata");
	(void)symbol_elf_end(&elf);
	header->e_shoff = 0;
	header->e_shnum = header->e_shstrndx = 0;
	expect(view_of(elf.bytes, sizeof(elf.bytes)), "main.main");
	segments[1].p_flags = PF_X; /* code is not searched */
	expect(view_of(elf.bytes, sizeof(elf.bytes)), "");
}

static void test_not_go(void **state)
{
	static struct symbol_elf elf;
	struct go_table table;

	(void)state;
	symbol_elf_begin(&elf);
	expect(symbol_elf_end(&elf), "");
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".gopclntab", SHT_PROGBITS, 0, VIEW_LITERAL("not a table"));
	expect(symbol_elf_end(&elf), "");
	/* A table in a file with sections, but in none of that name: data like any other. */
	go_table_make(&table, 118, TEXT);
	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, ".rodata", SHT_PROGBITS, 0, table_bytes(&table));
	expect(symbol_elf_end(&elf), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_in_header), cmocka_unit_test(test_text_in_relocation),
		cmocka_unit_test(test_text_in_module), cmocka_unit_test(test_without_sections),
		cmocka_unit_test(test_not_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
