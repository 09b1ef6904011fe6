/* Crashes as log records, read back by protobuf-c and packed again: the same bytes. Grouping,
 * hostile text, the largest crash there is, and requests that are too large. */
#include "exporters/otlp/log_encoder.h"

#include <errno.h>
#include "cmocka_test.h"
#include "opentelemetry/proto/collector/logs/v1/logs_service.pb-c.h"
#include "sample_crash.h"

#define CRASH_NS 1767607212716204999ull

typedef Opentelemetry__Proto__Collector__Logs__V1__ExportLogsServiceRequest logs_request;
typedef Opentelemetry__Proto__Logs__V1__ResourceLogs resource_logs;
typedef Opentelemetry__Proto__Logs__V1__LogRecord log_record;
typedef Opentelemetry__Proto__Common__V1__KeyValue key_value;

static logs_request *encode_and_read(struct otlp_encoder *encoder, struct item **items,
				     uint32_t count)
{
	logs_request *request;
	uint8_t *packed;

	assert_int_equal(log_encoder_encode(encoder, items, count, 8 << 20), 0);
	request = opentelemetry__proto__collector__logs__v1__export_logs_service_request__unpack(
		NULL, encoder->body.size, (const uint8_t *)encoder->body.bytes);
	assert_non_null(request);
	assert_int_equal(protobuf_c_message_get_packed_size(&request->base), encoder->body.size);
	packed = malloc(encoder->body.size);
	assert_int_equal(protobuf_c_message_pack(&request->base, packed), encoder->body.size);
	assert_memory_equal(packed, encoder->body.bytes, encoder->body.size);
	free(packed);
	return request;
}

static void free_request(logs_request *request)
{
	opentelemetry__proto__collector__logs__v1__export_logs_service_request__free_unpacked(
		request, NULL);
}

static const key_value *find(const log_record *record, const char *key)
{
	for (size_t i = 0; i < record->n_attributes; i++)
		if (strcmp(record->attributes[i]->key, key) == 0)
			return record->attributes[i];
	fail_msg("no attribute %s", key);
	return NULL;
}

static void check_text(const log_record *record, const char *key, const char *wanted)
{
	assert_string_equal(find(record, key)->value->string_value, wanted);
}

static void check_number(const log_record *record, const char *key, int64_t wanted)
{
	assert_int_equal(find(record, key)->value->value_case,
			 OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_INT_VALUE);
	assert_int_equal(find(record, key)->value->int_value, wanted);
}

static void check_envelope(const resource_logs *logs)
{
	assert_string_equal(logs->schema_url, "https://opentelemetry.io/schemas/1.44.0");
	assert_int_equal(logs->n_scope_logs, 1);
	assert_string_equal(logs->scope_logs[0]->schema_url,
			    "https://opentelemetry.io/schemas/1.44.0");
	assert_string_equal(logs->scope_logs[0]->scope->name, "limpet");
	assert_string_equal(logs->scope_logs[0]->scope->version, LIMPET_VERSION);
	assert_int_equal(logs->resource->n_attributes, 5);
	assert_string_equal(logs->resource->attributes[0]->key, "service.name");
	assert_string_equal(logs->resource->attributes[0]->value->string_value, "shop");
}

static struct item *known_item(void)
{
	struct crash *crash = known_crash();
	struct item *item;

	assert_int_equal(item_new_crash(&item, &crash), 0);
	return item;
}

static void test_known_crash(void **state)
{
	struct item *item = known_item();
	struct otlp_encoder encoder;
	const log_record *record;
	logs_request *request;

	(void)state;
	otlp_encoder_init(&encoder);
	request = encode_and_read(&encoder, &item, 1);
	assert_int_equal(request->n_resource_logs, 1);
	check_envelope(request->resource_logs[0]);
	assert_int_equal(request->resource_logs[0]->scope_logs[0]->n_log_records, 1);
	record = request->resource_logs[0]->scope_logs[0]->log_records[0];
	assert_int_equal(record->time_unix_nano, KNOWN_CRASH_NS);
	assert_int_equal(record->observed_time_unix_nano, KNOWN_CRASH_NS);
	assert_int_equal(record->severity_number, 21);
	assert_string_equal(record->severity_text, "FATAL");
	assert_string_equal(record->event_name, "exception");
	assert_string_equal(record->body->string_value, "null pointer dereference at address 0x8");
	assert_int_equal(record->flags, 1);
	assert_int_equal(record->trace_id.len, 16);
	assert_memory_equal(record->trace_id.data, item->crash->trace.trace_id, 16);
	assert_int_equal(record->span_id.len, 8);
	assert_memory_equal(record->span_id.data, item->crash->trace.span_id, 8);
	check_text(record, "exception.type", "SIGSEGV");
	check_text(record, "exception.message", "null pointer dereference at address 0x8");
	check_text(record, "log.record.uid", KNOWN_CRASH_ID);
	check_text(record, "limpet.crash.kind", "signal");
	check_text(record, "limpet.crash.signal.name", "SIGSEGV");
	check_text(record, "http.route", "/orders/{id}");
	check_number(record, "limpet.crash.signal.number", 11);
	check_number(record, "thread.id", 4714);
	check_number(record, "server.port", 8080);
	assert_int_equal(record->dropped_attributes_count, 0);
	free_request(request);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

static void test_without_a_trace(void **state)
{
	struct item *item = known_item();
	struct otlp_encoder encoder;
	const log_record *record;
	logs_request *request;

	(void)state;
	item->crash->trace.is_known = false;
	item->crash->kind = CRASH_EXIT;
	item->crash->exit_status = 3;
	otlp_encoder_init(&encoder);
	request = encode_and_read(&encoder, &item, 1);
	record = request->resource_logs[0]->scope_logs[0]->log_records[0];
	assert_int_equal(record->severity_number, 17);
	assert_string_equal(record->severity_text, "ERROR");
	assert_int_equal(record->flags, 0);
	assert_int_equal(record->trace_id.len, 0);
	assert_int_equal(record->span_id.len, 0);
	check_number(record, "process.exit.code", 3);
	free_request(request);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

/* Items 0 and 2 share one resource; the encoder is used twice. */
static void test_grouping(void **state)
{
	struct item *items[3];
	struct otlp_encoder encoder;
	logs_request *request;

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		items[i] = sample_crash_item(CRASH_NS + i);
	resource_release(&items[2]->crash->resource);
	items[2]->crash->resource = resource_reference(items[0]->crash->resource);
	otlp_encoder_init(&encoder);
	for (int round = 0; round < 2; round++) {
		request = encode_and_read(&encoder, items, 3);
		assert_int_equal(request->n_resource_logs, 2);
		check_envelope(request->resource_logs[0]);
		check_envelope(request->resource_logs[1]);
		assert_int_equal(request->resource_logs[0]->scope_logs[0]->n_log_records, 2);
		assert_int_equal(
			request->resource_logs[0]->scope_logs[0]->log_records[1]->time_unix_nano,
			CRASH_NS + 2);
		assert_int_equal(request->resource_logs[1]->scope_logs[0]->n_log_records, 1);
		free_request(request);
	}
	otlp_encoder_done(&encoder);
	for (size_t i = 0; i < 3; i++)
		item_release(&items[i]);
}

static void test_hostile_text(void **state)
{
	struct item *item = known_item();
	struct crash *crash = item->crash;
	struct otlp_encoder encoder;
	const log_record *record;
	logs_request *request;

	(void)state;
	crash->type = VIEW_LITERAL("SIG\xff");
	crash->cause = VIEW_LITERAL("\xc3\x28\x1b[31m");
	crash->threads[0].name = VIEW_LITERAL("w\xed\xa0\x80");
	crash->threads[0].frames[0].function = VIEW_LITERAL("f\xf8");
	crash->images[0].path = VIEW_LITERAL("/opt/\xfe");
	otlp_encoder_init(&encoder);
	request = encode_and_read(&encoder, &item, 1);
	record = request->resource_logs[0]->scope_logs[0]->log_records[0];
	check_text(record, "exception.type", "SIG\xef\xbf\xbd");
	assert_string_equal(record->body->string_value, "\xef\xbf\xbd(\x1b[31m");
	assert_non_null(strstr(find(record, "exception.stacktrace")->value->string_value,
			       ") crashed:\n    at f\xef\xbf\xbd (/src/shop/order.cc:42) in "
			       "\xef\xbf\xbd+0x1139\n"));
	free_request(request);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

/* As many threads and frames as the agent keeps, with long names. */
static void make_huge(struct crash *crash)
{
	static char name[1000];
	struct crash_thread *threads =
		arena_allocate(&crash->arena, MAX_CRASH_THREADS * sizeof(*threads));

	assert_non_null(threads);
	memset(name, 'n', sizeof(name));
	for (uint32_t i = 0; i < MAX_CRASH_THREADS; i++) {
		threads[i] = (struct crash_thread){
			.tid = 4714 + i,
			.is_crashed = i == 0,
			.frames_count = MAX_CRASH_FRAMES,
			.frames = arena_allocate(&crash->arena,
						 MAX_CRASH_FRAMES * sizeof(struct crash_frame))};
		assert_non_null(threads[i].frames);
		for (uint32_t j = 0; j < MAX_CRASH_FRAMES; j++)
			threads[i].frames[j] =
				(struct crash_frame){.pc = j,
						     .function = view_of(name, sizeof(name)),
						     .file = view_of(name, sizeof(name)),
						     .image = j % SAMPLE_IMAGES_COUNT};
	}
	crash->threads = threads;
	crash->threads_count = MAX_CRASH_THREADS;
}

static void test_largest_crash(void **state)
{
	struct item *item = known_item();
	struct otlp_encoder encoder;
	const char *stack;
	logs_request *request;

	(void)state;
	make_huge(item->crash);
	otlp_encoder_init(&encoder);
	request = encode_and_read(&encoder, &item, 1);
	stack = find(request->resource_logs[0]->scope_logs[0]->log_records[0],
		     "exception.stacktrace")
			->value->string_value;
	assert_true(strncmp(stack, "thread 4714 () crashed:\n    at nnn", 34) == 0);
	assert_in_range(strlen(stack), 65536 - 2100, 65536);
	assert_in_range(encoder.body.size, 65536 - 2100, 65536 + 4096);
	assert_int_equal(
		request->resource_logs[0]->scope_logs[0]->log_records[0]->dropped_attributes_count,
		0);
	free_request(request);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

static void test_too_large_for_the_request(void **state)
{
	struct item *item = known_item();
	struct otlp_encoder encoder;
	size_t size;

	(void)state;
	otlp_encoder_init(&encoder);
	assert_int_equal(log_encoder_encode(&encoder, &item, 1, 1 << 20), 0);
	size = encoder.body.size;
	for (size_t cap = 0; cap < size; cap += 7)
		assert_int_equal(log_encoder_encode(&encoder, &item, 1, cap), -EMSGSIZE);
	assert_int_equal(log_encoder_encode(&encoder, &item, 1, size + 64), 0);
	assert_int_equal(encoder.body.size, size);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_crash),
		cmocka_unit_test(test_without_a_trace),
		cmocka_unit_test(test_grouping),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_largest_crash),
		cmocka_unit_test(test_too_large_for_the_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
