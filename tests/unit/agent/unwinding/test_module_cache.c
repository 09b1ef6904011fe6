/* The cache of parsed files: one module per key, bounds kept by age, bad files tried once. */
#include "unwinding/module_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmocka_test.h"

static int open_self(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static struct module_cache *new_cache(size_t max_bytes, size_t max_modules)
{
	struct module_cache *cache;

	assert_int_equal(module_cache_new(&cache, max_bytes, max_modules, NULL), 0);
	return cache;
}

static void test_one_module_per_key(void **state)
{
	struct module_cache *cache = new_cache(1 << 30, 8);
	int fd = open_self();
	struct module *module = module_cache_find(cache, 5, fd);

	(void)state;
	assert_non_null(module);
	assert_true(module_cache_memory_bytes(cache) > 0);
	/* The descriptor was the caller's, and is not needed again. */
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	(void)close(fd);
	assert_ptr_equal(module_cache_find(cache, 5, -1), module);
	assert_null(module_cache_find(cache, 6, -1));
	assert_int_equal(module_cache_count(cache), 1);
	module_cache_free(&cache);
	assert_null(cache);
	module_cache_free(&cache);
}

static void test_a_bad_file_is_remembered(void **state)
{
	struct module_cache *cache = new_cache(1 << 30, 8);
	int bad = open("/dev/null", O_RDONLY | O_CLOEXEC), good = open_self();

	(void)state;
	assert_null(module_cache_find(cache, 5, bad));
	assert_null(module_cache_find(cache, 5, good));
	assert_int_equal(module_cache_count(cache), 1);
	assert_int_equal(module_cache_memory_bytes(cache), 0);
	(void)close(bad);
	(void)close(good);
	module_cache_free(&cache);
}

static void test_the_oldest_goes_first(void **state)
{
	struct module_cache *cache = new_cache(1 << 30, 2);
	int fd = open_self();

	(void)state;
	for (uint64_t key = 1; key <= 3; key++)
		assert_non_null(module_cache_find(cache, key, fd));
	/* Between trims more may be there: they are in use. */
	assert_int_equal(module_cache_count(cache), 3);
	assert_non_null(module_cache_find(cache, 1, -1)); /* the youngest again */
	module_cache_trim(cache);
	assert_int_equal(module_cache_count(cache), 2);
	assert_non_null(module_cache_find(cache, 1, -1));
	assert_null(module_cache_find(cache, 2, -1));
	assert_non_null(module_cache_find(cache, 3, -1));
	(void)close(fd);
	module_cache_free(&cache);
}

static void test_bytes_are_bounded(void **state)
{
	struct module_cache *cache = new_cache(1, 100);
	int fd = open_self();

	(void)state;
	assert_non_null(module_cache_find(cache, 1, fd));
	module_cache_trim(cache);
	assert_int_equal(module_cache_count(cache), 0);
	assert_int_equal(module_cache_memory_bytes(cache), 0);
	(void)close(fd);
	module_cache_free(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_module_per_key),
		cmocka_unit_test(test_a_bad_file_is_remembered),
		cmocka_unit_test(test_the_oldest_goes_first),
		cmocka_unit_test(test_bytes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
