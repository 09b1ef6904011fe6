/* What is said when nobody, or more than one, is meant; with the processes of this machine. */
#include "cmocka_test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "attach_target.h"
#include "captured_output.h"

static struct captured_output said;
static struct settings settings;

static pid_t start(const char *name)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)prctl(PR_SET_NAME, name);
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

static void stop(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

static enum exit_code find(struct attach_target *target, const char *text)
{
	enum exit_code code;

	settings.attach_target = (char *)text;
	settings.metadata.container_sockets = (char *)"off";
	captured_output_begin(&said, STDERR_FILENO);
	code = attach_target_find(target, &settings);
	(void)captured_output_end(&said);
	return code;
}

static void refuses(const char *text, enum exit_code code, const char *message)
{
	struct attach_target target = {0};

	assert_int_equal(find(&target, text), code);
	assert_string_equal(said.text, message);
	assert_null(target.pids);
}

static void numbers(void **state)
{
	struct attach_target target;
	pid_t pid = start("limpet-\x1blone");
	char text[32], whom[64], message[160];

	(void)state;
	(void)snprintf(text, sizeof(text), "%d", (int)pid);
	(void)snprintf(whom, sizeof(whom), "PID %d (limpet-\\x1blone)", (int)pid);
	assert_int_equal(find(&target, text), EXIT_CODE_OK);
	assert_string_equal(said.text, "");
	assert_int_equal(target.count, 1);
	assert_int_equal(target.pids[0], pid);
	assert_string_equal(target.whom, whom);
	attach_target_done(&target);
	(void)kill(pid, SIGKILL);
	(void)waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT);
	(void)snprintf(message, sizeof(message),
		       "limpet: cannot attach to PID %d: it has ended already and waits for its "
		       "parent; attach to a running process: ps -e\n",
		       (int)pid);
	refuses(text, EXIT_CODE_TARGET, message);
	stop(pid);
	(void)snprintf(message, sizeof(message),
		       "limpet: cannot attach to PID %d: no such process; list processes with: "
		       "ps -e\n",
		       (int)pid);
	refuses(text, EXIT_CODE_TARGET, message);
	refuses("pid:x", EXIT_CODE_SETTINGS,
		"limpet: attach: 'x' is not a process id above 0; list candidates with: ps -e\n");
	refuses("99999999999", EXIT_CODE_SETTINGS,
		"limpet: attach: '99999999999' is not a process id above 0; list candidates with: "
		"ps -e\n");
	(void)snprintf(text, sizeof(text), "%d", (int)getpid());
	(void)snprintf(message, sizeof(message),
		       "limpet: cannot attach to PID %d: that is limpet itself\n", (int)getpid());
	refuses(text, EXIT_CODE_TARGET, message);
}

static void names(void **state)
{
	struct attach_target target;
	pid_t one = start("limpet-tw\x1bins"), other = start("limpet-tw\x1bins");
	char whom[64], message[512];

	(void)state;
	(void)snprintf(message, sizeof(message),
		       "limpet: cannot attach to limpet-tw\\x1bins: 2 processes have that name: "
		       "%d limpet-tw\\x1bins, %d limpet-tw\\x1bins; choose one: limpet attach %d; "
		       "or take them all: limpet attach name:limpet-tw\\x1bins\n",
		       (int)one, (int)other, (int)one);
	refuses("limpet-tw\x1bins", EXIT_CODE_TARGET, message);
	assert_int_equal(find(&target, "name:limpet-tw\x1bins"), EXIT_CODE_OK);
	assert_int_equal(target.count, 2);
	assert_string_equal(target.whom, "limpet-tw\\x1bins");
	attach_target_done(&target);
	stop(other);
	assert_int_equal(find(&target, "limpet-tw\x1bins"), EXIT_CODE_OK);
	(void)snprintf(whom, sizeof(whom), "PID %d (limpet-tw\\x1bins)", (int)one);
	assert_string_equal(target.whom, whom);
	attach_target_done(&target);
	stop(one);
}

static void nobody(void **state)
{
	(void)state;
	refuses("limpet-nobody", EXIT_CODE_TARGET,
		"limpet: cannot attach to limpet-nobody: no process, unit or container of that name "
		"runs; list them with: ps -e, systemctl list-units, docker ps\n");
	refuses("unit:limpet-nobody", EXIT_CODE_TARGET,
		"limpet: cannot attach to limpet-nobody: no process of that unit runs; see: "
		"systemctl status\n");
	refuses("name:limpet-nobody", EXIT_CODE_TARGET,
		"limpet: cannot attach to limpet-nobody: no process of that name runs; list "
		"processes with: ps -e\n");
	refuses("container:limpet-nobody", EXIT_CODE_TARGET,
		"limpet: cannot attach to limpet-nobody: no process of such a container runs here; "
		"list containers with: docker ps, crictl ps\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(names),
		cmocka_unit_test(nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
