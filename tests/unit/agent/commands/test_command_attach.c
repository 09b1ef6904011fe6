/*
 * Who is traced: those that were asked for and all their descendants, real processes here; what is
 * said of them, and how it ends. The session is the test's own, and so is the search.
 */
#include "commands/commands.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "attach_report.h"
#include "attach_target.h"
#include "base/log.h"
#include "captured_output.h"
#include "cmocka_test.h"
#include "session.h"

#define SESSION     ((struct session *)&fake)
#define GENERATIONS 3

static struct {
	enum exit_code find_code, new_code;
	int trace_error;
	pid_t refused; /* whom it is about; 0: everybody */
	enum session_end end;
	bool is_open, is_found;
	pid_t targets[2];
	uint32_t targets_count;
	pid_t traced[64];
	uint32_t traced_count;
	char whom[512];
	struct attach_report_settings report;
	uint32_t reports;
} fake;
static struct captured_output said;
static pid_t family[GENERATIONS]; /* each the child of the one before */
static int hold_fd = -1;          /* closed: they end */

enum exit_code attach_target_find(struct attach_target *ret, const struct settings *settings)
{
	assert_non_null(settings);
	if (fake.find_code != EXIT_CODE_OK)
		return fake.find_code;
	fake.is_found = true;
	*ret = (struct attach_target){.pids = fake.targets, .count = fake.targets_count};
	(void)snprintf(ret->whom, sizeof(ret->whom), "%s", "shop");
	return EXIT_CODE_OK;
}

void attach_target_done(struct attach_target *target)
{
	target->pids = NULL;
	fake.is_found = false;
}

void attach_report_say(const struct attach_report_settings *settings)
{
	fake.report = *settings;
	fake.reports++;
	assert_int_equal(settings->count, fake.traced_count);
	assert_memory_equal(settings->pids, fake.traced, settings->count * sizeof(pid_t));
}

enum exit_code session_new(struct session **ret, const struct settings *settings)
{
	assert_non_null(settings);
	if (fake.new_code != EXIT_CODE_OK)
		return fake.new_code;
	fake.is_open = true;
	*ret = SESSION;
	return EXIT_CODE_OK;
}

int session_trace(struct session *session, pid_t tgid)
{
	assert_ptr_equal(session, SESSION);
	if (fake.trace_error && (!fake.refused || fake.refused == tgid))
		return fake.trace_error;
	fake.traced[fake.traced_count++] = tgid;
	return 0;
}

void session_announce(struct session *session, const char *whom)
{
	assert_ptr_equal(session, SESSION);
	(void)snprintf(fake.whom, sizeof(fake.whom), "%s", whom);
}

enum session_end session_run(struct session *session, bool ends_with_targets, pid_t forward_to)
{
	assert_ptr_equal(session, SESSION);
	assert_true(ends_with_targets);
	assert_int_equal(forward_to, 0);
	return fake.end;
}

bool session_stop(struct session **session)
{
	assert_ptr_equal(*session, SESSION);
	fake.is_open = false;
	*session = NULL;
	return true;
}

/* A process, which has a child, which has a child. Each waits for the word to end. */
static void beget(int tell_fd, int end_fd)
{
	bool is_last = false;
	char byte;

	for (int i = 0; i < GENERATIONS && !is_last; i++) {
		pid_t pid = getpid();

		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (write(tell_fd, &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
		is_last = i + 1 == GENERATIONS || fork() != 0;
	}
	(void)!read(end_fd, &byte, 1);
	_exit(0);
}

static int begin(void **state)
{
	int tell[2], hold[2];

	(void)state;
	memset(&fake, 0, sizeof(fake));
	log_set_level(LOG_LEVEL_INFO);
	if (pipe(tell) < 0 || pipe(hold) < 0)
		return -1;
	if (fork() == 0) {
		(void)close(hold[1]);
		beget(tell[1], hold[0]);
	}
	for (int i = 0; i < GENERATIONS; i++)
		assert_int_equal(read(tell[0], &family[i], sizeof(pid_t)), sizeof(pid_t));
	(void)close(tell[0]);
	(void)close(tell[1]);
	(void)close(hold[0]);
	hold_fd = hold[1];
	fake.targets[0] = family[0];
	fake.targets_count = 1;
	fake.end = SESSION_TARGET_GONE;
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)close(hold_fd);
	assert_int_equal(waitpid(family[0], NULL, 0), family[0]);
	return 0;
}

static int attach(const struct settings *settings)
{
	int code;

	captured_output_begin(&said, STDERR_FILENO);
	code = command_attach(settings);
	(void)captured_output_end(&said);
	assert_false(fake.is_open);
	assert_false(fake.is_found);
	return code;
}

static void a_family(void **state)
{
	struct settings settings = {.command = COMMAND_ATTACH};

	(void)state;
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_int_equal(fake.traced_count, GENERATIONS);
	for (int i = 0; i < GENERATIONS; i++)
		assert_int_equal(fake.traced[i], family[i]); /* parents before their children */
	assert_string_equal(fake.whom, "shop and 2 children");
	assert_string_equal(said.text, "limpet: shop has ended\n");
	assert_int_equal(fake.reports, 1);
	assert_string_equal(fake.report.proc_root, "/proc");
	assert_false(fake.report.wants_symbols || fake.report.has_tls || fake.report.has_profile);
}

static void by_name_and_number(void **state)
{
	struct settings settings = {.command = COMMAND_ATTACH};

	(void)state;
	fake.targets[0] = family[2];
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_string_equal(fake.whom, "shop");
	fake.traced_count = 0;
	fake.targets[0] = family[1];
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_string_equal(fake.whom, "shop and 1 child");
	/* One of them is the other's child: once is enough. */
	fake.traced_count = 0;
	fake.targets[0] = family[0];
	fake.targets[1] = family[1];
	fake.targets_count = 2;
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_int_equal(fake.traced_count, GENERATIONS);
	assert_string_equal(fake.whom, "shop: 3 processes");
	assert_string_equal(said.text, "limpet: shop have ended\n");
}

static void what_can_be_seen(void **state)
{
	struct settings settings = {
		.command = COMMAND_ATTACH,
		.crash.enabled = true,
		.capture.tls = TLS_AUTO,
		.profile.frequency_hz = 99,
	};

	(void)state;
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_true(fake.report.wants_symbols && fake.report.has_tls && fake.report.has_profile);
	settings.capture.has_no_spans = true;
	fake.traced_count = 0;
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_false(fake.report.has_tls);
	/* Nobody listens. */
	log_set_level(LOG_LEVEL_WARNING);
	fake.traced_count = 0;
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_int_equal(fake.reports, 2);
	assert_string_equal(said.text, "");
}

static void assert_detached(void)
{
	static const char *const words = "limpet: detached from shop after ";

	assert_memory_equal(said.text, words, strlen(words));
	assert_string_equal(said.text + strlen(said.text) - 3, " s\n");
}

static void how_it_ends(void **state)
{
	struct settings settings = {.command = COMMAND_ATTACH};

	(void)state;
	fake.end = SESSION_INTERRUPTED;
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_detached();
	fake.end = SESSION_DURATION_OVER;
	fake.traced_count = 0;
	assert_int_equal(attach(&settings), EXIT_CODE_OK);
	assert_detached();
}

static void what_cannot_be(void **state)
{
	struct settings settings = {.command = COMMAND_ATTACH};

	(void)state;
	fake.trace_error = -ESRCH;
	assert_int_equal(attach(&settings), EXIT_CODE_TARGET);
	assert_string_equal(said.text, "limpet: cannot attach to shop: No such process\n");
	assert_string_equal(fake.whom, "");
	fake.trace_error = -ENOSPC;
	fake.refused = family[2]; /* too many children are no partial success */
	assert_int_equal(attach(&settings), EXIT_CODE_TARGET);
	assert_string_equal(said.text, "limpet: cannot attach to shop: No space left on device; "
				       "raise --max-processes\n");
	assert_string_equal(fake.whom, "");
	fake.new_code = EXIT_CODE_PRIVILEGES;
	assert_int_equal(attach(&settings), EXIT_CODE_PRIVILEGES);
	fake.find_code = EXIT_CODE_TARGET;
	assert_int_equal(attach(&settings), EXIT_CODE_TARGET);
	assert_string_equal(said.text, "");
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		one_test(a_family),    one_test(by_name_and_number), one_test(what_can_be_seen),
		one_test(how_it_ends), one_test(what_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
