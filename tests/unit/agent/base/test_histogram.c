/* The histogram: exact where it promises, within 2 % everywhere else, total on any value. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "base/histogram.h"

static void assert_near(uint64_t found, double expected)
{
	if (fabs((double)found - expected) > expected * 0.02)
		fail_msg("%llu is more than 2 %% from %f", (unsigned long long)found, expected);
}

static void test_empty(void **state)
{
	struct histogram histogram = {0};

	(void)state;
	assert_int_equal(histogram_quantile(&histogram, 0.5), 0);
}

static void test_one_value_of_every_size(void **state)
{
	(void)state;
	for (uint64_t value = 1; value < 1ull << 42; value = value * 9 / 8 + 1) {
		struct histogram histogram = {0};

		histogram_add(&histogram, value);
		histogram_add(&histogram, value + value / 2);
		assert_near(histogram_quantile(&histogram, 0.5), (double)value);
		assert_int_equal(histogram_quantile(&histogram, 0),
				 histogram_quantile(&histogram, 0.5));
	}
}

static void test_quantiles_of_a_range(void **state)
{
	struct histogram histogram = {0};

	(void)state;
	for (uint64_t i = 1; i <= 100000; i++)
		histogram_add(&histogram, i * 1000);
	assert_int_equal(histogram.count, 100000);
	assert_int_equal(histogram.sum_ns, 100000ull * 100001 / 2 * 1000);
	assert_int_equal(histogram.max_ns, 100000000);
	assert_near(histogram_quantile(&histogram, 0.5), 50000000);
	assert_near(histogram_quantile(&histogram, 0.95), 95000000);
	assert_near(histogram_quantile(&histogram, 0.99), 99000000);
	assert_true(histogram_quantile(&histogram, 1) <= 100000000);
}

static void test_extremes(void **state)
{
	struct histogram histogram = {0};

	(void)state;
	histogram_add(&histogram, UINT64_MAX);
	histogram_add(&histogram, UINT64_MAX);
	assert_int_equal(histogram.sum_ns, UINT64_MAX);
	assert_int_equal(histogram_quantile(&histogram, 0.5), UINT64_MAX);
	histogram_add(&histogram, 0);
	assert_int_equal(histogram_quantile(&histogram, 0.1), 0);
	histogram.buckets[7] = UINT32_MAX;
	histogram_add(&histogram, 7);
	assert_int_equal(histogram.buckets[7], UINT32_MAX);
}

/* Half a power of two each, together all that was added. */
static void test_bars(void **state)
{
	struct histogram histogram = {0};
	struct histogram_bar bars[HISTOGRAM_BARS];

	(void)state;
	assert_int_equal(histogram_bars(&histogram, bars), 0);
	for (int i = 0; i < 3; i++)
		histogram_add(&histogram, 1024);
	histogram_add(&histogram, 1535);
	histogram_add(&histogram, 1536);
	histogram_add(&histogram, 2047);
	histogram_add(&histogram, 5);
	histogram_add(&histogram, UINT64_MAX);
	assert_int_equal(histogram_bars(&histogram, bars), 4);
	assert_int_equal(bars[0].from_ns, 0);
	assert_int_equal(bars[0].count, 1);
	assert_int_equal(bars[1].from_ns, 1024);
	assert_int_equal(bars[1].count, 4);
	assert_int_equal(bars[2].from_ns, 1536);
	assert_int_equal(bars[2].count, 2);
	assert_int_equal(bars[3].from_ns, (3ull << HISTOGRAM_MAX_BITS) / 4);
	assert_int_equal(bars[3].count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one_value_of_every_size),
		cmocka_unit_test(test_quantiles_of_a_range),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_bars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
