/* Opened without following a link at its end, looked at, and refused unless a plain file of the
 * right user. */
#include "process/perf_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "process/elf_notes.h"
#include "process/image_file.h"
#include "process/proc_reader.h"

#define MAX_STATUS_BYTES 4096

static int parse_last_number(struct view line, uint64_t *ret)
{
	struct view token, last = {0};

	while (view_next_token(&line, '\t', &token))
		last = token;
	return view_parse_u64(last, ret);
}

static int parse_second_number(struct view line, uint64_t *ret)
{
	struct view token = {0};

	if (!view_next_token(&line, '\t', &token) || !view_next_token(&line, '\t', &token))
		return -EINVAL;
	return view_parse_u64(token, ret);
}

int perf_map_parse_status(struct view status, pid_t tgid, pid_t *ret_pid, uid_t *ret_uid)
{
	uint64_t pid = (uint64_t)tgid, uid = UINT64_MAX;
	struct view line;

	while (view_next_token(&status, '\n', &line)) {
		int err = 0;

		if (view_starts_with(line, VIEW_LITERAL("NSpid:\t")))
			err = parse_last_number(view_skip(line, 7), &pid);
		else if (view_starts_with(line, VIEW_LITERAL("Uid:\t")))
			err = parse_second_number(view_skip(line, 5), &uid);
		if (err < 0)
			return -EINVAL;
	}
	if (pid == 0 || pid > INT32_MAX || uid > UINT32_MAX)
		return -EINVAL;
	*ret_pid = (pid_t)pid;
	*ret_uid = (uid_t)uid;
	return 0;
}

int perf_map_open(const char *proc_root, pid_t tgid)
{
	_cleanup_(cleanup_close) int fd = -1;
	char path[320], status[MAX_STATUS_BYTES];
	struct stat file;
	ssize_t size;
	pid_t pid;
	uid_t uid;
	int err;

	(void)snprintf(path, sizeof(path), "%s/%d/status", proc_root, (int)tgid);
	size = proc_reader_file(path, status, sizeof(status));
	if (size < 0)
		return (int)size;
	err = perf_map_parse_status(view_of(status, (size_t)size), tgid, &pid, &uid);
	if (err < 0)
		return err;
	(void)snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)pid);
	fd = image_file_open_in_root(proc_root, tgid, path, O_NOFOLLOW);
	if (fd < 0)
		return fd;
	if (!elf_notes_is_readable_file(fd) || fstat(fd, &file) < 0)
		return -EINVAL;
	if (file.st_uid != uid && file.st_uid != 0)
		return -EACCES;
	return TAKE_FD(fd);
}
