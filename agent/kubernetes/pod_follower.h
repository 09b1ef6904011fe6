/*
 * The steps of following the pods of a node, one request at a time: a list of all, a watch from
 * where it ended, and a rest between. Every wait is pod_follower_pump, which drives the loop and
 * with it the Secrets. The thread around it, and what follows from a failure, is pod_watch.c's, the
 * only one that includes this. Watching thread.
 */
#ifndef KUBERNETES_POD_FOLLOWER_H
#define KUBERNETES_POD_FOLLOWER_H

#include "kubernetes/line_splitter.h"
#include "kubernetes/pod_page.h"
#include "kubernetes/pod_watch.h"
#include "kubernetes/secret_requests.h"

#define FOLLOWER_MESSAGE_BYTES 512

enum turn {
	TURN_DONE,
	TURN_EXPIRED, /* the version is too old: list anew */
	TURN_FAILED,
	TURN_STOPPED,
};

struct pod_follower {
	struct pod_watch_settings settings; /* without defaults left */
	char *node;                         /* escaped for a URL */
	struct pod_changes *changes;
	struct drops *drops;
	CURLM *loop;
	struct api_place place;
	struct api_request *request;
	struct secret_requests *secrets;
	struct line_splitter lines;
	char version[RESOURCE_VERSION_BYTES]; /* where a list or a watch goes on */
	bool is_fresh;                        /* the next connection is a new one */
	bool is_stopping;                     /* atomic: from another thread */
	enum turn ending;                     /* of the watch, by what was read */
	uint64_t events_count;                /* of the last watch */
	uint64_t server_delay_ns;             /* asked for by the last answer */
	char message[FOLLOWER_MESSAGE_BYTES]; /* why the last turn failed, for the log */
	void (*on_alive)(void *self); /* with the first event of a watch: there is a server */
	void *self;
};

/* settings: complete. -ENOMEM; done is the caller's in any case. */
int pod_follower_init(struct pod_follower *follower, const struct pod_watch_settings *settings,
		      struct pod_changes *changes, struct drops *drops);
void pod_follower_done(struct pod_follower *follower);

/* All pods, page after page, between LISTING and LISTED; version is where a watch may begin then.
 */
enum turn pod_follower_list(struct pod_follower *follower);

/* Until the watch ends, for whatever reason; version is where to go on. */
enum turn pod_follower_follow(struct pod_follower *follower);

/* Nothing but the Secrets for a while. */
void pod_follower_rest(struct pod_follower *follower, uint64_t delay_ns);

/* Another thread: whatever is under way ends. */
void pod_follower_stop(struct pod_follower *follower);

static inline bool pod_follower_is_stopping(const struct pod_follower *follower)
{
	return __atomic_load_n(&follower->is_stopping, __ATOMIC_ACQUIRE);
}

#endif
