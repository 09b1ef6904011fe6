/* A file that is a Python, by name and by what it exports. */
#include "process/python_runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "cmocka_test.h"

static void names(void **state)
{
	(void)state;
	assert_true(python_runtime_is_python(VIEW_LITERAL("/usr/lib/libpython3.11.so.1.0")));
	assert_true(python_runtime_is_python(VIEW_LITERAL("/usr/bin/python3.12")));
	assert_true(python_runtime_is_python(VIEW_LITERAL("/usr/bin/python3")));
	assert_false(python_runtime_is_python(VIEW_LITERAL("/usr/bin/python2.7")));
	assert_false(python_runtime_is_python(VIEW_LITERAL("/usr/lib/libc.so.6")));
	assert_false(python_runtime_is_python(VIEW_LITERAL("")));
}

static void a_file_that_is_none(void **state)
{
	struct python_runtime runtime = {.minor = 77};
	struct elf_layout layout;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(elf_layout_read(fd, &layout), 0);
	assert_int_equal(
		python_runtime_find(fd, VIEW_LITERAL("/usr/bin/python3.11"), &layout, 0, &runtime),
		-ENOENT);
	assert_int_equal(runtime.minor, 77);
	close(fd);
}

/* Debian's own, where it is. */
static void the_systems(void **state)
{
	int fd = open("/usr/bin/python3", O_RDONLY | O_CLOEXEC);
	struct python_runtime runtime;
	struct elf_layout layout;

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(elf_layout_read(fd, &layout), 0);
	assert_int_equal(python_runtime_find(fd, VIEW_LITERAL("/usr/bin/python3"), &layout,
					     0x100000, &runtime),
			 0);
	assert_true(runtime.minor >= 8 && runtime.minor <= 13);
	assert_true(runtime.address > 0x100000 && runtime.address < 0x100000 + layout.size);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(a_file_that_is_none),
		cmocka_unit_test(the_systems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
