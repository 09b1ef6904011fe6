/* The HTTP exporter: the loop over a batch, what each answer means, and the client reports. */
#include "exporters/sentry/sentry_http.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "exporters/http_transport.h"
#include "exporters/sentry/client_report.h"
#include "exporters/sentry/dsn.h"
#include "exporters/sentry/envelope.h"
#include "exporters/sentry/rate_limits.h"
#include "exporters/sentry/transaction_envelope.h"

#define DEFAULT_TIMEOUT_MS   10000
#define MAX_RESPONSE_BYTES   65536
#define REPORT_INTERVAL_NS   (30 * NS_PER_S)
#define MAX_COMPRESSED_BYTES (3 * MAX_TRANSACTION_BYTES)

/* A batch that is not through yet. The reference keeps its next item's address from being reused,
 * so that the batch is known again when it comes back. */
struct unfinished_batch {
	struct item *next; /* NULL: none */
	uint32_t batch_count;
	uint32_t done_count;
	uint64_t left_spans_count;
	uint32_t rejected_counts[DROP_REASONS_COUNT];
};

struct sentry_http {
	struct exporter exporter;
	struct dsn dsn;
	char organization_id[24];
	uint64_t timeout_ns;
	bool sends_client_reports;
	bool is_reachable; /* the last POST got an answer */
	struct http_transport *transport;
	struct transaction_envelope envelope;
	struct byte_buffer compressed;
	struct byte_buffer report_payload;
	struct rate_limits limits;
	struct client_report report;
	uint64_t last_report_ns;
	struct unfinished_batch unfinished;
};

static struct sentry_http *from_exporter(struct exporter *exporter)
{
	return (struct sentry_http *)exporter;
}

static uint64_t count_spans(const struct item *item)
{
	return (uint64_t)item->segment->spans_count + item->segment->dropped_spans_count;
}

/* Compresses and sends envelope.bytes. -errno: no answer. */
static int post(struct sentry_http *http, struct http_response **ret_response)
{
	struct view body = byte_buffer_view(&http->envelope.bytes);
	const char *encoding = NULL;
	int r;

	*ret_response = NULL;
	if (http_transport_gzip(body, &http->compressed) == 0) {
		body = byte_buffer_view(&http->compressed);
		encoding = "gzip";
	}
	r = http_transport_post(http->transport, body, "application/x-sentry-envelope", encoding,
				ret_response);
	http->is_reachable = r == 0;
	if (r == 0)
		rate_limits_apply(&http->limits, (*ret_response)->status,
				  (*ret_response)->rate_limits, (*ret_response)->retry_after_ns,
				  clock_monotonic_ns());
	return r;
}

/* Adds what was counted to the envelope being built; true when *ret_taken must be given back if it
 * does not arrive. */
static bool attach_report(struct sentry_http *http, struct client_report *ret_taken)
{
	uint64_t now_ns = clock_monotonic_ns();

	if (!http->sends_client_reports ||
	    rate_limits_is_blocked(&http->limits, CATEGORY_INTERNAL, now_ns) ||
	    !client_report_take(&http->report, clock_unix_ns(), &http->report_payload, ret_taken))
		return false;
	envelope_add_item(&http->envelope.bytes, "client_report",
			  byte_buffer_view(&http->report_payload));
	http->last_report_ns = now_ns;
	return true;
}

static void describe_failure(const struct sentry_http *http, const struct http_response *response,
			     struct export_result *result)
{
	const char *mend = "see the server's log";

	if (!response) {
		(void)snprintf(result->message, sizeof(result->message),
			       "cannot send to Sentry at %.*s: no answer",
			       VIEW_FORMAT(http->dsn.host));
	} else if (response->status == 0 && response->error[0]) {
		(void)snprintf(result->message, sizeof(result->message), "%s", response->error);
	} else {
		if (response->status == 401 || response->status == 403 || response->status == 404)
			mend = "check key and project id of the Sentry DSN";
		else if (response->status == 429)
			mend = "the project's quota or rate limit is used up";
		else if (response->status == 413)
			mend = "the server takes less than 1 MiB per transaction";
		else if (response->status >= 300 && response->status < 400)
			mend = "redirects are not followed: put the final address into the DSN";
		(void)snprintf(result->message, sizeof(result->message),
			       "Sentry at %.*s refused a transaction: HTTP %d%s%s; %s",
			       VIEW_FORMAT(http->dsn.host), response->status,
			       response->sentry_error[0] ? ", " : "", response->sentry_error, mend);
	}
}

/* Why the item was dropped, DROP_REASONS_COUNT when it was accepted. */
static enum drop_reason judge(struct sentry_http *http, const struct item *item, int status)
{
	if (status >= 200 && status < 300)
		return DROP_REASONS_COUNT;
	if (status == 429) /* counted by the server */
		return DROP_RATE_LIMITED;
	client_report_add_transaction(&http->report, REPORT_SEND_ERROR, count_spans(item));
	return status == 413 ? DROP_TOO_LARGE : DROP_SERVER_REFUSED;
}

/* 0: settled, *ret_reason as judge() has it. -errno: no answer. */
static int send_item(struct sentry_http *http, const struct item *item,
		     struct export_result *result, enum drop_reason *ret_reason)
{
	struct transaction_summary summary;
	struct client_report taken;
	struct http_response *response;
	bool has_report;
	int r;

	if (rate_limits_is_blocked(&http->limits, CATEGORY_TRANSACTION, clock_monotonic_ns())) {
		client_report_add_transaction(&http->report, REPORT_RATELIMIT_BACKOFF,
					      count_spans(item));
		*ret_reason = DROP_RATE_LIMITED;
		return 0;
	}
	if (transaction_envelope_write(&http->envelope, item->segment, clock_unix_ns(), &summary) <
	    0) {
		client_report_add_transaction(&http->report, REPORT_INTERNAL_SDK_ERROR,
					      count_spans(item));
		*ret_reason = DROP_ENCODE_FAILED;
		return 0;
	}
	has_report = attach_report(http, &taken);
	r = post(http, &response);
	/* A refusal may be about the report itself: it goes back only where it cannot have been. */
	if (has_report && (r < 0 || response->status == 429 || response->status >= 500))
		client_report_give_back(&http->report, &taken);
	if (r < 0) {
		describe_failure(http, response, result);
		return r;
	}
	*ret_reason = judge(http, item, response->status);
	if (*ret_reason != DROP_REASONS_COUNT)
		describe_failure(http, response, result);
	else if (summary.dropped_spans_count)
		client_report_add(&http->report, REPORT_BUFFER_OVERFLOW, CATEGORY_SPAN,
				  summary.dropped_spans_count);
	return 0;
}

/* The reason with the most items stands for all. */
static void settle(const struct unfinished_batch *unfinished, uint32_t batch_count,
		   struct export_result *result)
{
	uint32_t most = 0;

	result->outcome = EXPORT_SENT;
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++) {
		result->rejected_count += unfinished->rejected_counts[reason];
		if (unfinished->rejected_counts[reason] <= most)
			continue;
		most = unfinished->rejected_counts[reason];
		result->reason = (enum drop_reason)reason;
	}
	if (result->rejected_count == batch_count)
		result->outcome = EXPORT_DROPPED;
}

/* Where to go on: the same batch as last time, or a new one, which means that the worker gave the
 * last one up. */
static struct unfinished_batch resume(struct sentry_http *http, const struct batch *batch)
{
	struct unfinished_batch last = http->unfinished;
	uint32_t left;

	http->unfinished = (struct unfinished_batch){0};
	if (!last.next)
		return last;
	if (batch && batch->count == last.batch_count &&
	    batch->items[last.done_count] == last.next) {
		item_release(&last.next);
		return last;
	}
	left = last.batch_count - last.done_count;
	client_report_add(&http->report, REPORT_NETWORK_ERROR, CATEGORY_TRANSACTION, left);
	client_report_add(&http->report, REPORT_NETWORK_ERROR, CATEGORY_SPAN,
			  last.left_spans_count);
	item_release(&last.next);
	return (struct unfinished_batch){0};
}

static void remember(struct sentry_http *http, struct unfinished_batch unfinished,
		     const struct batch *batch)
{
	unfinished.next = item_reference(batch->items[unfinished.done_count]);
	unfinished.batch_count = batch->count;
	unfinished.left_spans_count = 0;
	for (uint32_t i = unfinished.done_count; i < batch->count; i++)
		unfinished.left_spans_count += count_spans(batch->items[i]);
	http->unfinished = unfinished;
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct sentry_http *http = from_exporter(exporter);
	struct unfinished_batch work = resume(http, batch);
	uint64_t deadline_ns = clock_monotonic_ns() + http->timeout_ns;
	uint32_t first = work.done_count;
	struct export_result result = {0};
	enum drop_reason reason;

	for (; work.done_count < batch->count; work.done_count++) {
		/* Each call gets at least one item through. */
		bool is_late = work.done_count > first && clock_monotonic_ns() >= deadline_ns;

		if (is_late ||
		    send_item(http, batch->items[work.done_count], &result, &reason) < 0) {
			remember(http, work, batch);
			result.outcome = EXPORT_RETRY;
			/* A slow server is not a failing one: go on without the backoff. */
			result.retry_after_ns = is_late ? 1 : 0;
			*ret_result = result;
			return;
		}
		if (reason != DROP_REASONS_COUNT)
			work.rejected_counts[reason]++;
	}
	settle(&work, batch->count, &result);
	*ret_result = result;
}

/* An envelope of its own, for times without transactions. */
static void send_report(struct sentry_http *http)
{
	struct envelope_header header = {.sent_at_unix_ns = clock_unix_ns()};
	struct client_report taken;
	struct http_response *response;

	byte_buffer_clear(&http->envelope.bytes);
	envelope_begin(&http->envelope.bytes, &header);
	if (attach_report(http, &taken) && post(http, &response) < 0)
		client_report_give_back(&http->report, &taken);
}

static void flush(struct exporter *exporter)
{
	struct sentry_http *http = from_exporter(exporter);
	bool is_due = clock_monotonic_ns() - http->last_report_ns >= REPORT_INTERVAL_NS;

	if (is_due && !client_report_is_empty(&http->report))
		send_report(http);
}

static void close_http(struct exporter **exporter)
{
	struct sentry_http *http = *exporter ? from_exporter(*exporter) : NULL;

	if (!http)
		return;
	(void)resume(http, NULL);
	/* The last word, unless the server is not there and would only delay the end. */
	if (http->is_reachable && !client_report_is_empty(&http->report))
		send_report(http);
	http_transport_free(&http->transport);
	transaction_envelope_done(&http->envelope);
	byte_buffer_done(&http->compressed);
	byte_buffer_done(&http->report_payload);
	dsn_done(&http->dsn);
	free(http);
	*exporter = NULL;
}

static const struct exporter_ops http_ops = {
	.name = "sentry",
	.export = export_batch,
	.flush = flush,
	.close = close_http,
	.max_batch_items = 16,
};

static int open_transport(struct sentry_http *http, const struct sentry_http_settings *settings,
			  char *ret_error, size_t error_size)
{
	char url[MAX_DSN_BYTES + 128], auth[MAX_DSN_BYTES + 128];
	const char *headers[] = {auth, NULL};
	struct http_transport_settings transport = {
		.url = url,
		.user_agent = "limpet/" LIMPET_VERSION,
		.headers = headers,
		.ca_file = settings->ca_file,
		.timeout_ms = settings->timeout_ms ? settings->timeout_ms : DEFAULT_TIMEOUT_MS,
		.max_response_bytes = MAX_RESPONSE_BYTES,
	};

	dsn_envelope_url(&http->dsn, url, sizeof(url));
	dsn_auth_header(&http->dsn, auth, sizeof(auth));
	http->timeout_ns = transport.timeout_ms * NS_PER_MS;
	return http_transport_new(&http->transport, &transport, ret_error, error_size);
}

int sentry_http_new(struct exporter **ret, const struct sentry_http_settings *settings,
		    char *ret_error, size_t error_size)
{
	_cleanup_(close_http) struct exporter *exporter = NULL;
	struct sentry_http *http = calloc(1, sizeof(*http));
	struct view organization_id;
	int r;

	(void)snprintf(ret_error, error_size, "out of memory");
	if (!http)
		return -ENOMEM;
	exporter = &http->exporter;
	exporter->ops = &http_ops;
	http->sends_client_reports = !settings->no_client_reports;
	byte_buffer_init(&http->compressed, MAX_COMPRESSED_BYTES);
	byte_buffer_init(&http->report_payload, MAX_CLIENT_REPORT_BYTES);
	r = dsn_parse(&http->dsn, settings->dsn, ret_error, error_size);
	if (r < 0)
		return r;
	organization_id = http->dsn.organization_id;
	if (settings->organization_id) {
		(void)snprintf(http->organization_id, sizeof(http->organization_id), "%s",
			       settings->organization_id);
		organization_id = view_of_text(http->organization_id);
	}
	transaction_envelope_init(&http->envelope, http->dsn.public_key, organization_id);
	r = open_transport(http, settings, ret_error, error_size);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(exporter);
	return 0;
}

void sentry_http_count_drop(struct exporter *exporter, enum drop_reason reason,
			    const struct item *item)
{
	struct client_report *report = &from_exporter(exporter)->report;

	if (reason == DROP_SAMPLED)
		client_report_add_transaction(report, REPORT_SAMPLE_RATE, count_spans(item));
	else if (reason == DROP_QUEUE_FULL || reason == DROP_SHUTDOWN)
		client_report_add_transaction(report, REPORT_QUEUE_OVERFLOW, count_spans(item));
}
