/* The order of the places where names are looked for, and what each of them is believed. */
#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "sample_elf.h"
#include "symbol_elf.h"
#include "symbols/symbol_finder.h"

struct opened {
	int fd;
	struct elf_image *image;
	struct symbol_finder *finder;
};

static void open_finder(struct opened *opened, struct view file, const char *debug_root)
{
	opened->fd = sample_elf_file(file.bytes, file.size);
	assert_int_equal(elf_image_new(&opened->image, opened->fd), 0);
	assert_int_equal(symbol_finder_new(&opened->finder, opened->image, debug_root), 0);
}

static void close_finder(struct opened *opened)
{
	symbol_finder_free(&opened->finder);
	elf_image_free(&opened->image);
	close(opened->fd);
}

static void expect(struct opened *opened, uint64_t address, const char *name)
{
	struct table_symbol found;
	bool is_found = symbol_finder_find(opened->finder, address, &found);

	assert_int_equal(is_found, name != NULL);
	if (name)
		assert_view(found.name, name);
}

static const struct symbol_row exported[] = {
	{"shown", 0x1000, 0x10, STT_FUNC},
	{"unsized", 0x1080, 0, STT_FUNC},
	{0},
};
static const struct symbol_row all[] = {
	{"shown_here", 0x1000, 0x10, STT_FUNC},
	{"hidden", 0x1010, 0x10, STT_FUNC},
	{"after", 0x1084, 0x10, STT_FUNC},
	{0},
};

static void test_symtab_before_dynsym(void **state)
{
	static struct symbol_elf elf;
	struct opened opened;

	(void)state;
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, exported);
	symbol_elf_add_table(&elf, ".symtab", SHT_SYMTAB, all);
	open_finder(&opened, symbol_elf_end(&elf), NULL);
	expect(&opened, 0x1008, "shown_here");
	expect(&opened, 0x1018, "hidden");
	expect(&opened, 0x1080, "unsized"); /* .symtab has a hole there */
	expect(&opened, 0x2000, NULL);
	assert_true(symbol_finder_memory_bytes(opened.finder) > 5 * 12);
	assert_null(symbol_finder_debug_image(opened.finder));
	close_finder(&opened);
}

static void test_dynsym_alone(void **state)
{
	static struct symbol_elf elf;
	struct opened opened;

	(void)state;
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, exported);
	open_finder(&opened, symbol_elf_end(&elf), NULL);
	expect(&opened, 0x100f, "shown");
	expect(&opened, 0x1010, NULL); /* hidden functions follow */
	expect(&opened, 0x1080, "unsized");
	expect(&opened, 0x1081, NULL);
	close_finder(&opened);
}

static void test_debugdata(void **state)
{
	static struct symbol_elf elf, mini;
	static uint8_t packed[SYMBOL_ELF_BYTES];
	struct opened opened;
	size_t size = 0;

	(void)state;
	symbol_elf_begin(&mini);
	symbol_elf_add_table(&mini, ".symtab", SHT_SYMTAB, all);
	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL,
						 (const uint8_t *)symbol_elf_end(&mini).bytes,
						 SYMBOL_ELF_BYTES, packed, &size, sizeof(packed)),
			 LZMA_OK);
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, exported);
	(void)symbol_elf_add(&elf, ".gnu_debugdata", SHT_PROGBITS, 0, view_of(packed, size));
	open_finder(&opened, symbol_elf_end(&elf), NULL);
	expect(&opened, 0x1008, "shown");
	expect(&opened, 0x1018, "hidden");
	expect(&opened, 0x1085, "after");
	close_finder(&opened);
}

static void test_debug_file(void **state)
{
	static struct symbol_elf elf, debug;
	char root[] = "/tmp/limpet-finder-XXXXXX", path[64], folder[80], file[128];
	struct opened opened;
	struct view bytes;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(root));
	(void)snprintf(path, sizeof(path), "%s/.build-id", root);
	(void)snprintf(folder, sizeof(folder), "%s/61", path);
	(void)snprintf(file, sizeof(file), "%s/626364.debug", folder);
	assert_true(mkdir(path, 0700) == 0 && mkdir(folder, 0700) == 0);
	symbol_elf_begin(&debug);
	symbol_elf_add_build_id(&debug, "abcd");
	symbol_elf_add_table(&debug, ".symtab", SHT_SYMTAB, all);
	bytes = symbol_elf_end(&debug);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, bytes.bytes, bytes.size), bytes.size);
	close(fd);
	symbol_elf_begin(&elf);
	symbol_elf_add_build_id(&elf, "abcd");
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, exported);
	bytes = symbol_elf_end(&elf);
	open_finder(&opened, bytes, root);
	expect(&opened, 0x1008, "shown");
	expect(&opened, 0x1018, "hidden");
	assert_non_null(symbol_finder_debug_image(opened.finder));
	close_finder(&opened);
	open_finder(&opened, bytes, NULL);
	expect(&opened, 0x1018, NULL);
	close_finder(&opened);
	assert_true(unlink(file) == 0 && rmdir(folder) == 0 && rmdir(path) == 0 &&
		    rmdir(root) == 0);
}

/* The strings of one table are the symbols of another, or the packed file: nothing that is given
 * back may still be looked at. */
static void test_shared_sections(void **state)
{
	static struct symbol_elf elf;
	Elf64_Sym symbols[2] = {{0}, {.st_name = 1, .st_info = STT_FUNC, .st_shndx = 1}};
	struct opened opened;
	uint32_t packed;

	(void)state;
	symbols[1].st_value = 0x1000;
	symbols[1].st_size = 0x10;
	symbol_elf_begin(&elf);
	packed = symbol_elf_add(&elf, ".gnu_debugdata", SHT_STRTAB, 0, VIEW_LITERAL("\0name"));
	(void)symbol_elf_add(&elf, ".symtab", SHT_SYMTAB, packed,
			     view_of(symbols, sizeof(symbols)));
	(void)symbol_elf_add(&elf, ".dynsym", SHT_DYNSYM, packed + 1,
			     view_of(symbols, sizeof(symbols)));
	open_finder(&opened, symbol_elf_end(&elf), NULL);
	expect(&opened, 0x1000, "name");
	expect(&opened, 0x2000, NULL);
	expect(&opened, 0x1000, "name");
	close_finder(&opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symtab_before_dynsym),
		cmocka_unit_test(test_dynsym_alone),
		cmocka_unit_test(test_debugdata),
		cmocka_unit_test(test_debug_file),
		cmocka_unit_test(test_shared_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
