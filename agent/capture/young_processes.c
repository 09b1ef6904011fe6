/* Kept in the order in which they were seen, which is nearly that of their age. */
#include "capture/young_processes.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"
#include "process/proc_reader.h"

#define MAX_YOUNG 4096

struct young_processes {
	struct proc_reader reader;
	uint64_t delay_ns;
	struct hash_map *due; /* tgid → when it comes of age */
};

int young_processes_new(struct young_processes **ret, uint64_t delay_ns, const char *proc_root)
{
	_cleanup_(young_processes_free) struct young_processes *young = calloc(1, sizeof(*young));
	int err;

	if (!young)
		return -ENOMEM;
	young->delay_ns = delay_ns;
	err = proc_reader_init(&young->reader, proc_root);
	if (err == 0)
		err = hash_map_new(&young->due, sizeof(pid_t), sizeof(uint64_t), MAX_YOUNG);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(young);
	return 0;
}

void young_processes_free(struct young_processes **young)
{
	if (!*young)
		return;
	hash_map_free(&(*young)->due);
	free(*young);
	*young = NULL;
}

static void remember(struct young_processes *young, pid_t tgid, uint64_t due_ns)
{
	uint64_t *due = hash_map_add(young->due, &tgid, NULL);

	if (due)
		*due = due_ns;
}

bool young_processes_has(struct young_processes *young, pid_t tgid, uint64_t now_ns)
{
	uint64_t *known = hash_map_find(young->due, &tgid), start_ns;

	if (known)
		return *known > now_ns;
	/* One that is gone has no age. */
	if (young->delay_ns == 0 || proc_reader_start_time(&young->reader, tgid, &start_ns) < 0 ||
	    start_ns + young->delay_ns <= now_ns)
		return false;
	remember(young, tgid, start_ns + young->delay_ns);
	return true;
}

bool young_processes_add(struct young_processes *young, pid_t tgid, uint64_t now_ns)
{
	if (young->delay_ns == 0)
		return false;
	remember(young, tgid, now_ns + young->delay_ns);
	return true;
}

void young_processes_remove(struct young_processes *young, pid_t tgid)
{
	(void)hash_map_remove(young->due, &tgid);
}

pid_t young_processes_take(struct young_processes *young, uint64_t now_ns)
{
	const uint64_t *due = hash_map_oldest(young->due);
	pid_t tgid;

	if (!due || *due > now_ns)
		return 0;
	tgid = *(const pid_t *)hash_map_key(young->due, due);
	(void)hash_map_remove(young->due, &tgid);
	return tgid;
}
