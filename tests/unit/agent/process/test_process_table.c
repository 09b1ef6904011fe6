/* The life of processes as the table sees it: learned, forked, exec'ed, gone, reused, too many,
 * replayed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>
#include "base/clock.h"
#include "fake_proc.h"
#include "process/process_table.h"
#include "scripted_source.h"

#define TICK_NS (NS_PER_S / 100)

static struct fake_proc fake;
static struct identity_settings settings;
static struct drops drops;
static struct process_table *table;

static void begin_with(size_t max_processes)
{
	drops = (struct drops){0};
	fake_proc_begin(&fake);
	assert_int_equal(process_table_new(&table, &settings, max_processes, &drops), 0);
	assert_int_equal(process_table_set_roots(table, fake.proc, fake.root), 0);
}

static int begin(void **state)
{
	(void)state;
	begin_with(16);
	return 0;
}

static int end(void **state)
{
	(void)state;
	process_table_free(&table);
	fake_proc_end(&fake);
	return 0;
}

static void assert_service(pid_t tgid, const char *expected)
{
	struct view found = process_table_resource(table, tgid)->service_name;

	if (!view_equals(found, view_of_text(expected)))
		fail_msg("%d is %.*s, not %s", (int)tgid, VIEW_FORMAT(found), expected);
}

static void test_learn(void **state)
{
	const struct process *process;

	(void)state;
	fake_proc_add(&fake, 10, "shop", 500, "/usr/bin/shop", 1001);
	assert_null(process_table_find(table, 10));
	process = process_table_learn(table, 10);
	assert_int_equal(process->tgid, 10);
	assert_int_equal(process->start_boottime_ns, 500 * TICK_NS);
	assert_string_equal(process->name, "shop");
	assert_int_equal(process->uid, 1001);
	assert_int_equal(process->runtime, RUNTIME_NATIVE);
	assert_false(process->is_exited);
	assert_true(view_equals(attribute_string(&process->resource->attributes, "process.owner"),
				VIEW_LITERAL("shop")));
	assert_ptr_equal(process_table_find(table, 10), process);
	assert_ptr_equal(process_table_resource(table, 10), process->resource);
	assert_service(10, "shop");
}

static void test_no_such_process_still_has_a_resource(void **state)
{
	const struct process *process = process_table_learn(table, 11);

	(void)state;
	assert_int_equal(process->resource->pid, 11);
	assert_service(11, "unknown_service");
}

static void test_forked_child_is_its_parent_without_proc(void **state)
{
	const struct process *child;

	(void)state;
	fake_proc_add(&fake, 10, "gunicorn", 500, "/usr/bin/shop", 0);
	(void)process_table_learn(table, 10);
	process_table_fork(table, 10, 20, "gunicorn");
	child = process_table_find(table, 20);
	assert_null(child->resource); /* lazily */
	assert_service(20, "shop");
	assert_int_equal(process_table_resource(table, 20)->pid, 20);
	assert_int_equal(attribute_find(&child->resource->attributes, "process.pid")->integer, 20);
	assert_null(attribute_find(&child->resource->attributes, "process.command"));
	process_table_fork(table, 20, 30, "gunicorn");
	process_table_exit(table, 20);
	assert_service(30, "shop");
}

static void test_child_of_a_parent_never_read(void **state)
{
	(void)state;
	process_table_fork(table, 40, 41, "worker");
	assert_service(41, "worker");
}

static void test_exec_reads_again(void **state)
{
	(void)state;
	fake_proc_add(&fake, 10, "bash", 1, "/usr/bin/bash", 0);
	(void)process_table_learn(table, 10);
	process_table_fork(table, 10, 20, "bash");
	fake_proc_add(&fake, 20, "nginx", 2, "/usr/sbin/nginx", 0);
	process_table_exec(table, 20, "nginx");
	assert_service(20, "nginx");
	process_table_exec(table, 21, "curl"); /* gone before we looked */
	assert_service(21, "curl");
	process_table_fork(table, 10, 22, "bash");
	process_table_exec(table, 22, "wget");
	assert_service(22, "wget");
	assert_service(10, "bash");
}

static void test_reused_id_does_not_inherit(void **state)
{
	struct timespec now;

	(void)state;
	fake_proc_add(&fake, 10, "shop", 500, "/usr/bin/shop", 0);
	(void)process_table_learn(table, 10);
	fake_proc_remove(&fake, 10);
	fake_proc_add(&fake, 10, "other", 900, "/usr/bin/other", 0);
	assert_service(10, "shop"); /* nobody asked /proc */
	assert_int_equal(process_table_learn(table, 10)->start_boottime_ns, 900 * TICK_NS);
	assert_service(10, "other");

	/* Forked, then gone, then its id is somebody else's before the resource is wanted. */
	process_table_fork(table, 10, 50, "child");
	clock_gettime(CLOCK_BOOTTIME, &now);
	fake_proc_add(&fake, 50, "thief", (unsigned long)(now.tv_sec + 1000) * 100,
		      "/usr/bin/thief", 0);
	assert_service(50, "other");
	assert_int_equal(process_table_find(table, 50)->start_boottime_ns, 0);

	/* A fork record for an id still in the table begins a new life. */
	process_table_fork(table, 99, 10, "fresh");
	fake_proc_remove(&fake, 10);
	assert_service(10, "fresh");
}

static void test_exec_does_not_take_another_process(void **state)
{
	(void)state;
	fake_proc_add(&fake, 10, "shop", 500, "/usr/bin/shop", 0);
	(void)process_table_learn(table, 10);
	fake_proc_remove(&fake, 10);
	fake_proc_add(&fake, 10, "thief", 900, "/usr/bin/thief", 0);
	process_table_exec(table, 10, "next");
	assert_service(10, "next");
	assert_int_equal(process_table_find(table, 10)->start_boottime_ns, 500 * TICK_NS);
}

static void test_exited_is_kept(void **state)
{
	(void)state;
	fake_proc_add(&fake, 10, "shop", 500, "/usr/bin/shop", 0);
	(void)process_table_learn(table, 10);
	process_table_exit(table, 10);
	fake_proc_remove(&fake, 10);
	assert_true(process_table_find(table, 10)->is_exited);
	assert_service(10, "shop");
	process_table_exit(table, 10);
	process_table_exit(table, 12345);
}

static void test_full_table_evicts_the_exited_oldest_first(void **state)
{
	(void)state;
	for (pid_t pid = 100; pid < 116; pid++) {
		fake_proc_add(&fake, pid, "p", 1, "/usr/bin/p", 0);
		(void)process_table_learn(table, pid);
	}
	process_table_exit(table, 107);
	process_table_exit(table, 103);
	process_table_fork(table, 100, 200, "p");
	assert_null(process_table_find(table, 107));
	assert_non_null(process_table_find(table, 103));
	process_table_fork(table, 100, 201, "p");
	assert_null(process_table_find(table, 103));
	assert_int_equal(drops_get(&drops, DROP_PROCESS_TABLE_FULL), 0);
}

static void test_full_of_living_processes(void **state)
{
	(void)state;
	for (pid_t pid = 100; pid < 116; pid++) {
		fake_proc_add(&fake, pid, "p", 1, "/usr/bin/p", 0);
		(void)process_table_learn(table, pid);
	}
	assert_null(process_table_learn(table, 300));
	assert_int_equal(drops_get(&drops, DROP_PROCESS_TABLE_FULL), 1);
	assert_service(300, "unknown_service");
	assert_int_equal(process_table_resource(table, 300)->pid, 0);
	process_table_exec(table, 301, "x");
	assert_null(process_table_find(table, 301));
	/* One vanished without a record: found when its turn comes. */
	fake_proc_remove(&fake, 109);
	for (int i = 0; i < 4; i++)
		(void)process_table_learn(table, 300);
	assert_non_null(process_table_find(table, 300));
	assert_null(process_table_find(table, 109));
}

static void test_thousands_of_short_lives(void **state)
{
	char name[TASK_NAME_BYTES];

	(void)state;
	for (pid_t pid = 1000; pid < 21000; pid++) {
		snprintf(name, sizeof(name), "p%d", (int)pid);
		process_table_fork(table, 10, pid, "sh");
		process_table_exec(table, pid, name);
		process_table_exit(table, pid);
	}
	assert_int_equal(drops_get(&drops, DROP_PROCESS_TABLE_FULL), 0);
	assert_service(20999, "p20999");
}

static void test_replay(void **state)
{
	struct process_description description;
	struct byte_buffer buffer;

	(void)state;
	fake_proc_add(&fake, 10, "shop", 500, "/usr/bin/shop", 0);
	(void)process_table_learn(table, 10);
	assert_false(process_table_description(table, 12, &description));
	assert_true(process_table_description(table, 10, &description));
	byte_buffer_init(&buffer, MAX_PROCESS_DESCRIPTION_BYTES);
	assert_int_equal(process_description_encode(&description, &buffer), 0);
	process_table_free(&table);

	assert_int_equal(process_table_new(&table, &settings, 16, &drops), 0);
	process_table_set_reads_proc(table, false);
	assert_int_equal(process_description_decode(byte_buffer_view(&buffer), &description), 0);
	byte_buffer_done(&buffer);
	process_table_describe(table, 10, &description);
	process_description_done(&description);
	assert_service(10, "shop");
	assert_string_equal(process_table_find(table, 10)->name, "shop");
	assert_int_equal(process_table_find(table, 10)->start_boottime_ns, 500 * TICK_NS);
	process_table_fork(table, 10, 20, "shop");
	assert_service(20, "shop");
	process_table_exec(table, getpid(),
			   "name-only"); /* this process: /proc would know better */
	assert_service(getpid(), "name-only");
	assert_string_equal(process_table_learn(table, getpid())->name, "name-only");
	settings.service_name = (char *)"mine";
	assert_true(process_table_description(table, 10, &description));
	resource_reference(description.resource);
	process_table_describe(table, 11, &description);
	process_description_done(&description);
	settings.service_name = NULL;
	assert_service(11, "mine");
}

static void test_hostile_records(void **state)
{
	char name[TASK_NAME_BYTES];

	(void)state;
	memset(name, 'n', sizeof(name)); /* no NUL */
	process_table_fork(table, 5, 5, name);
	assert_int_equal(strlen(process_table_find(table, 5)->name), TASK_NAME_BYTES - 1);
	process_table_exec(table, -1, NULL);
	process_table_fork(table, 0, 0, NULL);
	assert_non_null(process_table_resource(table, -1));
	assert_non_null(process_table_resource(table, 0));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

/* Asked when a resource is made; what comes later takes its place, for that process alone. */
static void test_metadata(void **state)
{
	struct scripted_source source = {.about = "process.pid",
					 .key = "container.name",
					 .value = "web",
					 .state = METADATA_KNOWN};
	struct metadata_sources sources = {0};
	struct resource *first, *second, *completed;

	(void)state;
	scripted_source_add(&sources, &source, AWAITS_CONTAINER);
	process_table_set_metadata(table, &sources);
	fake_proc_add(&fake, 10, "shop", 500, "/usr/bin/shop", 1001);
	fake_proc_add(&fake, 11, "cart", 500, "/usr/bin/cart", 1001);
	first = process_table_learn(table, 10)->resource;
	assert_int_equal(first->awaits, 0);
	assert_true(view_equals(attribute_string(&first->attributes, "container.name"),
				VIEW_LITERAL("web")));
	source.state = METADATA_PENDING;
	second = process_table_learn(table, 11)->resource;
	assert_int_equal(second->awaits, AWAITS_CONTAINER);
	source.state = METADATA_KNOWN;
	completed = metadata_complete(&sources, second);
	process_table_replace(table, second, completed);
	assert_ptr_equal(process_table_resource(table, 11), completed);
	assert_int_equal(completed->references, 2);
	/* Copies of what the process does not have any more, and of nobody's. */
	completed->pid = 10;
	process_table_replace(table, completed, completed);
	assert_ptr_equal(process_table_resource(table, 10), first);
	completed->pid = 99;
	process_table_replace(table, completed, completed);
	resource_release(&completed);
	process_table_set_metadata(table, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_learn),
		CASE(test_metadata),
		CASE(test_no_such_process_still_has_a_resource),
		CASE(test_forked_child_is_its_parent_without_proc),
		CASE(test_child_of_a_parent_never_read),
		CASE(test_exec_reads_again),
		CASE(test_reused_id_does_not_inherit),
		CASE(test_exec_does_not_take_another_process),
		CASE(test_exited_is_kept),
		CASE(test_full_table_evicts_the_exited_oldest_first),
		CASE(test_full_of_living_processes),
		CASE(test_thousands_of_short_lives),
		CASE(test_replay),
		CASE(test_hostile_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
