/* What xz packed, whole, cut and too large; and finding the symbols in the file that comes out. */
#include <errno.h>
#include <lzma.h>
#include "cmocka_test.h"
#include "symbol_elf.h"
#include "symbols/gnu_debugdata.h"

static struct view pack(struct view bytes)
{
	size_t size = lzma_stream_buffer_bound(bytes.size), used = 0;
	char *packed = malloc(size);
	struct view copy;

	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL,
						 (const uint8_t *)bytes.bytes, bytes.size,
						 (uint8_t *)packed, &used, size),
			 LZMA_OK);
	copy = exact_copy(view_of(packed, used));
	free(packed);
	return copy;
}

static void test_whole_and_cut(void **state)
{
	static char plain[600000]; /* more than the first output buffer */
	struct view packed, found;

	(void)state;
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (char)(i * 7 / 1000);
	packed = pack(view_of(plain, sizeof(plain)));
	assert_int_equal(gnu_debugdata_unpack(packed, &found), 0);
	assert_int_equal(found.size, sizeof(plain));
	assert_memory_equal(found.bytes, plain, sizeof(plain));
	free_copy(found);
	for (size_t size = 0; size < packed.size; size += size < 100 ? 1 : 97) {
		struct view cut = exact_copy(view_of(packed.bytes, size));

		assert_int_equal(gnu_debugdata_unpack(cut, &found), -EINVAL);
		free_copy(cut);
	}
	free_copy(packed);
	assert_int_equal(gnu_debugdata_unpack(VIEW_LITERAL("not xz at all"), &found), -EINVAL);
}

static void test_bomb(void **state)
{
	size_t size = MAX_DEBUGDATA_BYTES + 1;
	char *plain = calloc(1, size);
	struct view packed = pack(view_of(plain, size)), found;

	(void)state;
	free(plain);
	assert_true(packed.size < 100000);
	assert_int_equal(gnu_debugdata_unpack(packed, &found), -EINVAL);
	free_copy(packed);
}

static void test_symbols(void **state)
{
	static const struct symbol_row rows[] = {{"hidden", 0x1000, 16, STT_FUNC}, {0}};
	static struct symbol_elf elf;
	struct view file, symbols, strings;

	(void)state;
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".symtab", SHT_SYMTAB, rows);
	file = symbol_elf_end(&elf);
	assert_true(gnu_debugdata_symbols(file, &symbols, &strings));
	assert_int_equal(symbols.size, 2 * sizeof(Elf64_Sym));
	assert_memory_equal(strings.bytes, "\0hidden", 8);
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, rows);
	assert_false(gnu_debugdata_symbols(symbol_elf_end(&elf), &symbols, &strings));
}

static void test_hostile(void **state)
{
	static const struct symbol_row rows[] = {{"hidden", 0x1000, 16, STT_FUNC}, {0}};
	static struct symbol_elf elf, changed;
	struct view symbols, strings, copy;

	(void)state;
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".symtab", SHT_SYMTAB, rows);
	(void)symbol_elf_end(&elf);
	for (size_t at = 0; at < elf.size + sizeof(elf.sections); at++) {
		changed = elf;
		changed.bytes[at] ^= 0xff;
		if (!gnu_debugdata_symbols(view_of(changed.bytes, SYMBOL_ELF_BYTES), &symbols,
					   &strings))
			continue;
		assert_true((const unsigned char *)symbols.bytes + symbols.size <=
			    changed.bytes + SYMBOL_ELF_BYTES);
		assert_true((const unsigned char *)strings.bytes + strings.size <=
			    changed.bytes + SYMBOL_ELF_BYTES);
	}
	for (size_t size = 0; size < elf.size + sizeof(elf.sections); size += 7) {
		copy = exact_copy(view_of(elf.bytes, size));
		(void)gnu_debugdata_symbols(copy, &symbols, &strings);
		free_copy(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_and_cut),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
