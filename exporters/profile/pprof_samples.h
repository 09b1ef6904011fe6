/* Samples that a format without times tells as one: of the same stack, thread and, where that is
 * asked for, request. */
#ifndef PROFILE_PPROF_SAMPLES_H
#define PROFILE_PPROF_SAMPLES_H

#include "model/profile.h"

struct pprof_sample {
	uint32_t stack, thread, link;
	uint64_t count; /* on-CPU */
	uint64_t on_ns, off_ns;
};

struct pprof_samples {
	struct pprof_sample *samples; /* by stack, thread, link */
	uint32_t count;
};

int pprof_samples_init(struct pprof_samples *ret, const struct profile *profile, bool has_requests);
void pprof_samples_done(struct pprof_samples *samples);

#endif
