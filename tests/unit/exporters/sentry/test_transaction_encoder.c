/* The transaction event: the whole of it, its name's source, and Sentry's 1 MiB. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include "exporters/sentry/transaction_encoder.h"
#include "known_segment.h"

static const struct host_context known_host = {.hostname = "host-1", .machine = "x86_64"};

static json_t *encode(const struct segment *segment, struct transaction_summary *summary)
{
	struct byte_buffer out;
	json_t *event;

	byte_buffer_init(&out, 2 * MAX_TRANSACTION_BYTES);
	assert_int_equal(transaction_encoder_encode(&out, segment, &known_host, summary), 0);
	assert_true(out.size <= MAX_TRANSACTION_BYTES);
	event = json_loadb(out.bytes, out.size, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(event);
	byte_buffer_done(&out);
	return event;
}

static const char expected_event[] =
	"{\"start_timestamp\":1767607212.716204,\"timestamp\":1767607212.741204,"
	"\"event_id\":\"00f067aa0ba94200a3ce929d0e0e4736\",\"type\":\"transaction\","
	"\"transaction\":\"GET /orders/{id}\",\"transaction_info\":{\"source\":\"route\"},"
	"\"platform\":\"other\",\"server_name\":\"web-7\",\"release\":\"shop@1.2.3\","
	"\"environment\":\"staging\",\"sdk\":{\"name\":\"limpet\",\"version\":\"" LIMPET_VERSION
	"\"},\"tags\":{\"service\":\"shop\",\"http.method\":\"GET\","
	"\"http.route\":\"/orders/{id}\",\"http.status_code\":\"200\"},"
	"\"request\":{\"method\":\"GET\",\"url\":\"/orders/17\"},\"contexts\":{"
	"\"trace\":{\"trace_id\":\"" KNOWN_TRACE_ID "\",\"span_id\":\"" KNOWN_ROOT_SPAN_ID "\","
	"\"op\":\"http.server\",\"origin\":\"auto.http.ebpf\",\"status\":\"ok\",\"data\":{"
	"\"http.request.method\":\"GET\",\"http.response.status_code\":200,"
	"\"url.path\":\"/orders/17\",\"http.route\":\"/orders/{id}\",\"sentry.kind\":\"server\"}},"
	"\"os\":{\"name\":\"Linux\"},\"device\":{\"name\":\"web-7\",\"arch\":\"x86_64\"},"
	"\"app\":{\"app_name\":\"shop\"},\"otel\":{\"resource\":{\"service.name\":\"shop\","
	"\"process.pid\":4711,\"host.name\":\"web-7\"}}},\"spans\":["
	"{\"start_timestamp\":1767607212.717204,\"timestamp\":1767607212.721204,"
	"\"trace_id\":\"" KNOWN_TRACE_ID "\",\"span_id\":\"00f067aa0ba90201\","
	"\"parent_span_id\":\"" KNOWN_ROOT_SPAN_ID "\",\"op\":\"http.client\","
	"\"origin\":\"auto.http.ebpf\",\"status\":\"unavailable\",\"data\":{"
	"\"http.request.method\":\"GET\",\"http.response.status_code\":503,"
	"\"error.type\":\"503\",\"sentry.kind\":\"client\",\"limpet.parent.source\":\"thread\"},"
	"\"description\":\"GET\"},"
	"{\"start_timestamp\":1767607212.722204,\"timestamp\":1767607212.734550,"
	"\"trace_id\":\"" KNOWN_TRACE_ID "\",\"span_id\":\"00f067aa0ba90202\","
	"\"parent_span_id\":\"" KNOWN_ROOT_SPAN_ID "\",\"op\":\"http.client\","
	"\"origin\":\"auto.http.ebpf\",\"status\":\"ok\",\"data\":{"
	"\"http.request.method\":\"GET\",\"http.response.status_code\":200,"
	"\"sentry.kind\":\"client\",\"limpet.parent.source\":\"thread\"},"
	"\"description\":\"POST\"}]}";

static void has_every_member(void **state)
{
	struct segment *segment = known_segment();
	struct transaction_summary summary;
	struct byte_buffer out;

	(void)state;
	byte_buffer_init(&out, 2 * MAX_TRANSACTION_BYTES);
	assert_int_equal(transaction_encoder_encode(&out, segment, &known_host, &summary), 0);
	byte_buffer_append_byte(&out, '\0');
	assert_string_equal(out.bytes, expected_event);
	assert_string_equal(summary.event_id, "00f067aa0ba94200a3ce929d0e0e4736");
	assert_int_equal(summary.dropped_spans_count, 0);
	byte_buffer_done(&out);
	segment_free(&segment);
}

static const char *text_at(const json_t *event, const char *outer, const char *inner)
{
	return json_string_value(json_object_get(json_object_get(event, outer), inner));
}

static void a_lone_call_is_a_transaction_too(void **state)
{
	struct segment *segment = known_segment();
	struct span *root = segment_root(segment);
	struct transaction_summary summary;
	json_t *event;

	(void)state;
	segment->spans_count = 1;
	segment->dropped_spans_count = 3;
	root->kind = SPAN_CLIENT;
	root->name = (struct view){0};
	root->attributes.count = 1;
	segment->resource->environment = (struct view){0};
	segment->resource->release = (struct view){0};
	segment->resource->server_name = (struct view){0};
	event = encode(segment, &summary);
	assert_int_equal(json_array_size(json_object_get(event, "spans")), 0);
	assert_int_equal(summary.dropped_spans_count, 3);
	assert_null(json_object_get(event, "request"));
	assert_null(json_object_get(event, "release"));
	assert_string_equal(json_string_value(json_object_get(event, "environment")), "production");
	assert_string_equal(json_string_value(json_object_get(event, "server_name")), "host-1");
	assert_string_equal(json_string_value(json_object_get(event, "transaction")),
			    "<unlabeled transaction>");
	assert_string_equal(text_at(event, "transaction_info", "source"), "custom");
	json_decref(event);
	segment_free(&segment);
}

static void source_says_how_the_name_came(void **state)
{
	struct segment *segment = known_segment();
	struct span *root = segment_root(segment);

	(void)state;
	assert_string_equal(transaction_encoder_source(segment), "route");
	root->attributes.count = 1;
	assert_string_equal(transaction_encoder_source(segment), "url");
	root->name = VIEW_LITERAL("GET");
	assert_string_equal(transaction_encoder_source(segment), "custom");
	root->kind = SPAN_CLIENT;
	root->name = VIEW_LITERAL("a/b");
	assert_string_equal(transaction_encoder_source(segment), "custom");
	segment_free(&segment);
}

static void assert_url(const char *scheme, const char *address, int64_t port, const char *path,
		       const char *expected)
{
	struct segment *segment = known_segment();
	struct attribute_list *attributes = &segment_root(segment)->attributes;
	struct transaction_summary summary;
	json_t *event;

	attributes->count = 1;
	if (scheme)
		attribute_set_static(attributes, &segment->arena, "url.scheme", scheme);
	if (address)
		attribute_set_static(attributes, &segment->arena, "server.address", address);
	if (port)
		attribute_set_integer(attributes, &segment->arena, "server.port", port);
	attribute_set_static(attributes, &segment->arena, "url.path", path);
	attribute_set_static(attributes, &segment->arena, "url.query", "token=secret");
	event = encode(segment, &summary);
	assert_string_equal(text_at(event, "request", "url"), expected);
	assert_null(json_object_get(json_object_get(event, "request"), "query_string"));
	json_decref(event);
	segment_free(&segment);
}

static void request_has_no_query(void **state)
{
	(void)state;
	assert_url("http", "shop.local", 8080, "/a?b=secret", "http://shop.local:8080/a");
	assert_url("https", "shop.local", 443, "/a#b", "https://shop.local/a");
	assert_url("http", "shop.local", 80, "/a", "http://shop.local/a");
	assert_url("http", "2001:db8::1", 443, "/", "http://[2001:db8::1]:443/");
	assert_url(NULL, "shop.local", 0, "/a", "http://shop.local/a");
	assert_url("http", NULL, 8080, "/a", "/a");
}

static void tags_are_short_lines(void **state)
{
	struct segment *segment = known_segment();
	struct transaction_summary summary;
	char name[1000];
	json_t *event;

	(void)state;
	memset(name, 's', sizeof(name));
	name[10] = '\n';
	segment->resource->service_name = view_of(name, sizeof(name));
	segment_root(segment)->name = view_of(name, sizeof(name));
	event = encode(segment, &summary);
	assert_int_equal(strlen(text_at(event, "tags", "service")), 200);
	assert_int_equal(text_at(event, "tags", "service")[10], ' ');
	assert_int_equal(strlen(json_string_value(json_object_get(event, "transaction"))), 200);
	json_decref(event);
	segment_free(&segment);
}

/* More spans than fit into 1 MiB: the first ones are kept, the rest counted. */
static void trims_to_the_limit(void **state)
{
	static char text[2000];
	struct segment *segment = known_segment();
	struct transaction_summary summary;
	json_t *event, *spans;
	struct span *span;

	(void)state;
	memset(text, 'q', sizeof(text));
	while (segment->spans_count < MAX_SEGMENT_SPANS) {
		span = sample_span(segment, SPAN_CLIENT, "GET", KNOWN_START_NS, 1000);
		attribute_set_static(&span->attributes, &segment->arena, "url.full", "http://x/");
		attribute_set_string(&span->attributes, &segment->arena, "text",
				     view_of(text, sizeof(text)));
	}
	event = encode(segment, &summary);
	spans = json_object_get(event, "spans");
	assert_in_range(json_array_size(spans), 400, 500);
	assert_int_equal(json_array_size(spans) + summary.dropped_spans_count, 999);
	json_decref(event);
	segment_free(&segment);
}

static void failures_are_errors(void **state)
{
	struct segment *segment = known_segment();
	struct transaction_summary summary = {.dropped_spans_count = 77};
	struct byte_buffer out;

	(void)state;
	for (size_t max_bytes = 0; max_bytes < sizeof(expected_event) - 1; max_bytes += 13) {
		byte_buffer_init(&out, max_bytes);
		assert_int_equal(transaction_encoder_encode(&out, segment, &known_host, &summary),
				 -ENOMEM);
		byte_buffer_done(&out);
	}
	segment->spans_count = 0;
	byte_buffer_init(&out, 100);
	assert_int_equal(transaction_encoder_encode(&out, segment, &known_host, &summary), -EINVAL);
	assert_int_equal(summary.dropped_spans_count, 77);
	segment->spans_count = 3;
	byte_buffer_done(&out);
	segment_free(&segment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_every_member),
		cmocka_unit_test(a_lone_call_is_a_transaction_too),
		cmocka_unit_test(source_says_how_the_name_came),
		cmocka_unit_test(request_has_no_query),
		cmocka_unit_test(tags_are_short_lines),
		cmocka_unit_test(trims_to_the_limit),
		cmocka_unit_test(failures_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
