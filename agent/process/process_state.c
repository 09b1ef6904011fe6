/* By /proc: a main thread that has ended is a zombie while others of its process run on. */
#include "process/process_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/cleanup.h"

bool process_state_is_dead(pid_t pid)
{
	_cleanup_(cleanup_fclose) FILE *file = NULL;
	char path[64], line[512], state;
	const char *name_end;
	struct stat tasks;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	if (stat(path, &tasks) < 0)
		return errno == ENOENT;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file || !fgets(line, sizeof(line), file))
		return !file && errno == ENOENT;
	name_end = strrchr(line, ')');
	state = name_end && name_end[1] ? name_end[2] : '?';
	/* Two links of its own and one per thread. */
	return (state == 'Z' || state == 'X') && tasks.st_nlink <= 3;
}
