/*
 * One line of a watch: what happened to which pod. The server may be anybody's: total. Pure. Any
 * thread.
 */
#ifndef KUBERNETES_WATCH_EVENT_H
#define KUBERNETES_WATCH_EVENT_H

#include "kubernetes/pod_decoder.h"

#define RESOURCE_VERSION_BYTES 64
#define API_MESSAGE_BYTES      160

enum watch_event_kind {
	WATCH_CHANGED, /* added or modified: which, the one who keeps the pods knows better */
	WATCH_DELETED,
	WATCH_BOOKMARK, /* nothing but how far the watch has come */
	WATCH_ERROR,    /* the watch ends: code says why */
	WATCH_UNKNOWN,  /* a type of a later API */
};

struct watch_event {
	enum watch_event_kind kind;
	struct pod *pod; /* with CHANGED and DELETED; the receiver's */
	char resource_version[RESOURCE_VERSION_BYTES]; /* "": none */
	int code;                                      /* with ERROR: as of HTTP; 0: not told */
	char message[API_MESSAGE_BYTES];               /* with ERROR: escaped */
};

/* -EINVAL: not an event, or its pod is none; -ENOMEM. Nothing to free then. */
int watch_event_parse(struct watch_event *ret, struct view line, const struct pod_wishes *wishes);

/* A resource version as it may be sent back: 1 to 63 printable characters. False: it is not one. */
bool watch_event_copy_version(struct view text, char ret[RESOURCE_VERSION_BYTES]);

/* The message of a Status object, escaped; "" when it is none. Its code, or 0. */
int watch_event_read_status(const json_t *status, char ret_message[API_MESSAGE_BYTES]);

#endif
