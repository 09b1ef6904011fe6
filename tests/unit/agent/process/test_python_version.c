/* Files with the functions of a version, and of what is none that is known. */
#include "cmocka_test.h"

#include <errno.h>
#include <unistd.h>
#include "process/python_version.h"
#include "sample_elf.h"
#include "symbol_elf.h"

#define MAX_SYMBOLS 16

static struct symbol_elf elf;

/* Names separated by spaces. */
static int find(const char *names, const char *file_name)
{
	struct symbol_row rows[MAX_SYMBOLS] = {{0}};
	char words[1024], *state = NULL;
	struct view file;
	int fd, found, count = 0;

	(void)snprintf(words, sizeof(words), "%s", names);
	for (char *word = strtok_r(words, " ", &state); word; word = strtok_r(NULL, " ", &state))
		rows[count++] = (struct symbol_row){word, CODE_ADDRESS + 0x20, 4, STT_FUNC};
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, rows);
	file = symbol_elf_end(&elf);
	fd = sample_elf_file(file.bytes, file.size);
	found = python_version_find(fd, file_name);
	close(fd);
	return found;
}

#define TO_8  "PyErr_Display PyCode_NewWithPosOnlyArgs "
#define TO_9  TO_8 "PyFrame_GetCode "
#define TO_10 TO_9 "PyModule_AddObjectRef "
#define TO_11 TO_10 "PyFrame_GetLasti "
#define TO_12                                                                                      \
	"PyErr_Display PyFrame_GetCode PyModule_AddObjectRef PyFrame_GetLasti PyErr_GetRaisedException "
#define TO_13 TO_12 "PyDict_GetItemRef "

static void test_known(void **state)
{
	(void)state;
	assert_int_equal(find(TO_8, "python3.8"), 8);
	assert_int_equal(find(TO_9, "libpython3.9.so.1.0"), 9);
	assert_int_equal(find(TO_10, "python3"), 10);
	assert_int_equal(find(TO_11, "python"), 11);
	assert_int_equal(find(TO_12, "python3.12"), 12);
	assert_int_equal(find(TO_13, "libpython3.13.so.1.0"), 13);
}

static void test_unknown(void **state)
{
	(void)state;
	assert_int_equal(find("PyErr_Display", "python3.7"), -EOPNOTSUPP);
	assert_int_equal(find(TO_13 "PyUnicodeWriter_Create", "python3.14"), -EOPNOTSUPP);
	assert_int_equal(find(TO_13, "python3.15"), -EOPNOTSUPP);
	assert_int_equal(find(TO_13 "_Py_DecRefShared", "python3.13t"), -EOPNOTSUPP);
	assert_int_equal(find(TO_12 "_Py_NegativeRefcount", "python3.12"), -EOPNOTSUPP);
	assert_true(python_version_find(-1, "python3.12") < 0);
}

static void test_layouts(void **state)
{
	(void)state;
	for (int minor = 8; minor <= 13; minor++) {
		assert_non_null(python_version_layout(minor));
		assert_int_equal(python_version_layout(minor)->minor, minor);
	}
	assert_null(python_version_layout(7));
	assert_null(python_version_layout(14));
	assert_null(python_version_layout(-1));
	assert_int_equal(python_version_layout(10)->code_table, 120);
	assert_int_equal(python_version_layout(11)->frame_code, 32);
	assert_int_equal(python_version_layout(12)->text_ascii, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_layouts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
