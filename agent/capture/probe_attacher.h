/*
 * Attaching uprobes and taking them away, in threads of its own: each makes the kernel wait for all
 * CPUs, tens of milliseconds that the capture thread does not have. What is given up before it was
 * attached never is. Everything is gone when this is freed.
 */
#ifndef CAPTURE_PROBE_ATTACHER_H
#define CAPTURE_PROBE_ATTACHER_H

#include "capture/probe_link.h"

struct probe_attachment; /* the attacher's; the caller's name for it until it is released */
struct probe_attacher;

struct probe_attacher_calls {
	void *self;
	/* file: a path that resolves to it. NULL and errno, or what detach takes. */
	struct probe_link *(*attach)(void *self, const struct probe_order *order, const char *file);
	void (*detach)(void *self, struct probe_link *link);
};

/* calls NULL: the kernel's. */
int probe_attacher_new(struct probe_attacher **ret, const struct probe_attacher_calls *calls);
void probe_attacher_free(struct probe_attacher **attacher);

/* Soon; what the kernel refuses is said, but for a process that is gone. NULL: no memory. */
struct probe_attachment *probe_attacher_attach(struct probe_attacher *attacher,
					       const struct probe_order *order);
void probe_attacher_release(struct probe_attacher *attacher, struct probe_attachment *attachment);

/* Everything ordered so far is done. */
void probe_attacher_settle(struct probe_attacher *attacher);

#endif
