/* RLIMIT_NOFILE. What it was is noted once, so that raising twice does not forget it. */
#include "base/file_limit.h"

#include <stdbool.h>
#include <sys/resource.h>

#define LEAST_FILES 256 /* when nobody can tell */

static struct rlimit found;
static bool is_found;

size_t file_limit_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return LEAST_FILES;
	if (!is_found)
		found = limit;
	is_found = true;
	if (limit.rlim_cur < limit.rlim_max) {
		struct rlimit raised = {limit.rlim_max, limit.rlim_max};

		if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
			limit = raised;
	}
	return limit.rlim_cur;
}

void file_limit_restore(void)
{
	if (is_found)
		(void)setrlimit(RLIMIT_NOFILE, &found);
}
