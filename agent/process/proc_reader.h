/*
 * Reads what /proc says about a process, with a cap on every file. Contents are hostile: a process
 * may write its own command line and environment. Nothing here blocks on the process or changes it.
 */
#ifndef PROCESS_PROC_READER_H
#define PROCESS_PROC_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/view.h"
#include "shared/limits.h"

#define MAX_EXECUTABLE_PATH_BYTES 4096
#define MAX_COMMAND_LINE_BYTES    16384
#define MAX_ENVIRONMENT_BYTES     131072
#define MAX_CGROUP_BYTES          8192

struct proc_reader {
	char root[256];            /* "/proc" but in tests */
	uint64_t ticks_per_second; /* unit of the start time in stat */
};

/* One process as read at one moment; large, meant to be reused. What could not be read is empty. */
struct proc_snapshot {
	uint64_t start_boottime_ns; /* to the clock tick; 0 when not known */
	uint32_t uid;
	bool has_uid;
	bool is_executable_deleted;
	char name[TASK_NAME_BYTES];
	struct view executable_path; /* without " (deleted)" */
	struct view command_line;    /* arguments, each ended by NUL */
	struct view environment;     /* NAME=value, each ended by NUL */
	struct view cgroup;
	char executable_path_bytes[MAX_EXECUTABLE_PATH_BYTES];
	char command_line_bytes[MAX_COMMAND_LINE_BYTES];
	char environment_bytes[MAX_ENVIRONMENT_BYTES];
	char cgroup_bytes[MAX_CGROUP_BYTES];
};

/* -ENAMETOOLONG when root does not fit. */
int proc_reader_init(struct proc_reader *reader, const char *root);

/* -ENOENT (or -ESRCH) when there is no such process; files that may not be read are left empty. */
int proc_reader_snapshot(const struct proc_reader *reader, pid_t pid, struct proc_snapshot *ret);

/* When it began, in nanoseconds since boot, rounded down to the clock tick. */
int proc_reader_start_time(const struct proc_reader *reader, pid_t pid, uint64_t *ret_boottime_ns);

/* Its executable, opened for reading, or -errno. The caller closes it. */
int proc_reader_open_executable(const struct proc_reader *reader, pid_t pid);

/* The same start time to the clock tick, which is all that stat tells? */
bool proc_reader_same_tick(const struct proc_reader *reader, uint64_t a_ns, uint64_t b_ns);

/* One file of /proc/PID, as much as fits; empty when it cannot be read. */
struct view proc_reader_text(const struct proc_reader *reader, pid_t pid, const char *file,
			     char *buffer, size_t size);

/* False: it is gone, or about to be: what it had may be taken from it. A kernel thread lives. */
bool proc_reader_lives(const struct proc_reader *reader, pid_t pid);

/* Its effective user; false when it cannot be read. */
bool proc_reader_uid(const struct proc_reader *reader, pid_t pid, uint32_t *ret_uid);

/* The path of its executable, without " (deleted)"; empty when it cannot be read. */
struct view proc_reader_executable(const struct proc_reader *reader, pid_t pid,
				   char bytes[MAX_EXECUTABLE_PATH_BYTES], bool *ret_is_deleted);

/* At most size bytes of a file into buffer: how many, or -errno. */
ssize_t proc_reader_file(const char *path, char *buffer, size_t size);

#endif
