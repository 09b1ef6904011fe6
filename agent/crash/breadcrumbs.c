/* Spans in one small ring per process; the merge by time when a crash wants them. */
#include "crash/breadcrumbs.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "crash/trail_text.h"

#define CRUMB_NAME_BYTES 88

/* What is kept of a span. */
struct crumb {
	uint64_t end_unix_ns;
	const char *operation; /* static */
	uint32_t duration_us;
	uint16_t http_status;
	uint8_t is_error;
	uint8_t name_size;
	char name[CRUMB_NAME_BYTES];
};

struct crumb_ring {
	struct crumb *crumbs; /* MAX_CRASH_BREADCRUMBS */
	uint64_t count;       /* ever */
};

struct breadcrumbs {
	struct hash_map *rings; /* tgid -> struct crumb_ring */
};

int breadcrumbs_new(struct breadcrumbs **ret, size_t max_processes)
{
	_cleanup_(breadcrumbs_free) struct breadcrumbs *breadcrumbs =
		calloc(1, sizeof(*breadcrumbs));
	int err;

	if (!breadcrumbs)
		return -ENOMEM;
	err = hash_map_new(&breadcrumbs->rings, sizeof(uint32_t), sizeof(struct crumb_ring),
			   max_processes);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(breadcrumbs);
	return 0;
}

static void drop_ring(struct breadcrumbs *breadcrumbs, struct crumb_ring *ring)
{
	uint32_t tgid = *(const uint32_t *)hash_map_key(breadcrumbs->rings, ring);

	free(ring->crumbs);
	(void)hash_map_remove(breadcrumbs->rings, &tgid);
}

void breadcrumbs_free(struct breadcrumbs **breadcrumbs)
{
	struct crumb_ring *ring;

	if (!*breadcrumbs)
		return;
	while ((*breadcrumbs)->rings && (ring = hash_map_oldest((*breadcrumbs)->rings)))
		drop_ring(*breadcrumbs, ring);
	hash_map_free(&(*breadcrumbs)->rings);
	free(*breadcrumbs);
	*breadcrumbs = NULL;
}

static struct crumb_ring *ring_of(struct breadcrumbs *breadcrumbs, uint32_t tgid)
{
	struct crumb_ring *ring = hash_map_find(breadcrumbs->rings, &tgid);

	if (!ring) {
		ring = hash_map_add(breadcrumbs->rings, &tgid, NULL);
		if (!ring && hash_map_oldest(breadcrumbs->rings)) {
			drop_ring(breadcrumbs, hash_map_oldest(breadcrumbs->rings));
			ring = hash_map_add(breadcrumbs->rings, &tgid, NULL);
		}
		if (!ring)
			return NULL;
	}
	hash_map_touch(breadcrumbs->rings, ring);
	if (!ring->crumbs)
		ring->crumbs = calloc(MAX_CRASH_BREADCRUMBS, sizeof(*ring->crumbs));
	return ring->crumbs ? ring : NULL;
}

void breadcrumbs_add(struct breadcrumbs *breadcrumbs, const struct segment *segment)
{
	struct crumb_ring *ring = ring_of(breadcrumbs, segment->resource->pid);

	for (uint32_t i = 0; ring && i < segment->spans_count; i++) {
		const struct span *span = segment->spans[i];
		struct crumb *crumb = &ring->crumbs[ring->count++ % MAX_CRASH_BREADCRUMBS];
		uint64_t duration_us = (span->end_unix_ns - span->start_unix_ns) / NS_PER_US;

		crumb->end_unix_ns = span->end_unix_ns;
		crumb->operation = span->operation;
		crumb->duration_us = duration_us < UINT32_MAX ? (uint32_t)duration_us : UINT32_MAX;
		crumb->http_status = (uint16_t)span->http_status;
		crumb->is_error = span->status == STATUS_ERROR;
		crumb->name_size = (uint8_t)view_take(span->name, CRUMB_NAME_BYTES).size;
		if (crumb->name_size)
			memcpy(crumb->name, span->name.bytes, crumb->name_size);
	}
}

static void write_crumb(const struct crumb *crumb, struct crash *crash, struct breadcrumb *ret)
{
	struct arena *arena = &crash->arena;

	*ret = (struct breadcrumb){
		.kind = BREADCRUMB_SPAN,
		.is_error = crumb->is_error,
		.unix_ns = crumb->end_unix_ns,
		.category = view_of_text(crumb->operation ? crumb->operation : "span"),
		.message = arena_copy(arena, view_of(crumb->name, crumb->name_size)),
	};
	if (crumb->http_status)
		attribute_set_integer(&ret->attributes, arena, "http.response.status_code",
				      crumb->http_status);
	attribute_set_double(&ret->attributes, arena, "duration_ms", crumb->duration_us / 1000.0);
}

static uint32_t write_spans(struct breadcrumbs *breadcrumbs, struct crash *crash,
			    struct breadcrumb *out, uint32_t room)
{
	const struct crumb_ring *ring = hash_map_find(breadcrumbs->rings, &crash->pid);
	uint64_t kept;
	uint32_t written = 0;

	if (!ring || !ring->crumbs)
		return 0;
	kept = ring->count < MAX_CRASH_BREADCRUMBS ? ring->count : MAX_CRASH_BREADCRUMBS;
	for (uint64_t i = ring->count - kept; i < ring->count && written < room; i++) {
		const struct crumb *crumb = &ring->crumbs[i % MAX_CRASH_BREADCRUMBS];

		/* A number used before by another process. */
		if (crumb->end_unix_ns < crash->start_unix_ns)
			continue;
		write_crumb(crumb, crash, &out[written]);
		/* Whoever lives on has done other things since. */
		if (crash->kind != CRASH_EXCEPTION || out[written].unix_ns <= crash->unix_ns)
			written++;
	}
	return written;
}

/* Both come nearly sorted; what happened at one time keeps its order. */
static void sort_by_time(struct breadcrumb *crumbs, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct breadcrumb moved = crumbs[i];
		uint32_t to = i;

		for (; to > 0 && crumbs[to - 1].unix_ns > moved.unix_ns; to--)
			crumbs[to] = crumbs[to - 1];
		crumbs[to] = moved;
	}
}

void breadcrumbs_write(struct breadcrumbs *breadcrumbs, const struct crash_trail *trail,
		       uint64_t unix_offset_ns, struct crash *crash)
{
	uint32_t room = MAX_CRASH_BREADCRUMBS + MAX_TRAIL_CRUMBS, count;
	struct breadcrumb *all = arena_allocate(&crash->arena, room * sizeof(*all));

	if (!all)
		return;
	count = write_spans(breadcrumbs, crash, all, MAX_CRASH_BREADCRUMBS);
	if (trail)
		count += trail_text_write(trail, unix_offset_ns, &crash->arena, all + count,
					  room - count);
	sort_by_time(all, count);
	if (count > MAX_CRASH_BREADCRUMBS) {
		all += count - MAX_CRASH_BREADCRUMBS;
		count = MAX_CRASH_BREADCRUMBS;
	}
	crash->breadcrumbs = all;
	crash->breadcrumbs_count = count;
}

void breadcrumbs_leave_out_output(struct crash *crash, uint64_t since_unix_ns)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < crash->breadcrumbs_count; i++) {
		const struct breadcrumb *crumb = &crash->breadcrumbs[i];

		if (crumb->kind != BREADCRUMB_STDERR || crumb->unix_ns < since_unix_ns)
			crash->breadcrumbs[kept++] = *crumb;
	}
	crash->breadcrumbs_count = kept;
}

void breadcrumbs_process_exited(struct breadcrumbs *breadcrumbs, uint32_t tgid)
{
	struct crumb_ring *ring = hash_map_find(breadcrumbs->rings, &tgid);

	if (ring)
		drop_ring(breadcrumbs, ring);
}
