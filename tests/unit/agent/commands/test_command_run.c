/* CMD is a real child here, the session is the test's own: traced before its first instruction, its
 * exit code ours, and what is said when it cannot be. */
#include "commands/commands.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "captured_output.h"
#include "cmocka_test.h"
#include "session.h"

#define SESSION ((struct session *)&fake)

static struct {
	enum exit_code new_code;
	int trace_error;
	bool has_screen, is_open, is_announced;
	enum session_end end;
	int kill_by; /* a signal, while it is followed */
	pid_t traced, expected, ignored, followed;
	char name[64]; /* of what runs while it is traced but not let go */
	int output_fd;
	char shown[64];
} fake;
static struct captured_output said;

enum exit_code session_new(struct session **ret, const struct settings *settings)
{
	assert_non_null(settings);
	if (fake.new_code != EXIT_CODE_OK)
		return fake.new_code;
	fake.is_open = true;
	*ret = SESSION;
	return EXIT_CODE_OK;
}

static void read_name(pid_t pid, char *name, size_t size)
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(name, (int)size, file));
	(void)fclose(file);
}

int session_trace(struct session *session, pid_t tgid)
{
	assert_ptr_equal(session, SESSION);
	assert_false(fake.is_announced);
	fake.traced = tgid;
	return fake.trace_error;
}

void session_expect_exec(struct session *session, pid_t tgid, const char *command)
{
	assert_ptr_equal(session, SESSION);
	assert_int_equal(tgid, fake.traced);
	assert_non_null(command);
	fake.expected = tgid;
}

void session_announce(struct session *session, const char *whom)
{
	assert_ptr_equal(session, SESSION);
	assert_non_null(whom);
	/* It is told that all is ready while CMD has not begun. */
	read_name(fake.traced, fake.name, sizeof(fake.name));
	fake.is_announced = true;
}

void session_ignore_end(struct session *session, pid_t tgid)
{
	assert_ptr_equal(session, SESSION);
	fake.ignored = tgid;
}

bool session_has_screen(const struct session *session)
{
	assert_ptr_equal(session, SESSION);
	return fake.has_screen;
}

int session_show_output(struct session *session, int fd)
{
	assert_ptr_equal(session, SESSION);
	fake.output_fd = fd;
	return 0;
}

enum session_end session_run(struct session *session, bool ends_with_targets, pid_t forward_to)
{
	ssize_t size;

	assert_ptr_equal(session, SESSION);
	assert_true(ends_with_targets);
	assert_true(fake.is_announced);
	fake.followed = forward_to;
	if (fake.kill_by)
		assert_int_equal(kill(forward_to, fake.kill_by), 0);
	/* To its end: nobody but CMD has the other one. */
	while (fake.output_fd >= 0 &&
	       (size = read(fake.output_fd, fake.shown + strlen(fake.shown),
			    sizeof(fake.shown) - 1 - strlen(fake.shown))) > 0)
		;
	return fake.end;
}

bool session_stop(struct session **session)
{
	assert_ptr_equal(*session, SESSION);
	fake.is_open = false;
	*session = NULL;
	return true;
}

static int begin(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.end = SESSION_TARGET_GONE;
	fake.output_fd = -1;
	return 0;
}

static int run(const char *first, const char *second, const char *third)
{
	char *argv[] = {(char *)(uintptr_t)first, (char *)(uintptr_t)second,
			(char *)(uintptr_t)third, NULL};
	struct settings settings = {.command = COMMAND_RUN, .command_argv = argv};
	int code;

	fake.is_announced = false;
	captured_output_begin(&said, STDERR_FILENO);
	code = command_run(&settings);
	(void)captured_output_end(&said);
	assert_false(fake.is_open);
	return code;
}

static void its_exit_code_is_ours(void **state)
{
	char own[64];

	(void)state;
	assert_int_equal(run("sh", "-c", "exit 7"), 7);
	assert_string_equal(said.text, "");
	assert_true(fake.traced > 0);
	assert_int_equal(fake.expected, fake.traced);
	assert_int_equal(fake.followed, fake.traced);
	assert_int_equal(fake.ignored, 0);
	read_name(getpid(), own, sizeof(own));
	assert_string_equal(fake.name, own); /* it was not "sh" yet */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(run("true", NULL, NULL), 0);
}

static void one_that_is_killed(void **state)
{
	(void)state;
	fake.kill_by = SIGTERM;
	assert_int_equal(run("sleep", "60", NULL), 128 + SIGTERM);
	fake.kill_by = 0;
	assert_int_equal(run("sh", "-c", "kill -KILL $$"), 128 + SIGKILL);
}

static void what_cannot_be_run(void **state)
{
	(void)state;
	assert_int_equal(run("no-such-command-\x1b[31m", NULL, NULL), EXIT_CODE_NOT_FOUND);
	assert_string_equal(said.text, "limpet: cannot run no-such-command-\\x1b[31m: command not "
				       "found; check the name or give its path\n");
	assert_int_equal(fake.ignored, fake.traced);
	assert_int_equal(fake.followed, 0);
	assert_int_equal(run("/etc/passwd", NULL, NULL), EXIT_CODE_NOT_EXECUTABLE);
	assert_string_equal(said.text,
			    "limpet: cannot run /etc/passwd: Permission denied; is it an "
			    "executable file?\n");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Untraced it does not run at all. */
static void what_cannot_be_traced(void **state)
{
	char path[] = "/tmp/limpet-command-run-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(path));
	fake.trace_error = -ENOSPC;
	assert_int_equal(run("rmdir", path, NULL), EXIT_CODE_TARGET);
	assert_string_equal(said.text, "limpet: cannot trace rmdir: No space left on device; raise "
				       "--max-processes\n");
	assert_false(fake.is_announced);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(rmdir(path), 0);
	fake.new_code = EXIT_CODE_PRIVILEGES;
	fake.traced = 0;
	assert_int_equal(run("true", NULL, NULL), EXIT_CODE_PRIVILEGES);
	assert_int_equal(fake.traced, 0);
}

static void the_duration_is_over(void **state)
{
	(void)state;
	fake.end = SESSION_DURATION_OVER;
	assert_int_equal(run("sleep", "60", NULL), EXIT_CODE_OK);
	assert_string_equal(said.text, "limpet: the duration is over; sleep goes on untraced\n");
	assert_int_equal(waitpid(fake.traced, NULL, WNOHANG), 0); /* it lives */
	assert_int_equal(kill(fake.traced, SIGKILL), 0);
	assert_int_equal(waitpid(fake.traced, NULL, 0), fake.traced);
}

/* What it prints goes there, and it has nothing to read from. */
static void behind_a_screen(void **state)
{
	int own = dup(STDIN_FILENO), keyboard[2];

	(void)state;
	assert_true(own >= 0);
	assert_int_equal(pipe(keyboard), 0);
	assert_int_equal(write(keyboard[1], "typed\n", 6), 6);
	assert_int_equal(dup2(keyboard[0], STDIN_FILENO), STDIN_FILENO);
	fake.has_screen = true;
	assert_int_equal(run("sh", "-c", "read line || echo nobody; echo error >&2"), 0);
	assert_int_equal(dup2(own, STDIN_FILENO), STDIN_FILENO);
	(void)close(own);
	(void)close(keyboard[0]);
	(void)close(keyboard[1]);
	assert_string_equal(fake.shown, "nobody\nerror\n");
	assert_string_equal(said.text, "");
	(void)close(fake.output_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(its_exit_code_is_ours, begin),
		cmocka_unit_test_setup(one_that_is_killed, begin),
		cmocka_unit_test_setup(what_cannot_be_run, begin),
		cmocka_unit_test_setup(what_cannot_be_traced, begin),
		cmocka_unit_test_setup(the_duration_is_over, begin),
		cmocka_unit_test_setup(behind_a_screen, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
