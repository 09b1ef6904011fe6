/*
 * DSNs that pods named by a Secret: asked for once, again now and then, as Secrets are rotated.
 * Bounded; a Secret that is of no use is said once. Capture thread.
 */
#ifndef KUBERNETES_POD_DSNS_H
#define KUBERNETES_POD_DSNS_H

#include "kubernetes/pod_changes.h"

#define MAX_POD_DSNS 64

struct pod_dsns;

struct pod_dsns_source {
	void *self;
	bool (*ask)(void *self, const struct secret_name *name); /* false: not now */
};

int pod_dsns_new(struct pod_dsns **ret, const struct pod_dsns_source *source);
void pod_dsns_free(struct pod_dsns **dsns);

/* Asks, if it is time to. NULL: none; *ret_is_pending: it may still come. Borrowed until the next
 * answer. */
const char *pod_dsns_find(struct pod_dsns *dsns, const struct secret_name *name, uint64_t now_ns,
			  bool *ret_is_pending);

void pod_dsns_take(struct pod_dsns *dsns, const struct secret_answer *answer, uint64_t now_ns);

#endif
