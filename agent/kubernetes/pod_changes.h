/*
 * What the watching thread tells the capture thread, in order, through a bounded ring. When it is
 * full the watching thread waits, and with it the server: nothing is lost.
 */
#ifndef KUBERNETES_POD_CHANGES_H
#define KUBERNETES_POD_CHANGES_H

#include <stdbool.h>
#include "kubernetes/pod.h"
#include "kubernetes/secret_value.h"

#define MAX_POD_CHANGES   256
#define SECRET_NAME_BYTES 254

/* Which value of which Secret. */
struct secret_name {
	char namespace[64];
	char name[SECRET_NAME_BYTES];
	char key[SECRET_NAME_BYTES];
};

struct secret_answer {
	struct secret_name name;
	int err; /* 0; -ENOENT, -EACCES, -EINVAL: it is of no use; -EAGAIN: ask again later */
	char value[MAX_SECRET_BYTES];
};

enum pod_change_kind {
	PODS_LISTING, /* a list of all pods begins, once more if one was begun */
	PODS_CHANGED,
	PODS_DELETED,
	PODS_LISTED, /* what was not in the list is gone */
	PODS_SECRET,
};

struct pod_change {
	enum pod_change_kind kind;
	struct pod *pod;              /* with CHANGED and DELETED */
	struct secret_answer *secret; /* with SECRET */
};

struct pod_changes;

int pod_changes_new(struct pod_changes **ret);
void pod_changes_free(struct pod_changes **changes);

/* Takes what is in it, also when it returns false: closed. Waits while the ring is full. */
bool pod_changes_push(struct pod_changes *changes, struct pod_change *change);

/* Never waits; false: there is none. */
bool pod_changes_take(struct pod_changes *changes, struct pod_change *ret);

/* Whoever waits, or comes to push, goes on with false. */
void pod_changes_close(struct pod_changes *changes);

void pod_change_done(struct pod_change *change);

#endif
