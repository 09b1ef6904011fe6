/*
 * Processes that report themselves. Seen from the requests their SDKs make (segments of theirs, as
 * everybody's), or from the context OpenTelemetry's SDKs publish. What a process is seen to send
 * for itself, limpet does not send for it: traces, or exceptions; crashes always. Said once per
 * process and kind. Until an SDK's first request, which comes some seconds after its first span,
 * both are sent. Capture thread.
 */
#ifndef DISCOVERY_SDK_WATCH_H
#define DISCOVERY_SDK_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "model/segment.h"

enum sdk_signal {
	SDK_TRACES = 1, /* spans, transactions */
	SDK_ERRORS = 2, /* log records, error events */
};

struct sdk_watch;

/* proc_root: "/proc" but in tests. */
int sdk_watch_new(struct sdk_watch **ret, const char *proc_root);
void sdk_watch_free(struct sdk_watch **watch);

/* A finished segment; borrowed. */
void sdk_watch_see(struct sdk_watch *watch, const struct segment *segment, uint64_t now_ns);

bool sdk_watch_suppresses(const struct sdk_watch *watch, pid_t tgid, enum sdk_signal what);

/* Another program, or a child, which is not its parent. */
void sdk_watch_process_began(struct sdk_watch *watch, pid_t tgid);

/* Is this request one of limpet's own exporters, seen from the side of a server on this host? */
bool sdk_watch_is_our_export(const struct segment *segment);

#endif
