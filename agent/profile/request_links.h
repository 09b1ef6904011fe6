/*
 * Which request each sample was taken for: the one that its execution context served at that time.
 * Samples are kept by context; when a request is over, those within it are its own. Two requests at
 * once on one context (an event loop) leave the later one, as a guess. Bounded: the oldest samples
 * are forgotten, and stay without a request. Capture thread.
 */
#ifndef PROFILE_REQUEST_LINKS_H
#define PROFILE_REQUEST_LINKS_H

#include <stdbool.h>
#include "model/served_request.h"

struct request_links;

/* A sample was of this request; again for the same sample when a later one turns out likelier.
 * NULL: what was said stays, but is a guess. */
typedef void (*request_links_fn)(void *self, uint32_t point,
				 const struct served_request *request_or_null, bool is_guess);

int request_links_new(struct request_links **ret, request_links_fn on_link, void *self);
void request_links_free(struct request_links **links);

struct linked_point {
	uint32_t point;
	uint32_t tgid;
	uint64_t context;
	uint64_t start_ns; /* of the wait; of a tick, its time */
	uint64_t time_ns;  /* when it was taken: they come nearly in this order */
};

void request_links_add(struct request_links *links, const struct linked_point *point);

void request_links_take(struct request_links *links, const struct served_request *request);

#endif
