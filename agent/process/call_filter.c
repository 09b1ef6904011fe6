/* "Seccomp:\t0" in its status: 1 is strict, 2 with a filter (proc(5)). */
#include "process/call_filter.h"

#include <stdio.h>
#include <string.h>
#include "process/proc_reader.h"

#define STATUS_BYTES 8192

bool call_filter_has(const char *proc_root, pid_t tgid)
{
	static const char field[] = "\nSeccomp:\t";
	char path[320], status[STATUS_BYTES];
	const char *found;
	ssize_t size;

	(void)snprintf(path, sizeof(path), "%s/%d/status", proc_root, (int)tgid);
	size = proc_reader_file(path, status, sizeof(status) - 1);
	if (size < 0)
		return false;
	status[size] = '\0';
	found = strstr(status, field);
	return found && found[sizeof(field) - 1] != '0';
}
