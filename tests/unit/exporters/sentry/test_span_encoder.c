/* Spans to JSON: all fields, the description of HTTP calls, and budgets that hold. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include "exporters/sentry/span_encoder.h"
#include "known_segment.h"

static void assert_span(const struct segment *segment, uint32_t index, const char *expected)
{
	struct byte_buffer out;

	byte_buffer_init(&out, 1 << 20);
	span_encoder_append(&out, segment, segment->spans[index]);
	byte_buffer_append_byte(&out, '\0');
	assert_false(out.is_failed);
	assert_string_equal(out.bytes, expected);
	byte_buffer_done(&out);
}

static void has_every_field(void **state)
{
	struct segment *segment = known_segment();

	(void)state;
	assert_span(segment, 1,
		    "{\"start_timestamp\":1767607212.717204,\"timestamp\":1767607212.721204,"
		    "\"trace_id\":\"" KNOWN_TRACE_ID "\",\"span_id\":\"00f067aa0ba90201\","
		    "\"parent_span_id\":\"00f067aa0ba90200\",\"op\":\"http.client\","
		    "\"origin\":\"auto.http.ebpf\",\"status\":\"unavailable\",\"data\":{"
		    "\"http.request.method\":\"GET\",\"http.response.status_code\":503,"
		    "\"error.type\":\"503\",\"sentry.kind\":\"client\","
		    "\"limpet.parent.source\":\"thread\"},\"description\":\"GET\"}");
	segment_free(&segment);
}

static void has_what_there_is(void **state)
{
	struct segment *segment = known_segment();
	struct span *span = segment->spans[1];

	(void)state;
	*span = (struct span){.kind = SPAN_INTERNAL, .start_unix_ns = 2000000000};
	assert_span(segment, 1,
		    "{\"start_timestamp\":2.000000,\"timestamp\":2.000000,\"trace_id\":"
		    "\"" KNOWN_TRACE_ID "\",\"span_id\":\"0000000000000000\",\"op\":\"default\","
		    "\"origin\":\"auto\",\"status\":\"ok\",\"data\":{\"sentry.kind\":"
		    "\"internal\"}}");
	segment_free(&segment);
}

static const char *description(struct segment *segment, const char *url, char *buffer, size_t size)
{
	struct span *span = segment->spans[1];
	struct byte_buffer out;
	json_t *object;

	attribute_set_static(&span->attributes, &segment->arena, "url.full", url);
	byte_buffer_init(&out, 1 << 20);
	span_encoder_append(&out, segment, span);
	object = json_loadb(out.bytes, out.size, 0, NULL);
	assert_non_null(object);
	(void)snprintf(buffer, size, "%s",
		       json_string_value(json_object_get(object, "description")));
	json_decref(object);
	byte_buffer_done(&out);
	return buffer;
}

static void calls_are_described_by_their_url(void **state)
{
	struct segment *segment = known_segment();
	char text[8192], long_url[4000];

	(void)state;
	assert_string_equal(description(segment, "http://api/v1?q=1#x", text, sizeof(text)),
			    "GET http://api/v1");
	assert_string_equal(description(segment, "http://api/v1#f", text, sizeof(text)),
			    "GET http://api/v1");
	assert_string_equal(description(segment, "?", text, sizeof(text)), "GET ");
	memset(long_url, 'u', sizeof(long_url) - 1);
	long_url[sizeof(long_url) - 1] = '\0';
	assert_int_equal(strlen(description(segment, long_url, text, sizeof(text))), 1024);
	/* A request served is described by its name. */
	segment->spans[1]->kind = SPAN_SERVER;
	assert_string_equal(description(segment, "http://api/v1", text, sizeof(text)), "GET");
	segment_free(&segment);
}

static void attributes_have_their_types(void **state)
{
	struct segment *segment = known_segment();
	struct attribute_list list = {0};
	json_t *object;
	char *text;

	(void)state;
	attribute_set_integer(&list, &segment->arena, "integer", INT64_MIN);
	attribute_set_double(&list, &segment->arena, "double", 0.1);
	attribute_set_double(&list, &segment->arena, "nan", NAN);
	attribute_set_double(&list, &segment->arena, "infinity", -INFINITY);
	attribute_set_boolean(&list, &segment->arena, "boolean", true);
	attribute_set_string(&list, &segment->arena, "string", VIEW_LITERAL("\xff\x1b"));
	attribute_set_static(&list, &segment->arena, "\xff", "bad key");
	attribute_set_strings(&list, &segment->arena, "list", view_of("one\0\xff", 6));
	object = span_encoder_attributes(&list, 1000);
	text = json_dumps(object, JSON_COMPACT);
	assert_string_equal(text, "{\"integer\":-9223372036854775808,\"double\":"
				  "0.10000000000000001,\"boolean\":true,\"string\":"
				  "\"\xef\xbf\xbd\\u001B\",\"list\":[\"one\",\"\xef\xbf\xbd\"]}");
	free(text);
	json_decref(object);
	segment_free(&segment);
}

static void attributes_keep_their_budget(void **state)
{
	struct segment *segment = known_segment();
	char keys[MAX_ATTRIBUTES][8], controls[4096];
	struct attribute_list list = {0};

	(void)state;
	memset(controls, 1, sizeof(controls)); /* six bytes each in JSON */
	for (size_t i = 0; i < MAX_ATTRIBUTES; i++) {
		(void)snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
		attribute_set_string(&list, &segment->arena, keys[i],
				     view_of(controls, i % 2 ? sizeof(controls) : 10));
		if (i % 8 == 7)
			attribute_set_strings(&list, &segment->arena, keys[i],
					      view_of("one\0two", 8));
	}
	for (size_t max_bytes = 0; max_bytes < 60000; max_bytes += 777) {
		json_t *object = span_encoder_attributes(&list, max_bytes);

		assert_true(json_dumpb(object, NULL, 0, JSON_COMPACT) <= max_bytes + 2);
		assert_int_equal(json_object_size(object) > 0, max_bytes >= 100);
		json_decref(object);
	}
	segment_free(&segment);
}

/* What fits is there, however much its worst case would have been. */
static void attributes_use_their_budget(void **state)
{
	struct segment *segment = known_segment();
	struct attribute_list list = {0};
	char keys[40][24];
	json_t *object;

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		(void)snprintf(keys[i], sizeof(keys[i]), "k8s.attribute.%zu", i);
		attribute_set_static(&list, &segment->arena, keys[i],
				     "a value of thirty-six characters...");
	}
	object = span_encoder_attributes(&list, MAX_CONTEXT_ATTRIBUTES_BYTES);
	assert_int_equal(json_object_size(object), 40);
	json_decref(object);
	segment_free(&segment);
}

static void trace_context_is_the_root(void **state)
{
	struct segment *segment = known_segment();
	struct span *root = segment_root(segment);
	json_t *context;
	char *text;

	(void)state;
	root->parent_source = PARENT_HEADER;
	memset(root->parent_span_id, 0xab, SPAN_ID_BYTES);
	attribute_set_static(&root->attributes, &segment->arena, "limpet.parent.source", "b3");
	context = span_encoder_trace_context(segment, root);
	text = json_dumps(context, JSON_COMPACT);
	assert_string_equal(text,
			    "{\"trace_id\":\"" KNOWN_TRACE_ID "\",\"span_id\":\"" KNOWN_ROOT_SPAN_ID
			    "\",\"parent_span_id\":\"abababababababab\",\"op\":\"http.server\","
			    "\"origin\":\"auto.http.ebpf\",\"status\":\"ok\",\"data\":{"
			    "\"http.request.method\":\"GET\",\"http.response.status_code\":200,"
			    "\"url.path\":\"/orders/17\",\"http.route\":\"/orders/{id}\","
			    "\"limpet.parent.source\":\"b3\",\"sentry.kind\":\"server\"}}");
	free(text);
	json_decref(context);
	segment_free(&segment);
}

static void ends_never_precede_starts(void **state)
{
	struct span span = {.start_unix_ns = 5000001000, .end_unix_ns = 4000000000};
	struct byte_buffer out;

	(void)state;
	byte_buffer_init(&out, 100);
	span_encoder_append_times(&out, &span);
	byte_buffer_append_byte(&out, '\0');
	assert_string_equal(out.bytes, "\"start_timestamp\":5.000001,\"timestamp\":5.000001");
	byte_buffer_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_every_field),
		cmocka_unit_test(has_what_there_is),
		cmocka_unit_test(calls_are_described_by_their_url),
		cmocka_unit_test(attributes_have_their_types),
		cmocka_unit_test(attributes_keep_their_budget),
		cmocka_unit_test(attributes_use_their_budget),
		cmocka_unit_test(trace_context_is_the_root),
		cmocka_unit_test(ends_never_precede_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
