/* A code object as each version has it, in this process's own memory; and memory that is none. */
#include "process/python_code.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "process/python_version.h"

static _Alignas(16) char code[512], name[512], file[512];

static void put(char *object, size_t offset, uint64_t word)
{
	memcpy(object + offset, &word, sizeof(word));
}

/* compact, ASCII, one byte per character */
static void put_text(char *object, const struct python_layout *layout, const char *text)
{
	memset(object, 0, 512);
	put(object, 16, strlen(text));
	put(object, 32, PYTHON_TEXT_IS_COMPACT | PYTHON_TEXT_IS_ASCII | 1 << 2);
	memcpy(object + layout->text_ascii, text, strlen(text));
}

static void put_code(int minor)
{
	const struct python_layout *layout = python_version_layout(minor);
	uint32_t line = 17;

	memset(code, 0, sizeof(code));
	put_text(name, layout, minor >= 11 ? "Shop.total" : "total");
	put_text(file, layout, "/srv/shop.py");
	put(code, layout->code_name + (minor >= 11 ? 8 : 0), (uintptr_t)name);
	put(code, layout->code_file, (uintptr_t)file);
	memcpy(code + layout->code_first_line, &line, sizeof(line));
}

static int read_code(int minor, struct python_code *ret)
{
	return python_code_read(getpid(), (uintptr_t)code, minor, ret);
}

static void every_version(void **state)
{
	struct python_code got;

	(void)state;
	for (int minor = 8; minor <= 13; minor++) {
		put_code(minor);
		assert_int_equal(read_code(minor, &got), 0);
		assert_int_equal(got.first_line, 17);
		assert_view(view_of(got.name_bytes, got.name.captured),
			    minor >= 11 ? "Shop.total" : "total");
		assert_view(view_of(got.file_bytes, got.file.captured), "/srv/shop.py");
	}
	assert_int_equal(read_code(7, &got), -EOPNOTSUPP);
	assert_int_equal(read_code(14, &got), -EOPNOTSUPP);
}

static void wide_characters(void **state)
{
	const struct python_layout *layout = python_version_layout(11);
	struct python_code got;

	(void)state;
	put_code(11);
	put(name, 16, 200);
	put(name, 32, PYTHON_TEXT_IS_COMPACT | 2 << 2);
	memset(name + layout->text_other, 'x', 400);
	assert_int_equal(read_code(11, &got), 0);
	assert_int_equal(got.name.length, 200);
	assert_int_equal(got.name.captured, PYTHON_NAME_BYTES); /* of 400 bytes */
	assert_int_equal(got.name_bytes[0], 'x');
}

static void what_is_none(void **state)
{
	struct python_code got;
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_ptr_not_equal(page, MAP_FAILED);
	assert_int_equal(munmap(page + 4096, 4096), 0);
	assert_int_equal(python_code_read(getpid(), 0x10, 11, &got), -EFAULT);
	assert_int_equal(python_code_read(getpid(), (uintptr_t)page + 4090, 11, &got), -EFAULT);
	put_code(11);
	put(name, 32, 0); /* not compact */
	assert_int_equal(read_code(11, &got), -EFAULT);
	put_code(11);
	put(name, 16, UINT64_MAX);
	assert_int_equal(read_code(11, &got), -EFAULT);
	put_code(11);
	put(code, python_version_layout(11)->code_file, 8);
	assert_int_equal(read_code(11, &got), -EFAULT);
	put_code(11);
	memset(code + python_version_layout(11)->code_first_line, 0xff, 4);
	assert_int_equal(read_code(11, &got), -EFAULT);
	assert_int_equal(python_code_read(0x7ffffff0, (uintptr_t)code, 11, &got), -ESRCH);
	assert_int_equal(munmap(page, 4096), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_version),
		cmocka_unit_test(wide_characters),
		cmocka_unit_test(what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
