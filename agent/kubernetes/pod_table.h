/*
 * The pods of this node, by their uid and by the ids of their containers, kept up with what the
 * watch tells. A pod that is gone is kept for two minutes: its last spans are still on their way.
 * Capture thread.
 */
#ifndef KUBERNETES_POD_TABLE_H
#define KUBERNETES_POD_TABLE_H

#include <stddef.h>
#include "base/drops.h"
#include "kubernetes/pod.h"
#include "kubernetes/pod_steering.h"

struct pod_table;

/* A pod and what it asks for. Pointers stay valid until the table is changed: use them at once. */
struct pod_facts {
	const struct pod *pod;
	const struct pod_container *container; /* NULL: it cannot be told */
	const struct pod_steering *steering;
	bool is_gone;
};

enum pod_news { POD_ADDED, POD_MODIFIED, POD_DELETED };

/* What really changed: a list tells many things twice. */
struct pod_table_observer {
	void *self;
	void (*on_news)(void *self, enum pod_news news, const struct pod *pod);
};

/* observer may be NULL. */
int pod_table_new(struct pod_table **ret, size_t max_pods,
		  const struct pod_table_observer *observer, struct drops *drops);
void pod_table_free(struct pod_table **table);

/* The three take the pod, if there is one. */
void pod_table_put(struct pod_table *table, struct pod **pod);
void pod_table_delete(struct pod_table *table, struct pod **pod, uint64_t now_ns);

/* A list of all pods: those not put between the two are gone. Beginning again forgets the first
 * beginning. */
void pod_table_begin_list(struct pod_table *table);
void pod_table_end_list(struct pod_table *table, uint64_t now_ns);

/* Forgets who has been gone for long. */
void pod_table_tick(struct pod_table *table, uint64_t now_ns);

/* By the container's id, else by the pod's uid (as its cgroup has it, with dashes); either may be
 * empty. */
bool pod_table_find(const struct pod_table *table, struct view uid, struct view container_id,
		    struct pod_facts *ret);

size_t pod_table_count(const struct pod_table *table);

#endif
