/* CIEs and FDEs one by one: versions, augmentations, lengths that lie, every cut. */
#include "cmocka_test.h"
#include "symbols/unwind_entry.h"

static enum entry_result parse(struct view bytes, bool is_debug, uint64_t *offset,
			       struct unwind_entry *ret)
{
	struct frame_section section = {.bytes = bytes, .address = 0x10000, .is_debug = is_debug};

	return unwind_entry_parse(&section, offset, ret);
}

/* The FDE behind a CIE that begins at 0; its address is 0x10000 + what is stored. */
static enum entry_result parse_second(struct view bytes, struct unwind_entry *ret)
{
	uint64_t offset = 0;

	if (parse(bytes, false, &offset, ret) == ENTRY_END)
		return ENTRY_END;
	return parse(bytes, false, &offset, ret);
}

static void test_augmentations(void **state)
{
	/* "zPLR": personality (indirect, relative), language data, pointers. */
	static const char cpp[] =
		"\x1c\0\0\0\0\0\0\0\1zPLR\0\1\x78\x10\7\x9b\1\2\3\4\x1b\x1b\x0c\7\x08\0\0\0\0"
		"\x14\0\0\0\x24\0\0\0\xd4\xff\xff\xff\x20\0\0\0\4\1\2\3\4\x41\0\0";
	/* An arm64 one with the second key, marked as a signal frame; absolute pointers. */
	static const char arm[] =
		"\x10\0\0\0\0\0\0\0\3zRSBG\0\4\x78\x1e\1\0"
		"\x1c\0\0\0\x18\0\0\0\0\x10\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	struct unwind_entry entry;

	(void)state;
	assert_int_equal(parse_second(VIEW_LITERAL(cpp), &entry), ENTRY_FDE);
	assert_int_equal(entry.begin, 0x10028 - 0x2c);
	assert_int_equal(entry.end, 0x10028 - 0x2c + 0x20);
	assert_int_equal(entry.return_register, 16);
	assert_int_equal(entry.pointer_encoding, 0x1b);
	assert_false(entry.is_signal_frame);
	assert_int_equal(entry.common_program.size, 7);
	assert_int_equal(entry.program.size, 3);
	assert_int_equal(entry.program.bytes[0], 0x41);
	assert_int_equal(entry.program_address, 0x10035);
	assert_int_equal(parse_second(VIEW_LITERAL(arm), &entry), ENTRY_FDE);
	assert_int_equal(entry.begin, 0x1000);
	assert_int_equal(entry.end, 0x1040);
	assert_int_equal(entry.code_alignment, 4);
	assert_int_equal(entry.data_alignment, -8);
	assert_int_equal(entry.return_register, 30);
	assert_true(entry.is_signal_frame);
}

static void test_old_compilers(void **state)
{
	static const char eh[] =
		"\x14\0\0\0\0\0\0\0\1eh\0\1\2\3\4\5\6\7\x08\1\x78\x10\0"
		"\x18\0\0\0\x1c\0\0\0\0\x10\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\x41\0\0\0";
	static const char none[] =
		"\x0c\0\0\0\0\0\0\0\1\0\1\x78\x10\0\0\0"
		"\x18\0\0\0\x14\0\0\0\0\x10\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\x41\0\0\0";
	static const char unknown[] =
		"\x0c\0\0\0\0\0\0\0\1x\0\1\x78\x10\0\0"
		"\x18\0\0\0\x14\0\0\0\0\x10\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\x41\0\0\0";
	struct unwind_entry entry;

	(void)state;
	assert_int_equal(parse_second(VIEW_LITERAL(eh), &entry), ENTRY_FDE);
	assert_int_equal(entry.begin, 0x1000);
	assert_int_equal(entry.return_register, 16);
	assert_int_equal(parse_second(VIEW_LITERAL(none), &entry), ENTRY_FDE);
	assert_int_equal(entry.end, 0x1040);
	assert_int_equal(parse_second(VIEW_LITERAL(unknown), &entry), ENTRY_OTHER);
}

static void test_ends(void **state)
{
	struct unwind_entry entry;
	uint64_t offset = 0;

	(void)state;
	assert_int_equal(parse(VIEW_LITERAL("\0\0\0\0\1\0\0\0"), false, &offset, &entry),
			 ENTRY_END);
	assert_int_equal(parse(VIEW_LITERAL("\x10\0\0\0\0\0\0\0"), false, &offset, &entry),
			 ENTRY_END);
	assert_int_equal(parse(VIEW_LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
			       false, &offset, &entry),
			 ENTRY_END);
	assert_int_equal(offset, 0);
	/* Too short for an id, but its length leads on. */
	assert_int_equal(parse(VIEW_LITERAL("\2\0\0\0\0\0"), false, &offset, &entry), ENTRY_OTHER);
	assert_int_equal(offset, 6);
	offset = UINT64_MAX;
	assert_int_equal(parse(VIEW_LITERAL("\2\0\0\0\0\0"), false, &offset, &entry), ENTRY_END);
}

/* An FDE that names itself, or what is no CIE, or what lies before the section. */
static void test_wrong_common(void **state)
{
	static char bytes[] = "\x0c\0\0\0\0\0\0\0\1\0\1\x78\x10\0\0\0"
			      "\x18\0\0\0\x14\0\0\0\0\x10\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\x41\0\0\0";
	struct unwind_entry entry;

	(void)state;
	for (int distance = 0; distance < 256; distance++) {
		enum entry_result result;

		bytes[20] = (char)distance;
		if (distance == 0)
			continue; /* a CIE then */
		result = parse_second(VIEW_LITERAL(bytes), &entry);
		assert_int_equal(result, distance == 0x14 ? ENTRY_FDE : ENTRY_OTHER);
	}
}

static void test_cut_and_strange(void **state)
{
	static const char whole[] =
		"\x1c\0\0\0\0\0\0\0\1zPLR\0\1\x78\x10\7\x9b\1\2\3\4\x1b\x1b\x0c\7\x08\0\0\0\0"
		"\x14\0\0\0\x24\0\0\0\xd4\xff\xff\xff\x20\0\0\0\4\1\2\3\4\x41\0\0";
	struct unwind_entry entry;

	(void)state;
	for (size_t size = 0; size <= sizeof(whole); size++) {
		struct view part = exact_copy(view_of(whole, size));

		(void)parse_second(part, &entry);
		free_copy(part);
	}
	for (size_t i = 0; i < 255 * (sizeof(whole) - 1); i++) {
		struct view copy = exact_copy(VIEW_LITERAL(whole));
		uint64_t offset = 0;

		((char *)(uintptr_t)copy.bytes)[i / 255] ^= (char)(1 + i % 255);
		(void)parse_second(copy, &entry);
		for (int j = 0; j < 8; j++)
			(void)parse(copy, true, &offset, &entry);
		free_copy(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_augmentations),
		cmocka_unit_test(test_old_compilers),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_wrong_common),
		cmocka_unit_test(test_cut_and_strange),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
