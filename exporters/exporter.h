/*
 * The interface of a destination. One delivery thread per exporter is the only user of its handle;
 * `open` runs on the main thread before that thread starts, `close` after it ended. Items are
 * immutable and shared: an exporter never changes them. An exporter knows only agent/model and
 * agent/base; its settings are a struct of its own.
 */
#ifndef EXPORTERS_EXPORTER_H
#define EXPORTERS_EXPORTER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/drops.h"
#include "model/item.h"

enum export_outcome {
	EXPORT_SENT,    /* accepted, apart from rejected_count items counted under `reason` */
	EXPORT_RETRY,   /* try the same batch again, not before retry_after_ns (0: the worker's
			   backoff decides) */
	EXPORT_DROPPED, /* given up for good, counted under `reason` */
};

struct export_result {
	enum export_outcome outcome;
	uint64_t retry_after_ns;
	uint32_t rejected_count;
	enum drop_reason reason;
	char message[256]; /* for one log line: what, why, and the mend; empty when there is nothing
			      to say. Escaped. */
};

struct exporter;

struct exporter_ops {
	const char *name; /* "otlp", "sentry", "json_lines", "sentry_file", "terminal" */

	/*
	 * Called with a batch of 1 or more items of one kind, in order; crashes one at a time. Must
	 * return within the exporter's own timeout. After EXPORT_RETRY the same batch comes again
	 * before any other, or is given up; but not a crash: that one stays in the spool, others
	 * may come first, and it comes again in another item of the same event id, even in another
	 * process. It is lost only when count_drop says so.
	 */
	void (*export)(struct exporter *exporter, const struct batch *batch,
		       struct export_result *ret_result);

	/* Called when the queue has been empty for a while, and before close; may be NULL. */
	void (*flush)(struct exporter *exporter);

	void (*close)(struct exporter **exporter);

	/* Network destinations get batching and retry; local ones (files, terminal) get every item
	 * at once. */
	bool is_local;

	/* No batch is larger than this, whatever the settings say; 0: no bound of its own. For a
	 * destination that takes one item per request, so that giving up a batch does not give up
	 * many that were accepted. */
	uint32_t max_batch_items;

	/* ITEM_BIT of every kind it takes; others are never offered to it. 0: segments only. */
	uint32_t wanted_kinds;

	/*
	 * Any thread, as long as the exporter is open: an item meant for this destination was
	 * dropped without a verdict of the exporter's, for its own account of losses.
	 * DROP_SAMPLED, DROP_QUEUE_FULL, DROP_SHUTDOWN, DROP_SPOOL_FULL: it was never tried.
	 * DROP_RETRIES_EXHAUSTED: it was, and is given up (an exporter that resumes batches knows
	 * it already). May be NULL.
	 */
	void (*count_drop)(struct exporter *exporter, enum drop_reason reason,
			   const struct item *item);
};

/* Every exporter's struct begins with this. */
struct exporter {
	const struct exporter_ops *ops;

	/* Where it sends to, without secrets: the URL without credentials, the project id. The
	 * same place gives the same text after a restart: it names the folder of its crash spool.
	 * The exporter's own; NULL: no crash is kept on disk for it. */
	char *identity;
};

#endif
