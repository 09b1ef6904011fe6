/* Variables that a library exports, where the loader says they are. */
#include "process/elf_object.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>
#include "cmocka_test.h"

/* Of the C library: where it is loaded, and its file. */
static int open_libc(uint64_t *ret_base)
{
	void *library = dlopen("libc.so.6", RTLD_NOW);
	struct link_map *map = NULL;
	int fd;

	assert_non_null(library);
	assert_int_equal(dlinfo(library, RTLD_DI_LINKMAP, &map), 0);
	*ret_base = map->l_addr;
	fd = open(map->l_name, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(dlclose(library), 0);
	return fd;
}

static void where_the_loader_says(void **state)
{
	struct elf_object object = {.name = "_IO_2_1_stderr_"};
	struct elf_layout layout;
	uint64_t base, offset;
	int fd = open_libc(&base);

	(void)state;
	assert_int_equal(elf_layout_read(fd, &layout), 0);
	assert_int_equal(elf_object_find(fd, &object), 0);
	assert_int_equal(base + object.address, (uintptr_t)dlsym(RTLD_DEFAULT, "_IO_2_1_stderr_"));
	assert_true(object.size_bytes > 100);
	assert_int_equal(elf_object_offset(&object, &layout, &offset), 0);
	object.address = layout.low + layout.size;
	assert_int_equal(elf_object_offset(&object, &layout, &offset), -EINVAL);
	close(fd);
}

static void what_is_not_there(void **state)
{
	struct elf_object object = {.name = "no_such_variable"};
	uint64_t base;
	int fd = open_libc(&base);

	(void)state;
	assert_int_equal(elf_object_find(fd, &object), -ENOENT);
	object.name = "printf"; /* a function is no variable */
	assert_int_equal(elf_object_find(fd, &object), -ENOENT);
	close(fd);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(elf_object_find(fd, &object), -EINVAL);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_the_loader_says),
		cmocka_unit_test(what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
