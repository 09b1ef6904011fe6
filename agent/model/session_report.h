/*
 * Release health: a session is one run of a process (process mode), or one request of a server
 * (request mode, as counts per minute). Sentry's terms. A process is counted in one of the two
 * modes, never in both.
 */
#ifndef MODEL_SESSION_REPORT_H
#define MODEL_SESSION_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include "model/resource.h"

#define SESSION_ID_BYTES 16

enum session_status { SESSION_OK, SESSION_EXITED, SESSION_CRASHED, SESSION_ABNORMAL };

struct session_update {
	uint8_t id[SESSION_ID_BYTES]; /* a random UUID */
	bool is_init;                 /* the first update of this session */
	enum session_status status;
	uint32_t errors;          /* at least 1 when crashed */
	uint64_t started_unix_ns; /* never changes */
	uint64_t unix_ns;         /* of this update */
};

/* Requests of one service in one minute. */
struct session_counts {
	uint64_t started_unix_ns; /* rounded down to the minute */
	uint32_t exited;
	uint32_t errored;
	uint32_t crashed;
	uint32_t abnormal;
};

#define MAX_SESSION_COUNTS 100 /* Sentry's limit of one item */

/* What goes out: one update, or counts (counts_count > 0). */
struct session_report {
	struct session_update update;
	struct session_counts counts[MAX_SESSION_COUNTS];
	uint32_t counts_count;
	struct resource *resource; /* names the release and environment; never without a release */
};

int session_report_new(struct session_report **ret, struct resource *resource);
void session_report_free(struct session_report **report);

/* "ok", "exited", "crashed", "abnormal". */
const char *session_report_status_word(enum session_status status);

#endif
