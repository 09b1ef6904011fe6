/*
 * A list in order of coming. It is looked through only when a source had an answer or the first
 * one's time is over. Many segments of a process share a resource, so the last few copies are
 * remembered: the second gets the first one's.
 */
#include "processors/metadata_wait.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

#define MAX_COPIES 512

struct held {
	struct item *item;
	uint64_t until_ns;
};

struct copy {
	struct resource *from, *to;
};

struct metadata_wait {
	struct metadata_wait_settings settings;
	const struct metadata_sources *sources;
	struct metadata_wait_sink sink;
	struct drops *drops;
	struct held *held;
	size_t count;
	struct hash_map *copies; /* const struct resource * → struct copy */
	uint64_t answers_count;  /* when the list was looked through */
};

int metadata_wait_new(struct metadata_wait **ret, const struct metadata_wait_settings *settings,
		      const struct metadata_sources *sources, const struct metadata_wait_sink *sink,
		      struct drops *drops)
{
	_cleanup_(metadata_wait_free) struct metadata_wait *wait = calloc(1, sizeof(*wait));
	int err;

	if (!wait)
		return -ENOMEM;
	*wait = (struct metadata_wait){
		.settings = *settings, .sources = sources, .sink = *sink, .drops = drops};
	if (wait->settings.max_items == 0)
		wait->settings.max_items = 1;
	wait->held = calloc(wait->settings.max_items, sizeof(*wait->held));
	if (!wait->held)
		return -ENOMEM;
	err = hash_map_new(&wait->copies, sizeof(struct resource *), sizeof(struct copy),
			   MAX_COPIES);
	if (err == 0)
		*ret = TAKE_PTR(wait);
	return err;
}

static void forget_copy(struct metadata_wait *wait, struct copy *copy)
{
	const struct resource *key = copy->from;

	resource_release(&copy->from);
	resource_release(&copy->to);
	(void)hash_map_remove(wait->copies, &key);
}

void metadata_wait_free(struct metadata_wait **wait)
{
	struct metadata_wait *freed = *wait;
	struct copy *copy;

	if (!freed)
		return;
	if (freed->held)
		metadata_wait_finish(freed);
	while (freed->copies && (copy = hash_map_oldest(freed->copies)))
		forget_copy(freed, copy);
	if (freed->copies)
		hash_map_free(&freed->copies);
	free(freed->held);
	free(freed);
	*wait = NULL;
}

/* Both references are held: no other resource gets that address meanwhile. */
static void remember_copy(struct metadata_wait *wait, struct resource *from, struct resource *to)
{
	struct copy *copy;

	if (hash_map_count(wait->copies) >= MAX_COPIES)
		forget_copy(wait, hash_map_oldest(wait->copies));
	copy = hash_map_add(wait->copies, &from, NULL);
	if (copy)
		*copy = (struct copy){resource_reference(from), resource_reference(to)};
}

/* The item's resource becomes the best there is: from copy to copy, then what has come since. */
static void complete(struct metadata_wait *wait, struct item *item)
{
	struct resource *from = (struct resource *)item_resource(item), *to;
	const struct copy *copy;

	while (from->awaits && (copy = hash_map_find(wait->copies, &from)))
		from = copy->to;
	to = metadata_complete(wait->sources, from);
	if (!to) {
		item_set_resource(item, from);
		return;
	}
	remember_copy(wait, from, to);
	wait->sink.on_completed(wait->sink.self, from, to);
	item_set_resource(item, to);
	resource_release(&to);
}

static void hand_on(struct metadata_wait *wait, struct item **item)
{
	complete(wait, *item);
	if (metadata_is_pending(wait->sources, item_resource(*item)))
		drops_count(wait->drops, DROP_METADATA_LATE);
	wait->sink.on_ready(wait->sink.self, item);
}

/* The first `count` of the list. */
static void hand_on_first(struct metadata_wait *wait, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hand_on(wait, &wait->held[i].item);
	wait->count -= count;
	memmove(wait->held, wait->held + count, wait->count * sizeof(*wait->held));
}

void metadata_wait_take(struct metadata_wait *wait, struct item **item, uint64_t now_ns)
{
	/* None overtakes those that came before it. */
	metadata_wait_tick(wait, now_ns);
	complete(wait, *item);
	if (!metadata_is_pending(wait->sources, item_resource(*item)) ||
	    wait->settings.wait_ns == 0) {
		hand_on(wait, item);
		return;
	}
	if (wait->count == wait->settings.max_items)
		hand_on_first(wait, 1);
	wait->held[wait->count++] = (struct held){TAKE_PTR(*item), now_ns + wait->settings.wait_ns};
}

void metadata_wait_tick(struct metadata_wait *wait, uint64_t now_ns)
{
	uint64_t answers_count;
	size_t kept = 0;

	if (wait->count == 0)
		return;
	answers_count = metadata_answers_count(wait->sources);
	if (answers_count == wait->answers_count && wait->held[0].until_ns > now_ns)
		return;
	wait->answers_count = answers_count;
	for (size_t i = 0; i < wait->count; i++) {
		struct held *held = &wait->held[i];

		complete(wait, held->item);
		if (held->until_ns > now_ns &&
		    metadata_is_pending(wait->sources, item_resource(held->item)))
			wait->held[kept++] = *held;
		else
			hand_on(wait, &held->item);
	}
	wait->count = kept;
}

void metadata_wait_finish(struct metadata_wait *wait)
{
	hand_on_first(wait, wait->count);
}

bool metadata_wait_is_busy(const struct metadata_wait *wait)
{
	return wait->count > 0;
}
