/*
 * `limpet run -- CMD`: CMD is traced from its first instruction. It waits, forked and not yet
 * executed, until the kernel side is ready; stdin, stdout, terminal and signals are its own, and
 * its exit code becomes ours.
 */
#include "commands/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/file_limit.h"
#include "base/inherited_signals.h"
#include "base/log.h"
#include "screen_destination.h"
#include "session.h"

#define RELAY_BYTES 16384

/* CMD has no terminal to read from where a screen has it, and writes to the screen. */
static void redirect(int output_fd)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output_fd, STDOUT_FILENO) < 0 ||
	    dup2(output_fd, STDERR_FILENO) < 0)
		_exit(EXIT_CODE_FAILURE);
}

/* In the child, after fork: waits for the word to go, becomes CMD, or tells why not. output_fd: -1:
 * all is its own. */
static void become_command(char **argv, int go_fd, int error_fd, int output_fd)
{
	sigset_t none;
	char byte;
	int err;

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	inherited_signals_restore();
	file_limit_restore();
	if (output_fd >= 0)
		redirect(output_fd);
	if (read(go_fd, &byte, 1) == 1) {
		(void)execvp(argv[0], argv);
		err = errno;
		if (write(error_fd, &err, sizeof(err)) < 0)
			_exit(EXIT_CODE_FAILURE);
	}
	_exit(EXIT_CODE_NOT_FOUND);
}

struct child {
	pid_t pid;
	int go_fd;    /* one byte lets it go */
	int error_fd; /* errno when it could not become CMD; closed when it did */
	bool goes_on; /* without us */
};

static int fork_child(char **argv, int output_fd, struct child *ret)
{
	int go[2], error[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(error, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		(void)close(go[1]);
		become_command(argv, go[0], error[1], output_fd);
	}
	(void)close(go[0]);
	(void)close(error[1]);
	*ret = (struct child){.pid = pid, .go_fd = go[1], .error_fd = error[0]};
	return 0;
}

static int explain_exec(const char *command, int err)
{
	char escaped[512];

	log_escape(view_of_text(command), escaped, sizeof(escaped));
	if (err == ENOENT) {
		log_error("cannot run %s: command not found; check the name or give its path",
			  escaped);
		return EXIT_CODE_NOT_FOUND;
	}
	log_error("cannot run %s: %s; is it an executable file?", escaped, strerror(err));
	return EXIT_CODE_NOT_EXECUTABLE;
}

static int wait_for_child(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_CODE_FAILURE;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Said once: CMD keeps its terminal, and whoever wanted to look on knows how. */
static void say_screen(const struct settings *settings, const char *escaped)
{
	if (screen_destination_is_left_to_command(settings))
		log_info("for the full screen, if %s needs no input: limpet run --plain=off -- "
			 "%s%s",
			 escaped, escaped, settings->command_argv[1] ? " …" : "");
}

/* The child is known to the kernel side: let it go, and follow it. */
static int follow(struct session *session, const struct settings *settings, struct child *child)
{
	const char *command = settings->command_argv[0];
	int err = session_trace(session, child->pid), exec_error = 0;
	enum session_end end;
	char escaped[512];

	log_escape(view_of_text(command), escaped, sizeof(escaped));
	if (err < 0) {
		log_error("cannot trace %s: %s; raise --max-processes", escaped, strerror(-err));
		cleanup_close(&child->go_fd);
		(void)wait_for_child(child->pid);
		return EXIT_CODE_TARGET;
	}
	session_expect_exec(session, child->pid, command);
	session_announce(session, escaped);
	say_screen(settings, escaped);
	if (write(child->go_fd, "", 1) != 1) {
		session_ignore_end(session, child->pid);
		return EXIT_CODE_FAILURE;
	}
	if (read(child->error_fd, &exec_error, sizeof(exec_error)) == sizeof(exec_error)) {
		session_ignore_end(session, child->pid);
		(void)wait_for_child(child->pid);
		return explain_exec(command, exec_error);
	}
	end = session_run(session, true, child->pid);
	if (end == SESSION_DURATION_OVER) {
		log_info("the duration is over; %s goes on untraced", escaped);
		child->goes_on = true;
		return EXIT_CODE_OK;
	}
	return wait_for_child(child->pid);
}

/* CMD goes on, and writes to a pipe that nobody reads any more: the next write would end it. */
static void relay_output(int fd)
{
	char bytes[RELAY_BYTES];
	ssize_t count;

	if (fork() != 0)
		return;
	for (;;) {
		struct pollfd event = {.fd = fd, .events = POLLIN};

		(void)poll(&event, 1, -1);
		count = read(fd, bytes, sizeof(bytes));
		if (count < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (count <= 0)
			_exit(EXIT_CODE_OK);
		for (ssize_t done = 0, written; done < count; done += written) {
			written = write(STDOUT_FILENO, bytes + done, (size_t)(count - done));
			if (written < 0 && errno != EINTR)
				_exit(EXIT_CODE_FAILURE);
			written = written < 0 ? 0 : written;
		}
	}
}

/* -1: CMD keeps its terminal. *ret_read_fd: the other end, for when the screen is gone. */
static int open_output(struct session *session, int *ret_read_fd)
{
	int ends[2];

	if (!session_has_screen(session))
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*ret_read_fd = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
	if (session_show_output(session, ends[0]) < 0)
		cleanup_close(&ends[1]);
	return ends[1];
}

int command_run(const struct settings *settings)
{
	_cleanup_(cleanup_close) int output_fd = -1, read_fd = -1;
	struct session *session;
	struct child child = {0};
	int code = (int)session_new(&session, settings);
	bool is_clean;
	int err;

	if (code != EXIT_CODE_OK)
		return code;
	output_fd = open_output(session, &read_fd);
	err = fork_child(settings->command_argv, output_fd, &child);
	cleanup_close(&output_fd);
	if (err < 0) {
		log_error("cannot fork: %s", strerror(-err));
		code = EXIT_CODE_FAILURE;
	} else {
		code = follow(session, settings, &child);
		cleanup_close(&child.go_fd);
		cleanup_close(&child.error_fd);
	}
	is_clean = session_stop(&session);
	if (child.goes_on && read_fd >= 0)
		relay_output(read_fd);
	if (!is_clean)
		_exit(code);
	return code;
}
