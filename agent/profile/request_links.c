/*
 * Points lie in a ring by their number, each knowing the one before it of its context. A request
 * walks back along its context's, from the latest one to its own beginning.
 */
#include "profile/request_links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

#define MAX_POINTS   65536u
#define MAX_CONTEXTS 16384
#define NO_POINT     UINT32_MAX

struct context_key {
	uint64_t context;
	uint32_t tgid;
	uint32_t reserved;
};

struct slot {
	struct linked_point point;
	uint32_t previous;   /* of the same context; NO_POINT: none */
	uint64_t request_ns; /* when the request it is of began */
	bool is_used;
	bool is_linked;
};

struct request_links {
	struct slot *slots;        /* by number modulo MAX_POINTS */
	struct hash_map *contexts; /* struct context_key → uint32_t, the latest */
	request_links_fn on_link;
	void *self;
};

int request_links_new(struct request_links **ret, request_links_fn on_link, void *self)
{
	_cleanup_(request_links_free) struct request_links *links = calloc(1, sizeof(*links));
	int err;

	if (!links)
		return -ENOMEM;
	links->on_link = on_link;
	links->self = self;
	links->slots = calloc(MAX_POINTS, sizeof(*links->slots));
	if (!links->slots)
		return -ENOMEM;
	err = hash_map_new(&links->contexts, sizeof(struct context_key), sizeof(uint32_t),
			   MAX_CONTEXTS);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(links);
	return 0;
}

void request_links_free(struct request_links **links)
{
	if (!*links)
		return;
	free((*links)->slots);
	hash_map_free(&(*links)->contexts);
	free(*links);
	*links = NULL;
}

static uint32_t *find_or_add(struct request_links *links, const struct context_key *key)
{
	uint32_t *latest = hash_map_find(links->contexts, key);
	struct context_key oldest;

	if (latest)
		return latest;
	if (hash_map_count(links->contexts) == MAX_CONTEXTS) {
		memcpy(&oldest, hash_map_key(links->contexts, hash_map_oldest(links->contexts)),
		       sizeof(oldest));
		(void)hash_map_remove(links->contexts, &oldest);
	}
	latest = hash_map_add(links->contexts, key, NULL);
	if (latest)
		*latest = NO_POINT;
	return latest;
}

void request_links_add(struct request_links *links, const struct linked_point *point)
{
	struct context_key key = {point->context, point->tgid, 0};
	uint32_t *latest = find_or_add(links, &key);

	if (!latest)
		return;
	hash_map_touch(links->contexts, latest);
	links->slots[point->point % MAX_POINTS] =
		(struct slot){.point = *point, .previous = *latest, .is_used = true};
	*latest = point->point;
}

static void link_point(struct request_links *links, struct slot *slot,
		       const struct served_request *request)
{
	bool is_guess = slot->is_linked;

	if (slot->point.start_ns < request->start_ns || slot->point.start_ns > request->end_ns)
		return;
	if (!is_guess || request->start_ns > slot->request_ns)
		slot->request_ns = request->start_ns;
	else
		request = NULL; /* the one it has stays, but no longer for certain */
	slot->is_linked = true;
	links->on_link(links->self, slot->point.point, request, is_guess);
}

void request_links_take(struct request_links *links, const struct served_request *request)
{
	struct context_key key = {request->context, request->tgid, 0};
	const uint32_t *latest = hash_map_find(links->contexts, &key);
	uint32_t number = latest ? *latest : NO_POINT;

	while (number != NO_POINT) {
		struct slot *slot = &links->slots[number % MAX_POINTS];

		/* Overwritten: all before it are too. A wait may begin before a tick that was taken
		 * before it ended, so the times of taking decide. */
		if (!slot->is_used || slot->point.point != number ||
		    slot->point.time_ns < request->start_ns)
			break;
		link_point(links, slot, request);
		number = slot->previous;
	}
}
