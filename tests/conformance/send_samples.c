/*
 * Sends sample segments and crashes through real exporters, for the scripts beside it: what arrived
 * is judged by software we did not write. usage: send_samples COUNT BATCH ATTEMPTS KIND=TARGET…
 * KIND: otlp (base endpoint, gzip), otlp_plain and json_lines (file or -) for segments; otlp_logs
 * and json_lines_crashes for crashes, otlp_exceptions
 * and json_lines_exceptions for exceptions of all languages in turn, each in the root span of one
 * segment. All exporters get the same items, BATCH at a time; a retry is waited for, at most one
 * second, ATTEMPTS times. Prints one JSON object: the ids of all items, and every result of each
 * exporter in order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "exporters/exporter.h"
#include "exporters/json_lines/json_lines.h"
#include "exporters/json_writer.h"
#include "exporters/otlp/otlp_http.h"
#include "exporters/otlp/otlp_url.h"
#include "sample_exception.h"

#define MAX_COUNT 10000

static int open_otlp_with(struct exporter **ret, const char *endpoint, enum otlp_signal signal,
			  bool gzip, char *ret_error, size_t error_size)
{
	char *url;
	int err = otlp_url_for(&url, signal == OTLP_LOGS ? "logs" : "traces", endpoint, NULL,
			       ret_error, error_size);

	if (err < 0)
		return err;
	err = otlp_http_new(ret,
			    &(struct otlp_http_settings){
				    .signal = signal,
				    .url = url,
				    .headers = getenv("OTEL_EXPORTER_OTLP_HEADERS"),
				    .gzip = gzip,
				    .timeout_ms = 5000,
			    },
			    ret_error, error_size);
	free(url);
	return err;
}

static int open_otlp(struct exporter **ret, const char *target, char *ret_error, size_t error_size)
{
	return open_otlp_with(ret, target, OTLP_TRACES, true, ret_error, error_size);
}

static int open_otlp_plain(struct exporter **ret, const char *target, char *ret_error,
			   size_t error_size)
{
	return open_otlp_with(ret, target, OTLP_TRACES, false, ret_error, error_size);
}

static int open_otlp_logs(struct exporter **ret, const char *target, char *ret_error,
			  size_t error_size)
{
	return open_otlp_with(ret, target, OTLP_LOGS, true, ret_error, error_size);
}

enum sample_kind { SAMPLE_SEGMENTS, SAMPLE_CRASHES, SAMPLE_EXCEPTIONS, SAMPLE_KINDS_COUNT };

static const struct {
	const char *kind;
	int (*open)(struct exporter **ret, const char *target, char *ret_error, size_t error_size);
	enum sample_kind sample_kind;
} kinds[] = {
	{"otlp", open_otlp, SAMPLE_SEGMENTS},
	{"otlp_plain", open_otlp_plain, SAMPLE_SEGMENTS},
	{"otlp_logs", open_otlp_logs, SAMPLE_CRASHES},
	{"otlp_exceptions", open_otlp_logs, SAMPLE_EXCEPTIONS},
	{"json_lines", json_lines_new, SAMPLE_SEGMENTS},
	{"json_lines_crashes", json_lines_new, SAMPLE_CRASHES},
	{"json_lines_exceptions", json_lines_new, SAMPLE_EXCEPTIONS},
};

static int open_exporter(struct exporter **ret, enum sample_kind *ret_kind, const char *word,
			 char *ret_error, size_t error_size)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t size = strlen(kinds[i].kind);

		*ret_kind = kinds[i].sample_kind;
		if (strncmp(word, kinds[i].kind, size) == 0 && word[size] == '=')
			return kinds[i].open(ret, word + size + 1, ret_error, error_size);
	}
	snprintf(ret_error, error_size, "unknown kind");
	return -1;
}

static void print_items(struct json_writer *writer, struct item *const *items, uint32_t count)
{
	json_writer_key(writer, "items");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < count; i++) {
		const struct segment *segment = items[i]->segment;

		json_writer_begin(writer, '{');
		json_writer_key(writer, "trace_id");
		json_writer_hex(writer, view_of(segment->trace_id, TRACE_ID_BYTES));
		json_writer_key(writer, "span_ids");
		json_writer_begin(writer, '[');
		for (uint32_t j = 0; j < segment->spans_count; j++)
			json_writer_hex(writer, view_of(segment->spans[j]->span_id, SPAN_ID_BYTES));
		json_writer_end(writer, ']');
		json_writer_end(writer, '}');
	}
	json_writer_end(writer, ']');
}

/* A crash or an exception in the root span of every segment, at its end. */
static struct item *crash_in(const struct segment *segment, bool is_exception, uint32_t number)
{
	struct item *item = is_exception ? sample_exception_item(number % SAMPLE_LANGUAGES_COUNT,
								 segment->spans[0]->end_unix_ns)
					 : sample_crash_item(segment->spans[0]->end_unix_ns);
	struct crash_trace *trace = &item->crash->trace;

	memcpy(trace->trace_id, segment->trace_id, TRACE_ID_BYTES);
	memcpy(trace->span_id, segment->spans[0]->span_id, SPAN_ID_BYTES);
	return item;
}

static void print_crashes(struct json_writer *writer, const char *key, struct item *const *items,
			  uint32_t count)
{
	json_writer_key(writer, key);
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < count; i++)
		json_writer_hex(writer, view_of(items[i]->crash->id, CRASH_ID_BYTES));
	json_writer_end(writer, ']');
}

static void print_result(struct json_writer *writer, const struct export_result *result)
{
	static const char *const outcomes[] = {"sent", "retry", "dropped"};

	json_writer_begin(writer, '{');
	json_writer_key(writer, "outcome");
	json_writer_string(writer, view_of_text(outcomes[result->outcome]));
	json_writer_key(writer, "retry_after_ms");
	json_writer_integer(writer, (int64_t)(result->retry_after_ns / NS_PER_MS));
	json_writer_key(writer, "rejected_count");
	json_writer_integer(writer, result->rejected_count);
	json_writer_key(writer, "reason");
	json_writer_string(writer, view_of_text(drops_name(result->reason)));
	json_writer_key(writer, "message");
	json_writer_string(writer, view_of_text(result->message));
	json_writer_end(writer, '}');
}

static void wait_for_retry(uint64_t ns)
{
	struct timespec pause = {.tv_nsec = 20000000};

	if (ns >= NS_PER_S)
		pause = (struct timespec){.tv_sec = 1};
	else if (ns)
		pause.tv_nsec = (long)ns;
	(void)nanosleep(&pause, NULL);
}

static void export_batch(struct exporter *exporter, const struct batch *batch, long attempts,
			 struct json_writer *writer)
{
	for (long attempt = 0; attempt < attempts; attempt++) {
		struct export_result result;

		exporter->ops->export(exporter, batch, &result);
		print_result(writer, &result);
		if (result.outcome != EXPORT_RETRY)
			return;
		wait_for_retry(result.retry_after_ns);
	}
}

struct samples {
	struct item *items[SAMPLE_KINDS_COUNT][MAX_COUNT];
	uint32_t count;
};

static int send_to(const char *word, struct samples *samples, uint32_t batch_size, long attempts,
		   struct json_writer *writer)
{
	struct exporter *exporter;
	enum sample_kind kind;
	struct item **items;
	char error[256] = "";

	if (open_exporter(&exporter, &kind, word, error, sizeof(error)) < 0) {
		fprintf(stderr, "send_samples: %s: %s\n", word, error);
		return 2;
	}
	items = samples->items[kind];
	json_writer_begin(writer, '{');
	json_writer_key(writer, "exporter");
	json_writer_string(writer, view_of_text(exporter->ops->name));
	json_writer_key(writer, "results");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < samples->count; i += batch_size) {
		uint32_t left = samples->count - i, some = left < batch_size ? left : batch_size;

		export_batch(exporter, &(struct batch){.items = items + i, .count = some}, attempts,
			     writer);
	}
	json_writer_end(writer, ']');
	json_writer_end(writer, '}');
	exporter->ops->close(&exporter);
	return 0;
}

int main(int argc, char **argv)
{
	static struct samples samples;
	struct byte_buffer report;
	struct json_writer writer;
	long count = argc > 4 ? strtol(argv[1], NULL, 10) : 0,
	     batch_size = argc > 4 ? strtol(argv[2], NULL, 10) : 0;
	int code = 0;

	if (count < 1 || count > MAX_COUNT || batch_size < 1) {
		fprintf(stderr, "usage: send_samples COUNT BATCH ATTEMPTS KIND=TARGET...\n");
		return 2;
	}
	byte_buffer_init(&report, 64ul << 20);
	json_writer_init(&writer, &report);
	for (long i = 0; i < count; i++) {
		const struct segment *segment;

		samples.items[SAMPLE_SEGMENTS][i] = sample_item(clock_unix_ns() - 100 * NS_PER_MS);
		segment = samples.items[SAMPLE_SEGMENTS][i]->segment;
		samples.items[SAMPLE_CRASHES][i] = crash_in(segment, false, (uint32_t)i);
		samples.items[SAMPLE_EXCEPTIONS][i] = crash_in(segment, true, (uint32_t)i);
	}
	samples.count = (uint32_t)count;
	json_writer_begin(&writer, '{');
	print_items(&writer, samples.items[SAMPLE_SEGMENTS], samples.count);
	print_crashes(&writer, "crashes", samples.items[SAMPLE_CRASHES], samples.count);
	print_crashes(&writer, "exceptions", samples.items[SAMPLE_EXCEPTIONS], samples.count);
	json_writer_key(&writer, "exporters");
	json_writer_begin(&writer, '[');
	for (int i = 4; i < argc && code == 0; i++)
		code = send_to(argv[i], &samples, (uint32_t)batch_size, strtol(argv[3], NULL, 10),
			       &writer);
	json_writer_end(&writer, ']');
	json_writer_end(&writer, '}');
	if (code == 0)
		printf("%.*s\n", (int)report.size, report.bytes);
	for (long i = 0; i < count; i++) {
		for (int kind = 0; kind < SAMPLE_KINDS_COUNT; kind++)
			item_release(&samples.items[kind][i]);
	}
	byte_buffer_done(&report);
	return code;
}
