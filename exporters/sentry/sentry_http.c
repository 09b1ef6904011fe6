/* The HTTP exporter: the loop over a batch, and where it goes on after a failure. */
#include "exporters/sentry/sentry_http.h"

#include <errno.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "exporters/sentry/envelope_sender.h"
#include "exporters/sentry/item_losses.h"

#define REPORT_INTERVAL_NS (30 * NS_PER_S)

/* A batch that is not through yet. The reference keeps its next item's address from being reused,
 * so that the batch is known again when it comes back. */
struct unfinished_batch {
	struct item *next; /* NULL: none */
	uint32_t batch_count;
	uint32_t done_count;
	struct rejections rejections;
};

struct sentry_http {
	struct exporter exporter;
	struct envelope_sender sender;
	struct unfinished_batch unfinished;
	struct client_report
		left; /* what the unfinished batch is to the accounts if it is given up */
};

static struct sentry_http *from_exporter(struct exporter *exporter)
{
	return (struct sentry_http *)exporter;
}

/* The reason with the most items stands for all. */
static void settle(const struct unfinished_batch *unfinished, uint32_t batch_count,
		   struct export_result *result)
{
	uint32_t most = 0;

	result->outcome = EXPORT_SENT;
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++) {
		result->rejected_count += unfinished->rejections.counts[reason];
		if (unfinished->rejections.counts[reason] <= most)
			continue;
		most = unfinished->rejections.counts[reason];
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
	bool is_same = last.next && batch && batch->count == last.batch_count &&
		       batch->items[last.done_count] == last.next;

	http->unfinished = (struct unfinished_batch){0};
	item_release(&last.next);
	if (!is_same) {
		client_report_give_back(&http->sender.report, &http->left);
		last = (struct unfinished_batch){0};
	}
	http->left = (struct client_report){0};
	return last;
}

/* Crashes are kept by others, who know when one is lost (count_drop). */
static void remember(struct sentry_http *http, struct unfinished_batch unfinished,
		     const struct batch *batch)
{
	unfinished.next = item_reference(batch->items[unfinished.done_count]);
	unfinished.batch_count = batch->count;
	http->unfinished = unfinished;
	http->left = (struct client_report){0};
	if (unfinished.next->kind == ITEM_CRASH)
		return;
	for (uint32_t i = unfinished.done_count; i < batch->count; i++)
		item_losses_add(&http->left, REPORT_NETWORK_ERROR, batch->items[i]);
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct sentry_http *http = from_exporter(exporter);
	struct unfinished_batch work = resume(http, batch);
	uint64_t deadline_ns = clock_monotonic_ns() + http->sender.timeout_ns;
	uint32_t first = work.done_count;
	struct export_result result = {0};

	while (work.done_count < batch->count) {
		/* Each call gets at least one item through. */
		bool is_late = work.done_count > first && clock_monotonic_ns() >= deadline_ns;
		int settled = is_late ? 0
				      : envelope_sender_send(&http->sender, batch, work.done_count,
							     &work.rejections, &result);

		if (settled <= 0) {
			remember(http, work, batch);
			result.outcome = EXPORT_RETRY;
			/* A slow server is not a failing one: go on without the backoff. */
			result.retry_after_ns = is_late ? 1 : 0;
			*ret_result = result;
			return;
		}
		work.done_count += (uint32_t)settled;
	}
	settle(&work, batch->count, &result);
	*ret_result = result;
}

static void flush(struct exporter *exporter)
{
	struct envelope_sender *sender = &from_exporter(exporter)->sender;

	if (clock_monotonic_ns() - sender->last_report_ns >= REPORT_INTERVAL_NS)
		envelope_sender_send_report(sender);
}

static void close_http(struct exporter **exporter)
{
	struct sentry_http *http = *exporter ? from_exporter(*exporter) : NULL;

	if (!http)
		return;
	(void)resume(http, NULL);
	/* The last word, unless the server is not there and would only delay the end. */
	if (http->sender.is_reachable)
		envelope_sender_send_report(&http->sender);
	envelope_sender_done(&http->sender);
	free(http->exporter.identity);
	free(http);
	*exporter = NULL;
}

/* Any thread. Of the batches it gave up after EXPORT_RETRY the exporter knows by itself, but for
 * crashes (item_losses.h). */
static void count_drop(struct exporter *exporter, enum drop_reason drop, const struct item *item)
{
	enum client_report_reason reason;

	if (item_losses_reason(drop, item, &reason))
		item_losses_add(&from_exporter(exporter)->sender.report, reason, item);
}

static const struct exporter_ops http_ops = {
	.name = "sentry",
	.export = export_batch,
	.flush = flush,
	.close = close_http,
	.max_batch_items = 16,
	.wanted_kinds = ITEM_ALL,
	.count_drop = count_drop,
};

/* The DSN without its keys. */
static int name_place(struct sentry_http *http)
{
	const struct dsn *dsn = &http->sender.dsn;

	if (asprintf(&http->exporter.identity, "%.*s://%.*s%.*s/%.*s", VIEW_FORMAT(dsn->protocol),
		     VIEW_FORMAT(dsn->host), VIEW_FORMAT(dsn->path),
		     VIEW_FORMAT(dsn->project_id)) >= 0)
		return 0;
	http->exporter.identity = NULL;
	return -ENOMEM;
}

int sentry_http_new(struct exporter **ret, const struct sentry_http_settings *settings,
		    char *ret_error, size_t error_size)
{
	_cleanup_(close_http) struct exporter *exporter = NULL;
	struct sentry_http *http = calloc(1, sizeof(*http));
	int r;

	(void)snprintf(ret_error, error_size, "out of memory");
	if (!http)
		return -ENOMEM;
	exporter = &http->exporter;
	exporter->ops = &http_ops;
	r = envelope_sender_init(&http->sender, settings, ret_error, error_size);
	if (r == 0)
		r = name_place(http);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(exporter);
	return 0;
}
