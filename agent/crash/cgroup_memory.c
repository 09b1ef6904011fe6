/* cgroup v2: memory.max, memory.peak (5.19) or memory.current, memory.events. */
#include "crash/cgroup_memory.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "process/proc_reader.h"

#define MAX_FILE_BYTES 512

static struct view read_file(const char *directory, const char *name, char *buffer)
{
	char path[PATH_MAX + 32];
	ssize_t size;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	size = proc_reader_file(path, buffer, MAX_FILE_BYTES);
	return view_of(buffer, size > 0 ? (size_t)size : 0);
}

/* 0 when absent or "max". */
static uint64_t read_number(const char *directory, const char *name)
{
	char buffer[MAX_FILE_BYTES];
	struct view text = read_file(directory, name, buffer);
	uint64_t number;

	while (text.size && text.bytes[text.size - 1] == '\n')
		text.size--;
	return view_parse_u64(text, &number) == 0 ? number : 0;
}

static uint64_t read_kills(const char *directory)
{
	char buffer[MAX_FILE_BYTES];
	struct view rest = read_file(directory, "memory.events", buffer), line;
	struct view key = VIEW_LITERAL("oom_kill ");
	uint64_t number;

	while (view_next_token(&rest, '\n', &line))
		if (view_starts_with(line, key) &&
		    view_parse_u64(view_skip(line, key.size), &number) == 0)
			return number;
	return 0;
}

void cgroup_memory_read(const char *mount, struct view path, struct cgroup_memory *ret)
{
	char directory[PATH_MAX];
	size_t root = strlen(mount);
	int size;

	*ret = (struct cgroup_memory){0};
	/* Names come from /proc/PID/cgroup, where ".." tells of a group outside our namespace. */
	if (path.size >= PATH_MAX - 64 || view_find(path, VIEW_LITERAL("..")) >= 0)
		return;
	size = snprintf(directory, sizeof(directory), "%s%.*s", mount, VIEW_FORMAT(path));
	if (size < 0 || size >= (int)sizeof(directory))
		return;
	while (strlen(directory) > root) {
		char *slash;

		ret->limit_bytes = read_number(directory, "memory.max");
		if (ret->limit_bytes) {
			ret->usage_bytes = read_number(directory, "memory.peak");
			if (ret->usage_bytes == 0)
				ret->usage_bytes = read_number(directory, "memory.current");
			ret->oom_kills = read_kills(directory);
			return;
		}
		slash = strrchr(directory, '/');
		if (!slash)
			return;
		*slash = '\0';
	}
}
