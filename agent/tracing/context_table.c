/* Open requests by execution context. A wrong parent is worse than none: every doubt gives none. */
#include "tracing/context_table.h"

#include <errno.h>
#include <stdlib.h>
#include "base/hash_map.h"

#define PAUSE_NS 50000000ULL

struct context_entry {
	struct open_segment *requests; /* newest first */
	uint32_t count;
	bool is_loop;
	uint64_t moved_ns;
	struct context_pause pause;
};

struct context_table {
	struct hash_map *contexts;   /* context -> struct context_entry */
	struct hash_map *distrusted; /* tgid -> bool */
};

/* Goroutine addresses repeat from process to process. */
struct context_key {
	uint64_t context;
	uint64_t tgid;
};

int context_table_new(struct context_table **ret, size_t max_contexts)
{
	struct context_table *table = calloc(1, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	err = hash_map_new(&table->contexts, sizeof(struct context_key),
			   sizeof(struct context_entry), max_contexts);
	if (err == 0)
		err = hash_map_new(&table->distrusted, sizeof(uint32_t), sizeof(bool),
				   max_contexts);
	if (err < 0) {
		context_table_free(&table);
		return err;
	}
	*ret = table;
	return 0;
}

void context_table_free(struct context_table **table)
{
	if (!*table)
		return;
	hash_map_free(&(*table)->contexts);
	hash_map_free(&(*table)->distrusted);
	free(*table);
	*table = NULL;
}

static struct context_entry *find(struct context_table *table, uint64_t context, uint32_t tgid)
{
	struct context_key key = {.context = context, .tgid = tgid};

	return hash_map_find(table->contexts, &key);
}

/* Contexts without an open request are kept for what is known of them, until their place is needed.
 */
static struct context_entry *add(struct context_table *table, uint64_t context, uint32_t tgid)
{
	struct context_key key = {.context = context, .tgid = tgid};
	struct context_entry *entry = hash_map_add(table->contexts, &key, NULL);
	struct context_entry *oldest;

	if (entry)
		return entry;
	oldest = hash_map_oldest(table->contexts);
	if (!oldest)
		return NULL;
	if (oldest->count) {
		hash_map_touch(table->contexts, oldest);
		return NULL;
	}
	hash_map_remove(table->contexts, hash_map_key(table->contexts, oldest));
	return hash_map_add(table->contexts, &key, NULL);
}

void context_table_enter(struct context_table *table, struct open_segment *segment)
{
	struct context_entry *entry = add(table, segment->context, segment->tgid);

	if (!entry)
		return;
	for (struct open_segment *other = entry->requests; other && !entry->is_loop;
	     other = other->context_next)
		entry->is_loop = !other->has_responded;
	segment->context_previous = NULL;
	segment->context_next = entry->requests;
	if (entry->requests)
		entry->requests->context_previous = segment;
	entry->requests = segment;
	entry->count++;
	segment->is_in_context = true;
}

void context_table_leave(struct context_table *table, struct open_segment *segment)
{
	struct context_entry *entry;

	if (!segment->is_in_context)
		return;
	entry = find(table, segment->context, segment->tgid);
	segment->is_in_context = false;
	if (segment->context_next)
		segment->context_next->context_previous = segment->context_previous;
	if (segment->context_previous)
		segment->context_previous->context_next = segment->context_next;
	else
		entry->requests = segment->context_next;
	entry->count--;
}

struct open_segment *context_table_only(struct context_table *table, uint64_t context,
					uint32_t tgid)
{
	struct context_entry *entry = find(table, context, tgid);
	struct open_segment *only = NULL;

	if (!entry || hash_map_find(table->distrusted, &tgid))
		return NULL;
	if (entry->count == 1)
		return entry->requests;
	if (entry->is_loop)
		return NULL;
	/* A thread that serves one request after the other: those before may wait for their end to
	 * be noticed. */
	for (struct open_segment *segment = entry->requests; segment;
	     segment = segment->context_next) {
		if (segment->has_responded)
			continue;
		if (only)
			return NULL;
		only = segment;
	}
	return only;
}

void context_table_move(struct context_table *table, const struct open_segment *segment,
			uint64_t time_ns)
{
	struct context_entry *entry = find(table, segment->context, segment->tgid);

	if (!entry || time_ns <= entry->moved_ns)
		return;
	if (entry->moved_ns && time_ns - entry->moved_ns >= PAUSE_NS)
		entry->pause = (struct context_pause){entry->moved_ns, time_ns};
	entry->moved_ns = time_ns;
}

struct context_pause context_table_pause(struct context_table *table, uint64_t context,
					 uint32_t tgid)
{
	const struct context_entry *entry = find(table, context, tgid);

	return entry ? entry->pause : (struct context_pause){0};
}

bool context_table_is_loop(struct context_table *table, uint64_t context, uint32_t tgid)
{
	const struct context_entry *entry = find(table, context, tgid);

	return entry && entry->is_loop;
}

struct open_segment *context_table_with_header(struct context_table *table, uint64_t context,
					       uint32_t tgid, const struct trace_context *header)
{
	struct context_entry *entry = find(table, context, tgid);
	struct open_segment *only = NULL;

	for (struct open_segment *segment = entry ? entry->requests : NULL; segment;
	     segment = segment->context_next) {
		if (!segment->has_header ||
		    memcmp(segment->header.trace_id, header->trace_id, TRACE_ID_BYTES) != 0 ||
		    memcmp(segment->header.parent_span_id, header->parent_span_id, SPAN_ID_BYTES) !=
			    0)
			continue;
		if (only)
			return NULL;
		only = segment;
	}
	return only;
}

void context_table_distrust(struct context_table *table, uint32_t tgid)
{
	(void)hash_map_add(table->distrusted, &tgid, NULL);
}

void context_table_process_exited(struct context_table *table, uint32_t tgid)
{
	(void)hash_map_remove(table->distrusted, &tgid);
}
