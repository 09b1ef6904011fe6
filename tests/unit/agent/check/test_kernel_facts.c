/* Facts from a made-up root, and a probe of this kernel that may say anything but must leave
 * nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <linux/capability.h>
#include "check/kernel_facts.h"
#include "fake_proc.h"

static void make_folder(const struct fake_proc *fake, const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", fake->root, path);
	assert_int_equal(mkdir(full, 0755), 0);
}

static void test_files(void **state)
{
	struct kernel_facts facts;
	struct fake_proc fake;
	char path[256];

	(void)state;
	fake_proc_begin(&fake);
	kernel_facts_read(&facts, fake.root);
	assert_false(facts.has_btf);
	assert_false(facts.has_tracefs);
	assert_false(facts.has_kprobes);
	assert_false(facts.is_initial_pid_namespace);
	assert_int_equal(facts.lockdown, LOCKDOWN_NONE);
	assert_int_equal(facts.capabilities, 0);
	assert_int_equal(facts.fentry, FACT_UNKNOWN);
	assert_true(facts.major >= 5);
	make_folder(&fake, "sys");
	make_folder(&fake, "sys/kernel");
	make_folder(&fake, "sys/kernel/btf");
	make_folder(&fake, "sys/kernel/security");
	make_folder(&fake, "proc/self");
	make_folder(&fake, "proc/self/ns");
	fake_proc_write(&fake, "sys/kernel/btf/vmlinux", "x", 1);
	fake_proc_write(&fake, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n",
			33);
	fake_proc_write(&fake, "proc/self/status", "Name:\tx\nCapEff:\t000001c000080000\n", 33);
	snprintf(path, sizeof(path), "%s/proc/self/ns/pid", fake.root);
	assert_int_equal(symlink("pid:[4026531836]", path), 0);
	kernel_facts_read(&facts, fake.root);
	assert_true(facts.has_btf);
	assert_int_equal(facts.lockdown, LOCKDOWN_INTEGRITY);
	assert_int_equal(facts.capabilities, 0x1c000080000);
	assert_true(kernel_facts_has_capability(&facts, CAP_SYS_PTRACE));
	assert_true(kernel_facts_has_capability(&facts, CAP_BPF));
	assert_false(kernel_facts_has_capability(&facts, CAP_SYS_ADMIN));
	assert_true(facts.is_initial_pid_namespace);
	fake_proc_write(&fake, "sys/kernel/security/lockdown", "none integrity [confidentiality]\n",
			33);
	kernel_facts_read(&facts, fake.root);
	assert_int_equal(facts.lockdown, LOCKDOWN_CONFIDENTIALITY);
	fake_proc_end(&fake);
}

static int count_open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void test_probe_leaves_nothing_open(void **state)
{
	struct kernel_facts facts;
	int before = count_open_files();

	(void)state;
	kernel_facts_read(&facts, "");
	kernel_facts_probe(&facts);
	assert_int_equal(count_open_files(), before);
	if (facts.bpf_error == 0)
		assert_int_not_equal(facts.ring_buffer, FACT_UNKNOWN);
	else
		assert_int_equal(facts.ring_buffer, FACT_UNKNOWN);
	assert_int_not_equal(facts.fentry, FACT_YES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_probe_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
