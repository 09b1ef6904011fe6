/* Two runs that differ in known ways: one operation slower, one failing, one new, one gone, a new
 * crash, and time on the CPU that moved. */
#ifndef SUPPORT_TWO_RUNS_H
#define SUPPORT_TWO_RUNS_H

#include <assert.h>
#include "overview/run_comparison.h"
#include "sample_crash.h"
#include "sample_profile.h"

#define TWO_RUNS_PROFILES 40 /* so many that chance does not do it */

struct two_runs {
	struct run_digest *before, *after;
	struct run_comparison *comparison;
};

static inline void two_runs_add(struct run_digest *digest, const char *name, uint64_t duration_ns,
				uint32_t count, uint32_t errors)
{
	for (uint32_t i = 0; i < count; i++) {
		struct segment *segment = sample_segment(SAMPLE_START_NS + i * 1000);

		segment->spans_count = 1;
		segment_root(segment)->name = view_of_text(name);
		segment_root(segment)->end_unix_ns =
			segment_root(segment)->start_unix_ns + duration_ns;
		if (i < errors)
			segment_root(segment)->status = STATUS_ERROR;
		run_digest_add_segment(digest, segment);
		segment_free(&segment);
	}
}

static inline void two_runs_sample(struct run_digest *digest, uint32_t more)
{
	for (int i = 0; i < TWO_RUNS_PROFILES; i++) {
		struct profile *profile = sample_profile_new(NULL);

		sample_at(profile, 0, 1, more, NO_PROFILE_LINK);
		run_digest_add_profile(digest, profile);
		profile_free(&profile);
	}
}

static inline void two_runs_begin(struct two_runs *runs)
{
	struct crash *crash = sample_crash(SAMPLE_START_NS);

	assert(run_digest_new(&runs->before) == 0);
	assert(run_digest_new(&runs->after) == 0);
	two_runs_add(runs->before, "GET /same", 1000000, 100, 1);
	two_runs_add(runs->after, "GET /same", 1010000, 100, 1);
	two_runs_add(runs->before, "GET /slow", 1000000, 100, 0);
	two_runs_add(runs->after, "GET /slow", 3000000, 90, 0);
	two_runs_add(runs->before, "GET /fails", 1000000, 100, 0);
	two_runs_add(runs->after, "GET /fails", 1000000, 100, 20);
	two_runs_add(runs->before, "GET /fast", 5000000, 100, 0);
	two_runs_add(runs->after, "GET /fast", 1000000, 100, 0);
	two_runs_add(runs->before, "GET /gone", 1000000, 5, 0);
	two_runs_add(runs->after, "GET /new", 1000000, 5, 0);
	two_runs_add(runs->before, "GET /few", 1000000, 3, 0);
	two_runs_add(runs->after, "GET /few", 9000000, 3, 0);
	run_digest_add_crash(runs->after, crash);
	two_runs_sample(runs->before, 0);
	two_runs_sample(runs->after, 13);
	crash_free(&crash);
	assert(run_comparison_new(&runs->comparison, runs->before, runs->after) == 0);
}

static inline void two_runs_end(struct two_runs *runs)
{
	run_comparison_free(&runs->comparison);
	run_digest_free(&runs->before);
	run_digest_free(&runs->after);
}

#endif
