/* Lists as the kernel writes them, and what is none. */
#include "capture/cpu_list.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>
#include "cmocka_test.h"

#define COUNT 10

/* expected: a digit per CPU that is there; NULL: it is no list. */
static void check(const char *text, const char *expected)
{
	struct view copy = exact_copy(view_of_text(text));
	bool has[COUNT];
	char found[COUNT + 1] = "";
	size_t used = 0;

	memset(has, true, sizeof(has));
	assert_int_equal(cpu_list_parse(copy, has, COUNT), expected ? 0 : -EINVAL);
	for (size_t i = 0; i < COUNT; i++)
		if (has[i])
			found[used++] = (char)('0' + i);
	assert_string_equal(found, expected ? expected : "0123456789");
	free_copy(copy);
}

static void lists(void **state)
{
	(void)state;
	check("0\n", "0");
	check("0-3\n", "0123");
	check("0-1,4,7-9\n", "014789");
	check("3", "3");
	check("5,2-3", "235");
	check("8-4096\n", "89");
	check("10-20\n", "");
	check("0-18446744073709551615\n", "0123456789");
}

static void no_lists(void **state)
{
	static const char *const wrong[] = {
		"",   "\n",  "x",     ",",   "0,",  ",0",      "0,,1",  "0-",
		"-1", "3-2", "0-1-2", "0 1", "0x1", "0-3\n\n", "0-3,a", "1-18446744073709551616",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check(wrong[i], NULL);
}

static void of_this_machine(void **state)
{
	char bytes[MAX_CPU_LIST_BYTES];
	struct view online = cpu_list_online(bytes);
	bool has[1024];
	int cpu = sched_getcpu();

	(void)state;
	if (view_is_empty(online) || cpu < 0 || cpu >= 1024)
		skip();
	assert_int_equal(cpu_list_parse(online, has, 1024), 0);
	assert_true(has[cpu]);
	assert_true((size_t)cpu < cpu_list_count_possible());
}

static int possible;

int libbpf_num_possible_cpus(void)
{
	return possible;
}

static void how_many(void **state)
{
	(void)state;
	possible = 300;
	assert_int_equal(cpu_list_count_possible(), 300);
	possible = -ENOENT;
	assert_int_equal(cpu_list_count_possible(), sysconf(_SC_NPROCESSORS_CONF));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(no_lists),
		cmocka_unit_test(of_this_machine),
		cmocka_unit_test(how_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
