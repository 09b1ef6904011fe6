/*
 * A ring: a flood of failures that nobody explains pushes the older ones out, and those are no
 * longer doubted. It is about what happens now and then, on a machine that is too busy.
 */
#include "tracing/silent_failures.h"

void silent_failures_add(struct silent_failures *failures, struct open_segment *open)
{
	struct error_candidate candidate;

	if (!open->is_server || open->errors_count || open->finished_ns == 0)
		return;
	candidate = error_candidate_of(open);
	if (!candidate.has_failed)
		return;
	candidate.is_gone = true;
	failures->failures[failures->next] = candidate;
	failures->next = (failures->next + 1) % MAX_SILENT_FAILURES;
}

const struct error_candidate *silent_failures_next(const struct silent_failures *failures,
						   uint32_t tgid, uint64_t time_ns, uint32_t *index)
{
	while (*index < MAX_SILENT_FAILURES) {
		const struct error_candidate *failure = &failures->failures[(*index)++];

		if (failure->is_gone && !failure->is_told && failure->tgid == tgid &&
		    failure->start_ns <= time_ns &&
		    time_ns <= failure->finished_ns + SILENT_DOUBT_NS)
			return failure;
	}
	return NULL;
}

void silent_failures_tell(struct silent_failures *failures, const struct error_candidate *candidate)
{
	for (uint32_t i = 0; i < MAX_SILENT_FAILURES; i++)
		if (error_candidate_is_same(&failures->failures[i], candidate))
			failures->failures[i].is_told = true;
}

void silent_failures_tell_oldest(struct silent_failures *failures, uint32_t tgid, uint64_t context,
				 uint64_t time_ns)
{
	const struct error_candidate *failure, *oldest = NULL;
	uint32_t index = 0;

	while ((failure = silent_failures_next(failures, tgid, time_ns, &index)))
		if (failure->context == context && failure->finished_ns < time_ns &&
		    (!oldest || failure->finished_ns < oldest->finished_ns))
			oldest = failure;
	if (oldest)
		silent_failures_tell(failures, oldest);
}
