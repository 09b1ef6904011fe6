/*
 * `limpet attach`: processes that run already, and all their children, those there are and those to
 * come. Nothing of them is stopped or changed.
 */
#include "commands/commands.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "attach_report.h"
#include "attach_target.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
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

static void name_whom(const struct attach_target *target, const struct pid_set *set, char *whom,
		      size_t size)
{
	size_t more = set->count - target->count;

	if (target->count > 1 || target->is_group)
		(void)snprintf(whom, size, "%s: %zu %s", target->whom, set->count,
			       set->count == 1 ? "process" : "processes");
	else if (more)
		(void)snprintf(whom, size, "%s and %zu %s", target->whom, more,
			       more == 1 ? "child" : "children");
	else
		(void)snprintf(whom, size, "%s", target->whom);
}

/* All of them are traced: says whom, and what can be seen of them. */
static void announce(struct session *session, const struct settings *settings,
		     const struct attach_target *target, const struct pid_set *set,
		     uint64_t begin_ns)
{
	struct attach_report_settings report = {
		.proc_root = "/proc",
		.pids = set->pids,
		.count = (uint32_t)set->count,
		.has_tls = settings->capture.tls != TLS_OFF && settings->crash.enabled &&
			   !settings->capture.has_no_spans,
		.wants_symbols = settings->crash.enabled,
		.has_profile = settings->profile.frequency_hz > 0,
		.elapsed_ns = clock_monotonic_ns() - begin_ns,
	};
	char whom[ATTACH_WHOM_BYTES + 64];

	name_whom(target, set, whom, sizeof(whom));
	session_announce(session, whom);
	if (log_is_enabled(LOG_LEVEL_INFO))
		attach_report_say(&report);
}

/* How many generations there are nobody knows before they are looked at. */
static int trace_family(struct session *session, const struct attach_target *target,
			struct pid_set *set)
{
	int err = 0, found = 1;

	for (uint32_t i = 0; err == 0 && i < target->count; i++)
		err = add(session, set, target->pids[i]);
	for (int round = 0; err == 0 && found > 0 && round < MAX_DESCENT; round++)
		found = add_children(session, set);
	return err < 0 || found >= 0 ? err : found;
}

/* How the session ended, or SESSION_FAILED when nobody could be attached to, which was said. */
static enum session_end follow(struct session *session, const struct settings *settings,
			       const struct attach_target *target, uint64_t begin_ns)
{
	struct pid_set set = {0};
	int err = trace_family(session, target, &set);

	if (err == 0)
		announce(session, settings, target, &set, begin_ns);
	else
		log_error("cannot attach to %s: %s%s", target->whom, strerror(-err),
			  err == -ENOSPC ? "; raise --max-processes" : "");
	free(set.pids);
	return err < 0 ? SESSION_FAILED : session_run(session, true, 0);
}

int command_attach(const struct settings *settings)
{
	_cleanup_(attach_target_done) struct attach_target target = {0};
	uint64_t begin_ns = clock_monotonic_ns();
	struct session *session;
	enum session_end end;
	int code = (int)attach_target_find(&target, settings);

	if (code == EXIT_CODE_OK)
		code = (int)session_new(&session, settings);
	if (code != EXIT_CODE_OK)
		return code;
	end = follow(session, settings, &target, begin_ns);
	if (end == SESSION_FAILED)
		code = EXIT_CODE_TARGET;
	else if (end == SESSION_TARGET_GONE)
		log_info("%s %s ended", target.whom,
			 target.count == 1 || target.is_group ? "has" : "have");
	if (!session_stop(&session))
		_exit(code);
	if (end == SESSION_INTERRUPTED || end == SESSION_DURATION_OVER)
		log_info("detached from %s after %.1f s", target.whom,
			 (double)(clock_monotonic_ns() - begin_ns) / (double)NS_PER_S);
	return code;
}
