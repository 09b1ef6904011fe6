/* What a status file says of it, and our own. */
#include "cmocka_test.h"

#include "fake_proc.h"
#include "process/call_filter.h"

static bool has(const char *status)
{
	struct fake_proc fake;
	char path[128];
	bool found;

	fake_proc_begin(&fake);
	(void)snprintf(path, sizeof(path), "%s/10", fake.proc);
	assert_int_equal(mkdir(path, 0755), 0);
	fake_proc_write(&fake, "proc/10/status", status, strlen(status));
	found = call_filter_has(fake.proc, 10);
	assert_false(call_filter_has(fake.proc, 11));
	fake_proc_end(&fake);
	return found;
}

static void words(void **state)
{
	(void)state;
	assert_true(has("Name:\tx\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n"));
	assert_true(has("Name:\tx\nSeccomp:\t1\n"));
	assert_false(has("Name:\tx\nSeccomp:\t0\nSeccomp_filters:\t0\n"));
	assert_false(has("Name:\tSeccomp:\t2\n"));
	assert_false(has("Name:\tx\n"));
	assert_false(has("Name:\tx\nSeccomp:\t0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(words)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
