/* Sentry's categories of what can be sent: rate limits and client reports are counted by them. A
 * row: X(NAME, name). Relay knows more; a name not in here is unknown to us and ignored. */
#ifndef SENTRY_CATEGORY_H
#define SENTRY_CATEGORY_H

#include <stdbool.h>
#include "base/view.h"

#define CATEGORIES(X)                                                                              \
	X(DEFAULT, "default")                                                                      \
	X(ERROR, "error")                                                                          \
	X(TRANSACTION, "transaction")                                                              \
	X(SPAN, "span")                                                                            \
	X(LOG_ITEM, "log_item")                                                                    \
	X(LOG_BYTE, "log_byte")                                                                    \
	X(TRACE_METRIC, "trace_metric")                                                            \
	X(TRACE_METRIC_BYTE, "trace_metric_byte")                                                  \
	X(SESSION, "session")                                                                      \
	X(MONITOR, "monitor")                                                                      \
	X(ATTACHMENT, "attachment")                                                                \
	X(PROFILE, "profile")                                                                      \
	X(PROFILE_CHUNK, "profile_chunk")                                                          \
	X(REPLAY, "replay")                                                                        \
	X(FEEDBACK, "feedback")                                                                    \
	X(SECURITY, "security")                                                                    \
	X(METRIC_BUCKET, "metric_bucket")                                                          \
	X(INTERNAL, "internal")

#define CATEGORY_ENUM(name, text) CATEGORY_##name,
enum category { CATEGORIES(CATEGORY_ENUM) CATEGORIES_COUNT };

const char *category_name(enum category category);

/* False when the name is not known. */
bool category_find(struct view name, enum category *ret);

#endif
