/* Each fact from a /proc of our making, and what is unknown of a process that is gone. */
#include "discovery/proc_facts.h"

#include "cmocka_test.h"
#include "fake_proc.h"

static struct fake_proc fake;
static struct listener_table *listeners;
static struct proc_facts source;
static struct discovery_facts facts;

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	fake_proc_add(&fake, 42, "shop", 100, "/opt/shop (deleted)", 1001);
	assert_int_equal(listener_table_new(&listeners, fake.proc), 0);
	assert_int_equal(proc_facts_init(&source, fake.proc, fake.root, listeners), 0);
	memset(&facts, 0, sizeof(facts));
	facts.tgid = 42;
	return 0;
}

static int end(void **state)
{
	(void)state;
	listener_table_free(&listeners);
	fake_proc_end(&fake);
	return 0;
}

static bool is_known(enum discovery_field field)
{
	proc_facts_read(&source, field, &facts);
	return facts.known & 1u << field;
}

static void each_fact(void **state)
{
	(void)state;
	fake_proc_file(&fake, 42, "cmdline",
		       "shop\0--port\0\0"
		       "80\0\0",
		       17);
	assert_true(is_known(DISCOVERY_EXECUTABLE));
	assert_true(view_equals(facts.executable, VIEW_LITERAL("/opt/shop")));
	assert_true(is_known(DISCOVERY_COMMAND));
	assert_true(view_equals(facts.command, VIEW_LITERAL("shop --port  80")));
	assert_true(is_known(DISCOVERY_USER));
	assert_string_equal(facts.user, "shop");
	assert_int_equal(facts.uid, 1001);
	facts.tgid = 43;
	fake_proc_add(&fake, 43, "init", 1, "/sbin/init", 0);
	assert_true(is_known(DISCOVERY_USER));
	assert_string_equal(facts.user, "root");
	facts.tgid = 42;
	assert_true(is_known(DISCOVERY_USER));
	assert_string_equal(facts.user, "shop");
	assert_true(is_known(DISCOVERY_MIN_AGE));
	assert_true(facts.age_ns > 0);
	assert_true(is_known(DISCOVERY_PORT));
	assert_int_equal(facts.ports_count, 0);
}

static void of_a_unit(void **state)
{
	(void)state;
	fake_proc_file(&fake, 42, "cgroup", "0::/system.slice/shop.service\n", 30);
	assert_true(is_known(DISCOVERY_UNIT));
	assert_string_equal(facts.unit, "shop.service");
	/* In no container there is none of the rest. */
	assert_true(is_known(DISCOVERY_CONTAINER));
	assert_true(is_known(DISCOVERY_NAMESPACE));
	assert_true(is_known(DISCOVERY_LABEL));
}

static void of_a_container(void **state)
{
	static const char cgroup[] =
		"0::/system.slice/docker-"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n";

	(void)state;
	fake_proc_file(&fake, 42, "cgroup", cgroup, sizeof(cgroup) - 1);
	assert_false(is_known(DISCOVERY_LABEL));
	assert_memory_equal(facts.container_id, "0123456789abcdef", 16);
	assert_true(facts.known & 1u << DISCOVERY_UNIT);
	assert_string_equal(facts.unit, "");
	assert_false(facts.known & 1u << DISCOVERY_CONTAINER);
	assert_string_equal(facts.pod_uid, "");
	assert_int_equal(facts.runtime, CONTAINER_RUNTIME_DOCKER);
}

static void of_a_pod(void **state)
{
	static const char cgroup[] =
		"0::/kubepods/pod5f1c2d3e-0000-4000-8000-000000000000/"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

	(void)state;
	fake_proc_file(&fake, 42, "cgroup", cgroup, sizeof(cgroup) - 1);
	assert_false(is_known(DISCOVERY_NAMESPACE));
	assert_memory_equal(facts.container_id, "0123456789abcdef", 16);
	assert_string_equal(facts.pod_uid, "5f1c2d3e-0000-4000-8000-000000000000");
	assert_int_equal(facts.runtime, CONTAINER_RUNTIME_UNKNOWN);
}

static void of_nobody(void **state)
{
	(void)state;
	facts.tgid = 43;
	for (int field = 0; field < DISCOVERY_FIELDS_COUNT; field++)
		if (field != DISCOVERY_PORT)
			assert_false(is_known((enum discovery_field)field));
	assert_true(facts.has_cgroup);
}

/* A kernel thread has no executable and no command: that is known. Of a process at its end it is
 * not known what it had. */
static void of_who_has_none(void **state)
{
	static const char thread[] = "43 (kworker/0:1) I 2 0 0 0 -1 69238880 0 0\n",
			  dying[] = "44 (a) b) R 1 1 1 0 -1 4194564 0 0\n",
			  short_one[] = "45 (x) S 1 1\n";

	(void)state;
	for (int pid = 43; pid <= 45; pid++) {
		char path[128];

		fake_proc_add(&fake, pid, "x", 1, "/x", 0);
		snprintf(path, sizeof(path), "%s/%d/exe", fake.proc, pid);
		assert_int_equal(unlink(path), 0);
		fake_proc_file(&fake, pid, "cmdline", "", 0);
	}
	fake_proc_file(&fake, 43, "stat", thread, sizeof(thread) - 1);
	fake_proc_file(&fake, 44, "stat", dying, sizeof(dying) - 1);
	fake_proc_file(&fake, 45, "stat", short_one, sizeof(short_one) - 1);
	facts.tgid = 43;
	assert_true(is_known(DISCOVERY_EXECUTABLE));
	assert_int_equal(facts.executable.size, 0);
	assert_true(is_known(DISCOVERY_COMMAND));
	assert_int_equal(facts.command.size, 0);
	for (facts.tgid = 44; facts.tgid <= 45; facts.tgid++) {
		facts.known = 0;
		assert_false(is_known(DISCOVERY_EXECUTABLE));
		assert_false(is_known(DISCOVERY_COMMAND));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_fact, begin, end),
		cmocka_unit_test_setup_teardown(of_a_unit, begin, end),
		cmocka_unit_test_setup_teardown(of_a_container, begin, end),
		cmocka_unit_test_setup_teardown(of_a_pod, begin, end),
		cmocka_unit_test_setup_teardown(of_nobody, begin, end),
		cmocka_unit_test_setup_teardown(of_who_has_none, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
