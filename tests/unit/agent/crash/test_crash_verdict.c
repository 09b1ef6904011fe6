/* Every way a process can end. */
#include "crash/crash_verdict.h"

#include <signal.h>
#include "cmocka_test.h"

#define CORE 0x80

static struct raw_crash raw;

static enum raw_verdict verdict(uint32_t exit_code)
{
	raw.death.exit_code = exit_code;
	return crash_verdict_of(&raw);
}

static int begin(void **state)
{
	(void)state;
	memset(&raw, 0, sizeof(raw));
	return 0;
}

static void nothing_was_captured(void **state)
{
	(void)state;
	assert_int_equal(verdict(0), RAW_ENDED_WELL);
	assert_int_equal(verdict(1 << 8), RAW_EXITED);
	assert_int_equal(verdict(255 << 8), RAW_EXITED);
	assert_int_equal(verdict(SIGPIPE), RAW_SIGNALLED);
	/* Nobody dies of these by being asked to. */
	assert_int_equal(verdict(SIGSEGV | CORE), RAW_CRASHED);
	assert_int_equal(verdict(SIGSYS), RAW_CRASHED);
	assert_int_equal(verdict(SIGXFSZ), RAW_CRASHED);
	assert_int_equal(verdict(SIGTERM), RAW_SIGNALLED);
	assert_int_equal(verdict(SIGKILL), RAW_KILLED);
}

static void a_fatal_signal(void **state)
{
	(void)state;
	raw.fatal_ns = 1;
	raw.threads_count = 1;
	assert_int_equal(verdict(SIGSEGV), RAW_CRASHED);
	assert_int_equal(verdict(SIGSEGV | CORE), RAW_CRASHED);
	/* Killed while it died, by whomever. */
	raw.death.is_oom = 1;
	raw.has_sender = true;
	raw.sender.signal = SIGKILL;
	assert_int_equal(verdict(SIGKILL), RAW_CRASHED);
	/* It survived that. */
	assert_int_equal(verdict(0), RAW_ENDED_WELL);
	assert_int_equal(verdict(2 << 8), RAW_EXITED);
}

static void a_fault_in_handling(void **state)
{
	(void)state;
	raw.threads_count = 1;
	assert_int_equal(verdict(1 << 8), RAW_FAULTED);
	assert_int_equal(verdict(0), RAW_ENDED_WELL);
	assert_int_equal(verdict(SIGKILL), RAW_KILLED);
}

static void senders(void **state)
{
	(void)state;
	raw.has_sender = true;
	raw.sender.signal = SIGTERM;
	assert_int_equal(verdict(SIGTERM), RAW_KILLED);
	/* Sent one, died of another. */
	assert_int_equal(verdict(SIGPIPE), RAW_SIGNALLED);
	/* Sent, caught, and a proper end. */
	assert_int_equal(verdict(0), RAW_ENDED_WELL);
	assert_int_equal(verdict(3 << 8), RAW_EXITED);
}

static void out_of_memory(void **state)
{
	(void)state;
	raw.death.is_oom = 1;
	assert_int_equal(verdict(SIGKILL), RAW_OOM_KILLED);
	assert_int_equal(verdict(1 << 8), RAW_EXITED);
	raw.death.is_oom = 0;
	raw.has_sender = true;
	raw.sender.is_oom = 1;
	assert_int_equal(verdict(SIGKILL), RAW_OOM_KILLED);
	assert_int_equal(verdict(SIGPIPE), RAW_SIGNALLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_was_captured, begin),
		cmocka_unit_test_setup(a_fatal_signal, begin),
		cmocka_unit_test_setup(a_fault_in_handling, begin),
		cmocka_unit_test_setup(senders, begin),
		cmocka_unit_test_setup(out_of_memory, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
