/* By invocation ids, in the order in which they were first seen. Some are kept of each unit, since
 * processes of an earlier start may outlive it. */
#include "process/unit_starts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

#define STARTS_KEPT 4

struct start_history {
	char ids[STARTS_KEPT][sizeof(((struct systemd_unit *)0)->invocation_id)];
	uint32_t count; /* of all that were seen; the next goes to ids[count % STARTS_KEPT] */
};

struct unit_starts {
	struct hash_map *units; /* name, zeroes behind → struct start_history, last seen last */
	size_t max_units;
};

int unit_starts_new(struct unit_starts **ret, size_t max_units)
{
	_cleanup_(unit_starts_free) struct unit_starts *starts = calloc(1, sizeof(*starts));
	int err;

	if (!starts)
		return -ENOMEM;
	starts->max_units = max_units;
	err = hash_map_new(&starts->units, UNIT_NAME_BYTES, sizeof(struct start_history),
			   max_units);
	if (err == 0)
		*ret = TAKE_PTR(starts);
	return err;
}

void unit_starts_free(struct unit_starts **starts)
{
	if (!*starts)
		return;
	if ((*starts)->units)
		hash_map_free(&(*starts)->units);
	free(*starts);
	*starts = NULL;
}

static struct start_history *find_history(struct unit_starts *starts, const char *name)
{
	char key[UNIT_NAME_BYTES] = "";
	struct start_history *history;

	(void)snprintf(key, sizeof(key), "%s", name);
	history = hash_map_find(starts->units, key);
	if (history) {
		hash_map_touch(starts->units, history);
		return history;
	}
	if (hash_map_count(starts->units) >= starts->max_units)
		hash_map_remove(starts->units,
				hash_map_key(starts->units, hash_map_oldest(starts->units)));
	return hash_map_add(starts->units, key, NULL);
}

int unit_starts_count(struct unit_starts *starts, const struct systemd_unit *unit,
		      uint32_t *ret_before)
{
	struct start_history *history;
	char *oldest;

	if (!unit->invocation_id[0])
		return -EINVAL;
	history = find_history(starts, unit->name);
	if (!history)
		return -ENOMEM;
	for (uint32_t i = 0; i < STARTS_KEPT && i < history->count; i++)
		if (strcmp(history->ids[(history->count - 1 - i) % STARTS_KEPT],
			   unit->invocation_id) == 0) {
			*ret_before = history->count - 1 - i;
			return 0;
		}
	oldest = history->ids[history->count % STARTS_KEPT];
	memcpy(oldest, unit->invocation_id, sizeof(unit->invocation_id));
	*ret_before = history->count++;
	return 0;
}
