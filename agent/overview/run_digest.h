/*
 * What one run came to, small enough to hold two of them side by side: operations with their
 * latencies, errors by what they were, and what was sampled. Bounded.
 */
#ifndef OVERVIEW_RUN_DIGEST_H
#define OVERVIEW_RUN_DIGEST_H

#include "model/crash.h"
#include "model/profile.h"
#include "overview/operation_table.h"

#define MAX_DIGEST_ERRORS  1000
#define DIGEST_ERROR_BYTES 192

/* Crashes and exceptions that are alike: type and place. */
struct digest_error_key {
	char text[DIGEST_ERROR_BYTES]; /* "SIGSEGV in parse"; zero-padded, cut */
	uint32_t is_crash;
};

struct digest_error {
	uint64_t count;
};

struct run_digest {
	struct operation_table operations;
	struct hash_map *errors; /* digest_error by digest_error_key */
	uint64_t crashes, exceptions;
	struct profile *profile; /* NULL: nothing was sampled */
	bool has_lost;           /* memory was out: something is missing */
};

int run_digest_new(struct run_digest **ret);
void run_digest_free(struct run_digest **digest);

void run_digest_add_segment(struct run_digest *digest, const struct segment *segment);
void run_digest_add_crash(struct run_digest *digest, const struct crash *crash);
void run_digest_add_profile(struct run_digest *digest, const struct profile *profile);

#endif
