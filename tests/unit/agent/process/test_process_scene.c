/* Where a process runs and which script, from a folder like /proc and from our own process. */
#include "process/process_scene.h"

#include "cmocka_test.h"
#include "fake_proc.h"

#define PID 42

static struct fake_proc fake;
static struct process_scene scene;

static void add_folder(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/42/%s", fake.proc, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

static void add_link(const char *name, const char *target)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/42/%s", fake.proc, name);
	assert_int_equal(symlink(target, path), 0);
}

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	fake_proc_add(&fake, PID, "shop", 700, "/usr/bin/python3", 7);
	add_link("cwd", "/srv/shop");
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_proc_end(&fake);
	return 0;
}

static void read_line(enum process_runtime runtime, const char *line, size_t size)
{
	fake_proc_file(&fake, PID, "cmdline", line, size);
	process_scene_read(fake.proc, PID, runtime, &scene);
}

static void script_is(enum process_runtime runtime, const char *line, size_t size,
		      const char *wanted)
{
	read_line(runtime, line, size);
	assert_string_equal(scene.script, wanted);
}
#define SCRIPT_IS(runtime, line, wanted) script_is(runtime, line, sizeof(line) - 1, wanted)

static void test_scripts(void **state)
{
	(void)state;
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0app.py\0", "/srv/shop/app.py");
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0/opt/app.py\0", "/opt/app.py");
	SCRIPT_IS(RUNTIME_NODE, "node\0--enable-source-maps\0./a/../app.js\0", "/srv/shop/app.js");
	SCRIPT_IS(RUNTIME_NODE, "node\0server\0", "/srv/shop/server");
	SCRIPT_IS(RUNTIME_NODE, "node\0.\0", "/srv/shop");
	SCRIPT_IS(RUNTIME_NODE, "node\0../../../../x.js\0", "/x.js");
	SCRIPT_IS(RUNTIME_RUBY, "ruby\0-W0\0app.rb\0", "/srv/shop/app.rb");
	SCRIPT_IS(RUNTIME_PERL, "perl\0//srv//app.pl\0", "/srv/app.pl");
	SCRIPT_IS(RUNTIME_JAVA, "java\0-jar\0shop.jar\0", "");
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0-c\0print(1)\0", "");
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0", "");
	SCRIPT_IS(RUNTIME_PYTHON, "", "");
	SCRIPT_IS(RUNTIME_NATIVE, "shop\0app.py\0", "");
}

static void test_modules(void **state)
{
	(void)state;
	add_folder("root");
	add_folder("root/srv");
	add_folder("root/srv/shop");
	add_folder("root/srv/shop/web");
	add_folder("root/srv/shop/web/admin");
	fake_proc_file(&fake, PID, "root/srv/shop/main.py", "x", 1);
	fake_proc_file(&fake, PID, "root/srv/shop/web/api.py", "x", 1);
	fake_proc_file(&fake, PID, "root/srv/shop/web/admin/__main__.py", "x", 1);
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0-m\0main\0", "/srv/shop/main.py");
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0-m\0web.api\0", "/srv/shop/web/api.py");
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0-m\0web.admin\0", "/srv/shop/web/admin/__main__.py");
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0-m\0web\0", "");
	SCRIPT_IS(RUNTIME_PYTHON, "python3\0-m\0flask\0run\0", "");
}

static void test_too_long(void **state)
{
	char line[4096] = "python3";

	(void)state;
	memset(line + 8, 'x', sizeof(line) - 8);
	read_line(RUNTIME_PYTHON, line, 8 + 4000);
	assert_int_equal(strlen(scene.script), strlen("/srv/shop/") + 4000);
	read_line(RUNTIME_PYTHON, line, sizeof(line));
	assert_string_equal(scene.script, "");
	memcpy(line, "python3\0-m", 11);
	read_line(RUNTIME_PYTHON, line, sizeof(line));
	assert_string_equal(scene.script, "");
}

static void test_places(void **state)
{
	(void)state;
	read_line(RUNTIME_PYTHON, "python3", 7);
	assert_true(scene.is_known);
	assert_int_equal(scene.tgid, PID);
	assert_int_equal(scene.runtime, RUNTIME_PYTHON);
	assert_string_equal(scene.directory, "/srv/shop");
	assert_false(scene.is_in_our_root);
	assert_false(process_scene_is_there(&scene, fake.proc)); /* it has no root */
	add_link("root", "/");
	read_line(RUNTIME_PYTHON, "python3", 7);
	assert_true(scene.is_in_our_root);
	assert_true(process_scene_is_there(&scene, fake.proc));
	scene.start_boottime_ns++;
	assert_false(process_scene_is_there(&scene, fake.proc));
}

static void test_gone(void **state)
{
	(void)state;
	process_scene_read(fake.proc, PID + 1, RUNTIME_PYTHON, &scene);
	assert_false(scene.is_known);
	assert_false(scene.identity.is_known);
	assert_false(scene.is_in_our_root);
	assert_string_equal(scene.directory, "");
	assert_string_equal(scene.script, "");
	assert_string_equal(scene.version.name, "CPython");
	assert_string_equal(scene.version.version, "");
}

static void test_own(void **state)
{
	char directory[PATH_MAX];

	(void)state;
	process_scene_read("/proc", getpid(), RUNTIME_NATIVE, &scene);
	assert_true(scene.is_known);
	assert_true(scene.is_in_our_root);
	assert_true(scene.start_boottime_ns > 0);
	assert_true(scene.identity.is_known);
	assert_int_equal(scene.identity.uid, geteuid());
	assert_non_null(getcwd(directory, sizeof(directory)));
	assert_string_equal(scene.directory, directory);
	assert_true(process_scene_is_there(&scene, "/proc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_scripts, begin, end),
		cmocka_unit_test_setup_teardown(test_modules, begin, end),
		cmocka_unit_test_setup_teardown(test_too_long, begin, end),
		cmocka_unit_test_setup_teardown(test_places, begin, end),
		cmocka_unit_test_setup_teardown(test_gone, begin, end),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
