/*
 * Thresholds and randomness. Both are integers of 56 bits, so keeping and dropping is exact;
 * doubles appear only where a ratio comes in or a rate goes out.
 */
#include "model/sampling.h"

#include <errno.h>
#include <math.h>

#define PRECISION_DIGITS 4
#define MILLION          1000000u

/* Hex digits that are all f (or all 0) in front of those that tell something. */
static int leading_digits(double distance)
{
	int exponent;

	(void)frexp(distance, &exponent);
	return exponent < 0 ? -exponent / 4 : 0;
}

uint64_t sampling_threshold(double ratio)
{
	int digits = PRECISION_DIGITS, leading, shift;
	uint64_t threshold, kept;

	if (ratio >= 1)
		return 0;
	leading = leading_digits(ratio);
	if (leading < leading_digits(1 - ratio))
		leading = leading_digits(1 - ratio);
	digits += leading;
	kept = (uint64_t)round(ratio * (double)SAMPLING_RANGE);
	threshold = SAMPLING_RANGE - (kept ? kept : 1);
	shift = digits < SAMPLING_THRESHOLD_DIGITS ? 4 * (SAMPLING_THRESHOLD_DIGITS - digits) : 0;
	if (shift) {
		threshold += 1ull << (shift - 1);
		threshold = threshold >> shift << shift;
	}
	return threshold;
}

double sampling_probability(uint64_t threshold)
{
	return (double)(SAMPLING_RANGE - threshold) / (double)SAMPLING_RANGE;
}

uint64_t sampling_randomness(const uint8_t trace_id[TRACE_ID_BYTES])
{
	uint64_t randomness = 0;

	for (int i = TRACE_ID_BYTES - 7; i < TRACE_ID_BYTES; i++)
		randomness = randomness << 8 | trace_id[i];
	return randomness;
}

struct view sampling_threshold_text(uint64_t threshold, char buffer[SAMPLING_THRESHOLD_DIGITS + 1])
{
	static const char hex[] = "0123456789abcdef";
	size_t size = SAMPLING_THRESHOLD_DIGITS;

	for (size_t i = 0; i < SAMPLING_THRESHOLD_DIGITS; i++)
		buffer[i] = hex[threshold >> (4 * (SAMPLING_THRESHOLD_DIGITS - 1 - i)) & 15];
	while (size > 1 && buffer[size - 1] == '0')
		size--;
	buffer[size] = '\0';
	return view_of(buffer, size);
}

int sampling_parse_threshold(struct view text, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.size == 0 || text.size > SAMPLING_THRESHOLD_DIGITS)
		return -EINVAL;
	for (size_t i = 0; i < SAMPLING_THRESHOLD_DIGITS; i++) {
		char c = i < text.size ? text.bytes[i] : '0';

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return -EINVAL;
	}
	*ret = value;
	return 0;
}

int sampling_parse_randomness(struct view text, uint64_t *ret)
{
	return text.size == SAMPLING_THRESHOLD_DIGITS ? sampling_parse_threshold(text, ret)
						      : -EINVAL;
}

static bool is_below(uint32_t millionths, double rate)
{
	return (double)millionths / MILLION < rate;
}

uint32_t sampling_sample_rand(const struct sampling_decision *decision, double rate)
{
	uint64_t inverse = SAMPLING_RANGE - 1 - (decision->randomness & (SAMPLING_RANGE - 1));
	uint32_t sample_rand = (uint32_t)((__uint128_t)inverse * MILLION >> 56);

	if (is_below(sample_rand, rate) == decision->is_sampled)
		return sample_rand;
	/* A rounded threshold, or a decision that was not ours: the nearest value on the right side
	 * of the rate. */
	if (!(rate > 0))
		return 0;
	if (rate >= 1)
		return MILLION - 1;
	sample_rand = (uint32_t)(rate * MILLION);
	while (sample_rand > 0 && !is_below(sample_rand, rate))
		sample_rand--;
	while (sample_rand < MILLION - 1 && is_below(sample_rand + 1, rate))
		sample_rand++;
	if (!decision->is_sampled && sample_rand < MILLION - 1)
		sample_rand++;
	return sample_rand;
}
