/* What of a segment a crash shows, copied small. */
#include "crash/crash_links.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

#define MAX_LINK_BYTES 16384

struct link {
	struct crash_trace trace;
	struct arena arena;
	bool is_here;
};

struct crash_links {
	struct hash_map *links; /* token -> struct link */
};

int crash_links_new(struct crash_links **ret, size_t max_links)
{
	_cleanup_(crash_links_free) struct crash_links *links = calloc(1, sizeof(*links));
	int err;

	if (!links)
		return -ENOMEM;
	err = hash_map_new(&links->links, sizeof(uint64_t), sizeof(struct link), max_links);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(links);
	return 0;
}

static void drop_link(struct crash_links *links, struct link *link)
{
	uint64_t token = *(const uint64_t *)hash_map_key(links->links, link);

	arena_done(&link->arena);
	(void)hash_map_remove(links->links, &token);
}

void crash_links_free(struct crash_links **links)
{
	struct link *link;

	if (!*links)
		return;
	while ((*links)->links && (link = hash_map_oldest((*links)->links)))
		drop_link(*links, link);
	hash_map_free(&(*links)->links);
	free(*links);
	*links = NULL;
}

void crash_links_expect(struct crash_links *links, uint64_t token)
{
	bool is_new;
	struct link *link = hash_map_add(links->links, &token, &is_new);

	if (!link) {
		drop_link(links, hash_map_oldest(links->links));
		link = hash_map_add(links->links, &token, &is_new);
	}
	if (link && is_new)
		arena_init(&link->arena, MAX_LINK_BYTES);
}

/* Attributes of the root that tell which request it was. */
static void copy_request(const struct span *root, struct attribute_list *out, struct arena *arena)
{
	static const char *const keys[] = {"http.request.method", "url.path",
					   "url.scheme",          "http.route",
					   "url.query",           "server.address",
					   "client.address",      "network.protocol.version"};
	static const char *const numbers[] = {"server.port", "http.response.status_code"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct view value = attribute_string(&root->attributes, keys[i]);

		if (value.size)
			attribute_set_string(out, arena, keys[i], value);
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct attribute *number = attribute_find(&root->attributes, numbers[i]);

		if (number && number->type == ATTRIBUTE_INTEGER)
			attribute_set_integer(out, arena, numbers[i], number->integer);
	}
}

void crash_links_take(struct crash_links *links, uint64_t token, const struct segment *segment,
		      const char *source)
{
	struct link *link = hash_map_find(links->links, &token);
	const struct span *root = segment_root(segment);

	if (!link || link->is_here)
		return;
	link->is_here = true;
	link->trace = (struct crash_trace){
		.is_known = true,
		.operation = root->operation,
		.source = source,
		.is_sampled = segment->sampling.is_sampled,
		.transaction = arena_copy(&link->arena, root->name),
	};
	memcpy(link->trace.trace_id, segment->trace_id, TRACE_ID_BYTES);
	memcpy(link->trace.span_id, root->span_id, SPAN_ID_BYTES);
	if (root->parent_source != PARENT_NONE)
		memcpy(link->trace.parent_span_id, root->parent_span_id, SPAN_ID_BYTES);
	copy_request(root, &link->trace.request, &link->arena);
}

bool crash_links_is_awaited(const struct crash_links *links, uint64_t token)
{
	const struct link *link = hash_map_find(links->links, &token);

	return link && !link->is_here;
}

void crash_links_give(struct crash_links *links, uint64_t token, struct crash *crash)
{
	struct link *link = hash_map_find(links->links, &token);

	if (!link)
		return;
	if (link->is_here) {
		struct attribute_list request = link->trace.request;

		crash->trace = link->trace;
		crash->trace.transaction = arena_copy(&crash->arena, link->trace.transaction);
		crash->trace.request = (struct attribute_list){0};
		for (uint32_t i = 0; i < request.count; i++)
			if (request.items[i].type == ATTRIBUTE_INTEGER)
				attribute_set_integer(&crash->trace.request, &crash->arena,
						      request.items[i].key,
						      request.items[i].integer);
			else
				attribute_set_string(&crash->trace.request, &crash->arena,
						     request.items[i].key, request.items[i].string);
	}
	drop_link(links, link);
}

void crash_links_forget(struct crash_links *links, uint64_t token)
{
	struct link *link = hash_map_find(links->links, &token);

	if (link)
		drop_link(links, link);
}
