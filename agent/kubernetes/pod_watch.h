/*
 * Follows the pods of one node: a list, then a watch from where the list ended, and again whenever
 * one breaks off. What it learns goes to the changes, in order: a change is told once, or the list
 * that has it is. Runs on a thread of its own, with all signals blocked; waits never hold anybody
 * else up.
 */
#ifndef KUBERNETES_POD_WATCH_H
#define KUBERNETES_POD_WATCH_H

#include "base/drops.h"
#include "kubernetes/api_place.h"
#include "kubernetes/pod_changes.h"
#include "kubernetes/pod_decoder.h"

struct pod_watch;

struct pod_watch_settings {
	const char *node;
	struct pod_wishes wishes; /* borrowed until free */
	uint32_t page_items;      /* per page of a list; 0: 64 */
	uint64_t request_ms;      /* of one page or secret; 0: 30 s */
	uint64_t watch_ms;        /* how long one watch is asked to last, at least; 0: 5 min */
	uint64_t idle_ms; /* of a watch without a byte; 0: 3 min; bookmarks come each minute */
	uint64_t first_delay_ms; /* after a failure; 0: 250 ms */
	uint64_t max_delay_ms;   /* after many; 0: 20 s */
};

struct pod_watch_statistics {
	uint64_t lists, watches, failures;
	bool is_following;
};

/* Takes the place, on failure too. drops and changes are borrowed until free. -ENOMEM, -EAGAIN. */
int pod_watch_new(struct pod_watch **ret, struct api_place *place,
		  const struct pod_watch_settings *settings, struct pod_changes *changes,
		  struct drops *drops);

/* Closes the changes and ends the thread. NULL-safe. */
void pod_watch_free(struct pod_watch **watch);

/* The answer comes as a change. False: not now. */
bool pod_watch_ask_secret(struct pod_watch *watch, const struct secret_name *name);

struct pod_watch_statistics pod_watch_statistics(struct pod_watch *watch);

#endif
