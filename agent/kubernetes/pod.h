/*
 * A pod of this node as the API server told of it: names, owner, containers, and of labels and
 * annotations what may matter here. Made by pod_decoder.c on the watching thread, then owned by the
 * capture thread's pod_table.c; nobody changes it in between. All text lives in its arena, is
 * UTF-8, and is the word of whoever may create pods: escaped before a log sees it.
 */
#ifndef KUBERNETES_POD_H
#define KUBERNETES_POD_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/view.h"

#define MAX_POD_BYTES       65536 /* of one pod, everything in it */
#define MAX_POD_CONTAINERS  64    /* of all kinds, with the lives before a restart */
#define MAX_POD_LABELS      64
#define MAX_POD_ANNOTATIONS 64
#define POD_KEY_BYTES       64 /* a UUID is 36 characters */

/* A label or an annotation. */
struct pod_field {
	struct view key;
	struct view value;
};

/* One life of a container: after a restart both are there, the new one and the one before. */
struct pod_container {
	struct view id; /* "containerd://9f86…" without the runtime; empty: not started yet */
	struct view name;
	struct view image;    /* as written in the pod: "registry/shop:1.2" */
	struct view image_id; /* with its digest, as the runtime has it; may be empty */
	uint32_t restart_count;
};

struct pod {
	struct arena arena;
	struct view uid;
	struct view cgroup_uid; /* in the path of its cgroup: another one for static pods */
	struct view name;
	struct view namespace;
	struct view node;
	struct view ip; /* empty: none yet */
	struct view resource_version;
	struct view owner_kind; /* "ReplicaSet"; empty: nobody's */
	struct view owner_name;
	struct view owner_uid;
	struct view deployment; /* the ReplicaSet's owner, by its name; may be empty */
	struct view cronjob;    /* the Job's, likewise */
	struct pod_field labels[MAX_POD_LABELS];
	struct pod_field annotations[MAX_POD_ANNOTATIONS];
	struct pod_container containers[MAX_POD_CONTAINERS];
	uint32_t labels_count;
	uint32_t annotations_count;
	uint32_t containers_count;
	bool is_cut; /* some of it did not fit */
};

int pod_new(struct pod **ret);
void pod_free(struct pod **pod);

/* Empty when there is none. */
struct view pod_label(const struct pod *pod, const char *key);
struct view pod_annotation(const struct pod *pod, const char *key);

/* The life with this id; for an empty id, or one nobody knows, the only container there is. NULL:
 * it cannot be told. */
const struct pod_container *pod_find_container(const struct pod *pod, struct view id);

/* The newest life of that name, or NULL. */
const struct pod_container *pod_find_named(const struct pod *pod, struct view name);

#endif
