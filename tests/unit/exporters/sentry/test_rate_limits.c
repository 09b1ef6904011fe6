/* Rate limits: the header's grammar, the fallbacks, and that a limit never shrinks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "exporters/sentry/rate_limits.h"

#define NOW      (1000 * NS_PER_S)
#define AFTER(s) (NOW + (uint64_t)((s)*1000.0) * NS_PER_MS)

static struct rate_limits apply(const char *header)
{
	struct rate_limits limits = {0};

	rate_limits_apply(&limits, 200, header, 5 * NS_PER_S, NOW);
	return limits;
}

static void reads_the_examples(void **state)
{
	struct rate_limits limits =
		apply("60:transaction:key, 2700:default;error;security:organization");

	(void)state;
	assert_int_equal(limits.until_ns[CATEGORY_TRANSACTION], AFTER(60));
	assert_int_equal(limits.until_ns[CATEGORY_DEFAULT], AFTER(2700));
	assert_int_equal(limits.until_ns[CATEGORY_ERROR], AFTER(2700));
	assert_int_equal(limits.until_ns[CATEGORY_SECURITY], AFTER(2700));
	assert_int_equal(limits.until_ns[CATEGORY_SPAN], 0);
	assert_int_equal(limits.until_all_ns, 0);
	limits = apply("60::organization, 2700::organization");
	assert_int_equal(limits.until_all_ns, AFTER(2700));
	assert_int_equal(limits.until_ns[CATEGORY_TRANSACTION], 0);
	limits = apply("2700:metric_bucket:organization:quota_exceeded:custom");
	assert_int_equal(limits.until_ns[CATEGORY_METRIC_BUCKET], AFTER(2700));
	limits = apply("2700:metric_bucket:organization:quota_exceeded:sessions;other");
	assert_int_equal(limits.until_ns[CATEGORY_METRIC_BUCKET], 0);
}

static void unknown_is_not_everything(void **state)
{
	struct rate_limits limits = apply("60:transaction_indexed;profile_duration:key");

	(void)state;
	assert_int_equal(limits.until_all_ns, 0);
	assert_false(rate_limits_is_blocked(&limits, CATEGORY_TRANSACTION, NOW));
	limits = apply("60:weird;transaction:key:a:b:c:d");
	assert_int_equal(limits.until_ns[CATEGORY_TRANSACTION], AFTER(60));
}

static void spaces_mean_nothing(void **state)
{
	struct rate_limits limits = apply(" 6 0 : trans action ;\tspan : key ,1 0::x");

	(void)state;
	assert_int_equal(limits.until_ns[CATEGORY_TRANSACTION], AFTER(60));
	assert_int_equal(limits.until_ns[CATEGORY_SPAN], AFTER(60));
	assert_int_equal(limits.until_all_ns, AFTER(10));
}

static void delays_are_read_without_locale(void **state)
{
	static const struct {
		const char *text;
		uint64_t delay_ms;
	} rows[] = {
		{"0", 0},
		{"1", 1000},
		{"2.5", 2500},
		{".25", 250},
		{"3.", 3000},
		{"0.0009999999999999999", 0},
		{"", 60000},
		{"-1", 60000},
		{"1e3", 60000},
		{"1,5", 60000},
		{"nan", 60000},
		{"99999999999999999999999", 2678400000},
		{"2678400", 2678400000},
		{"2678401", 2678400000},
	};
	char header[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rate_limits limits;
		uint64_t until_ns;

		(void)snprintf(header, sizeof(header), "%s:span:key", rows[i].text);
		limits = apply(header);
		/* "1,5" is two limits; the first has no category and is none. */
		until_ns =
			strchr(rows[i].text, ',') ? AFTER(5) : NOW + rows[i].delay_ms * NS_PER_MS;
		assert_in_range(limits.until_ns[CATEGORY_SPAN], until_ns, until_ns + 999999);
		assert_int_equal(limits.until_all_ns, 0);
	}
}

static void header_wins_over_retry_after(void **state)
{
	struct rate_limits limits = {0};

	(void)state;
	rate_limits_apply(&limits, 429, "60:span:key", 7 * NS_PER_S, NOW);
	assert_int_equal(limits.until_all_ns, 0);
	rate_limits_apply(&limits, 429, "", 7 * NS_PER_S, NOW);
	assert_int_equal(limits.until_all_ns, AFTER(7));
	rate_limits_apply(&limits, 429, NULL, 0, NOW);
	assert_int_equal(limits.until_all_ns, AFTER(60));
	limits = (struct rate_limits){0};
	rate_limits_apply(&limits, 503, "", 7 * NS_PER_S, NOW);
	rate_limits_apply(&limits, 200, NULL, 7 * NS_PER_S, NOW);
	assert_int_equal(limits.until_all_ns, 0);
	rate_limits_apply(&limits, 429, "", UINT64_MAX, NOW);
	assert_int_equal(limits.until_all_ns, AFTER(2678400));
}

static void only_moves_forward(void **state)
{
	struct rate_limits limits = apply("60:transaction:key");

	(void)state;
	rate_limits_apply(&limits, 200, "10:transaction:key", 0, NOW + NS_PER_S);
	assert_int_equal(limits.until_ns[CATEGORY_TRANSACTION], AFTER(60));
	rate_limits_apply(&limits, 200, "60:transaction:key", 0, NOW + NS_PER_S);
	assert_int_equal(limits.until_ns[CATEGORY_TRANSACTION], AFTER(61));
}

static void blocks_until_the_time(void **state)
{
	struct rate_limits limits = apply("60:transaction;internal:key");

	(void)state;
	assert_true(rate_limits_is_blocked(&limits, CATEGORY_TRANSACTION, AFTER(60) - 1));
	assert_false(rate_limits_is_blocked(&limits, CATEGORY_TRANSACTION, AFTER(60)));
	assert_false(rate_limits_is_blocked(&limits, CATEGORY_ERROR, NOW));
	assert_false(rate_limits_is_blocked(&limits, CATEGORY_INTERNAL, NOW));
	limits = apply("60::key");
	assert_true(rate_limits_is_blocked(&limits, CATEGORY_INTERNAL, NOW));
	assert_true(rate_limits_is_blocked(&limits, CATEGORY_ERROR, AFTER(60) - 1));
	assert_false(rate_limits_is_blocked(&limits, CATEGORY_ERROR, AFTER(60)));
}

/* Cut at every offset and with garbage in every place: no limit on everything comes out of it. */
static void survives_garbage(void **state)
{
	static const char whole[] = "60:transaction:key:reason:ns,2.5:error;span:organization";
	char text[sizeof(whole)], long_text[4096];
	struct rate_limits limits;

	(void)state;
	for (size_t size = 0; size < sizeof(whole); size++) {
		memcpy(text, whole, size);
		text[size] = '\0';
		limits = apply(text);
		/* "60:" and "…,2.5:" alone do mean everything. */
		assert_int_equal(limits.until_all_ns, size == 3    ? AFTER(60)
						      : size == 33 ? AFTER(2.5)
								   : 0);
	}
	for (size_t i = 0; i + 1 < sizeof(whole); i++) {
		memcpy(text, whole, sizeof(whole));
		text[i] = '\xff';
		limits = apply(text);
		assert_int_equal(limits.until_all_ns, 0);
	}
	memset(long_text, ',', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	limits = apply(long_text);
	assert_int_equal(limits.until_all_ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_examples),
		cmocka_unit_test(unknown_is_not_everything),
		cmocka_unit_test(spaces_mean_nothing),
		cmocka_unit_test(delays_are_read_without_locale),
		cmocka_unit_test(header_wins_over_retry_after),
		cmocka_unit_test(only_moves_forward),
		cmocka_unit_test(blocks_until_the_time),
		cmocka_unit_test(survives_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
