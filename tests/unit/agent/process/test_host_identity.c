/* The machine's identity from a made-up root, and owners by number and by name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/utsname.h>
#include "fake_proc.h"
#include "process/host_identity.h"

static struct fake_proc fake;

static void test_host(void **state)
{
	struct host_identity host;
	struct utsname names;

	(void)state;
	assert_int_equal(uname(&names), 0);
	fake_proc_begin(&fake);
	host_identity_read(&host, fake.root);
	assert_string_equal(host.id, "0123456789abcdef0123456789abcdef");
	assert_string_equal(host.name, names.nodename);
	assert_string_equal(host.os_version, names.release);
	if (strcmp(names.machine, "x86_64") == 0)
		assert_string_equal(host.arch, "amd64");
	fake_proc_write(&fake, "etc/machine-id", "uninitialized\n", 14);
	host_identity_read(&host, fake.root);
	assert_string_equal(host.id, "");
	host_identity_read(&host, "/nonexistent");
	assert_string_equal(host.id, "");
	fake_proc_end(&fake);
}

static void test_owner(void **state)
{
	char name[OWNER_NAME_BYTES];

	(void)state;
	fake_proc_begin(&fake);
	host_identity_owner(fake.root, 1001, name);
	assert_string_equal(name, "shop");
	host_identity_owner(fake.root, 0, name);
	assert_string_equal(name, "root");
	host_identity_owner(fake.root, 4294967295u, name);
	assert_string_equal(name, "4294967295");
	host_identity_owner("/nonexistent", 7, name);
	assert_string_equal(name, "7");
	fake_proc_end(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_host),
					   cmocka_unit_test(test_owner)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
