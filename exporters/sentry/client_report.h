/*
 * Counts of what was dropped on this side, by reason and category, for Sentry's "client_report"
 * item. Any thread adds; the delivery thread takes. One reason per drop: whoever drops, counts.
 */
#ifndef SENTRY_CLIENT_REPORT_H
#define SENTRY_CLIENT_REPORT_H

#include "exporters/sentry/category.h"

#include <stdint.h>
#include "base/byte_buffer.h"

#define MAX_CLIENT_REPORT_BYTES 4096 /* Sentry's limit of the item */

#define CLIENT_REPORT_REASONS(X)                                                                   \
	X(QUEUE_OVERFLOW, "queue_overflow")                                                        \
	X(CACHE_OVERFLOW, "cache_overflow")                                                        \
	X(RATELIMIT_BACKOFF, "ratelimit_backoff")                                                  \
	X(NETWORK_ERROR, "network_error")                                                          \
	X(SAMPLE_RATE, "sample_rate")                                                              \
	X(SEND_ERROR, "send_error")                                                                \
	X(INTERNAL_SDK_ERROR, "internal_sdk_error")                                                \
	X(BUFFER_OVERFLOW, "buffer_overflow")

#define CLIENT_REPORT_REASON_ENUM(name, text) REPORT_##name,
enum client_report_reason {
	CLIENT_REPORT_REASONS(CLIENT_REPORT_REASON_ENUM) CLIENT_REPORT_REASONS_COUNT
};

struct client_report {
	uint64_t counts[CLIENT_REPORT_REASONS_COUNT][CATEGORIES_COUNT]; /* atomic */
};

void client_report_add(struct client_report *report, enum client_report_reason reason,
		       enum category category, uint64_t quantity);

/* A dropped transaction also counts its spans, the root among them. */
void client_report_add_transaction(struct client_report *report, enum client_report_reason reason,
				   uint64_t spans_count);

bool client_report_is_empty(const struct client_report *report);

/*
 * Moves what was counted into *ret_taken and writes the item's payload (out is cleared first). What
 * would not fit into the limit stays counted. False when there is nothing to report or no memory.
 */
bool client_report_take(struct client_report *report, uint64_t unix_ns, struct byte_buffer *out,
			struct client_report *ret_taken);

/* Puts back what could not be sent. */
void client_report_give_back(struct client_report *report, const struct client_report *taken);

#endif
