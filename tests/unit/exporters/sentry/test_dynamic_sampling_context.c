/* The sampling context: the arithmetic agrees with OTel, and what came in is passed on. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/dynamic_sampling_context.h"
#include "base/byte_buffer.h"
#include "known_segment.h"
#include "sample_crash.h"

#define RANGE (1ull << 56)

static json_t *context;

static void make(struct segment **segment, const char *organization_id)
{
	json_decref(context);
	context = dynamic_sampling_context_of(*segment, VIEW_LITERAL("pub"),
					      view_of_text(organization_id));
	segment_free(segment);
}

static const char *value(const char *key)
{
	return json_string_value(json_object_get(context, key));
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(context);
	context = NULL;
	return 0;
}

static void is_all_strings(void **state)
{
	struct segment *segment = known_segment();
	char *text;

	(void)state;
	make(&segment, "42");
	text = json_dumps(context, JSON_COMPACT);
	assert_string_equal(text, "{\"trace_id\":\"" KNOWN_TRACE_ID "\",\"public_key\":\"pub\","
				  "\"sample_rate\":\"1\",\"sample_rand\":\"0.193075\",\"sampled\":"
				  "\"true\",\"release\":\"shop@1.2.3\",\"environment\":\"staging\","
				  "\"org_id\":\"42\",\"transaction\":\"GET /orders/{id}\"}");
	free(text);
}

static void leaves_out_what_is_not_known(void **state)
{
	struct segment *segment = known_segment();

	(void)state;
	segment->resource->release = (struct view){0};
	segment->resource->environment = (struct view){0};
	make(&segment, "");
	assert_null(value("release"));
	assert_null(value("org_id"));
	assert_string_equal(value("environment"), "production");
	segment = known_segment();
	assert_null(dynamic_sampling_context_of(segment, (struct view){0}, (struct view){0}));
	segment_free(&segment);
}

static void raw_urls_are_no_names(void **state)
{
	struct segment *segment = known_segment();
	struct span *root = segment_root(segment);

	(void)state;
	root->attributes.count = 0;
	root->name = VIEW_LITERAL("GET /orders/17");
	make(&segment, "");
	assert_null(value("transaction"));
	segment = known_segment();
	root = segment_root(segment);
	root->attributes.count = 0;
	root->name = VIEW_LITERAL("GET");
	make(&segment, "");
	assert_string_equal(value("transaction"), "GET");
}

static void assert_numbers(struct sampling_decision sampling, const char *rate, const char *rand)
{
	struct segment *segment = known_segment();

	segment->sampling = sampling;
	make(&segment, "");
	assert_string_equal(value("sample_rate"), rate);
	assert_string_equal(value("sample_rand"), rand);
	assert_string_equal(value("sampled"), sampling.is_sampled ? "true" : "false");
}

static struct sampling_decision decide(uint64_t threshold, uint64_t randomness)
{
	return (struct sampling_decision){
		.threshold = threshold,
		.randomness = randomness,
		.has_threshold = true,
		.is_sampled = randomness >= threshold,
	};
}

/* T = 2^56 - ceil(rate * 2^56) for a rate in millionths. */
static uint64_t threshold_of(uint64_t micros)
{
	return RANGE - (uint64_t)(((__uint128_t)micros * RANGE + 999999) / 1000000);
}

static void numbers_agree_with_the_decision(void **state)
{
	(void)state;
	assert_numbers(decide(0, 0), "1", "0.999999");
	assert_numbers(decide(0, RANGE - 1), "1", "0.000000");
	assert_numbers(decide(RANGE / 4 * 3, 0xce929d0e0e4736), "0.25", "0.193075");
	assert_numbers(decide(threshold_of(193075), 0xce929d0e0e4736), "0.193075", "0.193075");
	assert_numbers(decide(threshold_of(193076), 0xce929d0e0e4736), "0.193076", "0.193075");
	assert_numbers(decide(threshold_of(1), RANGE - 1), "0.000001", "0.000000");
	assert_numbers(decide(threshold_of(1), 0), "0.000001", "0.999999");
	assert_numbers(decide(threshold_of(999999), 0), "0.999999", "0.999999");
	/* The parent decided and did not say how. */
	assert_numbers((struct sampling_decision){.is_sampled = true, .randomness = RANGE / 2}, "1",
		       "0.499999");
}

static void rounded_thresholds_keep_the_invariant(void **state)
{
	(void)state;
	/* th:e666 keeps 0.100006…; the last kept randomness rounds to the rate itself. */
	assert_numbers(decide(0xe6660000000000, 0xe6660000000000), "0.100006", "0.100005");
	assert_numbers(decide(0xe6660000000000, 0xe665ffffffffff), "0.100006", "0.100006");
	/* Less than one in a million. */
	assert_numbers(decide(RANGE - 1, RANGE - 1), "0.000000000000000013", "0.000000");
	assert_numbers(decide(RANGE - 1, 0), "0", "0.999999");
	assert_numbers(decide(RANGE - RANGE / 4000000, RANGE - 1), "0.000000249999999993",
		       "0.000000");
}

/* For every rate tried, at and around its boundary: sampled exactly when rand < rate. */
static void invariant_holds_at_every_boundary(void **state)
{
	(void)state;
	for (uint64_t micros = 1; micros <= 1000000; micros += 997) {
		uint64_t threshold = threshold_of(micros);

		for (int delta = -2; delta <= 2; delta++) {
			struct segment *segment;
			uint64_t randomness = threshold + (uint64_t)(int64_t)delta;

			if (randomness >= RANGE)
				continue;
			segment = known_segment();
			segment->sampling = decide(threshold, randomness);
			make(&segment, "");
			assert_int_equal(strtod(value("sample_rand"), NULL) <
						 strtod(value("sample_rate"), NULL),
					 delta >= 0);
		}
	}
}

static void received_context_is_frozen(void **state)
{
	struct segment *segment = known_segment();
	char *text;

	(void)state;
	segment->has_sentry_trace = true;
	segment->baggage = VIEW_LITERAL(
		"other=1, sentry-trace_id=" KNOWN_TRACE_ID ",sentry-public_key=theirs;p=1,\t"
		"sentry-sample_rate = 0.5 ,sentry-transaction=GET%20%2Fa%2C%c3%a9,third=x,"
		"sentry-replay_id=7,sentry-=no,sentry-x,sentry-bad=%zz%ff%");
	make(&segment, "42");
	text = json_dumps(context, JSON_COMPACT);
	assert_string_equal(text, "{\"trace_id\":\"" KNOWN_TRACE_ID "\",\"public_key\":\"theirs\","
				  "\"sample_rate\":\"0.5\",\"transaction\":\"GET /a,\xc3\xa9\","
				  "\"replay_id\":\"7\",\"bad\":\"%zz\xef\xbf\xbd%\"}");
	free(text);
}

static void old_sdks_freeze_an_empty_one(void **state)
{
	struct segment *segment = known_segment();

	(void)state;
	segment->has_sentry_trace = true;
	segment->baggage = VIEW_LITERAL("other=1");
	make(&segment, "42");
	assert_null(context);
}

static void foreign_ones_are_not_passed_on(void **state)
{
	struct segment *segment = known_segment();

	(void)state;
	/* Without sentry-trace the baggage is not about this trace. */
	segment->baggage = VIEW_LITERAL("sentry-trace_id=" KNOWN_TRACE_ID ",sentry-public_key=a");
	make(&segment, "");
	assert_string_equal(value("public_key"), "pub");
	segment = known_segment();
	segment->has_sentry_trace = true;
	segment->baggage = VIEW_LITERAL(
		"sentry-trace_id=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,sentry-public_key=a");
	make(&segment, "");
	assert_string_equal(value("public_key"), "pub");
	assert_string_equal(value("trace_id"), KNOWN_TRACE_ID);
	segment = known_segment();
	segment->has_sentry_trace = true;
	segment->baggage = VIEW_LITERAL("sentry-trace_id=" KNOWN_TRACE_ID);
	make(&segment, "");
	assert_string_equal(value("public_key"), "pub");
}

static void baggage_is_capped(void **state)
{
	struct segment *segment = known_segment();
	struct byte_buffer text;

	(void)state;
	byte_buffer_init(&text, 100000);
	byte_buffer_append_text(&text, "sentry-trace_id=" KNOWN_TRACE_ID ",sentry-public_key=a");
	for (int i = 0; i < 1000; i++)
		byte_buffer_append_format(&text, ",sentry-k%d=v", i);
	segment->has_sentry_trace = true;
	segment->baggage = byte_buffer_view(&text);
	make(&segment, "");
	assert_int_equal(json_object_size(context), 64);
	segment = known_segment();
	segment->has_sentry_trace = true;
	byte_buffer_clear(&text);
	byte_buffer_append_text(&text, "sentry-trace_id=" KNOWN_TRACE_ID
				       ",sentry-public_key=a,sentry-long=");
	for (int i = 0; i < 2000; i++)
		byte_buffer_append_text(&text, "x");
	segment->baggage = byte_buffer_view(&text);
	make(&segment, "");
	assert_int_equal(strlen(value("long")), 512);
	byte_buffer_done(&text);
}

/* Of the trace a crash broke the rate is not known. */
static void crashes_say_what_they_know(void **state)
{
	struct crash *crash = known_crash();
	char *text;

	(void)state;
	json_decref(context);
	context = dynamic_sampling_context_of_crash(crash, VIEW_LITERAL("pub"), VIEW_LITERAL("42"));
	text = json_dumps(context, JSON_COMPACT);
	assert_string_equal(text, "{\"trace_id\":\"" KNOWN_CRASH_TRACE_ID
				  "\",\"public_key\":\"pub\",\"sampled\":\"true\",\"release\":"
				  "\"shop@1.2.3\",\"environment\":\"staging\",\"org_id\":\"42\","
				  "\"transaction\":\"GET /orders/{id}\"}");
	free(text);
	json_decref(context);
	crash->trace.is_sampled = false;
	crash->trace.request.count--; /* the port: the route stays */
	context = dynamic_sampling_context_of_crash(crash, VIEW_LITERAL("pub"), (struct view){0});
	assert_string_equal(value("sampled"), "false");
	assert_null(value("org_id"));
	assert_null(dynamic_sampling_context_of_crash(crash, (struct view){0}, (struct view){0}));
	crash->trace.is_known = false;
	assert_null(
		dynamic_sampling_context_of_crash(crash, VIEW_LITERAL("pub"), (struct view){0}));
	crash_free(&crash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_all_strings),
		cmocka_unit_test(leaves_out_what_is_not_known),
		cmocka_unit_test(raw_urls_are_no_names),
		cmocka_unit_test(numbers_agree_with_the_decision),
		cmocka_unit_test(rounded_thresholds_keep_the_invariant),
		cmocka_unit_test(invariant_holds_at_every_boundary),
		cmocka_unit_test(received_context_is_frozen),
		cmocka_unit_test(old_sdks_freeze_an_empty_one),
		cmocka_unit_test(foreign_ones_are_not_passed_on),
		cmocka_unit_test(baggage_is_capped),
		cmocka_unit_test(crashes_say_what_they_know),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
