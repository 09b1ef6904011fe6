/* A map that stays, grows, is written anew, lies; and too many of them. */
#include "unwinding/perf_map_cache.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "cmocka_test.h"

#define START_NS (50 * NS_PER_S)

static struct perf_map_cache *cache;
static int fd;

static int new_file(const char *text)
{
	int made = memfd_create("perf-1.map", MFD_CLOEXEC);

	assert_true(made >= 0);
	assert_int_equal(write(made, text, strlen(text)), strlen(text));
	return made;
}

/* As a compiler does that writes its map anew: the same file, from its beginning. */
static void write_anew(const char *text)
{
	static struct timespec times[2] = {{1, 0}, {1, 0}};

	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
	/* The kernel's clock for files may stand still in between. */
	times[1].tv_sec++;
	assert_int_equal(futimens(fd, times), 0);
}

static void append(const char *text)
{
	assert_int_equal(pwrite(fd, text, strlen(text), lseek(fd, 0, SEEK_END)), strlen(text));
}

static int begin(void **state)
{
	(void)state;
	fd = new_file("1000 10 burn\n");
	return perf_map_cache_new(&cache, 64 << 20, 4);
}

static int end(void **state)
{
	(void)state;
	(void)close(fd);
	perf_map_cache_free(&cache);
	assert_null(cache);
	perf_map_cache_free(&cache);
	return 0;
}

static void expect(uint64_t now_ns, uint64_t address, const char *name)
{
	const struct perf_map *map = perf_map_cache_find(cache, fd, now_ns);
	struct view found;
	uint64_t start;

	assert_int_equal(map && perf_map_find(map, address, &found, &start), name != NULL);
	if (name)
		assert_view(found, name);
}

static void test_read_once(void **state)
{
	const struct perf_map *map = perf_map_cache_find(cache, fd, START_NS);

	(void)state;
	assert_non_null(map);
	for (int i = 0; i < 5; i++)
		assert_ptr_equal(perf_map_cache_find(cache, fd, START_NS + i * NS_PER_S), map);
	assert_int_equal(perf_map_cache_count(cache), 1);
}

static void test_it_grows(void **state)
{
	(void)state;
	expect(START_NS, 0x1001, "burn");
	expect(START_NS, 0x2001, NULL);
	append("2000 10 optimized\n");
	expect(START_NS + 1000, 0x2001, "optimized");
	expect(START_NS + 1000, 0x1001, "burn");
}

/* As many bytes at the same place, and other functions in them. */
static void test_it_is_written_anew(void **state)
{
	(void)state;
	expect(START_NS, 0x1001, "burn");
	write_anew("1000 10 idle\n");
	expect(START_NS + NS_PER_S, 0x1001, "idle");
}

/* While it is written, it is a piece of what it will be. */
static void test_it_gets_smaller(void **state)
{
	(void)state;
	append("2000 10 serve\n3000 10 wait\n");
	expect(START_NS, 0x3001, "wait");
	write_anew("1000 10 first\n");
	expect(START_NS + 1 * NS_PER_S, 0x3001, "wait");
	append("2000 10 second\n");
	expect(START_NS + 2 * NS_PER_S, 0x1001, "burn");
	expect(START_NS + 2 * NS_PER_S + 99 * NS_PER_MS, 0x1001, "burn");
	expect(START_NS + 2 * NS_PER_S + 100 * NS_PER_MS, 0x1001, "first");
	expect(START_NS + 3 * NS_PER_S, 0x2001, "second");
	expect(START_NS + 3 * NS_PER_S, 0x3001, NULL);
}

static void test_nothing_in_it(void **state)
{
	(void)state;
	expect(START_NS, 0x1001, "burn");
	write_anew("no map at all");
	expect(START_NS + NS_PER_S, 0x1001, "burn");
	write_anew("");
	expect(START_NS + 2 * NS_PER_S, 0x1001, "burn");
	expect(START_NS + 9 * NS_PER_S, 0x1001, "burn");
	(void)close(fd);
	fd = new_file("no map at all");
	expect(START_NS, 0x1001, NULL);
	append("\n1000 10 at last\n");
	expect(START_NS + NS_PER_S, 0x1001, "at last");
	assert_null(perf_map_cache_find(cache, -1, START_NS));
}

/* What is read again and again is not what takes long to read. */
static void test_a_large_one_rests(void **state)
{
	static char line[1 << 20];
	size_t size = 13;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "2000 10 large", 13);
	line[sizeof(line) - 1] = '\n';
	assert_int_equal(pwrite(fd, line, sizeof(line), (off_t)size), sizeof(line));
	size += sizeof(line);
	expect(START_NS, 0x1001, "burn");
	append("3000 10 more\n");
	expect(START_NS + size * 40 - 1, 0x3001, NULL);
	expect(START_NS + size * 40, 0x3001, "more");
}

static void test_too_many(void **state)
{
	int others[4];

	(void)state;
	expect(START_NS, 0x1001, "burn");
	for (int i = 0; i < 4; i++) {
		others[i] = new_file("1000 10 other\n");
		assert_non_null(perf_map_cache_find(cache, others[i], START_NS));
		if (i < 3)
			expect(START_NS, 0x1001, "burn"); /* asked for: not the oldest */
		assert_true(perf_map_cache_count(cache) <= 4);
	}
	assert_int_equal(perf_map_cache_count(cache), 4);
	for (int i = 0; i < 4; i++)
		(void)close(others[i]);
	write_anew("1000 1 x\n"); /* would be read, were it not there */
	expect(START_NS + NS_PER_S, 0x1001, "burn");
}

static void test_bytes_are_bounded(void **state)
{
	int other = new_file("1000 10 other\n");

	(void)state;
	perf_map_cache_free(&cache);
	assert_int_equal(perf_map_cache_new(&cache, 1, 4), 0);
	expect(START_NS, 0x1001, "burn"); /* more than there may be, but asked for */
	assert_int_equal(perf_map_cache_count(cache), 1);
	assert_non_null(perf_map_cache_find(cache, other, START_NS));
	assert_int_equal(perf_map_cache_count(cache), 1);
	(void)close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read_once, begin, end),
		cmocka_unit_test_setup_teardown(test_it_grows, begin, end),
		cmocka_unit_test_setup_teardown(test_it_is_written_anew, begin, end),
		cmocka_unit_test_setup_teardown(test_it_gets_smaller, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing_in_it, begin, end),
		cmocka_unit_test_setup_teardown(test_a_large_one_rests, begin, end),
		cmocka_unit_test_setup_teardown(test_too_many, begin, end),
		cmocka_unit_test_setup_teardown(test_bytes_are_bounded, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
