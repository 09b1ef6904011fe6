/* Control groups as files below a folder of the test's. */
#include "crash/cgroup_memory.h"

#include "cmocka_test.h"
#include "fake_proc.h"

static struct fake_proc fake;

static void make(const char *path, const char *text)
{
	char full[256], *slash;

	snprintf(full, sizeof(full), "%s/%s", fake.root, path);
	for (slash = full + strlen(fake.root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(full, 0755);
		*slash = '/';
	}
	fake_proc_write(&fake, path, text, strlen(text));
}

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_proc_end(&fake);
	return 0;
}

static struct cgroup_memory read_of(const char *path)
{
	struct view copy = exact_copy(view_of_text(path));
	struct cgroup_memory memory = {1, 2, 3};

	cgroup_memory_read(fake.root, copy, &memory);
	free_copy(copy);
	return memory;
}

static void expect(const char *path, uint64_t limit, uint64_t usage, uint64_t kills)
{
	struct cgroup_memory memory = read_of(path);

	assert_int_equal(memory.limit_bytes, limit);
	assert_int_equal(memory.usage_bytes, usage);
	assert_int_equal(memory.oom_kills, kills);
}

static void a_group_with_a_limit(void **state)
{
	(void)state;
	make("a/b/memory.max", "1048576\n");
	make("a/b/memory.peak", "1048000\n");
	make("a/b/memory.current", "5\n");
	make("a/b/memory.events", "low 0\nhigh 0\nmax 17\noom 2\noom_kill 1\noom_group_kill 9\n");
	expect("/a/b", 1048576, 1048000, 1);
	expect("/a/b/", 1048576, 1048000, 1);
}

static void older_kernels_have_no_peak(void **state)
{
	(void)state;
	make("a/memory.max", "1000\n");
	make("a/memory.current", "900\n");
	expect("/a", 1000, 900, 0);
}

/* The limit that struck may be the one of a group around it. */
static void the_nearest_limit(void **state)
{
	(void)state;
	make("a/memory.max", "4096\n");
	make("a/memory.peak", "4000\n");
	make("a/b/memory.max", "max\n");
	make("a/b/memory.peak", "7\n");
	expect("/a/b", 4096, 4000, 0);
	expect("/a/b/gone", 4096, 4000, 0);
	/* None at all. */
	make("x/memory.max", "max\n");
	expect("/x", 0, 0, 0);
	expect("/", 0, 0, 0);
	expect("", 0, 0, 0);
}

static void hostile_names_and_files(void **state)
{
	char *path = malloc(5000);

	(void)state;
	make("memory.max", "1\n"); /* of the mount itself: there is none in truth */
	make("a/memory.max", "\n");
	expect("/a", 0, 0, 0);
	make("b/memory.max", "12x\n");
	expect("/b", 0, 0, 0);
	make("c/memory.max", "99999999999999999999999999\n");
	expect("/c", 0, 0, 0);
	make("d/memory.max", "5\n");
	make("d/memory.events", "oom_kill x\noom_kill 3");
	expect("/d", 5, 0, 3);
	expect("/d/../d", 0, 0, 0);
	expect("/../d", 0, 0, 0);
	memset(path, 'a', 4999);
	path[4999] = '\0';
	path[0] = '/';
	expect(path, 0, 0, 0);
	path[4000] = '\0';
	expect(path, 0, 0, 0);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_group_with_a_limit, begin, end),
		cmocka_unit_test_setup_teardown(older_kernels_have_no_peak, begin, end),
		cmocka_unit_test_setup_teardown(the_nearest_limit, begin, end),
		cmocka_unit_test_setup_teardown(hostile_names_and_files, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
