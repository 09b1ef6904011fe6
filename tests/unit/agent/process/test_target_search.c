/* Who is meant: numbers, names, units, containers, families, and words that fit too much. */
#include "cmocka_test.h"

#include <errno.h>
#include "fake_proc.h"
#include "process/target_search.h"

#define ID_A "aaaaaaaaaaaa1111111111111111111111111111111111111111111111111111"
#define ID_B "aaaaaaaaaaaa2222222222222222222222222222222222222222222222222222"

static struct fake_proc fake;
static struct target_search search;

static void add(int pid, int parent, const char *name, const char *executable)
{
	char text[256];

	fake_proc_add(&fake, pid, name, 1, executable, 0);
	(void)snprintf(text, sizeof(text), "Name:\t%s\nPPid:\t%d\nUid:\t0\t0\t0\t0\n", name,
		       parent);
	fake_proc_file(&fake, pid, "status", text, strlen(text));
}

static void arguments(int pid, const char *bytes, size_t size)
{
	fake_proc_file(&fake, pid, "cmdline", bytes, size);
}

static void cgroup(int pid, const char *path)
{
	fake_proc_file(&fake, pid, "cgroup", path, strlen(path));
}

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	add(2, 0, "kthreadd", "/");
	add(3, 2, "nginx", "/");
	add(10, 1, "nginx", "/usr/sbin/nginx");
	add(11, 10, "nginx", "/usr/sbin/nginx");
	cgroup(10, "0::/system.slice/nginx.service\n");
	cgroup(11, "0::/system.slice/nginx.service\n");
	add(20, 1, "python3", "/usr/bin/python3.11");
	arguments(20, "python3\0/srv/app.py\0-x\0", 22);
	add(21, 1, "python3", "/usr/bin/python3.11");
	arguments(21, "python3\0/srv/other.py\0", 21);
	add(30, 1, "server", "/opt/server");
	cgroup(30, "0::/docker/" ID_A "\n");
	add(31, 30, "worker", "/opt/worker");
	cgroup(31, "0::/docker/" ID_A "\n");
	add(40, 1, "server2", "/opt/server2");
	cgroup(40, "0::/docker/" ID_B "\n");
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_proc_end(&fake);
	return 0;
}

static void find(const char *text)
{
	assert_int_equal(
		target_search_find(&search, fake.proc, target_search_words(view_of_text(text))), 0);
}

static void assert_found(const char *text, enum target_kind kind, pid_t first, uint32_t count)
{
	find(text);
	assert_int_equal(search.count, count);
	assert_int_equal(search.kind, kind);
	assert_int_equal(search.targets[0].pid, first);
	target_search_done(&search);
}

static void assert_none(const char *text)
{
	find(text);
	assert_int_equal(search.count, 0);
	target_search_done(&search);
}

static void families(void **state)
{
	(void)state;
	assert_found("nginx", TARGET_NAME, 10, 1); /* neither its child nor the kernel's thread */
	assert_found("unit:nginx", TARGET_UNIT, 10, 1);
	assert_found("nginx.service", TARGET_UNIT, 10, 1);
	assert_found("container:" ID_A, TARGET_CONTAINER, 30, 1);
	assert_found("worker", TARGET_NAME, 31, 1);
	assert_none("unit:ngin");
	assert_none("ngin");
	assert_none("name:");
	assert_none("");
}

static void names(void **state)
{
	(void)state;
	assert_found("python3", TARGET_NAME, 20, 2);
	assert_found("python3.11", TARGET_NAME, 20, 2);
	assert_found("app", TARGET_NAME, 20, 1);
	assert_found("app.py", TARGET_NAME, 20, 1);
	assert_found("other", TARGET_NAME, 21, 1);
	assert_none("name:nginx.service");
	find("app.py");
	assert_string_equal(search.targets[0].name, "python3");
	assert_string_equal(search.targets[0].script, "app");
	target_search_done(&search);
}

static void numbers(void **state)
{
	(void)state;
	assert_found("20", TARGET_PID, 20, 1);
	assert_found("pid:31", TARGET_PID, 31, 1);
	assert_none("99");
	/* No process has a number this long, but an id may be all digits. */
	assert_int_equal(target_search_words(VIEW_LITERAL("123456789012")).kind, TARGET_ANY);
	assert_int_equal(target_search_words(VIEW_LITERAL("12345678901")).kind, TARGET_PID);
	assert_none("pid:x");
}

static void called(void **state)
{
	char name[SCRIPT_NAME_BYTES];

	(void)state;
	assert_int_equal(target_search_name(fake.proc, 20, name), 0);
	assert_string_equal(name, "app");
	assert_int_equal(target_search_name(fake.proc, 31, name), 0);
	assert_string_equal(name, "worker");
	assert_true(target_search_name(fake.proc, 99, name) < 0);
}

static void containers(void **state)
{
	struct container_identity identities[4];

	(void)state;
	assert_found("aaaaaaaaaaaa1", TARGET_CONTAINER, 30, 1);
	assert_none("aaaa"); /* too short for a bare word */
	assert_none("container:aaa");
	find("container:aaaa");
	assert_int_equal(search.count, 2);
	assert_true(search.has_more_containers);
	target_search_done(&search);
	assert_int_equal(target_search_containers(fake.proc, identities, 4), 2);
	assert_int_equal(target_search_containers(fake.proc, identities, 1), 1);
	assert_int_equal(target_search_containers("/nonexistent", identities, 4), 0);
}

static void no_proc(void **state)
{
	(void)state;
	assert_int_equal(
		target_search_find(&search, "/nonexistent", target_search_words(VIEW_LITERAL("x"))),
		-ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(families), cmocka_unit_test(names),      cmocka_unit_test(numbers),
		cmocka_unit_test(called),   cmocka_unit_test(containers), cmocka_unit_test(no_proc),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
