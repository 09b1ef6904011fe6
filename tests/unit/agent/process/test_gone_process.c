/* Whose resource a dead process has: its own, when that is known, and never that of who has its
 * number now. */
#include "process/gone_process.h"

#include "cmocka_test.h"

#include <unistd.h>
#include "base/clock.h"
#include "fake_proc.h"

#define TGID     500
#define START_NS (30 * NS_PER_S)

static struct fake_proc fake;
static struct process_table *table;
static struct identity_settings settings;
static struct drops drops;

static void make_process(pid_t pid, const char *name, uint64_t start_ns)
{
	fake_proc_add_stat(&fake, pid, name, start_ns * (uint64_t)sysconf(_SC_CLK_TCK) / NS_PER_S);
}

static int begin(void **state)
{
	(void)state;
	memset(&settings, 0, sizeof(settings));
	fake_proc_begin(&fake);
	assert_int_equal(process_table_new(&table, &settings, 10, &drops), 0);
	return process_table_set_roots(table, fake.proc, "");
}

static int end(void **state)
{
	(void)state;
	process_table_free(&table);
	fake_proc_end(&fake);
	return 0;
}

static struct resource *find(uint64_t start_ns, bool *ret_is_another)
{
	struct gone_process gone = {TGID, start_ns, "victim\0\0\0\0\0\0\0\0\0"};

	return gone_process_resource(table, &settings, &gone, ret_is_another);
}

static void unknown_has_its_name(void **state)
{
	bool is_another;
	struct resource *resource = find(START_NS + 3, &is_another);

	(void)state;
	assert_false(is_another);
	assert_int_equal(resource->pid, TGID);
	assert_int_equal(resource->start_boottime_ns, START_NS + 3);
	assert_true(view_equals(resource->service_name, VIEW_LITERAL("victim")));
	resource_release(&resource);
}

static void known_is_what_it_was(void **state)
{
	struct resource *resource, *known;
	bool is_another;

	(void)state;
	make_process(TGID, "victim", START_NS);
	known = process_table_resource(table, TGID);
	resource = find(START_NS + 3, &is_another);
	assert_false(is_another);
	assert_ptr_equal(resource, known);
	resource_release(&resource);
	/* Without a start nobody can be told apart. */
	resource = find(0, &is_another);
	assert_false(is_another);
	assert_ptr_equal(resource, known);
	resource_release(&resource);
}

static void another_of_its_number_is_not_it(void **state)
{
	struct resource *resource, *living;
	bool is_another;

	(void)state;
	make_process(TGID, "innocent", START_NS + 5 * NS_PER_S);
	resource = find(START_NS, &is_another);
	assert_true(is_another);
	assert_true(view_equals(resource->service_name, VIEW_LITERAL("victim")));
	assert_int_equal(resource->start_boottime_ns, START_NS);
	resource_release(&resource);
	/* And who lives is not disturbed. */
	living = process_table_resource(table, TGID);
	assert_true(view_equals(living->service_name, VIEW_LITERAL("innocent")));
	assert_int_equal(process_table_find(table, TGID)->start_boottime_ns,
			 START_NS + 5 * NS_PER_S);
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		one_test(unknown_has_its_name),
		one_test(known_is_what_it_was),
		one_test(another_of_its_number_is_not_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
