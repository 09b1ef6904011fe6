/* One reading per file, however often asked; a changed file is another one; bounded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "process/executable_cache.h"
#include "sample_elf.h"

static void test_cache(void **state)
{
	const struct executable *first, *again;
	struct executable_cache *cache;
	struct sample_elf elf;
	int fd;

	(void)state;
	assert_int_equal(executable_cache_new(&cache), 0);
	sample_elf_begin(&elf, NULL);
	sample_elf_add_note(&elf, "Go", 4, "a/b", 3);
	fd = sample_elf_file(elf.bytes, sizeof(elf.bytes));
	first = executable_cache_read(cache, fd);
	assert_true(first->is_go);
	assert_string_equal(first->build_id.go, "a/b");
	again = executable_cache_read(cache, fd);
	assert_ptr_equal(first, again);
	assert_int_equal(write(fd, "x", 1), 1);
	again = executable_cache_read(cache, fd);
	assert_ptr_not_equal(first, again);
	close(fd);
	assert_null(executable_cache_read(cache, -1));
	for (int i = 0; i < MAX_CACHED_EXECUTABLES + 10; i++) {
		fd = sample_elf_file("no ELF", 6);
		first = executable_cache_read(cache, fd);
		assert_non_null(first);
		assert_false(first->is_go);
		close(fd);
	}
	executable_cache_free(&cache);
	assert_null(cache);
	executable_cache_free(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cache)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
