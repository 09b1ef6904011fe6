/* traceparent, sentry-trace, B3: what is taken, what is refused, which one wins. */
#include "cmocka_test.h"

#include "tracing/trace_context.h"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN  "00f067aa0ba902b7"

static const uint8_t trace_bytes[16] = {0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6,
					0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36};
static const uint8_t span_bytes[8] = {0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7};

static bool extract_traceparent(const char *text, struct trace_context *ret)
{
	struct propagation propagation = {.traceparent = exact_copy(view_of_text(text))};
	bool is_found = trace_context_extract(&propagation, ret);

	free_copy(propagation.traceparent);
	return is_found;
}

static void takes_traceparent(void **state)
{
	static const struct {
		const char *text;
		bool is_sampled, is_random;
	} rows[] = {
		{"00-" TRACE "-" SPAN "-01", true, false},
		{"00-" TRACE "-" SPAN "-00", false, false},
		{"00-" TRACE "-" SPAN "-03", true, true},
		{"00-" TRACE "-" SPAN "-02", false, true},
		{"00-" TRACE "-" SPAN "-ff", true, true},
		{"cc-" TRACE "-" SPAN "-01", true, false},
		{"cc-" TRACE "-" SPAN "-01-what-the-future-will-be-like", true, false},
		{"fe-" TRACE "-" SPAN "-01-", true, false},
	};
	struct trace_context context;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(extract_traceparent(rows[i].text, &context));
		assert_memory_equal(context.trace_id, trace_bytes, 16);
		assert_memory_equal(context.parent_span_id, span_bytes, 8);
		assert_true(context.has_sampled);
		assert_int_equal(context.is_sampled, rows[i].is_sampled);
		assert_int_equal(context.has_random_flag, rows[i].is_random);
		assert_int_equal(context.source, TRACE_CONTEXT_TRACEPARENT);
	}
}

static void refuses_traceparent(void **state)
{
	static const char good[] = "00-" TRACE "-" SPAN "-01";
	static const char *const rows[] = {
		"ff-" TRACE "-" SPAN "-01",
		"00-" TRACE "-" SPAN "-01-extra",
		"00-" TRACE "-" SPAN "-01.",
		"cc-" TRACE "-" SPAN "-01.extra",
		"0-" TRACE "-" SPAN "-01",
		"00-00000000000000000000000000000000-" SPAN "-01",
		"00-" TRACE "-0000000000000000-01",
		"00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01",
		"00-" TRACE "-00F067AA0BA902B7-01",
		"0x-" TRACE "-" SPAN "-01",
		"00-" TRACE "-" SPAN "-0x",
		"00-" TRACE "-" SPAN "-0A",
		"00_" TRACE "-" SPAN "-01",
		"00-" TRACE "_" SPAN "-01",
		"00-" TRACE "-" SPAN "_01",
		" 00-" TRACE "-" SPAN "-01",
		"",
	};
	struct trace_context context;
	char text[sizeof(good)];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (extract_traceparent(rows[i], &context))
			fail_msg("\"%s\" was taken", rows[i]);
	for (size_t cut = 0; cut < sizeof(good) - 1; cut++) {
		memcpy(text, good, sizeof(good));
		text[cut] = '\0';
		assert_false(extract_traceparent(text, &context));
		memcpy(text, good, sizeof(good));
		text[cut] = 'g';
		assert_false(extract_traceparent(text, &context));
	}
}

static void takes_sentry_trace(void **state)
{
	struct propagation propagation = {.sentry_trace = VIEW_LITERAL(TRACE "-" SPAN)};
	struct trace_context context;

	(void)state;
	assert_true(trace_context_extract(&propagation, &context));
	assert_int_equal(context.source, TRACE_CONTEXT_SENTRY);
	assert_memory_equal(context.trace_id, trace_bytes, 16);
	assert_memory_equal(context.parent_span_id, span_bytes, 8);
	assert_false(context.has_sampled);
	assert_false(context.has_random_flag);
	propagation.sentry_trace = VIEW_LITERAL(TRACE "-" SPAN "-1");
	assert_true(trace_context_extract(&propagation, &context));
	assert_true(context.has_sampled);
	assert_true(context.is_sampled);
	propagation.sentry_trace = VIEW_LITERAL(TRACE "-" SPAN "-0");
	assert_true(trace_context_extract(&propagation, &context));
	assert_true(context.has_sampled);
	assert_false(context.is_sampled);
	propagation.sentry_trace = VIEW_LITERAL(TRACE "-" SPAN "-2");
	assert_false(trace_context_extract(&propagation, &context));
	propagation.sentry_trace = VIEW_LITERAL(TRACE "-" SPAN "-");
	assert_false(trace_context_extract(&propagation, &context));
	propagation.sentry_trace = VIEW_LITERAL(TRACE "-0000000000000000-1");
	assert_false(trace_context_extract(&propagation, &context));
	propagation.sentry_trace = VIEW_LITERAL(TRACE);
	assert_false(trace_context_extract(&propagation, &context));
}

static void takes_b3(void **state)
{
	static const struct {
		const char *text;
		bool is_taken, has_sampled, is_sampled;
	} rows[] = {
		{TRACE "-" SPAN, true, false, false},
		{TRACE "-" SPAN "-1", true, true, true},
		{TRACE "-" SPAN "-d", true, true, true},
		{TRACE "-" SPAN "-0", true, true, false},
		{TRACE "-" SPAN "-1-05e3ac9a4f6e3b90", true, true, true},
		{TRACE "-" SPAN "-x", false, false, false},
		{TRACE "-" SPAN "-1-05e3", false, false, false},
		{TRACE "-" SPAN "-1-05e3ac9a4f6e3b90-", false, false, false},
		{TRACE "-" SPAN "-", false, false, false},
		{TRACE, false, false, false},
		{"0", false, false, false},
	};
	struct propagation propagation = {0};
	struct trace_context context;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		propagation.b3 = view_of_text(rows[i].text);
		assert_int_equal(trace_context_extract(&propagation, &context), rows[i].is_taken);
		if (!rows[i].is_taken)
			continue;
		assert_int_equal(context.source, TRACE_CONTEXT_B3);
		assert_memory_equal(context.trace_id, trace_bytes, 16);
		assert_int_equal(context.has_sampled, rows[i].has_sampled);
		assert_int_equal(context.is_sampled, rows[i].is_sampled);
	}
}

static void takes_b3_of_several_fields(void **state)
{
	static const uint8_t short_id[16] = {[8] = 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36};
	struct propagation propagation = {
		.b3_trace_id = VIEW_LITERAL("a3ce929d0e0e4736"),
		.b3_span_id = VIEW_LITERAL(SPAN),
		.b3_sampled = VIEW_LITERAL("True"),
	};
	struct trace_context context;

	(void)state;
	assert_true(trace_context_extract(&propagation, &context));
	assert_memory_equal(context.trace_id, short_id, 16);
	assert_memory_equal(context.parent_span_id, span_bytes, 8);
	assert_true(context.is_sampled);
	propagation.b3_sampled = (struct view){0};
	assert_true(trace_context_extract(&propagation, &context));
	assert_false(context.has_sampled);
	propagation.b3_sampled = VIEW_LITERAL("no");
	assert_false(trace_context_extract(&propagation, &context));
	propagation.b3_sampled = (struct view){0};
	propagation.b3_span_id = (struct view){0};
	assert_false(trace_context_extract(&propagation, &context));
}

static void follows_the_order(void **state)
{
	struct propagation propagation = {
		.traceparent = VIEW_LITERAL("00-" TRACE "-" SPAN "-01"),
		.sentry_trace = VIEW_LITERAL("11111111111111111111111111111111-2222222222222222"),
		.b3 = VIEW_LITERAL("33333333333333333333333333333333-4444444444444444"),
	};
	struct trace_context context, untouched;

	(void)state;
	assert_true(trace_context_extract(&propagation, &context));
	assert_int_equal(context.source, TRACE_CONTEXT_TRACEPARENT);
	assert_true(context.has_sampled);
	propagation.traceparent = VIEW_LITERAL("00-broken");
	assert_true(trace_context_extract(&propagation, &context));
	assert_int_equal(context.source, TRACE_CONTEXT_SENTRY);
	assert_int_equal(context.trace_id[0], 0x11);
	propagation.sentry_trace.size--;
	assert_true(trace_context_extract(&propagation, &context));
	assert_int_equal(context.source, TRACE_CONTEXT_B3);
	propagation.b3.size--;
	memset(&context, 0x5a, sizeof(context));
	untouched = context;
	assert_false(trace_context_extract(&propagation, &context));
	assert_memory_equal(&context, &untouched, sizeof(context));
}

/* 00 beside a deferred sentry-trace of the same span is Sentry's way to say nothing. */
static void knows_a_deferred_decision(void **state)
{
	struct propagation propagation = {
		.traceparent = VIEW_LITERAL("00-" TRACE "-" SPAN "-00"),
		.sentry_trace = VIEW_LITERAL(TRACE "-" SPAN),
	};
	struct trace_context context;

	(void)state;
	assert_true(trace_context_extract(&propagation, &context));
	assert_int_equal(context.source, TRACE_CONTEXT_TRACEPARENT);
	assert_false(context.has_sampled);
	propagation.sentry_trace = VIEW_LITERAL(TRACE "-" SPAN "-0");
	assert_true(trace_context_extract(&propagation, &context));
	assert_true(context.has_sampled);
	propagation.sentry_trace = VIEW_LITERAL(TRACE "-1111111111111111");
	assert_true(trace_context_extract(&propagation, &context));
	assert_true(context.has_sampled);
}

static void assert_joined(const char *lines, size_t size, const char *wanted)
{
	struct view copy = exact_copy(view_of_text(lines));
	char *buffer = malloc(size + 1);

	assert_view(trace_context_join_lines(copy, buffer, size), wanted);
	free(buffer);
	free_copy(copy);
}

static void joins_lines(void **state)
{
	(void)state;
	assert_joined("a=1,b=2", 0, "a=1,b=2");
	assert_joined("", 0, "");
	assert_joined("a=1\r\ntracestate: b=2\r\nTraceState:c=3", 100, "a=1,b=2,c=3");
	assert_joined("a=1\nbaggage: b=2 ", 100, "a=1,b=2");
	assert_joined("a=1,\r\n b=2\r\nbaggage: c=3", 100, "a=1,   b=2,c=3");
	assert_joined("\r\nbaggage:\r\nbaggage: c=3", 100, "c=3");
	assert_joined("a=1\r\nbaggage: b=2", 7, "a=1,b=2");
	assert_joined("a=1\r\nbaggage: b=2", 6, "a=1");
	assert_joined("a=1\r\nbaggage: b=2", 2, "");
	assert_joined("a=1\r\nno colon", 100, "a=1,no colon");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_traceparent),          cmocka_unit_test(refuses_traceparent),
		cmocka_unit_test(takes_sentry_trace),         cmocka_unit_test(takes_b3),
		cmocka_unit_test(takes_b3_of_several_fields), cmocka_unit_test(follows_the_order),
		cmocka_unit_test(knows_a_deferred_decision),  cmocka_unit_test(joins_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
