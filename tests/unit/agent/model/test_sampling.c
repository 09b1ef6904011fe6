/* Thresholds, their text, and sample_rand on the right side of the rate. */
#include "cmocka_test.h"

#include "model/sampling.h"

static void prints_thresholds(void **state)
{
	static const struct {
		double ratio;
		const char *text;
	} rows[] = {
		{1, "0"},
		{2, "0"},
		{0.5, "8"},
		{1.0 / 3, "aaab"},
		{0.25, "c"},
		{0.2, "cccd"},
		{0.125, "e"},
		{0.1, "e666"},
		{0.0625, "f"},
		{0.01, "fd70a"},
		{0.001, "ffbe77"},
		{1e-4, "fff9724"},
		{1e-5, "ffff583a"},
		{1e-6, "ffffef39"},
		{0.99, "028f6"},
		{0.999999, "000010c7"},
		{0x1p-56, "ffffffffffffff"},
		{1e-300, "ffffffffffffff"},
	};
	char buffer[SAMPLING_THRESHOLD_DIGITS + 1];
	uint64_t threshold;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		threshold = sampling_threshold(rows[i].ratio);
		assert_view(sampling_threshold_text(threshold, buffer), rows[i].text);
		assert_string_equal(buffer, rows[i].text);
	}
	/* Left-padded before the zeros are cut: the page's 1 % rejection, not 16 %. */
	assert_view(sampling_threshold_text(0x028f5c28f5c290, buffer), "028f5c28f5c29");
	assert_true(sampling_probability(0) == 1);
	assert_true(sampling_probability(0x80000000000000) == 0.5);
	assert_true(sampling_probability(SAMPLING_RANGE - 1) == 0x1p-56);
}

static void reads_what_it_prints(void **state)
{
	char buffer[SAMPLING_THRESHOLD_DIGITS + 1];
	unsigned int seed = 3;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t threshold =
			((uint64_t)rand_r(&seed) << 31 | (uint64_t)rand_r(&seed)) % SAMPLING_RANGE;
		uint64_t got;

		threshold = threshold >> (i % 56) << (i % 56);
		assert_int_equal(
			sampling_parse_threshold(sampling_threshold_text(threshold, buffer), &got),
			0);
		assert_true(got == threshold);
	}
}

static void refuses_text(void **state)
{
	static const char *const rows[] = {"", "000000000000000", "A", "g", "-1", " 8"};
	uint64_t got = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(sampling_parse_threshold(view_of_text(rows[i]), &got), -22);
	assert_int_equal(sampling_parse_randomness(VIEW_LITERAL("8"), &got), -22);
	assert_int_equal(sampling_parse_randomness(VIEW_LITERAL("000000000000010"), &got), -22);
	assert_true(got == 5);
	assert_int_equal(sampling_parse_randomness(VIEW_LITERAL("00000000000010"), &got), 0);
	assert_true(got == 16);
}

static void derives_sample_rand(void **state)
{
	static const uint8_t trace_id[16] = {0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6,
					     0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36};
	struct sampling_decision d = {.is_sampled = true,
				      .randomness = sampling_randomness(trace_id)};

	(void)state;
	assert_true(d.randomness == 0xce929d0e0e4736);
	assert_int_equal(sampling_sample_rand(&d, 1), 193075);
	d.randomness = SAMPLING_RANGE - 1;
	assert_int_equal(sampling_sample_rand(&d, 1), 0);
	d.randomness = 0;
	assert_int_equal(sampling_sample_rand(&d, 1), 999999);
	/* On the wrong side of the rate: the nearest on the right side. */
	d.randomness = sampling_randomness(trace_id);
	assert_int_equal(sampling_sample_rand(&d, 0.1), 99999);
	assert_int_equal(sampling_sample_rand(&d, 0.000001), 0);
	d.is_sampled = false;
	assert_int_equal(sampling_sample_rand(&d, 0.1), 193075);
	assert_int_equal(sampling_sample_rand(&d, 0.5), 500000);
	assert_int_equal(sampling_sample_rand(&d, 0.1930755), 193076);
	assert_int_equal(sampling_sample_rand(&d, 0.9999999), 999999);
	/* Nothing is right: still a number. */
	assert_int_equal(sampling_sample_rand(&d, 1), 999999);
	d.is_sampled = true;
	assert_int_equal(sampling_sample_rand(&d, 0), 0);
	assert_int_equal(sampling_sample_rand(&d, 0.0 / 0.0), 0);
}

/* For thresholds rounded to 4 digits too, whatever the randomness. */
static void sample_rand_agrees(void **state)
{
	unsigned int seed = 11;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		double rate = (1 + rand_r(&seed) % 999999) / 1e6;
		struct sampling_decision d = {.threshold = sampling_threshold(rate)};
		uint32_t sample_rand;

		/* Half of them right at the border. */
		d.randomness =
			i % 2 ? ((uint64_t)rand_r(&seed) << 31 | (uint64_t)rand_r(&seed)) %
					SAMPLING_RANGE
			      : (d.threshold + (uint64_t)(rand_r(&seed) % 3) + SAMPLING_RANGE - 1) %
					SAMPLING_RANGE;
		d.is_sampled = d.randomness >= d.threshold;
		sample_rand = sampling_sample_rand(&d, rate);
		assert_in_range(sample_rand, 0, 999999);
		assert_int_equal(sample_rand / 1e6 < rate, d.is_sampled);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_thresholds),  cmocka_unit_test(reads_what_it_prints),
		cmocka_unit_test(refuses_text),       cmocka_unit_test(derives_sample_rand),
		cmocka_unit_test(sample_rand_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
