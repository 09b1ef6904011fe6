/* What the encoder wrote, read back by protobuf-c: every field, grouping, repair of text, sizes; and packed again: the same bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include "exporters/otlp/otlp_encoder.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h"
#include "sample_segment.h"

#define START_NS 1760000000000000000ull

typedef Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest trace_request;
typedef Opentelemetry__Proto__Trace__V1__ResourceSpans resource_spans;
typedef Opentelemetry__Proto__Trace__V1__Span otlp_span;
typedef Opentelemetry__Proto__Common__V1__KeyValue key_value;
typedef Opentelemetry__Proto__Common__V1__AnyValue any_value;

static trace_request *encode_and_read(struct otlp_encoder *encoder, struct item **items, uint32_t count)
{
	trace_request *request;
	uint8_t *packed;

	assert_int_equal(otlp_encoder_encode(encoder, items, count, 1 << 20), 0);
	request = opentelemetry__proto__collector__trace__v1__export_trace_service_request__unpack(
		NULL, encoder->body.size, (const uint8_t *)encoder->body.bytes);
	assert_non_null(request);
	assert_int_equal(protobuf_c_message_get_packed_size(&request->base), encoder->body.size);
	packed = malloc(encoder->body.size);
	assert_int_equal(protobuf_c_message_pack(&request->base, packed), encoder->body.size);
	assert_memory_equal(packed, encoder->body.bytes, encoder->body.size);
	free(packed);
	return request;
}

static void free_request(trace_request *request)
{
	opentelemetry__proto__collector__trace__v1__export_trace_service_request__free_unpacked(request, NULL);
}

static const any_value *find_value(key_value **attributes, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(attributes[i]->key, key) == 0)
			return attributes[i]->value;
	fail_msg("no attribute %s", key);
	return NULL;
}

static void check_string(const any_value *value, const char *expected)
{
	assert_int_equal(value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_STRING_VALUE);
	assert_string_equal(value->string_value, expected);
}

static void check_integer(const any_value *value, int64_t expected)
{
	assert_int_equal(value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_INT_VALUE);
	assert_int_equal(value->int_value, expected);
}

static void check_bytes(ProtobufCBinaryData bytes, const uint8_t *expected, size_t size)
{
	assert_int_equal(bytes.len, size);
	assert_memory_equal(bytes.data, expected, size);
}

static void check_envelope(const resource_spans *spans)
{
	key_value **attributes = spans->resource->attributes;

	assert_string_equal(spans->schema_url, "https://opentelemetry.io/schemas/1.44.0");
	assert_int_equal(spans->n_scope_spans, 1);
	assert_string_equal(spans->scope_spans[0]->schema_url, "https://opentelemetry.io/schemas/1.44.0");
	assert_string_equal(spans->scope_spans[0]->scope->name, "limpet");
	assert_string_equal(spans->scope_spans[0]->scope->version, LIMPET_VERSION);
	assert_int_equal(spans->resource->n_attributes, 3);
	check_string(find_value(attributes, 3, "service.name"), "shop");
	check_integer(find_value(attributes, 3, "process.pid"), 4711);
	check_string(find_value(attributes, 3, "host.name"), "web-7");
}

static void check_root(const otlp_span *span, const struct segment *segment)
{
	check_bytes(span->trace_id, segment->trace_id, 16);
	check_bytes(span->span_id, segment->spans[0]->span_id, 8);
	assert_int_equal(span->parent_span_id.len, 0);
	assert_string_equal(span->name, "GET /orders/{id}");
	assert_int_equal(span->kind, 2);
	assert_int_equal(span->start_time_unix_nano, START_NS);
	assert_int_equal(span->end_time_unix_nano, START_NS + 25000000);
	assert_int_equal(span->flags, 0x103);
	assert_null(span->status);
	assert_int_equal(span->n_attributes, 4);
	check_string(find_value(span->attributes, 4, "http.request.method"), "GET");
	check_string(find_value(span->attributes, 4, "url.path"), "/orders/17");
	check_string(find_value(span->attributes, 4, "http.route"), "/orders/{id}");
	check_integer(find_value(span->attributes, 4, "http.response.status_code"), 200);
}

static void check_failed_child(const otlp_span *span, const struct segment *segment)
{
	check_bytes(span->span_id, segment->spans[1]->span_id, 8);
	check_bytes(span->parent_span_id, segment->spans[0]->span_id, 8);
	assert_int_equal(span->kind, 3);
	assert_int_equal(span->status->code, 2);
	assert_string_equal(span->status->message, "");
	assert_int_equal(span->n_attributes, 4);
	check_string(find_value(span->attributes, 4, "error.type"), "503");
	check_string(find_value(span->attributes, 4, "limpet.parent.source"), "thread");
	check_integer(find_value(span->attributes, 4, "http.response.status_code"), 503);
}

static void sample(void **state)
{
	struct item *item = sample_item(START_NS);
	struct otlp_encoder encoder;
	trace_request *request;

	(void)state;
	otlp_encoder_init(&encoder);
	request = encode_and_read(&encoder, &item, 1);
	assert_int_equal(request->n_resource_spans, 1);
	check_envelope(request->resource_spans[0]);
	assert_int_equal(request->resource_spans[0]->scope_spans[0]->n_spans, 3);
	check_root(request->resource_spans[0]->scope_spans[0]->spans[0], item->segment);
	check_failed_child(request->resource_spans[0]->scope_spans[0]->spans[1], item->segment);
	free_request(request);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

/* All that a span can carry, with values at the edges. */
static struct item *edge_item(void)
{
	struct resource *resource = sample_resource();
	struct segment *segment;
	struct item *item;
	struct span *span;

	assert_int_equal(segment_new(&segment, resource), 0);
	resource->attributes.dropped_count = 2;
	resource_release(&resource);
	random_id_fill(segment->trace_id, TRACE_ID_BYTES);
	segment->trace_state = arena_copy(&segment->arena, VIEW_LITERAL("ot=th:8,vendor=1"));
	span = segment_add_span(segment);
	span->kind = SPAN_SERVER;
	span->status = STATUS_ERROR;
	span->status_message = arena_copy(&segment->arena, VIEW_LITERAL("reset\xff"));
	span->is_incomplete = true;
	span->parent_source = PARENT_HEADER;
	span->is_parent_remote = true;
	memcpy(span->parent_span_id, "\1\2\3\4\5\6\7\x8", 8);
	span->start_unix_ns = UINT64_MAX;
	span->name = arena_copy(&segment->arena, VIEW_LITERAL("\xc3\x28 caf\xc3\xa9"));
	span->attributes.dropped_count = 300;
	attribute_set_integer(&span->attributes, &segment->arena, "zero", 0);
	attribute_set_integer(&span->attributes, &segment->arena, "smallest", INT64_MIN);
	attribute_set_integer(&span->attributes, &segment->arena, "largest", INT64_MAX);
	attribute_set_boolean(&span->attributes, &segment->arena, "no", false);
	attribute_set_double(&span->attributes, &segment->arena, "half", -0.5);
	attribute_set_string(&span->attributes, &segment->arena, "empty", VIEW_LITERAL(""));
	attribute_set_string(&span->attributes, &segment->arena, "bad", VIEW_LITERAL("\xf0\x28"));
	assert_int_equal(item_new_segment(&item, &segment), 0);
	return item;
}

static void check_edge_values(key_value **attributes, size_t count)
{
	const any_value *value;

	check_integer(find_value(attributes, count, "zero"), 0);
	check_integer(find_value(attributes, count, "smallest"), INT64_MIN);
	check_integer(find_value(attributes, count, "largest"), INT64_MAX);
	check_string(find_value(attributes, count, "empty"), "");
	check_string(find_value(attributes, count, "bad"), "\xef\xbf\xbd(");
	check_string(find_value(attributes, count, "limpet.parent.source"), "header");
	value = find_value(attributes, count, "no");
	assert_int_equal(value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_BOOL_VALUE);
	assert_false(value->bool_value);
	value = find_value(attributes, count, "half");
	assert_int_equal(value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_DOUBLE_VALUE);
	assert_true(value->double_value == -0.5);
	value = find_value(attributes, count, "limpet.incomplete");
	assert_int_equal(value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_BOOL_VALUE);
	assert_true(value->bool_value);
}

static void edges(void **state)
{
	struct item *item = edge_item();
	struct otlp_encoder encoder;
	trace_request *request;
	const otlp_span *span;

	(void)state;
	otlp_encoder_init(&encoder);
	request = encode_and_read(&encoder, &item, 1);
	assert_int_equal(request->resource_spans[0]->resource->dropped_attributes_count, 2);
	span = request->resource_spans[0]->scope_spans[0]->spans[0];
	assert_string_equal(span->trace_state, "ot=th:8,vendor=1");
	check_bytes(span->parent_span_id, (const uint8_t *)"\1\2\3\4\5\6\7\x8", 8);
	assert_string_equal(span->name, "\xef\xbf\xbd( caf\xc3\xa9");
	assert_true(span->start_time_unix_nano == UINT64_MAX);
	assert_int_equal(span->end_time_unix_nano, 0);
	assert_int_equal(span->flags, 0x300);
	assert_int_equal(span->dropped_attributes_count, 300);
	assert_int_equal(span->status->code, 2);
	assert_string_equal(span->status->message, "reset\xef\xbf\xbd");
	assert_int_equal(span->n_attributes, 9);
	check_edge_values(span->attributes, span->n_attributes);
	free_request(request);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

/* Items 0, 2, 4… share one resource, 1 and 3 have their own. */
static void grouping(void **state)
{
	struct item *items[6], *shared = sample_item(START_NS);
	struct otlp_encoder encoder;
	trace_request *request;

	(void)state;
	for (uint64_t i = 0; i < 6; i++) {
		items[i] = sample_item(START_NS + i);
		if (i % 2 == 0 || i == 5) {
			resource_release(&items[i]->segment->resource);
			items[i]->segment->resource = resource_reference(shared->segment->resource);
		}
	}
	otlp_encoder_init(&encoder);
	for (int round = 0; round < 2; round++) {
		request = encode_and_read(&encoder, items, 6);
		assert_int_equal(request->n_resource_spans, 3);
		assert_int_equal(request->resource_spans[0]->scope_spans[0]->n_spans, 12);
		assert_int_equal(request->resource_spans[1]->scope_spans[0]->n_spans, 3);
		assert_int_equal(request->resource_spans[2]->scope_spans[0]->n_spans, 3);
		for (size_t i = 0; i < 3; i++)
			check_envelope(request->resource_spans[i]);
		for (size_t i = 0; i < 4; i++) {
			static const size_t order[] = {0, 2, 4, 5};

			check_bytes(request->resource_spans[0]->scope_spans[0]->spans[3 * i]->trace_id,
				    items[order[i]]->segment->trace_id, 16);
		}
		free_request(request);
	}
	otlp_encoder_done(&encoder);
	for (size_t i = 0; i < 6; i++)
		item_release(&items[i]);
	item_release(&shared);
}

static void sizes(void **state)
{
	struct item *item = sample_item(START_NS);
	struct otlp_encoder encoder;
	size_t size;

	(void)state;
	otlp_encoder_init(&encoder);
	assert_int_equal(otlp_encoder_encode(&encoder, &item, 1, 1 << 20), 0);
	size = encoder.body.size;
	for (size_t cap = 0; cap < size; cap++)
		assert_int_equal(otlp_encoder_encode(&encoder, &item, 1, cap), -EMSGSIZE);
	assert_int_equal(otlp_encoder_encode(&encoder, &item, 1, size + 64), 0);
	assert_int_equal(encoder.body.size, size);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample),
		cmocka_unit_test(edges),
		cmocka_unit_test(grouping),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
