/* Reading /proc/PID: one open, bounded reads, close; parsing that accepts anything. */
#include "process/proc_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/cleanup.h"

#define MAX_STAT_BYTES   1024
#define MAX_STATUS_BYTES 4096
#define START_TIME_FIELD 22 /* proc(5), counted from 1 */

int proc_reader_init(struct proc_reader *reader, const char *root)
{
	long ticks = sysconf(_SC_CLK_TCK);

	if (strlen(root) >= sizeof(reader->root))
		return -ENAMETOOLONG;
	strcpy(reader->root, root);
	reader->ticks_per_second = ticks > 0 ? (uint64_t)ticks : 100;
	return 0;
}

static void format_path(const struct proc_reader *reader, pid_t pid, const char *file,
			char ret_path[320])
{
	(void)snprintf(ret_path, 320, "%s/%d/%s", reader->root, (int)pid, file);
}

ssize_t proc_reader_file(const char *path, char *buffer, size_t size)
{
	_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t used = 0;

	if (fd < 0)
		return -errno;
	while (used < size) {
		ssize_t part = read(fd, buffer + used, size - used);

		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return -errno;
		if (part == 0)
			break;
		used += (size_t)part;
	}
	return (ssize_t)used;
}

struct view proc_reader_text(const struct proc_reader *reader, pid_t pid, const char *file,
			     char *buffer, size_t size)
{
	char path[320];
	ssize_t count;

	format_path(reader, pid, file, path);
	count = proc_reader_file(path, buffer, size);
	return view_of(buffer, count > 0 ? (size_t)count : 0);
}

/* "PID (NAME) S PPID …": the name may hold anything, so fields are counted from the last ')'. */
static int parse_stat(const struct proc_reader *reader, struct view stat, char *ret_name,
		      uint64_t *ret_start_ns)
{
	ssize_t open_at = view_find_byte(stat, '(');
	const char *close_at = stat.size ? memrchr(stat.bytes, ')', stat.size) : NULL;
	struct view rest, token = {0};
	uint64_t ticks;
	size_t length;

	if (open_at < 0 || !close_at || close_at < stat.bytes + open_at)
		return -EINVAL;
	length = (size_t)(close_at - stat.bytes) - (size_t)open_at - 1;
	rest = view_skip(stat, (size_t)(close_at - stat.bytes) + 2);
	for (int field = 3; field <= START_TIME_FIELD; field++)
		if (!view_next_token(&rest, ' ', &token))
			return -EINVAL;
	if (view_parse_u64(token, &ticks) < 0)
		return -EINVAL;
	if (ret_name) {
		if (length >= TASK_NAME_BYTES)
			length = TASK_NAME_BYTES - 1;
		memset(ret_name, 0, TASK_NAME_BYTES);
		memcpy(ret_name, stat.bytes + open_at + 1, length);
	}
	*ret_start_ns = ticks * (NS_PER_S / reader->ticks_per_second);
	return 0;
}

static int read_stat(const struct proc_reader *reader, pid_t pid, char *ret_name,
		     uint64_t *ret_start_ns)
{
	char path[320], buffer[MAX_STAT_BYTES];
	ssize_t count;

	format_path(reader, pid, "stat", path);
	count = proc_reader_file(path, buffer, sizeof(buffer));
	if (count < 0)
		return (int)count;
	return parse_stat(reader, view_of(buffer, (size_t)count), ret_name, ret_start_ns);
}

int proc_reader_start_time(const struct proc_reader *reader, pid_t pid, uint64_t *ret_boottime_ns)
{
	return read_stat(reader, pid, NULL, ret_boottime_ns);
}

bool proc_reader_same_tick(const struct proc_reader *reader, uint64_t a_ns, uint64_t b_ns)
{
	uint64_t tick_ns = NS_PER_S / reader->ticks_per_second;

	return a_ns / tick_ns == b_ns / tick_ns;
}

#define FLAGS_FIELD 9 /* proc(5) */
#define PF_EXITING  4 /* include/linux/sched.h */

bool proc_reader_lives(const struct proc_reader *reader, pid_t pid)
{
	char buffer[MAX_STAT_BYTES];
	struct view stat = proc_reader_text(reader, pid, "stat", buffer, sizeof(buffer)), token;
	const char *close_at = stat.size ? memrchr(stat.bytes, ')', stat.size) : NULL;
	uint64_t flags;

	if (!close_at)
		return false;
	stat = view_skip(stat, (size_t)(close_at - stat.bytes) + 2);
	for (int field = 3; field <= FLAGS_FIELD; field++)
		if (!view_next_token(&stat, ' ', &token))
			return false;
	return view_parse_u64(token, &flags) == 0 && !(flags & PF_EXITING);
}

/* The effective user: the second number of "Uid:". */
bool proc_reader_uid(const struct proc_reader *reader, pid_t pid, uint32_t *ret_uid)
{
	char buffer[MAX_STATUS_BYTES];
	struct view rest = proc_reader_text(reader, pid, "status", buffer, sizeof(buffer)), line,
		    token;
	uint64_t uid;

	while (view_next_token(&rest, '\n', &line)) {
		if (!view_starts_with(line, VIEW_LITERAL("Uid:\t")))
			continue;
		line = view_skip(line, 5);
		if (view_next_token(&line, '\t', &token) && view_next_token(&line, '\t', &token) &&
		    view_parse_u64(token, &uid) == 0 && uid <= UINT32_MAX) {
			*ret_uid = (uint32_t)uid;
			return true;
		}
		return false;
	}
	return false;
}

struct view proc_reader_executable(const struct proc_reader *reader, pid_t pid,
				   char bytes[MAX_EXECUTABLE_PATH_BYTES], bool *ret_is_deleted)
{
	static const struct view deleted = VIEW_LITERAL(" (deleted)");
	struct view executable;
	char path[320];
	ssize_t count;

	format_path(reader, pid, "exe", path);
	count = readlink(path, bytes, MAX_EXECUTABLE_PATH_BYTES);
	executable = view_of(bytes, count > 0 ? (size_t)count : 0);
	*ret_is_deleted = view_ends_with(executable, deleted);
	if (*ret_is_deleted)
		executable.size -= deleted.size;
	return executable;
}

int proc_reader_snapshot(const struct proc_reader *reader, pid_t pid, struct proc_snapshot *ret)
{
	char name[TASK_NAME_BYTES];
	uint64_t start_ns;
	int err = read_stat(reader, pid, name, &start_ns);

	if (err < 0)
		return err;
	memcpy(ret->name, name, sizeof(name));
	ret->start_boottime_ns = start_ns;
	ret->uid = 0;
	ret->has_uid = proc_reader_uid(reader, pid, &ret->uid);
	ret->executable_path = proc_reader_executable(reader, pid, ret->executable_path_bytes,
						      &ret->is_executable_deleted);
	ret->command_line = proc_reader_text(reader, pid, "cmdline", ret->command_line_bytes,
					     sizeof(ret->command_line_bytes));
	ret->environment = proc_reader_text(reader, pid, "environ", ret->environment_bytes,
					    sizeof(ret->environment_bytes));
	ret->cgroup = proc_reader_text(reader, pid, "cgroup", ret->cgroup_bytes,
				       sizeof(ret->cgroup_bytes));
	return 0;
}

int proc_reader_open_executable(const struct proc_reader *reader, pid_t pid)
{
	char path[320];
	int fd;

	format_path(reader, pid, "exe", path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}
