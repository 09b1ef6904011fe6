/* Processes by what they map: groups, files looked into once, filters, limits; over a folder like
 * /proc. */
#include "check/tls_census.h"

#include <errno.h>
#include <fcntl.h>
#include "base/clock.h"
#include "capture/tls_libraries.h"
#include "cmocka_test.h"
#include "tls_processes.h"

static const char *const none[] = {NULL};
static const char *const openssl[] = {"SSL_read", "SSL_write", NULL};
static struct fake_proc fake;
static struct tls_census census;
static struct tls_census_settings settings;
static uint32_t asked;

static bool kills(void)
{
	asked++;
	return true;
}

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	settings = (struct tls_census_settings){.proc_root = fake.proc,
						.libraries = tls_libraries,
						.max_processes = 100,
						.budget_ns = 60 * NS_PER_S};
	tls_processes_file(&fake, "nginx", none, NULL, "x");
	tls_processes_file(&fake, "cat", none, NULL, "x");
	tls_processes_file(&fake, "java", none, NULL, "x");
	tls_processes_file(&fake, "libjvm.so", none, NULL, "x");
	tls_processes_file(&fake, "libssl.so.3", openssl, NULL, "x");
	tls_processes_file(&fake, "libcrypto.so.3", none, NULL, "OpenSSL 3.0.19 27 Jan");
	asked = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	tls_census_done(&census);
	fake_proc_end(&fake);
	return 0;
}

static void add_nginx(int pid)
{
	tls_processes_add(&fake, pid,
			  (const char *const[]){"nginx", "libssl.so.3", "libcrypto.so.3",
						"libssl.so.3", NULL});
}

static void take(void)
{
	tls_census_done(&census);
	assert_int_equal(tls_census_take(&settings, &census), 0);
}

static void is_group(uint32_t at, const char *name, const char *library, enum tls_sight sight,
		     pid_t first, uint32_t count)
{
	assert_true(at < census.groups_count);
	assert_string_equal(census.groups[at].name, name);
	assert_string_equal(census.groups[at].library, library);
	assert_int_equal(census.groups[at].sight, sight);
	assert_int_equal(census.groups[at].count, count);
	/* The folder of the test is in no order. */
	if (count == 1)
		assert_int_equal(census.groups[at].pids[0], first);
}

static void groups(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++)
		add_nginx(100 + i);
	tls_processes_add(&fake, 90, (const char *const[]){"java", "libjvm.so", NULL});
	tls_processes_add(&fake, 91, (const char *const[]){"cat", NULL});
	fake_proc_add(&fake, 2, "kthreadd", 0, "/", 0);
	fake_proc_file(&fake, 2, "maps", "", 0);
	take();
	assert_int_equal(census.groups_count, 2);
	is_group(0, "nginx", "OpenSSL 3.0.19", TLS_SEEN, 0, 6);
	is_group(1, "java", "Java", TLS_JAVA, 90, 1);
	assert_int_equal(census.without_count, 1);
	assert_int_equal(census.unreadable_count, 0);
	assert_int_equal(census.unlooked_count, 0);
	assert_false(census.is_time_over);
}

static void chosen(void **state)
{
	static const pid_t pids[] = {101, 91, 999};

	(void)state;
	for (int i = 0; i < 3; i++)
		add_nginx(100 + i);
	tls_processes_add(&fake, 91, (const char *const[]){"cat", NULL});
	settings.pids = pids;
	settings.pids_count = 3;
	take();
	assert_int_equal(census.groups_count, 1);
	is_group(0, "nginx", "OpenSSL 3.0.19", TLS_SEEN, 101, 1);
	assert_int_equal(census.without_count, 1);
	settings.max_processes = 2;
	take();
	assert_int_equal(census.unlooked_count, 1);
}

static void filters(void **state)
{
	static const char filtered[] = "Name:\tnginx\nSeccomp:\t2\n";

	(void)state;
	add_nginx(100);
	add_nginx(101);
	settings.return_probe_kills = kills;
	take();
	is_group(0, "nginx", "OpenSSL 3.0.19", TLS_SEEN, 0, 2);
	assert_int_equal(asked, 0); /* of no use: children die of the question */
	fake_proc_file(&fake, 101, "status", filtered, sizeof(filtered) - 1);
	take();
	assert_int_equal(census.groups_count, 2);
	is_group(0, "nginx", "OpenSSL 3.0.19", TLS_SEEN, 100, 1);
	is_group(1, "nginx", "OpenSSL 3.0.19", TLS_FILTERED, 101, 1);
	assert_int_equal(asked, 1);
	settings.has_no_probes = true;
	take();
	assert_int_equal(census.groups_count, 1);
	is_group(0, "nginx", "OpenSSL 3.0.19", TLS_NO_PROBES, 0, 2);
}

/* Replaced by an update while it is mapped: another file is not taken for it. */
static void replaced_files(void **state)
{
	char path[160];

	(void)state;
	add_nginx(100);
	snprintf(path, sizeof(path), "%s/libssl.so.3.new", fake.root);
	tls_processes_file(&fake, "libssl.so.3.new", none, NULL, "x");
	{
		char old[160];

		snprintf(old, sizeof(old), "%s/libssl.so.3", fake.root);
		assert_int_equal(rename(path, old), 0);
	}
	take();
	assert_int_equal(census.groups_count, 0);
	assert_int_equal(census.without_count, 1);
}

/* Who knows all the marks has none of the libraries inside. */
static void ourselves(void **state)
{
	const struct tls_file_place place = {fake.proc, 1};
	struct tls_registry registry;
	struct tls_file file;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	tls_registry_init(&registry, tls_libraries);
	tls_file_examine(&registry, &place, fd, "limpet", &file);
	assert_int_equal(file.count, 0);
	close(fd);
}

static void limits(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		add_nginx(100 + i);
	settings.max_processes = 5;
	take();
	is_group(0, "nginx", "OpenSSL 3.0.19", TLS_SEEN, 0, 5);
	assert_int_equal(census.unlooked_count, 3);
	assert_false(census.is_time_over);
	settings.budget_ns = 0;
	take();
	assert_int_equal(census.groups_count, 0);
	assert_int_equal(census.unlooked_count, 8);
	assert_true(census.is_time_over);
	settings.proc_root = "/no/such/folder";
	tls_census_done(&census);
	assert_int_equal(tls_census_take(&settings, &census), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(groups, begin, end),
		cmocka_unit_test_setup_teardown(chosen, begin, end),
		cmocka_unit_test_setup_teardown(filters, begin, end),
		cmocka_unit_test_setup_teardown(replaced_files, begin, end),
		cmocka_unit_test_setup_teardown(ourselves, begin, end),
		cmocka_unit_test_setup_teardown(limits, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
