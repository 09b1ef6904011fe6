/* The table of each version of Go, whole, cut at every offset and with every byte changed. */
#include <errno.h>
#include "cmocka_test.h"
#include "go_table.h"
#include "symbols/go_pclntab.h"

#define TEXT 0x401000

static const uint32_t versions[] = {102, 116, 118, 120};

static void expect(const struct go_pclntab *table, uint64_t pc, const char *name, const char *file,
		   uint32_t line)
{
	struct go_function found;

	assert_true(go_pclntab_find(table, pc, &found));
	assert_view(found.name, name);
	assert_view(found.file, file);
	assert_int_equal(found.line, line);
}

static void test_versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct go_table made;
		struct go_pclntab table;
		struct go_function found;
		struct view bytes;
		uint64_t entry;

		go_table_make(&made, versions[i], TEXT);
		bytes = exact_copy(view_of(made.bytes, made.size));
		assert_int_equal(go_pclntab_header_text_start(bytes), i < 2 ? 0 : TEXT);
		assert_int_equal(go_pclntab_open(&table, bytes, TEXT), 0);
		assert_int_equal(table.version, versions[i]);
		expect(&table, TEXT, "main.main", "/src/main.go", 10);
		expect(&table, TEXT + 15, "main.main", "/src/main.go", 10);
		expect(&table, TEXT + 16, "main.main", "/src/main.go", 12);
		expect(&table, TEXT + 31, "main.main", "/src/main.go", 12);
		expect(&table, TEXT + 32, "main.crash", "/src/crash.go", 30);
		expect(&table, TEXT + 40, "main.crash", "/src/crash.go", 29);
		expect(&table, TEXT + 95, "main.crash", "/src/crash.go", 29);
		assert_false(go_pclntab_find(&table, TEXT - 1, &found));
		assert_false(go_pclntab_find(&table, TEXT + 96, &found));
		assert_true(go_pclntab_find(&table, TEXT + 33, &found));
		assert_int_equal(found.address, TEXT + 32);
		assert_int_equal(found.size, 64);
		assert_true(go_pclntab_entry(&table, 1, &entry));
		assert_int_equal(entry, TEXT + 32);
		assert_false(go_pclntab_entry(&table, 2, &entry));
		free_copy(bytes);
	}
}

static void test_moved_text(void **state)
{
	struct go_table made;
	struct go_pclntab table;

	(void)state;
	go_table_make(&made, 120, 0);
	assert_int_equal(go_pclntab_open(&table, view_of(made.bytes, made.size), 0x7000), 0);
	expect(&table, 0x7010, "main.main", "/src/main.go", 12);
}

static void look_everywhere(struct view bytes)
{
	struct go_pclntab table;
	struct go_function found;

	if (go_pclntab_open(&table, bytes, TEXT) != 0)
		return;
	for (uint64_t pc = TEXT - 1; pc <= TEXT + 97; pc++)
		if (go_pclntab_find(&table, pc, &found))
			assert_true(found.name.size > 0 && pc - found.address < found.size);
}

static void test_every_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct go_table made;

		go_table_make(&made, versions[i], TEXT);
		for (size_t size = 0; size < made.size; size++) {
			struct view cut = exact_copy(view_of(made.bytes, size));

			look_everywhere(cut);
			free_copy(cut);
		}
	}
}

static void test_every_byte_changed(void **state)
{
	static const uint8_t changes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (size_t at = 0; at < GO_TABLE_BYTES; at++) {
			struct go_table made;
			struct view copy;

			go_table_make(&made, versions[i], TEXT);
			if (at >= made.size)
				break;
			made.bytes[at] = changes[at % sizeof(changes)];
			copy = exact_copy(view_of(made.bytes, made.size));
			look_everywhere(copy);
			free_copy(copy);
		}
	}
}

static void test_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} wrong[] = {{0, 0xf2}, {4, 1}, {5, 1}, {6, 2}, {7, 4}, {8, 0}, {8, 200}, {12, 1}};
	struct go_pclntab table = {.count = 77};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct go_table made;

		go_table_make(&made, 120, TEXT);
		made.bytes[wrong[i].at] = wrong[i].byte;
		assert_int_equal(go_pclntab_open(&table, view_of(made.bytes, made.size), TEXT),
				 -EINVAL);
	}
	assert_int_equal(table.count, 77);
	assert_false(go_pclntab_is_header(view_of(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),  cmocka_unit_test(test_moved_text),
		cmocka_unit_test(test_every_cut), cmocka_unit_test(test_every_byte_changed),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
