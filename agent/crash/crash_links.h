/*
 * Requests that crashes broke, until the crash itself is ready: the tracing room tells of a
 * segment when its trace is decided, which is before or after the stack has been unwound. Keyed by
 * the token that both got. Capture thread.
 */
#ifndef CRASH_CRASH_LINKS_H
#define CRASH_CRASH_LINKS_H

#include "model/crash.h"
#include "model/segment.h"

struct crash_links;

int crash_links_new(struct crash_links **ret, size_t max_links);
void crash_links_free(struct crash_links **links);

/* A segment is looked for, and will come when there is one. */
void crash_links_expect(struct crash_links *links, uint64_t token);

void crash_links_take(struct crash_links *links, uint64_t token, const struct segment *segment,
		      const char *source);

/* Announced, and not here yet? */
bool crash_links_is_awaited(const struct crash_links *links, uint64_t token);

/* Into the crash's trace, if there is one; forgotten here. */
void crash_links_give(struct crash_links *links, uint64_t token, struct crash *crash);

/* Nobody waits for it any more. */
void crash_links_forget(struct crash_links *links, uint64_t token);

#endif
