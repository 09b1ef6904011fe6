/* The exporter against a scripted server: every row of the retry table, partial success, splitting,
 * going on after a retry. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <zlib.h>
#include "base/clock.h"
#include "exporters/exporter.h"
#include "exporters/otlp/otlp_http.h"
#include "opentelemetry/proto/collector/logs/v1/logs_service.pb-c.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h"
#include "sample_crash.h"
#include "scripted_http_server.h"

#define ITEMS_COUNT 4

struct fixture {
	struct scripted_http_server server;
	struct exporter *exporter;
	struct item *items[ITEMS_COUNT];
	struct batch batch;
	struct export_result result;
};

static void start(struct fixture *fixture, const char *const *answers,
		  struct otlp_http_settings settings)
{
	char url[64], error[256];

	scripted_http_server_start(&fixture->server, answers);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/v1/traces", fixture->server.port);
	settings.url = url;
	settings.timeout_ms = settings.timeout_ms ? settings.timeout_ms : 10000;
	assert_int_equal(otlp_http_new(&fixture->exporter, &settings, error, sizeof(error)), 0);
	for (uint64_t i = 0; i < ITEMS_COUNT; i++)
		fixture->items[i] = sample_item(1760000000000000000ull + i);
	fixture->batch = (struct batch){.items = fixture->items, .count = ITEMS_COUNT};
}

static void export(struct fixture *fixture)
{
	memset(&fixture->result, 0xff, sizeof(fixture->result));
	fixture->exporter->ops->export(fixture->exporter, &fixture->batch, &fixture->result);
}

static void stop(struct fixture *fixture, int expected_requests)
{
	fixture->exporter->ops->close(&fixture->exporter);
	assert_null(fixture->exporter);
	scripted_http_server_stop(&fixture->server);
	assert_int_equal(fixture->server.count, expected_requests);
	for (int i = 0; i < ITEMS_COUNT; i++)
		item_release(&fixture->items[i]);
}

static void check_result(const struct fixture *fixture, enum export_outcome outcome,
			 uint32_t rejected, const char *message)
{
	assert_int_equal(fixture->result.outcome, outcome);
	assert_int_equal(fixture->result.rejected_count, rejected);
	assert_string_equal(fixture->result.message, message);
}

static uint32_t spans_of(const struct scripted_request *request)
{
	Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest *read =
		opentelemetry__proto__collector__trace__v1__export_trace_service_request__unpack(
			NULL, request->body_size, (const uint8_t *)request->body);
	uint32_t count = 0;

	assert_non_null(read);
	for (size_t i = 0; i < read->n_resource_spans; i++)
		count += (uint32_t)read->resource_spans[i]->scope_spans[0]->n_spans;
	opentelemetry__proto__collector__trace__v1__export_trace_service_request__free_unpacked(
		read, NULL);
	return count;
}

static void success(void **state)
{
	static const char *const answers[] = {
		SCRIPTED_OK, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", NULL};
	struct fixture f;

	(void)state;
	start(&f, answers, (struct otlp_http_settings){.headers = "api-key=a%20b"});
	assert_string_equal(f.exporter->ops->name, "otlp");
	assert_false(f.exporter->ops->is_local);
	export(&f);
	check_result(&f, EXPORT_SENT, 0, "");
	export(&f);
	check_result(&f, EXPORT_SENT, 0, "");
	stop(&f, 2);
	assert_int_equal(spans_of(&f.server.requests[0]), 12);
	assert_non_null(strstr(f.server.requests[0].head, "POST /v1/traces HTTP/1.1\r\n"));
	assert_non_null(
		strstr(f.server.requests[0].head, "\r\nContent-Type: application/x-protobuf\r\n"));
	assert_non_null(strstr(f.server.requests[0].head, "\r\napi-key: a b\r\n"));
	assert_non_null(strstr(f.server.requests[0].head,
			       "\r\nUser-Agent: limpet/" LIMPET_VERSION
			       " OTel-OTLP-Exporter-C/" LIMPET_VERSION "\r\n"));
	assert_null(strstr(f.server.requests[0].head, "Content-Encoding"));
	scripted_http_server_done(&f.server);
}

static void gzip(void **state)
{
	static const char *const answers[] = {SCRIPTED_OK, NULL};
	static char inflated[100000];
	struct scripted_request plain;
	z_stream stream = {0};
	struct fixture f;

	(void)state;
	start(&f, answers, (struct otlp_http_settings){.gzip = true});
	export(&f);
	stop(&f, 1);
	assert_non_null(strstr(f.server.requests[0].head, "\r\nContent-Encoding: gzip\r\n"));
	assert_int_equal(inflateInit2(&stream, 31), Z_OK);
	stream.next_in = (unsigned char *)f.server.requests[0].body;
	stream.avail_in = (unsigned int)f.server.requests[0].body_size;
	stream.next_out = (unsigned char *)inflated;
	stream.avail_out = sizeof(inflated);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	plain.body = inflated;
	plain.body_size = stream.total_out;
	(void)inflateEnd(&stream);
	assert_int_equal(spans_of(&plain), 12);
	scripted_http_server_done(&f.server);
}

static void partial_success(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n\x0a\x08\x08\x03\x12\x04quot",
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n\x0a\x08\x08\x7f\x12\x04quot",
		"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\x0a\x06\x12\x04slow",
		"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot proto",
		NULL,
	};
	struct fixture f;

	(void)state;
	start(&f, answers, (struct otlp_http_settings){0});
	export(&f);
	check_result(&f, EXPORT_SENT, 3, "the server rejected 3 of 12 spans: quot");
	assert_int_equal(f.result.reason, DROP_SERVER_REFUSED);
	export(&f);
	check_result(&f, EXPORT_SENT, 4, "the server rejected 12 of 12 spans: quot");
	export(&f);
	check_result(&f, EXPORT_SENT, 0, "the server warns: slow");
	export(&f);
	check_result(&f, EXPORT_SENT, 0, "");
	stop(&f, 4);
	scripted_http_server_done(&f.server);
}

static void retryable(void **state)
{
	static const int statuses[] = {429, 502, 503, 504};
	char answers[4][160];
	const char *const list[] = {answers[0], answers[1], answers[2], answers[3], NULL};
	char expected[64];
	struct fixture f;

	(void)state;
	for (int i = 0; i < 4; i++)
		snprintf(answers[i], sizeof(answers[i]),
			 "HTTP/1.1 %d Word\r\nRetry-After: %d\r\nContent-Length: 6\r\n\r\n%s",
			 statuses[i], i,
			 "\x12\x04"
			 "busy");
	start(&f, list, (struct otlp_http_settings){0});
	for (int i = 0; i < 4; i++) {
		export(&f);
		snprintf(expected, sizeof(expected), "the server answered %d: busy", statuses[i]);
		check_result(&f, EXPORT_RETRY, 0, expected);
		assert_int_equal(f.result.retry_after_ns, (uint64_t)i * NS_PER_S);
	}
	stop(&f, 4);
	scripted_http_server_done(&f.server);
}

static void not_retryable(void **state)
{
	static const struct {
		int status;
		enum drop_reason reason;
		const char *message;
	} rows[] = {
		{400, DROP_SERVER_REFUSED, "the server answered 400"},
		{401, DROP_SERVER_REFUSED,
		 "the server answered 401; check the credentials in the OTLP headers"},
		{404, DROP_SERVER_REFUSED,
		 "the server answered 404; check the path of the OTLP endpoint"},
		{413, DROP_TOO_LARGE, "the server answered 413"},
		{500, DROP_SERVER_REFUSED, "the server answered 500"},
		{501, DROP_SERVER_REFUSED, "the server answered 501"},
		{302, DROP_SERVER_REFUSED,
		 "the server answered 302; redirects are not followed, name the final URL"},
	};
	char answers[7][160];
	const char *list[8] = {0};
	struct fixture f;

	(void)state;
	for (int i = 0; i < 7; i++) {
		snprintf(answers[i], sizeof(answers[i]),
			 "HTTP/1.1 %d Word\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n",
			 rows[i].status);
		list[i] = answers[i];
	}
	start(&f, list, (struct otlp_http_settings){0});
	for (int i = 0; i < 7; i++) {
		export(&f);
		check_result(&f, EXPORT_DROPPED, 0, rows[i].message);
		assert_int_equal(f.result.reason, rows[i].reason);
		assert_int_equal(f.result.retry_after_ns, 0);
	}
	stop(&f, 7);
	scripted_http_server_done(&f.server);
}

static void no_or_too_much_response(void **state)
{
	static const char *const answers[] = {
		"", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789", NULL};
	struct fixture f;
	char expected[256];

	(void)state;
	start(&f, answers, (struct otlp_http_settings){.max_response_bytes = 10});
	export(&f);
	snprintf(
		expected, sizeof(expected),
		"cannot send to 127.0.0.1:%u: the server closed the connection without an answer; check that the URL names "
		"an HTTP server of this kind",
		f.server.port);
	check_result(&f, EXPORT_RETRY, 0, expected);
	export(&f);
	check_result(&f, EXPORT_DROPPED, 0,
		     "the server's response is larger than the limit for responses");
	assert_int_equal(f.result.reason, DROP_SERVER_REFUSED);
	stop(&f, 2);
	scripted_http_server_done(&f.server);
}

/* 1200 bytes hold one sample segment and not two: four requests, the third to be tried again. */
static void split_and_go_on(void **state)
{
	static const char *const answers[] = {
		SCRIPTED_OK,
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x0a\x02\x08\x01",
		"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
		SCRIPTED_OK,
		"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n",
		SCRIPTED_OK,
		NULL};
	struct batch other;
	struct fixture f;

	(void)state;
	start(&f, answers, (struct otlp_http_settings){.max_request_bytes = 1200});
	export(&f);
	check_result(&f, EXPORT_RETRY, 0, "the server answered 503");
	export(&f);
	check_result(&f, EXPORT_SENT, 2, "the server answered 400");
	assert_int_equal(f.result.reason, DROP_SERVER_REFUSED);
	other = (struct batch){.items = &f.items[3], .count = 1};
	f.batch = other;
	export(&f);
	check_result(&f, EXPORT_SENT, 0, "");
	stop(&f, 6);
	for (int i = 0; i < 6; i++)
		assert_int_equal(spans_of(&f.server.requests[i]), 3);
	/* The third item was sent twice, the first two once. */
	assert_int_equal(f.server.requests[2].body_size, f.server.requests[3].body_size);
	assert_memory_equal(f.server.requests[2].body, f.server.requests[3].body,
			    f.server.requests[2].body_size);
	assert_memory_not_equal(f.server.requests[1].body, f.server.requests[3].body,
				f.server.requests[3].body_size);
	scripted_http_server_done(&f.server);
}

static void another_batch_starts_at_its_beginning(void **state)
{
	static const char *const answers[] = {
		SCRIPTED_OK, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
		SCRIPTED_OK, SCRIPTED_OK,
		SCRIPTED_OK, NULL};
	struct fixture f;

	(void)state;
	start(&f, answers, (struct otlp_http_settings){.max_request_bytes = 1200});
	export(&f);
	check_result(&f, EXPORT_RETRY, 0, "the server answered 503");
	f.batch = (struct batch){.items = &f.items[1], .count = 3};
	export(&f);
	check_result(&f, EXPORT_SENT, 0, "");
	stop(&f, 5);
	scripted_http_server_done(&f.server);
}

static void too_large(void **state)
{
	static const char *const answers[] = {NULL};
	struct fixture f;

	(void)state;
	start(&f, answers, (struct otlp_http_settings){.max_request_bytes = 300});
	export(&f);
	check_result(&f, EXPORT_DROPPED, 0,
		     "an item is larger than the largest OTLP request (300 bytes)");
	assert_int_equal(f.result.reason, DROP_TOO_LARGE);
	stop(&f, 0);
	scripted_http_server_done(&f.server);
}

static void bad_settings(void **state)
{
	struct exporter *exporter = NULL;
	char error[256];

	(void)state;
	assert_int_equal(
		otlp_http_new(&exporter,
			      &(struct otlp_http_settings){.url = "http://h/", .headers = "bad"},
			      error, sizeof(error)),
		-EINVAL);
	assert_string_equal(error, "OTLP headers: the entry '' has no '='; write name=value");
	assert_int_equal(otlp_http_new(&exporter,
				       &(struct otlp_http_settings){.url = "gopher://h/"}, error,
				       sizeof(error)),
			 -EINVAL);
	assert_string_equal(error,
			    "the URL cannot be used: it must begin with http:// or https://");
	assert_null(exporter);
}

/* It names the folder of what is kept on disk. */
static void identity_without_secrets(void **state)
{
	struct exporter *exporter;
	char error[256];

	(void)state;
	assert_int_equal(
		otlp_http_new(&exporter,
			      &(struct otlp_http_settings){.url = "http://me:pw@h:1/v1/logs?key=x"},
			      error, sizeof(error)),
		0);
	assert_string_equal(exporter->identity, "http://h:1/v1/logs");
	exporter->ops->close(&exporter);
}

static size_t records_of(const struct scripted_request *request)
{
	Opentelemetry__Proto__Collector__Logs__V1__ExportLogsServiceRequest *read =
		opentelemetry__proto__collector__logs__v1__export_logs_service_request__unpack(
			NULL, request->body_size, (const uint8_t *)request->body);
	size_t count = 0;

	assert_non_null(read);
	for (size_t i = 0; i < read->n_resource_logs; i++)
		count += read->resource_logs[i]->scope_logs[0]->n_log_records;
	opentelemetry__proto__collector__logs__v1__export_logs_service_request__free_unpacked(read,
											      NULL);
	return count;
}

/* The same exporter with the other signal: crashes in, log records out, counted as such. */
static void logs(void **state)
{
	static const char *const answers[] = {
		SCRIPTED_OK,
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n\x0a\x08\x08\x03\x12\x04quot",
		"HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n",
		NULL,
	};
	struct fixture f;

	(void)state;
	start(&f, answers, (struct otlp_http_settings){.signal = OTLP_LOGS});
	assert_string_equal(f.exporter->ops->name, "otlp_logs");
	assert_false(f.exporter->ops->is_local);
	assert_int_equal(f.exporter->ops->wanted_kinds, ITEM_BIT(ITEM_CRASH));
	assert_non_null(f.exporter->identity);
	for (uint64_t i = 0; i < ITEMS_COUNT; i++) {
		item_release(&f.items[i]);
		f.items[i] = sample_crash_item(1760000000000000000ull + i);
	}
	export(&f);
	check_result(&f, EXPORT_SENT, 0, "");
	export(&f);
	check_result(&f, EXPORT_SENT, 3, "the server rejected 3 of 4 log records: quot");
	export(&f);
	check_result(&f, EXPORT_RETRY, 0, "the server answered 503");
	assert_int_equal(f.result.retry_after_ns, 2 * NS_PER_S);
	stop(&f, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(records_of(&f.server.requests[i]), 4);
	scripted_http_server_done(&f.server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_without_secrets),
		cmocka_unit_test(success),
		cmocka_unit_test(gzip),
		cmocka_unit_test(logs),
		cmocka_unit_test(partial_success),
		cmocka_unit_test(retryable),
		cmocka_unit_test(not_retryable),
		cmocka_unit_test(no_or_too_much_response),
		cmocka_unit_test(split_and_go_on),
		cmocka_unit_test(another_batch_starts_at_its_beginning),
		cmocka_unit_test(too_large),
		cmocka_unit_test(bad_settings),
	};

	scripted_http_server_no_proxy();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
