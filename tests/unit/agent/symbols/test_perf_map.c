/* Maps as V8, .NET, HotSpot and perf-map-agent write them, and as nobody should. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "sample_elf.h"
#include "symbols/perf_map.h"

static struct perf_map *map_of(struct view text)
{
	struct perf_map *map = NULL;
	int fd = sample_elf_file(text.bytes, text.size);
	int err = perf_map_new(&map, fd);

	close(fd);
	assert_int_equal(err, map ? 0 : -ENOENT);
	return map;
}

static void expect(const struct perf_map *map, uint64_t address, const char *name, uint64_t start)
{
	struct view found;
	uint64_t found_start;

	assert_int_equal(perf_map_find(map, address, &found, &found_start), name != NULL);
	if (!name)
		return;
	assert_view(found, name);
	assert_int_equal(found_start, start);
}

static void test_lines(void **state)
{
	struct perf_map *map = map_of(
		VIEW_LITERAL("7f0010 20 JS:*add /srv/shop.js:3:14\n"
			     "0x7F0000 0x10 Builtin:Call\r\n"
			     "7f0040 8 instance void [shop] Shop::Buy(int32)[Tier0]\n"
			     "0x00007f08b4ed0720 0x00000000000002f8 void Shop.buy(int, long)\n"
			     "7f08b4ed1000 40 Lcom/shop/Shop;::burn\n"
			     "ffffffffffffff00 ff last"));

	(void)state;
	expect(map, 0x7effff, NULL, 0);
	expect(map, 0x7f0000, "Builtin:Call", 0x7f0000);
	expect(map, 0x7f000f, "Builtin:Call", 0x7f0000);
	expect(map, 0x7f0010, "JS:*add /srv/shop.js:3:14", 0x7f0010);
	expect(map, 0x7f002f, "JS:*add /srv/shop.js:3:14", 0x7f0010);
	expect(map, 0x7f0030, NULL, 0);
	expect(map, 0x7f0047, "instance void [shop] Shop::Buy(int32)[Tier0]", 0x7f0040);
	expect(map, 0x7f08b4ed0a17, "void Shop.buy(int, long)", 0x7f08b4ed0720);
	expect(map, 0x7f08b4ed0a18, NULL, 0);
	expect(map, 0x7f08b4ed103f, "Lcom/shop/Shop;::burn", 0x7f08b4ed1000);
	expect(map, 0xfffffffffffffffeull, "last", 0xffffffffffffff00ull);
	expect(map, UINT64_MAX, NULL, 0);
	assert_true(perf_map_memory_bytes(map) > 4 * 32);
	perf_map_free(&map);
}

static void test_later_lines_win(void **state)
{
	struct perf_map *map = map_of(VIEW_LITERAL("1000 100 old\n"
						   "1010 10 new\n"
						   "2010 10 small\n"
						   "2000 100 large\n"
						   "3000 10 first\n"
						   "3000 20 again\n"));

	(void)state;
	expect(map, 0x100f, "old", 0x1000);
	expect(map, 0x1010, "new", 0x1010);
	expect(map, 0x1020, "old", 0x1000);
	expect(map, 0x2010, "large", 0x2000); /* where "small" was before */
	expect(map, 0x3000, "again", 0x3000);
	expect(map, 0x301f, "again", 0x3000);
	perf_map_free(&map);
}

static void test_wrong_lines_are_skipped(void **state)
{
	static const char *const wrong[] = {
		"",
		"\n\n",
		"1000",
		"1000 10",
		"1000 10 ",
		"1000 0 x",
		"x 10 name",
		"1000 x name",
		" 1000 10 name",
		"-1000 10 name",
		"1000 -1 a",
		"0x 10 a",
		"ffffffffffffffff 1 past the end",
		"11112222333344445 10 too long",
	};
	struct perf_map *map;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(map_of(view_of_text(wrong[i])));
	map = map_of(VIEW_LITERAL("\x01\xff\n1000 10\n1000 10 right\n1000 zz wrong\n"));
	expect(map, 0x1001, "right", 0x1000);
	perf_map_free(&map);
}

static void test_every_cut(void **state)
{
	static const char text[] = "1000 10 one\n1010 10 two\n";
	struct perf_map *map;

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		map = map_of(view_of(text, size));
		assert_int_equal(map != NULL, size > 8);
		if (!map)
			continue;
		expect(map, 0x1000, size < 11 ? (size == 9 ? "o" : "on") : "one", 0x1000);
		perf_map_free(&map);
	}
}

static void test_too_large(void **state)
{
	static const char line[] = "1000 10 name that is as long as it can be .................\n";
	size_t count = MAX_PERF_MAP_BYTES / (sizeof(line) - 1) + 10, size = sizeof(line) - 1;
	char *text = malloc(count * size);
	struct perf_map *map;

	(void)state;
	for (size_t i = 0; i < count; i++)
		memcpy(text + i * size, line, size);
	memcpy(text, "9999 10 ", 8); /* falls off the front */
	memcpy(text + (count - 1) * size, "2000 10 ",
	       8); /* the newest is there, or beyond the lines */
	map = map_of(view_of(text, count * size));
	expect(map, 0x9999, NULL, 0);
	expect(map, 0x2008, "name that is as long as it can be .................", 0x2000);
	expect(map, 0x1008, "name that is as long as it can be .................", 0x1000);
	assert_true(perf_map_memory_bytes(map) < (size_t)MAX_PERF_MAP_BYTES * 2);
	perf_map_free(&map);
	free(text);
}

static void test_not_a_file(void **state)
{
	struct perf_map *map = NULL;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(perf_map_new(&map, ends[0]), -ENOENT);
	assert_int_equal(perf_map_new(&map, -1), -EIO);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_later_lines_win),
		cmocka_unit_test(test_wrong_lines_are_skipped),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_not_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
