/* Finding the entry of an address: by .eh_frame_hdr, by an index, by .debug_frame, without section
 * headers, and in tables that lie. */
#include "cmocka_test.h"
#include "symbols/unwind_table.h"
#include "unwind_elf.h"

#define PROGRAM VIEW_LITERAL("\x0c\x07\x08\x90\x01") /* def_cfa rsp+8; offset rip, 1 */

static void fill(struct unwind_elf *elf)
{
	unwind_elf_begin(elf, EM_X86_64);
	unwind_elf_add_common(elf, "zR", PROGRAM);
	unwind_elf_add(elf, 0x11000, 0x10, VIEW_LITERAL(""));
	unwind_elf_add(elf, 0x11010, 0x30, VIEW_LITERAL("\x44\x0e\x10"));
	unwind_elf_add_common(elf, "zRS", PROGRAM);
	unwind_elf_add(elf, 0x11080, 0x08, VIEW_LITERAL(""));
	unwind_elf_put_u32(elf, 0);
}

static void expect(struct unwind_elf *elf, uint64_t address, uint64_t begin, uint64_t end)
{
	struct module *module = unwind_elf_module(elf);
	struct unwind_entry entry = {0};
	bool is_found = unwind_table_find(module_unwind_table(module), address, &entry);

	assert_int_equal(is_found, begin != 0);
	assert_int_equal(entry.begin, begin);
	assert_int_equal(entry.end, end);
	assert_int_equal(entry.is_signal_frame, begin == 0x11080);
	if (is_found) {
		assert_int_equal(entry.code_alignment, 1);
		assert_int_equal(entry.data_alignment, -8);
		assert_int_equal(entry.return_register, 16);
	}
	module_free(&module);
}

static void expect_all(struct unwind_elf *elf)
{
	expect(elf, 0x10fff, 0, 0);
	expect(elf, 0x11000, 0x11000, 0x11010);
	expect(elf, 0x1100f, 0x11000, 0x11010);
	expect(elf, 0x11010, 0x11010, 0x11040);
	expect(elf, 0x1103f, 0x11010, 0x11040);
	expect(elf, 0x11040, 0, 0);
	expect(elf, 0x11087, 0x11080, 0x11088);
	expect(elf, 0x11088, 0, 0);
	expect(elf, UINT64_MAX, 0, 0);
	expect(elf, 0, 0, 0);
}

static void test_header(void **state)
{
	struct unwind_elf elf;

	(void)state;
	fill(&elf);
	unwind_elf_add_header(&elf);
	expect_all(&elf); /* without section headers */
	unwind_elf_add_sections(&elf, ".eh_frame", NULL);
	expect_all(&elf);
}

static void test_no_header(void **state)
{
	struct unwind_elf elf;

	(void)state;
	fill(&elf);
	expect(&elf, 0x11000, 0, 0); /* nothing says where the table is */
	unwind_elf_add_sections(&elf, ".eh_frame", NULL);
	expect_all(&elf);
}

/* Versions, encodings and counts that cannot be used: the index does it. */
static void test_unusable_header(void **state)
{
	struct unwind_elf elf;
	uint8_t *header = elf.bytes + (UNWIND_ELF_HEADER - UNWIND_ELF_BASE);

	(void)state;
	fill(&elf);
	unwind_elf_add_header(&elf);
	unwind_elf_add_sections(&elf, ".eh_frame", NULL);
	header[0] = 2;
	expect_all(&elf);
	header[0] = 1;
	header[3] = 0xff; /* no table */
	expect_all(&elf);
	header[3] = 0x31; /* numbers of no fixed size */
	expect_all(&elf);
	header[3] = 0x3b;
	header[8] = 200; /* more entries than there are bytes */
	expect_all(&elf);
	header[8] = 3;
	header[16] ^= 0x40; /* the first entry is elsewhere */
	expect_all(&elf);
}

/* Addresses as 8 bytes, absolute; then .debug_frame with its own way of naming CIEs. */
static void test_other_encodings(void **state)
{
	struct unwind_elf elf;
	struct unwind_entry entry;
	struct module *module;
	uint64_t wide[] = {0x11000, 0x11000 + UNWIND_ELF_TABLE, 0x20};
	uint8_t *header = elf.bytes + (UNWIND_ELF_HEADER - UNWIND_ELF_BASE);

	(void)state;
	fill(&elf);
	unwind_elf_add_header(&elf);
	header[3] = 0x04; /* udata8 */
	for (uint64_t i = 0; i < 3; i++) {
		uint64_t pair[] = {elf.begins[i], elf.offsets[i]};

		memcpy(header + 12 + 16 * i, pair, sizeof(pair));
	}
	((Elf64_Phdr *)(elf.bytes + sizeof(Elf64_Ehdr)))[1].p_memsz = 60;
	expect_all(&elf);

	unwind_elf_begin(&elf, EM_X86_64);
	/* CIE of version 4: 8-byte addresses, no segments. 64-bit length. */
	unwind_elf_put(&elf, "\xff\xff\xff\xff\x18\0\0\0\0\0\0\0", 12);
	unwind_elf_put(&elf, "\xff\xff\xff\xff\xff\xff\xff\xff\4\0\10\0\1\x78\x10", 15);
	unwind_elf_put(&elf, "\x0c\x07\x08\x90\x01\0\0\0\0", 9);
	/* FDE of 64 bits, then one of 32 bits. */
	unwind_elf_put(&elf, "\xff\xff\xff\xff\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
	unwind_elf_put(&elf, &wide[0], 8);
	unwind_elf_put(&elf, &wide[2], 8);
	unwind_elf_put(&elf, "\x14\0\0\0\0\0\0\0", 8);
	wide[0] = 0x11100;
	unwind_elf_put(&elf, &wide[0], 8);
	unwind_elf_put(&elf, &wide[2], 8);
	unwind_elf_add_sections(&elf, ".debug_frame", NULL);
	module = unwind_elf_module(&elf);
	assert_false(unwind_table_find(module_unwind_table(module), 0x11005, &entry));
	assert_true(unwind_table_find_debug(module_unwind_table(module), 0x11005, &entry));
	assert_int_equal(entry.begin, 0x11000);
	assert_int_equal(entry.end, 0x11020);
	assert_int_equal(entry.return_register, 16);
	assert_true(unwind_table_find_debug(module_unwind_table(module), 0x1111f, &entry));
	assert_int_equal(entry.begin, 0x11100);
	assert_false(unwind_table_find_debug(module_unwind_table(module), 0x11120, &entry));
	assert_true(module_memory_bytes(module) > 0);
	module_free(&module);
}

/* Every byte of the tables made strange, one at a time: no result but a true one, or none. */
static void test_hostile(void **state)
{
	struct unwind_elf elf, broken;

	(void)state;
	fill(&elf);
	unwind_elf_add_header(&elf);
	for (uint32_t i = 0; i < 2 * 0x100; i++) {
		struct module *module;
		struct unwind_entry entry;

		broken = elf;
		broken.bytes[(i % 2 ? 0x2800 : 0x2000) + i / 2] ^= i % 3 ? 0xff : 0x41;
		if (i % 5 == 0)
			unwind_elf_add_sections(&broken, i % 7 ? ".eh_frame" : ".debug_frame",
						NULL);
		module = unwind_elf_module(&broken);
		for (uint64_t address = 0x10ff8; address < 0x11090; address += 8) {
			if (unwind_table_find(module_unwind_table(module), address, &entry))
				assert_true(address >= entry.begin && address < entry.end);
			(void)unwind_table_find_debug(module_unwind_table(module), address, &entry);
		}
		module_free(&module);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),          cmocka_unit_test(test_no_header),
		cmocka_unit_test(test_unusable_header), cmocka_unit_test(test_other_encodings),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
