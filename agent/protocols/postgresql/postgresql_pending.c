/* A ring. Executions in a row have keys in a row, so that a batch of thousands is one entry. */
#include "protocols/postgresql/postgresql_pending.h"

#include <stddef.h>

static struct postgresql_asked *at(const struct postgresql_pending *pending, uint32_t index)
{
	return (struct postgresql_asked *)&pending->asked[(pending->first + index) % MAX_PENDING];
}

static bool is_answered_ready(enum postgresql_ask kind)
{
	return kind == POSTGRESQL_SYNC || kind == POSTGRESQL_QUERY || kind == POSTGRESQL_CALL;
}

bool postgresql_pending_add(struct postgresql_pending *pending, enum postgresql_ask kind,
			    uint64_t key)
{
	struct postgresql_asked *last = pending->count ? at(pending, pending->count - 1) : NULL;

	if (last && last->kind == POSTGRESQL_EXECUTE && kind == POSTGRESQL_EXECUTE &&
	    last->key + last->count == key) {
		last->count++;
		return true;
	}
	if (pending->count == MAX_PENDING)
		return false;
	*at(pending, pending->count++) = (struct postgresql_asked){kind, 1, key};
	return true;
}

struct postgresql_asked postgresql_pending_oldest(const struct postgresql_pending *pending)
{
	return pending->count ? *at(pending, 0)
			      : (struct postgresql_asked){POSTGRESQL_NOTHING, 0, 0};
}

void postgresql_pending_pop(struct postgresql_pending *pending)
{
	struct postgresql_asked *oldest = at(pending, 0);

	if (!pending->count)
		return;
	if (oldest->kind == POSTGRESQL_EXECUTE && oldest->count > 1) {
		oldest->count--;
		oldest->key++;
		return;
	}
	pending->first = (pending->first + 1) % MAX_PENDING;
	pending->count--;
}

bool postgresql_pending_next_execution(const struct postgresql_pending *pending, uint64_t *ret_key)
{
	for (uint32_t i = 0; i < pending->count; i++) {
		if (at(pending, i)->kind == POSTGRESQL_EXECUTE) {
			*ret_key = at(pending, i)->key;
			return true;
		}
		if (is_answered_ready(at(pending, i)->kind))
			return false;
	}
	return false;
}

void postgresql_pending_drop_syncs(struct postgresql_pending *pending)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < pending->count; i++)
		if (at(pending, i)->kind != POSTGRESQL_SYNC)
			*at(pending, kept++) = *at(pending, i);
	pending->count = kept;
}

bool postgresql_pending_is_one(const struct postgresql_pending *pending)
{
	uint32_t executions = 0;

	for (uint32_t i = 0; i < pending->count; i++) {
		if (at(pending, i)->kind == POSTGRESQL_EXECUTE)
			executions += at(pending, i)->count;
		if (is_answered_ready(at(pending, i)->kind))
			return i + 1 == pending->count && executions <= 1;
	}
	return false;
}
