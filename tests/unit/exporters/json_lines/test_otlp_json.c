/* The exact line of a segment with everything in it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exporters/json_lines/otlp_json.h"
#include "sample_crash.h"

static struct segment *fixed_segment(void)
{
	struct resource *resource;
	struct segment *segment;
	struct span *span;

	assert_int_equal(resource_new(&resource), 0);
	attribute_set_string(&resource->attributes, &resource->arena, "service.name",
			     VIEW_LITERAL("sh\"op"));
	resource->attributes.dropped_count = 1;
	assert_int_equal(segment_new(&segment, resource), 0);
	resource_release(&resource);
	memcpy(segment->trace_id,
	       "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
	segment->sampling.is_sampled = true;
	segment->trace_state = arena_copy(&segment->arena, VIEW_LITERAL("ot=th:8"));
	span = segment_add_span(segment);
	memcpy(span->span_id, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
	memcpy(span->parent_span_id, "\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8", 8);
	span->parent_source = PARENT_HEADER;
	span->is_parent_remote = true;
	span->is_incomplete = true;
	span->kind = SPAN_SERVER;
	span->status = STATUS_ERROR;
	span->status_message = arena_copy(&segment->arena, VIEW_LITERAL("gone"));
	span->name = arena_copy(&segment->arena, VIEW_LITERAL("GET"));
	span->start_unix_ns = 1760000000000000001ull;
	span->end_unix_ns = 1760000000000000002ull;
	span->attributes.dropped_count = 3;
	attribute_set_integer(&span->attributes, &segment->arena, "i", -5);
	attribute_set_double(&span->attributes, &segment->arena, "d", 0.25);
	attribute_set_boolean(&span->attributes, &segment->arena, "b", false);
	attribute_set_string(&span->attributes, &segment->arena, "s", VIEW_LITERAL("\xff\n"));
	attribute_set_strings(&span->attributes, &segment->arena, "l", view_of("one\0t\"o", 8));
	span = segment_add_span(segment);
	memcpy(span->span_id, "\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11", 8);
	span->kind = SPAN_INTERNAL;
	return segment;
}

#define SCHEMA "\"schemaUrl\":\"https://opentelemetry.io/schemas/1.44.0\""

static void exact_line(void **state)
{
	static const char expected[] =
		"{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
		"\"sh\\\"op\"}}],\"droppedAttributesCount\":1},\"scopeSpans\":[{\"scope\":{\"name\":\"limpet\","
		"\"version\":\"" LIMPET_VERSION "\"},\"spans\":["
		"{\"traceId\":\"00112233445566778899aabbccddeeff\",\"spanId\":\"0102030405060708\",\"traceState\":\"ot=th:8\","
		"\"parentSpanId\":\"f1f2f3f4f5f6f7f8\",\"name\":\"GET\",\"kind\":2,\"startTimeUnixNano\":"
		"\"1760000000000000001\",\"endTimeUnixNano\":\"1760000000000000002\",\"attributes\":["
		"{\"key\":\"i\",\"value\":{\"intValue\":\"-5\"}},{\"key\":\"d\",\"value\":{\"doubleValue\":0.25}},"
		"{\"key\":\"b\",\"value\":{\"boolValue\":false}},{\"key\":\"s\",\"value\":{\"stringValue\":"
		"\"\xef\xbf\xbd\\n\"}},{\"key\":\"l\",\"value\":{\"arrayValue\":{\"values\":[{\"stringValue\":\"one\"},"
		"{\"stringValue\":\"t\\\"o\"}]}}},{\"key\":\"limpet.parent.source\",\"value\":{\"stringValue\":\"header\"}},"
		"{\"key\":\"limpet.incomplete\",\"value\":{\"boolValue\":true}}],\"droppedAttributesCount\":3,"
		"\"status\":{\"message\":\"gone\",\"code\":2},\"flags\":769},"
		"{\"traceId\":\"00112233445566778899aabbccddeeff\",\"spanId\":\"0a0b0c0d0e0f1011\",\"traceState\":\"ot=th:8\","
		"\"name\":\"\",\"kind\":1,\"startTimeUnixNano\":\"0\",\"endTimeUnixNano\":\"0\",\"attributes\":[],"
		"\"flags\":257}]," SCHEMA "}]," SCHEMA "}]}\n";
	struct segment *segment = fixed_segment();
	struct byte_buffer buffer;

	(void)state;
	byte_buffer_init(&buffer, 10000);
	otlp_json_append(&buffer, segment);
	byte_buffer_append(&buffer, view_of("", 1));
	assert_string_equal(buffer.bytes, expected);
	byte_buffer_done(&buffer);
	segment_free(&segment);
}

static void cap(void **state)
{
	struct segment *segment = fixed_segment();
	struct byte_buffer buffer;

	(void)state;
	byte_buffer_init(&buffer, 200);
	otlp_json_append(&buffer, segment);
	assert_true(buffer.is_failed);
	assert_true(buffer.size <= 200);
	byte_buffer_done(&buffer);
	segment_free(&segment);
}

/* A crash with one of everything the line has: exact. */
static struct crash *fixed_crash(void)
{
	struct crash *crash = known_crash();

	crash->cause = VIEW_LITERAL("null \xff\n");
	crash->threads_count = 1;
	crash->threads[0].frames_count = 1;
	crash->threads[0].is_truncated = false;
	crash->suppressed_count = 0;
	crash->trace.request.count = 1;
	return crash;
}

static void exact_crash(void **state)
{
	static const char expected[] =
		"{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}},"
		"{\"key\":\"process.pid\",\"value\":{\"intValue\":\"4711\"}},"
		"{\"key\":\"host.name\",\"value\":{\"stringValue\":\"web-7\"}},"
		"{\"key\":\"process.executable.path\",\"value\":{\"stringValue\":\"/usr/bin/shop\"}},"
		"{\"key\":\"process.executable.name\",\"value\":{\"stringValue\":\"shop\"}}]},\"scopeLogs\":["
		"{\"scope\":{\"name\":\"limpet\",\"version\":\"" LIMPET_VERSION
		"\"},\"logRecords\":["
		"{\"timeUnixNano\":\"1767607212716204999\",\"observedTimeUnixNano\":\"1767607212716204999\","
		"\"severityNumber\":21,\"severityText\":\"FATAL\",\"body\":{\"stringValue\":\"null \xef\xbf\xbd\\n\"},"
		"\"attributes\":[{\"key\":\"exception.type\",\"value\":{\"stringValue\":\"SIGSEGV\"}},"
		"{\"key\":\"exception.message\",\"value\":{\"stringValue\":\"null \xef\xbf\xbd\\n\"}},"
		"{\"key\":\"log.record.uid\",\"value\":{\"stringValue\":\"9f0c2b7e5a1d4c83b6e2f47a10d95c3e\"}},"
		"{\"key\":\"limpet.crash.kind\",\"value\":{\"stringValue\":\"signal\"}},"
		"{\"key\":\"limpet.crash.signal.number\",\"value\":{\"intValue\":\"11\"}},"
		"{\"key\":\"limpet.crash.signal.name\",\"value\":{\"stringValue\":\"SIGSEGV\"}},"
		"{\"key\":\"limpet.crash.signal.code_name\",\"value\":{\"stringValue\":\"SEGV_MAPERR\"}},"
		"{\"key\":\"limpet.crash.signal.code\",\"value\":{\"intValue\":\"1\"}},"
		"{\"key\":\"limpet.crash.fault_address\",\"value\":{\"stringValue\":\"0x8\"}},"
		"{\"key\":\"thread.id\",\"value\":{\"intValue\":\"4714\"}},"
		"{\"key\":\"thread.name\",\"value\":{\"stringValue\":\"worker-3\"}},"
		"{\"key\":\"limpet.crash.trace.source\",\"value\":{\"stringValue\":\"context\"}},"
		"{\"key\":\"http.request.method\",\"value\":{\"stringValue\":\"GET\"}},"
		"{\"key\":\"exception.stacktrace\",\"value\":{\"stringValue\":\"thread 4714 (worker-3) crashed:\\n    at shop::order_total(shop::Order const&) (/src/shop/order.cc:42) in shop+0x1139\\n\"}}],"
		"\"flags\":1,\"traceId\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"spanId\":\"00f067aa0ba902b7\","
		"\"eventName\":\"exception\"}],\"schemaUrl\":\"https://opentelemetry.io/schemas/1.44.0\"}],"
		"\"schemaUrl\":\"https://opentelemetry.io/schemas/1.44.0\"}]}\n";
	struct crash *crash = fixed_crash();
	struct byte_buffer buffer;

	(void)state;
	byte_buffer_init(&buffer, 10000);
	otlp_json_append_crash(&buffer, crash);
	byte_buffer_append(&buffer, view_of("", 1));
	assert_string_equal(buffer.bytes, expected);
	byte_buffer_done(&buffer);
	crash_free(&crash);
}

/* Without a trace there are no ids and no flags. */
static void crash_without_a_trace(void **state)
{
	struct crash *crash = fixed_crash();
	struct byte_buffer buffer;

	(void)state;
	crash->trace.is_known = false;
	crash->kind = CRASH_EXIT;
	byte_buffer_init(&buffer, 10000);
	otlp_json_append_crash(&buffer, crash);
	byte_buffer_append(&buffer, view_of("", 1));
	assert_null(strstr(buffer.bytes, "traceId"));
	assert_null(strstr(buffer.bytes, "spanId"));
	assert_null(strstr(buffer.bytes, "flags"));
	assert_non_null(strstr(buffer.bytes, "\"severityNumber\":17,\"severityText\":\"ERROR\""));
	byte_buffer_done(&buffer);
	crash_free(&crash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_line),
		cmocka_unit_test(cap),
		cmocka_unit_test(exact_crash),
		cmocka_unit_test(crash_without_a_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
