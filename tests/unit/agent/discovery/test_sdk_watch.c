/* Which requests show that a process reports itself, what follows, and that it is said once. */
#include "discovery/sdk_watch.h"

#include <unistd.h>
#include "base/clock.h"
#include "captured_output.h"
#include "cmocka_test.h"
#include "sample_segment.h"

static struct captured_output output;
static struct sdk_watch *watch;

static int begin(void **state)
{
	(void)state;
	return sdk_watch_new(&watch, "/proc");
}

static int end(void **state)
{
	(void)state;
	sdk_watch_free(&watch);
	return 0;
}

/* What it says of a segment with one client span that has this attribute. */
static const char *saw(const char *key, const char *value, enum span_status status)
{
	struct segment *segment = sample_segment(1000);
	struct span *span = segment->spans[2];

	segment->resource->pid = 4000000; /* nobody: no context is found */
	span->status = status;
	attribute_set_static(&span->attributes, &segment->arena, key, value);
	captured_output_begin(&output, STDERR_FILENO);
	sdk_watch_see(watch, segment, 0);
	(void)captured_output_end(&output);
	segment_free(&segment);
	return output.text;
}

static int sends(pid_t pid)
{
	return (sdk_watch_suppresses(watch, pid, SDK_TRACES) ? SDK_TRACES : 0) |
	       (sdk_watch_suppresses(watch, pid, SDK_ERRORS) ? SDK_ERRORS : 0);
}

static void each_category_alone(void **state)
{
	static const struct {
		const char *key, *value;
		int sends;
	} cases[] = {
		{"limpet.telemetry", "otlp.traces", SDK_TRACES},
		{"limpet.telemetry", "otlp.logs", SDK_ERRORS},
		{"limpet.telemetry", "otlp.metrics", 0},
		{"limpet.telemetry", "sentry", SDK_ERRORS},
		{"limpet.telemetry", "sentry.errors", SDK_ERRORS},
		{"limpet.telemetry", "sentry.traces", SDK_TRACES},
		{"limpet.telemetry", "sentry.other", 0},
		{"rpc.method", "opentelemetry.proto.collector.trace.v1.TraceService/Export",
		 SDK_TRACES},
		{"rpc.method", "opentelemetry.proto.collector.logs.v1.LogsService/Export",
		 SDK_ERRORS},
		{"rpc.method", "opentelemetry.proto.collector.metrics.v1.MetricsService/Export", 0},
		{"rpc.method", "a.TraceService/Export", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)saw(cases[i].key, cases[i].value, STATUS_UNSET);
		assert_int_equal(sends(4000000), cases[i].sends);
		sdk_watch_process_began(watch, 4000000);
		assert_int_equal(sends(4000000), 0);
	}
}

static void said_once(void **state)
{
	(void)state;
	assert_string_equal(saw("limpet.telemetry", "otlp.traces", STATUS_UNSET),
			    "limpet: process 4000000 (shop) sends its own traces (seen from its "
			    "requests): limpet does not; --suppress-sdk=off: it does\n");
	assert_string_equal(saw("limpet.telemetry", "otlp.traces", STATUS_UNSET), "");
	assert_string_equal(saw("limpet.telemetry", "otlp.logs", STATUS_UNSET),
			    "limpet: process 4000000 (shop) sends its own errors (seen from its "
			    "requests): limpet does not; --suppress-sdk=off: it does\n");
	assert_int_equal(sends(4000000), SDK_TRACES | SDK_ERRORS);
	assert_int_equal(sends(4000001), 0);
}

/* A server that takes telemetry sends none by that; a refused request sent nothing. */
static void no_proof(void **state)
{
	struct segment *segment = sample_segment(1000);

	(void)state;
	assert_string_equal(saw("limpet.telemetry", "otlp.traces", STATUS_ERROR), "");
	assert_int_equal(sends(4000000), 0);
	segment->resource->pid = 4000000;
	attribute_set_static(&segment->spans[0]->attributes, &segment->arena, "limpet.telemetry",
			     "otlp.traces");
	sdk_watch_see(watch, segment, 0);
	assert_int_equal(sends(4000000), 0);
	segment_free(&segment);
}

static void our_own_exports(void **state)
{
	struct segment *segment = sample_segment(1000);
	struct span *root = segment->spans[0];

	(void)state;
	assert_false(sdk_watch_is_our_export(segment));
	attribute_set_static(&root->attributes, &segment->arena, "user_agent.original",
			     "limpet/1 OTel-OTLP-Exporter-C/1");
	assert_false(sdk_watch_is_our_export(segment));
	attribute_set_static(&root->attributes, &segment->arena, "limpet.telemetry", "otlp.traces");
	assert_true(sdk_watch_is_our_export(segment));
	attribute_set_static(&root->attributes, &segment->arena, "user_agent.original", "curl/8");
	assert_false(sdk_watch_is_our_export(segment));
	segment_free(&segment);
}

/* Full: who was seen first is forgotten, nothing grows. */
static void many(void **state)
{
	struct segment *segment = sample_segment(1000);

	(void)state;
	attribute_set_static(&segment->spans[1]->attributes, &segment->arena, "limpet.telemetry",
			     "otlp.logs");
	segment->spans[1]->status = STATUS_UNSET;
	captured_output_begin(&output, STDERR_FILENO);
	for (uint32_t pid = 4000000; pid < 4000000 + 4097; pid++) {
		segment->resource->pid = pid;
		sdk_watch_see(watch, segment, 0);
	}
	(void)captured_output_end(&output);
	assert_int_equal(sends(4000000), 0);
	assert_int_equal(sends(4000001), SDK_ERRORS);
	assert_int_equal(sends(4004096), SDK_ERRORS);
	segment_free(&segment);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_category_alone, begin, end),
		cmocka_unit_test_setup_teardown(said_once, begin, end),
		cmocka_unit_test_setup_teardown(no_proof, begin, end),
		cmocka_unit_test_setup_teardown(our_own_exports, begin, end),
		cmocka_unit_test_setup_teardown(many, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
