/* Judgement of machines we do not have: what is missing, with which exit code, explained how. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include "check/kernel_check.h"

static struct kernel_facts good_facts(void)
{
	return (struct kernel_facts){
		.release = "6.1.0-56-amd64",
		.major = 6,
		.minor = 1,
		.has_btf = true,
		.has_tracefs = true,
		.has_kprobes = true,
		.is_initial_pid_namespace = true,
		.capabilities = UINT64_MAX,
		.ring_buffer = FACT_YES,
		.raw_tracepoint = FACT_YES,
		.btf_tracepoint = FACT_YES,
		.task_storage = FACT_YES,
		.uprobe_multi = FACT_YES,
		.uprobes = FACT_YES,
		.mapping_events = FACT_YES,
		.fentry = FACT_YES,
	};
}

static enum exit_code sum_of(const struct kernel_facts *facts)
{
	struct check_row rows[MAX_CHECK_ROWS];

	return kernel_check_sum(rows, kernel_check_judge(facts, rows));
}

static enum check_verdict verdict_of(const struct kernel_facts *facts, const char *thing)
{
	struct check_row rows[MAX_CHECK_ROWS];
	size_t count = kernel_check_judge(facts, rows);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].thing, thing) != 0)
			continue;
		assert_int_equal(rows[i].mend == NULL, rows[i].verdict == VERDICT_OK);
		return rows[i].verdict;
	}
	return VERDICT_UNKNOWN;
}

static void test_all_there(void **state)
{
	struct kernel_facts facts = good_facts();
	struct check_row rows[MAX_CHECK_ROWS];
	size_t count = kernel_check_judge(&facts, rows);

	(void)state;
	assert_true(count >= 14 && count <= MAX_CHECK_ROWS);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(rows[i].verdict, VERDICT_OK);
	assert_int_equal(sum_of(&facts), EXIT_CODE_OK);
}

static void test_optional_ones(void **state)
{
	struct kernel_facts facts = good_facts();

	(void)state;
	facts.fentry = facts.task_storage = facts.uprobe_multi = facts.btf_tracepoint = FACT_NO;
	facts.has_kprobes = facts.has_tracefs = facts.is_initial_pid_namespace = false;
	assert_int_equal(sum_of(&facts), EXIT_CODE_OK);
	facts.mapping_events = FACT_NO;
	assert_int_equal(sum_of(&facts), EXIT_CODE_OK);
	assert_int_equal(verdict_of(&facts, "mapping events"), VERDICT_OPTIONAL);
	assert_int_equal(verdict_of(&facts, "fentry"), VERDICT_OPTIONAL);
	assert_int_equal(verdict_of(&facts, "kprobes"), VERDICT_OPTIONAL);
	assert_int_equal(verdict_of(&facts, "host's PID namespace"), VERDICT_OPTIONAL);
	facts.fentry = FACT_UNKNOWN;
	assert_int_equal(verdict_of(&facts, "fentry"), VERDICT_UNKNOWN);
}

static void test_privileges(void **state)
{
	struct kernel_facts facts = good_facts();

	(void)state;
	facts.capabilities = 1ull << CAP_BPF | 1ull << CAP_PERFMON;
	assert_int_equal(sum_of(&facts), EXIT_CODE_OK);
	assert_int_equal(verdict_of(&facts, "CAP_SYS_PTRACE"), VERDICT_OPTIONAL);
	facts.capabilities = 1ull << CAP_SYS_ADMIN;
	assert_int_equal(sum_of(&facts), EXIT_CODE_OK);
	facts.capabilities = 1ull << CAP_BPF;
	facts.bpf_error = -EPERM;
	facts.ring_buffer = FACT_UNKNOWN;
	assert_int_equal(verdict_of(&facts, "CAP_BPF and CAP_PERFMON"), VERDICT_MISSING);
	assert_int_equal(verdict_of(&facts, "ring buffer"), VERDICT_UNKNOWN);
	assert_int_equal(sum_of(&facts), EXIT_CODE_PRIVILEGES);
	facts.has_btf = false;
	assert_int_equal(sum_of(&facts), EXIT_CODE_KERNEL);
}

static void test_kernel(void **state)
{
	struct kernel_facts facts = good_facts();

	(void)state;
	facts.ring_buffer = FACT_NO;
	assert_int_equal(sum_of(&facts), EXIT_CODE_KERNEL);
	facts = good_facts();
	facts.lockdown = LOCKDOWN_CONFIDENTIALITY;
	assert_int_equal(sum_of(&facts), EXIT_CODE_KERNEL);
	facts.lockdown = LOCKDOWN_INTEGRITY;
	assert_int_equal(sum_of(&facts), EXIT_CODE_OK);
	facts.bpf_error = -ENOSYS;
	assert_int_equal(sum_of(&facts), EXIT_CODE_KERNEL);
}

static void test_memlock_only_before_5_11(void **state)
{
	struct kernel_facts facts = good_facts();

	(void)state;
	facts.capabilities = 1ull << CAP_BPF | 1ull << CAP_PERFMON;
	facts.major = 5;
	facts.minor = 10;
	assert_int_equal(verdict_of(&facts, "CAP_SYS_RESOURCE"), VERDICT_MISSING);
	assert_int_equal(sum_of(&facts), EXIT_CODE_PRIVILEGES);
	facts.has_locked_memory = true;
	assert_int_equal(verdict_of(&facts, "CAP_SYS_RESOURCE"), VERDICT_OK);
	facts.has_locked_memory = false;
	facts.minor = 11;
	assert_int_equal(sum_of(&facts), EXIT_CODE_OK);
}

/* Who may not is told no: that is nothing about the kernel. */
static void test_no_without_rights(void **state)
{
	struct kernel_facts facts = good_facts();
	char message[512];

	(void)state;
	facts.raw_tracepoint = FACT_NO;
	assert_int_equal(sum_of(&facts), EXIT_CODE_KERNEL);
	facts.capabilities = 1ull << CAP_BPF;
	assert_int_equal(verdict_of(&facts, "raw tracepoints"), VERDICT_UNKNOWN);
	assert_int_equal(kernel_check_explain(&facts, -EINVAL, message, sizeof(message)),
			 EXIT_CODE_PRIVILEGES);
	assert_non_null(strstr(message, "CAP_BPF and CAP_PERFMON"));
}

static void test_uprobes(void **state)
{
	struct kernel_facts facts = good_facts();

	(void)state;
	facts.uprobes = FACT_NO;
	assert_int_equal(verdict_of(&facts, "uprobes"), VERDICT_OPTIONAL);
	assert_int_equal(sum_of(&facts), EXIT_CODE_OK);
}

static void assert_explained(const struct kernel_facts *facts, int err, enum exit_code code,
			     const char *words)
{
	char message[512];

	assert_int_equal(kernel_check_explain(facts, err, message, sizeof(message)), code);
	if (!strstr(message, words))
		fail_msg("'%s' does not say '%s'", message, words);
	assert_null(strchr(message, '\n'));
}

static void test_explanations(void **state)
{
	struct kernel_facts facts = good_facts();
	char tiny[8];

	(void)state;
	assert_explained(&facts, -EPERM, EXIT_CODE_PRIVILEGES, "seccomp");
	assert_explained(&facts, EPERM, EXIT_CODE_PRIVILEGES, "seccomp");
	assert_explained(&facts, -ENOMEM, EXIT_CODE_FAILURE, "--ring-size");
	assert_explained(&facts, -EINVAL, EXIT_CODE_KERNEL, "6.1.0-56-amd64");
	assert_explained(&facts, -EIO, EXIT_CODE_FAILURE, "Input/output error");
	facts.capabilities = 0;
	assert_explained(&facts, -EPERM, EXIT_CODE_PRIVILEGES, "run as root");
	assert_explained(&facts, -ENOMEM, EXIT_CODE_FAILURE, "--ring-size");
	facts.has_btf = false;
	assert_explained(&facts, -ESRCH, EXIT_CODE_KERNEL, "CONFIG_DEBUG_INFO_BTF");
	assert_int_equal(kernel_check_explain(&facts, -ESRCH, tiny, sizeof(tiny)),
			 EXIT_CODE_KERNEL);
	assert_int_equal(strlen(tiny), sizeof(tiny) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_there),
		cmocka_unit_test(test_optional_ones),
		cmocka_unit_test(test_privileges),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_memlock_only_before_5_11),
		cmocka_unit_test(test_no_without_rights),
		cmocka_unit_test(test_uprobes),
		cmocka_unit_test(test_explanations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
