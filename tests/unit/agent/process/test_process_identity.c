/* Whose files a process opens, from its status; and a thread of ours that opens as nobody cannot
 * open what nobody cannot. */
#include "cmocka_test.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "fake_proc.h"
#include "process/process_identity.h"

#define NOBODY 65534

static struct fake_proc fake;

static int begin(void **state)
{
	char path[128];

	(void)state;
	fake_proc_begin(&fake);
	snprintf(path, sizeof(path), "%s/42", fake.proc);
	return mkdir(path, 0755);
}

static int end(void **state)
{
	(void)state;
	fake_proc_end(&fake);
	return 0;
}

static struct process_identity read_status(const char *status)
{
	struct process_identity identity;

	fake_proc_write(&fake, "proc/42/status", status, strlen(status));
	process_identity_read(fake.proc, 42, &identity);
	return identity;
}

static void test_status(void **state)
{
	struct process_identity identity;

	(void)state;
	identity = read_status("Name:\tUid:\nUid:\t33\t33\t33\t33\nGid:\t34\t34\t34\t34\n"
			       "Groups:\t4 24 27 \nCapEff:\t0000000000000000\n");
	assert_true(identity.is_known);
	assert_int_equal(identity.uid, 33);
	assert_int_equal(identity.gid, 34);
	assert_int_equal(identity.groups_count, 3);
	assert_int_equal(identity.groups[0], 4);
	assert_int_equal(identity.groups[2], 27);
	assert_false(identity.is_above_modes);
	/* Root as somebody else for a while: apache, nginx. */
	identity = read_status("Uid:\t0\t33\t0\t33\nGid:\t0\t33\t0\t33\nGroups:\t\n");
	assert_true(identity.is_known);
	assert_int_equal(identity.uid, 33);
	assert_int_equal(identity.groups_count, 0);
}

static void test_unknown(void **state)
{
	struct process_identity identity;

	(void)state;
	process_identity_read(fake.proc, 43, &identity);
	assert_false(identity.is_known);
	assert_false(read_status("").is_known);
	assert_false(read_status("Uid:\t1\t1\t1\nGid:\t1\t1\t1\t1\n").is_known);
	assert_false(read_status("Uid:\t1\t1\t1\tx\nGid:\t1\t1\t1\t1\n").is_known);
	assert_false(read_status("Uid:\t1\t1\t1\t1\n").is_known);
	assert_false(read_status("Uid:\t1\t1\t1\t4294967295\nGid:\t1\t1\t1\t1\n").is_known);
	/* setuid and setgid programs do what their callers say. */
	assert_false(read_status("Uid:\t1000\t0\t0\t0\nGid:\t1000\t1000\t1000\t1000\n").is_known);
	assert_false(
		read_status("Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t42\t42\t42\n").is_known);
}

/* Capabilities count only among our users: the fake process has no namespace. */
static void test_capabilities(void **state)
{
	char path[320], target[320];

	(void)state;
	assert_false(read_status("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n")
			     .is_above_modes);
	snprintf(path, sizeof(path), "%s/42/ns", fake.proc);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(target, sizeof(target), "%s/42/ns/user", fake.proc);
	assert_int_equal(symlink("/proc/self/ns/user", target), 0);
	assert_true(read_status("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n")
			    .is_above_modes);
	assert_false(read_status("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t00000000a80425f8\n")
			     .is_above_modes);
	assert_false(
		read_status("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\tfb\n").is_above_modes);
}

static void test_too_many_groups(void **state)
{
	char status[1024] = "Uid:\t1\t1\t1\t1\nGid:\t1\t1\t1\t1\nGroups:\t";

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(status, "100 ");
	assert_int_equal(read_status(status).groups_count, MAX_IDENTITY_GROUPS);
}

static int try_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static void make_file(const char *name, mode_t mode, char path[160])
{
	char inside[64];

	snprintf(inside, sizeof(inside), "%s", name);
	fake_proc_write(&fake, inside, "x", 1);
	snprintf(path, 160, "%s/%s", fake.root, name);
	assert_int_equal(chmod(path, mode), 0);
	assert_int_equal(chmod(fake.root, 0755), 0);
}

static void test_opens_as(void **state)
{
	struct process_identity nobody = {
		.is_known = true, .uid = NOBODY, .gid = NOBODY, .groups = {7}, .groups_count = 1};
	struct own_identity own = {0};
	char secret[160], shared[160], of_group[160];

	(void)state;
	if (geteuid() != 0) {
		print_message("SKIP: not root: cannot become nobody\n");
		skip();
	}
	make_file("secret", 0600, secret);
	make_file("shared", 0644, shared);
	make_file("group", 0640, of_group);
	assert_int_equal(chown(of_group, 0, 7), 0);
	assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
	assert_int_equal(process_identity_take(&nobody, &own), 0);
	assert_int_equal(try_open(secret), -EACCES);
	assert_int_equal(try_open(shared), 0);
	assert_int_equal(try_open(of_group), 0);
	process_identity_return(&own);
	assert_int_equal(try_open(secret), 0);
	assert_int_equal(prctl(PR_GET_DUMPABLE), 1);
	nobody.groups_count = 0;
	assert_int_equal(process_identity_take(&nobody, &own), 0);
	assert_int_equal(try_open(of_group), -EACCES);
	process_identity_return(&own);
	assert_int_equal(geteuid(), 0);
	assert_int_equal(try_open(of_group), 0);
}

/* Root of a container without the capability is bound by modes. */
static void test_weak_root(void **state)
{
	struct process_identity root = {.is_known = true};
	struct own_identity own = {0};
	char path[160];

	(void)state;
	if (geteuid() != 0) {
		print_message("SKIP: not root\n");
		skip();
	}
	make_file("other", 0600, path);
	assert_int_equal(chown(path, 1000, 1000), 0);
	assert_int_equal(process_identity_take(&root, &own), 0);
	assert_int_equal(try_open(path), -EACCES);
	process_identity_return(&own);
	root.is_above_modes = true;
	assert_int_equal(process_identity_take(&root, &own), 0);
	assert_int_equal(try_open(path), 0);
	process_identity_return(&own);
	assert_int_equal(try_open(path), 0);
}

static void test_nobody_known(void **state)
{
	struct process_identity identity = {0};
	struct own_identity own = {0};

	(void)state;
	assert_int_equal(process_identity_take(&identity, &own), -EPERM);
	process_identity_return(&own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_status, begin, end),
		cmocka_unit_test_setup_teardown(test_unknown, begin, end),
		cmocka_unit_test_setup_teardown(test_capabilities, begin, end),
		cmocka_unit_test_setup_teardown(test_too_many_groups, begin, end),
		cmocka_unit_test_setup_teardown(test_opens_as, begin, end),
		cmocka_unit_test_setup_teardown(test_weak_root, begin, end),
		cmocka_unit_test(test_nobody_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
