/*
 * The request open on the crashing context, if there is only one. An event loop has many open: the
 * one whose bytes moved last is the likeliest, and marked so. A pool that reads here and works
 * there has none on the context: then the only one open in the whole process.
 */
#include "tracing/crash_link.h"

static bool is_under_way(const struct open_segment *open, const struct crash_moment *moment)
{
	return open->is_server && open->tgid == moment->tgid && !open->is_crashed &&
	       open->start_ns <= moment->time_ns &&
	       (open->finished_ns == 0 || open->finished_ns >= moment->time_ns);
}

void crash_link_consider(struct crash_search *search, struct open_segment *open)
{
	if (!is_under_way(open, search->moment))
		return;
	if (open->context != search->moment->context) {
		search->other = open;
		search->others_count++;
		return;
	}
	search->on_context_count++;
	if (!search->latest || open->activity_ns > search->latest->activity_ns)
		search->latest = open;
}

struct open_segment *crash_link_choose(const struct crash_search *search, const char **ret_source)
{
	if (search->on_context_count) {
		*ret_source = search->on_context_count == 1 ? "context" : "last_activity";
		return search->latest;
	}
	*ret_source = "only_candidate";
	return search->others_count == 1 ? search->other : NULL;
}

void crash_link_mark(struct open_segment *open, const struct crash_moment *moment,
		     const char *source)
{
	struct span *root = segment_root(open->segment);
	struct arena *arena = &open->segment->arena;

	root->status = STATUS_ERROR;
	root->status_message = arena_format(arena, "the process crashed: %s", moment->error_type);
	attribute_set_static(&root->attributes, arena, "error.type", moment->error_type);
	attribute_set_boolean(&root->attributes, arena, "limpet.crashed", true);
	open->is_crashed = true;
	if (open->errors_count == MAX_SEGMENT_ERRORS)
		open->errors_count--; /* one of them stands for those that led to it */
	open->errors[open->errors_count++] =
		(struct segment_error){.token = moment->token, .source = source};
}
