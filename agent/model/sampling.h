/*
 * The arithmetic of consistent probability sampling (OTel tracestate-probability-sampling): 56-bit
 * thresholds, their text in tracestate, and Sentry's sample_rand derived from the same randomness.
 * Pure; shared by the sampler and the exporters.
 */
#ifndef MODEL_SAMPLING_H
#define MODEL_SAMPLING_H

#include "base/view.h"
#include "model/segment.h"

#define SAMPLING_RANGE            (1ull << 56)
#define SAMPLING_THRESHOLD_DIGITS 14

/*
 * The threshold that keeps this share of traces, rounded as SDKs do to 4 hex digits after leading f
 * (or 0) digits. The ratio is at least 2^-56 to mean anything: 0 and less must be refused before.
 */
uint64_t sampling_threshold(double ratio);

/* (2^56 - threshold) / 2^56 */
double sampling_probability(uint64_t threshold);

/* Low 56 bits of a trace id. */
uint64_t sampling_randomness(const uint8_t trace_id[TRACE_ID_BYTES]);

/* `th`: fixed width first, then without trailing zeros, "0" for 0. NUL-terminated. */
struct view sampling_threshold_text(uint64_t threshold, char buffer[SAMPLING_THRESHOLD_DIGITS + 1]);

/* 1 to 14 lower-case hex digits, or -EINVAL. */
int sampling_parse_threshold(struct view text, uint64_t *ret);

/* `rv`: exactly 14 lower-case hex digits, or -EINVAL. */
int sampling_parse_randomness(struct view text, uint64_t *ret);

/*
 * Sentry's sample_rand in millionths, 0 to 999999: below rate exactly when the decision is
 * is_sampled, as far as the rate allows (nothing is below 0, nothing from 1 on).
 */
uint32_t sampling_sample_rand(const struct sampling_decision *decision, double rate);

#endif
