/* /proc/kallsyms: functions alone, in any order, none for who may not see addresses. */
#include "process/kernel_symbols.h"

#include <errno.h>
#include <unistd.h>
#include "cmocka_test.h"

static char path[] = "/tmp/limpet-kallsyms-XXXXXX";

static void write_text(const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

static void assert_found(const struct kernel_symbols *symbols, uint64_t address, const char *name)
{
	struct view found;

	assert_true(kernel_symbols_find(symbols, address, &found));
	assert_view(found, name);
}

static void functions(void **state)
{
	struct kernel_symbols *symbols;
	struct view found;

	(void)state;
	write_text("ffffffff81000000 T _stext\n"
		   "ffffffff81000100 t do_work\n"
		   "ffffffff82000000 D some_data\n"
		   "0000000000000000 A fixed_percpu_data\n"
		   "ffffffff81000050 W weak_one\n"
		   "not a line at all\n"
		   "ffffffff81000200 x strange\n"
		   "ffffffffc0a00000 t module_function\t[nf_tables]\n"
		   "ffffffff81000080 w other_weak");
	assert_int_equal(kernel_symbols_new(&symbols, path), 0);
	assert_int_equal(kernel_symbols_count(symbols), 5);
	assert_false(kernel_symbols_find(symbols, 0xffffffff80ffffff, &found));
	assert_found(symbols, 0xffffffff81000000, "_stext");
	assert_found(symbols, 0xffffffff8100004f, "_stext");
	assert_found(symbols, 0xffffffff81000050, "weak_one");
	assert_found(symbols, 0xffffffff810000ff, "other_weak");
	assert_found(symbols, 0xffffffff81000100, "do_work");
	assert_found(symbols, 0xffffffffc0a00010, "module_function");
	assert_found(symbols, 0xffffffffc0a3ffff, "module_function");
	assert_false(kernel_symbols_find(symbols, 0xffffffffc0a40000, &found));
	assert_false(kernel_symbols_find(symbols, UINT64_MAX, &found));
	kernel_symbols_free(&symbols);
	assert_null(symbols);
	kernel_symbols_free(&symbols);
}

static void nothing_to_see(void **state)
{
	struct kernel_symbols *symbols = NULL;

	(void)state;
	write_text("0000000000000000 T _stext\n0000000000000000 t do_work\n");
	assert_int_equal(kernel_symbols_new(&symbols, path), -ENOENT);
	write_text("");
	assert_int_equal(kernel_symbols_new(&symbols, path), -ENOENT);
	assert_int_equal(kernel_symbols_new(&symbols, "/nowhere/kallsyms"), -ENOENT);
	assert_null(symbols);
}

static void a_name_that_is_too_long(void **state)
{
	struct kernel_symbols *symbols;
	char text[800];

	(void)state;
	(void)snprintf(text, sizeof(text), "ffffffff81000000 t %0*d\nffffffff81000010 t short\n",
		       600, 0);
	write_text(text);
	assert_int_equal(kernel_symbols_new(&symbols, path), 0);
	assert_int_equal(kernel_symbols_count(symbols), 1);
	kernel_symbols_free(&symbols);
}

/* More than the first capacity. */
static void many(void **state)
{
	struct kernel_symbols *symbols;
	FILE *file = fopen(path, "we");

	(void)state;
	assert_non_null(file);
	for (uint64_t i = 70000; i > 0; i--)
		(void)fprintf(file, "%llx t function_%llu\n",
			      (unsigned long long)(0xffffffff81000000 + i * 16),
			      (unsigned long long)i);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(kernel_symbols_new(&symbols, path), 0);
	assert_int_equal(kernel_symbols_count(symbols), 70000);
	assert_found(symbols, 0xffffffff81000000 + 16, "function_1");
	assert_found(symbols, 0xffffffff81000000 + 35000 * 16 + 15, "function_35000");
	kernel_symbols_free(&symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions),
		cmocka_unit_test(nothing_to_see),
		cmocka_unit_test(a_name_that_is_too_long),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
