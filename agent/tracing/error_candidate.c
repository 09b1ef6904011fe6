/* What an open segment says of itself, and what follows from it. */
#include "tracing/error_candidate.h"

#include "tracing/error_watch.h"

/* Whatever we have written there since. */
static bool has_failed(const struct open_segment *open)
{
	const struct span *root = segment_root(open->segment);

	if (open->finished_ns == 0)
		return false;
	return root->http_status ? root->http_status >= 500
				 : root->status == STATUS_ERROR && open->errors_count == 0;
}

void error_candidate_look(struct error_candidate *candidate)
{
	const struct open_segment *open = candidate->open;

	if (candidate->is_gone)
		return;
	candidate->context = open->context;
	candidate->tgid = open->tgid;
	candidate->start_ns = open->start_ns;
	candidate->finished_ns = open->finished_ns;
	candidate->has_failed = has_failed(open);
	candidate->is_told = open->errors_count;
}

struct error_candidate error_candidate_of(struct open_segment *open)
{
	struct error_candidate candidate = {.open = open, .activity_ns = open->activity_ns};

	error_candidate_look(&candidate);
	return candidate;
}

bool error_candidate_is_open_at(const struct error_candidate *candidate, uint64_t time_ns)
{
	return candidate->start_ns <= time_ns &&
	       (candidate->finished_ns == 0 || candidate->finished_ns >= time_ns);
}

bool error_candidate_failed_before(const struct error_candidate *candidate, uint64_t time_ns)
{
	return candidate->finished_ns && candidate->finished_ns < time_ns &&
	       time_ns - candidate->finished_ns <= ERROR_WINDOW_NS && candidate->has_failed &&
	       !candidate->is_told;
}

bool error_candidate_is_same(const struct error_candidate *one, const struct error_candidate *other)
{
	return one->open == other->open && one->tgid == other->tgid &&
	       one->start_ns == other->start_ns;
}
