/* One page of a list of pods: {"metadata": …, "items": […]}. Total and pure. Any thread. */
#ifndef KUBERNETES_POD_PAGE_H
#define KUBERNETES_POD_PAGE_H

#include "kubernetes/watch_event.h"

#define CONTINUE_BYTES 2048

struct pod_page {
	char resource_version[RESOURCE_VERSION_BYTES]; /* where a watch may begin */
	char continue_token[CONTINUE_BYTES];           /* "": this was the last page */
	uint32_t undecodable_count;                    /* items that were no pods */
};

/* Each pod is the receiver's. */
typedef void pod_page_take(void *self, struct pod **pod);

/* -EINVAL: not a list, or one that cannot be gone on with. Pods may have been handed out then. */
int pod_page_parse(struct pod_page *ret, struct view body, const struct pod_wishes *wishes,
		   pod_page_take *take, void *self);

#endif
