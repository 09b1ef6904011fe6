/*
 * Sends sample segments through one of the Sentry exporters, as the delivery worker does: batches
 * of ten, the same batch again after EXPORT_RETRY. Prints one line per segment, `trace ID SPANS`,
 * and at the end `result` with what the exporter said. Their kinds take turns: plain, begun by a
 * Sentry SDK, hostile text, a lone call, more spans than fit. Crashes (`crash ID KIND`), exceptions
 * (`exception ID PLATFORM TYPES`, the root cause first) and session
 * reports (`session STATUS` or `sessions COUNT`) take turns in the same way.
 * usage: send_sentry_samples --dsn DSN | --file FILE COUNT [crashes|exceptions|sessions]
 */
#include <stdio.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/sentry_file.h"
#include "exporters/sentry/sentry_http.h"
#include "crash_variants.h"
#include "sample_exception.h"

#define BATCH_COUNT  10
#define MAX_ATTEMPTS 5

struct totals {
	uint32_t rejected_count;
	uint32_t retries_count;
	uint32_t given_up_count;
	enum drop_reason reason;
	char message[256];
};

static void begin_elsewhere(struct segment *segment, const char *trace_id)
{
	segment->has_sentry_trace = true;
	segment->baggage = arena_format(
		&segment->arena,
		"sentry-trace_id=%s,sentry-public_key=0123456789abcdef,sentry-sample_rate=0.5,"
		"sentry-transaction=GET%%20%%2Fcart,other=1",
		trace_id);
	segment_root(segment)->parent_source = PARENT_HEADER;
	random_id_fill(segment_root(segment)->parent_span_id, SPAN_ID_BYTES);
}

static void make_hostile(struct segment *segment)
{
	struct span *root = segment_root(segment);

	root->name = VIEW_LITERAL("GET /\xff\xfe\0\x1b[2J\"\\\n\xe2\x80\xae");
	attribute_set_string(&root->attributes, &segment->arena, "user_agent.original",
			     VIEW_LITERAL("\xc3\x28\x80\r\n{\"length\":9999}\n"));
	attribute_set_string(&root->attributes, &segment->arena, "error.type",
			     VIEW_LITERAL("line\nbreak\xf0\x9f"));
	attribute_set_double(&root->attributes, &segment->arena, "not.a.number", 0.0 / 0.0);
	segment->resource->service_name = VIEW_LITERAL("\x80shop\t");
}

static void fill_up(struct segment *segment)
{
	static char text[4000];

	memset(text, 'q', sizeof(text));
	while (segment->spans_count < 600) {
		struct span *span = sample_span(segment, SPAN_CLIENT, "GET",
						segment_root(segment)->start_unix_ns, 1000);

		attribute_set_string(&span->attributes, &segment->arena, "url.full",
				     VIEW_LITERAL("http://stock.local/items?q=1"));
		attribute_set_string(&span->attributes, &segment->arena, "text",
				     view_of(text, sizeof(text)));
	}
}

static struct item *make_segment(uint32_t number)
{
	struct segment *segment = sample_segment(clock_unix_ns() - (number + 1) * NS_PER_S);
	char trace_id[2 * TRACE_ID_BYTES + 1];
	struct item *item;

	for (int i = 0; i < 7; i++)
		segment->sampling.randomness =
			segment->sampling.randomness << 8 | segment->trace_id[9 + i];
	json_text_hex(trace_id, segment->trace_id, TRACE_ID_BYTES);
	if (number % 5 == 1)
		begin_elsewhere(segment, trace_id);
	if (number % 5 == 2)
		make_hostile(segment);
	if (number % 5 == 3) {
		segment->spans[0] = segment->spans[1];
		segment->spans[0]->parent_source = PARENT_NONE;
		segment->spans_count = 1;
	}
	if (number % 5 == 4)
		fill_up(segment);
	printf("trace %s %u\n", trace_id, segment->spans_count);
	assert(item_new_segment(&item, &segment) == 0);
	return item;
}

static struct view make_minidump(struct crash *crash)
{
	struct view bytes = repeated_text(crash, 7, 3000000);

	memcpy((char *)bytes.bytes, "MDMP", 4);
	return bytes;
}

static struct item *make_crash(uint32_t number)
{
	struct crash *crash = sample_crash(clock_unix_ns());
	char id[2 * CRASH_ID_BYTES + 1];
	struct item *item;

	switch (number % 8) {
	case 1:
		crash->minidump = make_minidump(crash);
		break;
	case 2:
		crash_make_hostile(crash);
		break;
	case 3:
		crash_make_huge(crash, 40);
		break;
	case 4:
		crash_make_exit(crash, 3);
		break;
	case 5:
		crash_make_oom_kill(crash);
		break;
	case 6:
		crash_make_killed(crash);
		break;
	case 7: /* without a release: the event has one of its own making, the session has none */
		crash->resource->release = (struct view){0};
		crash->kind = CRASH_FAULT;
		crash->exit_status = 1;
		break;
	default:
		break;
	}
	json_text_hex(id, crash->id, sizeof(crash->id));
	printf("crash %s %s\n", id, crash_kind_word(crash->kind));
	assert(item_new_crash(&item, &crash) == 0);
	return item;
}

static void make_exception_hostile(struct crash *crash)
{
	struct exception *raised = &crash->exceptions[0];

	raised->type = raised->module = raised->value = HOSTILE_TEXT;
	for (uint32_t i = 0; i < raised->frames_count; i++) {
		raised->frames[i].function = raised->frames[i].file = HOSTILE_TEXT;
		raised->frames[i].short_file = raised->frames[i].module = HOSTILE_TEXT;
		raised->frames[i].context_line = HOSTILE_TEXT;
		raised->frames[i].column = UINT32_MAX;
	}
	crash->logger = crash->log_message = crash->exception_thread_name = HOSTILE_TEXT;
	crash->runtime_name = crash->runtime_version = HOSTILE_TEXT;
}

/* A chain at its caps, larger than an event may be. */
static void make_exception_huge(struct crash *crash)
{
	struct exception_frame *frames =
		arena_allocate(&crash->arena, MAX_EXCEPTION_FRAMES * sizeof(*frames));
	struct view text = repeated_text(crash, 'f', 400);

	assert(frames);
	for (uint32_t i = 0; i < MAX_EXCEPTION_FRAMES; i++)
		frames[i] = (struct exception_frame){
			.function = text, .file = text, .line = i + 1, .context_line = text};
	while (crash->exceptions_count < MAX_EXCEPTIONS)
		sample_raise(crash, RELATION_CAUSE, crash->exceptions_count - 1, "Error", "again");
	for (uint32_t i = 0; i < MAX_EXCEPTIONS; i++) {
		crash->exceptions[i].frames = frames;
		crash->exceptions[i].frames_count = MAX_EXCEPTION_FRAMES;
	}
}

/* One of every language; then hostile ones, then one that is too large. */
static struct item *make_exception(uint32_t number)
{
	enum sample_language language = (enum sample_language)(number % SAMPLE_LANGUAGES_COUNT);
	struct crash *crash = sample_exception_of(language, clock_unix_ns());
	char id[2 * CRASH_ID_BYTES + 1];
	struct item *item;

	json_text_hex(id, crash->id, sizeof(crash->id));
	printf("exception %s %s ", id, exception_platform(crash->language));
	for (uint32_t i = crash->exceptions_count; i-- > 0;)
		printf("%.*s%s", VIEW_FORMAT(crash->exceptions[i].type), i ? "," : "\n");
	if (number == 2 * SAMPLE_LANGUAGES_COUNT)
		make_exception_huge(crash);
	else if (number >= SAMPLE_LANGUAGES_COUNT)
		make_exception_hostile(crash);
	assert(item_new_crash(&item, &crash) == 0);
	return item;
}

static struct item *make_session(uint32_t number)
{
	static const enum session_status statuses[] = {SESSION_OK, SESSION_EXITED, SESSION_CRASHED,
						       SESSION_ABNORMAL};
	struct item *item = sample_session_item(clock_unix_ns(), statuses[number % 4]);
	struct session_report *report = item->session;

	if (number % 5 == 4) {
		report->counts_count = 2;
		for (uint32_t i = 0; i < 2; i++)
			report->counts[i] = (struct session_counts){
				.started_unix_ns = (29460120 + i) * 60 * NS_PER_S,
				.exited = 1000 + i,
				.errored = i};
		printf("sessions 2001\n");
	} else {
		printf("session %s\n", session_report_status_word(report->update.status));
	}
	return item;
}

static void deliver(struct exporter *exporter, const struct batch *batch, struct totals *totals)
{
	struct export_result result;

	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
		exporter->ops->export(exporter, batch, &result);
		if (result.message[0])
			memcpy(totals->message, result.message, sizeof(totals->message));
		if (result.outcome != EXPORT_RETRY) {
			totals->rejected_count += result.rejected_count;
			if (result.rejected_count)
				totals->reason = result.reason;
			return;
		}
		totals->retries_count++;
		(void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	}
	totals->given_up_count++;
}

int main(int argc, char **argv)
{
	struct totals totals = {.reason = DROP_REASONS_COUNT};
	struct item *items[BATCH_COUNT];
	struct batch batch = {.items = items};
	struct exporter *exporter;
	struct item *(*make)(uint32_t number) = make_segment;
	uint32_t count;
	char error[256];
	int r;

	if (argc < 4 || argc > 5)
		return 2;
	if (argc == 5)
		make = strcmp(argv[4], "crashes") == 0      ? make_crash
		       : strcmp(argv[4], "exceptions") == 0 ? make_exception
							    : make_session;
	count = (uint32_t)strtoul(argv[3], NULL, 10);
	r = strcmp(argv[1], "--file") == 0
		    ? sentry_file_new(&exporter, argv[2], NULL, error, sizeof(error))
		    : sentry_http_new(&exporter, &(struct sentry_http_settings){.dsn = argv[2]},
				      error, sizeof(error));
	if (r < 0) {
		fprintf(stderr, "send_sentry_samples: %s\n", error);
		return 1;
	}
	for (uint32_t sent = 0; sent < count; sent += batch.count) {
		batch.count = count - sent < BATCH_COUNT ? count - sent : BATCH_COUNT;
		for (uint32_t i = 0; i < batch.count; i++)
			items[i] = make(sent + i);
		batch.kind = items[0]->kind;
		deliver(exporter, &batch, &totals);
		for (uint32_t i = 0; i < batch.count; i++)
			item_release(&items[i]);
	}
	exporter->ops->close(&exporter);
	printf("result rejected=%u retries=%u given_up=%u reason=%s message=%s\n",
	       totals.rejected_count, totals.retries_count, totals.given_up_count,
	       totals.reason == DROP_REASONS_COUNT ? "none" : drops_name(totals.reason),
	       totals.message);
	return 0;
}
