/*
 * Kubernetes as a source of names (model/metadata.h): the watch on a thread of its own, the table
 * of pods on this one, and what the room's users ask of them. Capture thread.
 */
#ifndef KUBERNETES_POD_SOURCE_H
#define KUBERNETES_POD_SOURCE_H

#include "kubernetes/pod_table.h"
#include "kubernetes/pod_watch.h"
#include "model/metadata.h"
#include "settings/settings.h"

struct pod_source;

/* Do the settings ask for it, and is this a cluster? */
bool pod_source_is_wanted(const struct settings *settings);

/* No thread yet. -EINVAL: it cannot work, and it was said why. settings and drops are borrowed. */
int pod_source_new(struct pod_source **ret, const struct settings *settings, struct drops *drops);
void pod_source_free(struct pod_source **source);

/* Begins to follow: after everything that forks. */
int pod_source_start(struct pod_source *source);

/* Takes what has come. Cheap when nothing has. */
void pod_source_tick(struct pod_source *source, uint64_t now_ns);

/* Two: the pod, and which of its containers. */
void pod_source_add(struct pod_source *source, struct metadata_sources *sources);

/* The pod of a resource; false: it is in none, or in one that is not known. */
bool pod_source_find(const struct pod_source *source, const struct resource *resource,
		     struct pod_facts *ret);

/* The same by what a process's cgroup says: container_id may be empty. */
bool pod_source_look_up(const struct pod_source *source, struct view uid, struct view container_id,
			struct pod_facts *ret);

/* Rises with everything the API server told. */
uint64_t pod_source_answers_count(const struct pod_source *source);

/* The DSN that this pod wants its items sent to; NULL: none of its own. Borrowed until the tick. */
const char *pod_source_dsn(struct pod_source *source, const struct pod_facts *facts);

#endif
