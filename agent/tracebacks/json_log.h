/*
 * A log line in JSON, or a line of a container's log, which is one too: what of it may have a
 * report in it, unescaped, and who says so. Tolerant: the object may be cut off at its end, stand
 * behind a prefix, and have anything in it.
 */
#ifndef TRACEBACKS_JSON_LOG_H
#define TRACEBACKS_JSON_LOG_H

#include "base/view.h"

#define MAX_JSON_TEXTS 4

struct json_log {
	struct view texts[MAX_JSON_TEXTS]; /* string values of several lines; of bytes */
	size_t texts_count;
	struct view logger;  /* "logger", "logger_name", …; empty: none */
	struct view message; /* "message", "msg", "event" of one line; empty: none */
	bool is_container;   /* {"log":"one line\n","stream":…}: texts[0] is that line */
	bool is_cut;         /* it ended within a string, or before its brace */
	char *bytes;
	size_t size;
};

/* Cheap: may the line be one with something in it? */
bool json_log_is_candidate(struct view line);

/* -EINVAL: it is none. -ENOMEM. */
int json_log_read(struct json_log **ret, struct view line);
void json_log_free(struct json_log **log);

#endif
