/*
 * `limpet attach PID`: a process that runs already, and all its children, those there are and those
 * to come. Nothing of them is stopped or changed.
 */
#include "commands/commands.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "process/process_state.h"
#include "session.h"

#define MAX_DESCENT 64 /* generations; also the bound on rounds of looking for children */

static void cleanup_closedir(DIR **directory)
{
	if (*directory)
		(void)closedir(*directory);
}

/* A number from /proc/PID/status ("PPid:", "Tgid:"), -1 when it is not there. */
static pid_t read_status(pid_t pid, const char *field)
{
	_cleanup_(cleanup_fclose) FILE *file = NULL;
	char path[64], line[256];
	int value;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, field, strlen(field)) == 0 &&
		    sscanf(line + strlen(field), "%d", &value) == 1)
			return value;
	return -1;
}

static int explain_missing(pid_t pid)
{
	pid_t tgid = read_status(pid, "Tgid:");

	if (tgid > 0 && tgid != pid) {
		log_error("cannot attach to PID %d: it is a thread of process %d; attach to %d",
			  (int)pid, (int)tgid, (int)tgid);
		return EXIT_CODE_TARGET;
	}
	if (tgid == pid && pid != getpid()) {
		if (!process_state_is_dead(pid))
			return EXIT_CODE_OK;
		log_error("cannot attach to PID %d: it has ended already and waits for its parent; "
			  "attach to a running process: ps -e",
			  (int)pid);
		return EXIT_CODE_TARGET;
	}
	if (pid == getpid())
		log_error("cannot attach to PID %d: that is limpet itself", (int)pid);
	else
		log_error("cannot attach to PID %d: no such process; list processes with: ps -e",
			  (int)pid);
	return EXIT_CODE_TARGET;
}

struct pid_set {
	pid_t *pids;
	size_t count, capacity;
};

static bool contains(const struct pid_set *set, pid_t pid)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->pids[i] == pid)
			return true;
	return false;
}

/* A process is traced before its children are looked for: those it forks meanwhile come by
 * themselves. */
static int add(struct session *session, struct pid_set *set, pid_t pid)
{
	int err = session_trace(session, pid);

	if (err < 0)
		return err;
	if (set->count == set->capacity) {
		size_t capacity = set->capacity ? set->capacity * 2 : 64;
		pid_t *pids = realloc(set->pids, capacity * sizeof(*pids));

		if (!pids)
			return -ENOMEM;
		set->pids = pids;
		set->capacity = capacity;
	}
	set->pids[set->count++] = pid;
	return 0;
}

/* One round over /proc: every process whose parent is in the set. Returns how many were new, or
 * -errno. */
static int add_children(struct session *session, struct pid_set *set)
{
	_cleanup_(cleanup_closedir) DIR *directory = opendir("/proc");
	struct dirent *entry;
	int found = 0;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		int err;

		if (pid <= 0 || pid == getpid() || contains(set, pid) ||
		    !contains(set, read_status(pid, "PPid:")))
			continue;
		err = add(session, set, pid);
		if (err < 0)
			return err;
		found++;
	}
	return found;
}

static int trace_family(struct session *session, pid_t pid)
{
	struct pid_set set = {0};
	char whom[64];
	int err = add(session, &set, pid);

	for (int round = 0; err == 0 && round < MAX_DESCENT; round++) {
		int found = add_children(session, &set);

		if (found <= 0) {
			err = found;
			break;
		}
	}
	if (err == 0) {
		if (set.count > 1)
			(void)snprintf(whom, sizeof(whom), "PID %d and %zu children", (int)pid,
				       set.count - 1);
		else
			(void)snprintf(whom, sizeof(whom), "PID %d", (int)pid);
		session_announce(session, whom);
	}
	free(set.pids);
	return err;
}

int command_attach(const struct settings *settings)
{
	pid_t pid = settings->attach_pid;
	struct session *session;
	int code = explain_missing(pid), err;

	if (code == EXIT_CODE_OK)
		code = (int)session_new(&session, settings);
	if (code != EXIT_CODE_OK)
		return code;
	err = trace_family(session, pid);
	if (err < 0) {
		log_error("cannot attach to PID %d: %s%s", (int)pid, strerror(-err),
			  err == -ENOSPC ? "; raise --max-processes" : "");
		code = EXIT_CODE_TARGET;
	} else if (session_run(session, true, 0) == SESSION_TARGET_GONE) {
		log_info("PID %d has ended", (int)pid);
	}
	if (!session_stop(&session))
		_exit(code);
	return code;
}
