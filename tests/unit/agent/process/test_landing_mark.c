/* The landing mark of a function, and files without one. */
#include "cmocka_test.h"

#include <stdio.h>
#include <unistd.h>
#include "process/landing_mark.h"

static void marks(void **state)
{
	static const unsigned char code[] = {0x55, 0xc3, 0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0xf3, 0x0f};
	FILE *file = tmpfile();
	int fd = fileno(file);

	(void)state;
	assert_int_equal(write(fd, code, sizeof(code)), sizeof(code));
	assert_int_equal(landing_mark_skip(fd, 0), 0);
#if defined(__x86_64__)
	assert_int_equal(landing_mark_skip(fd, 2), 6);
#endif
	assert_int_equal(landing_mark_skip(fd, 7), 7);       /* cut */
	assert_int_equal(landing_mark_skip(fd, 1000), 1000); /* beyond the end */
	assert_int_equal(landing_mark_skip(-1, 5), 5);
	assert_int_equal(fclose(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(marks)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
