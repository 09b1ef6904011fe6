/*
 * What is known of containers and pods, as facts for rules and as wishes (limpet.io/trace). A
 * process whose container or pod is not known yet is remembered, and decided about again when an
 * answer came; a pod whose labels or wish changed makes every decision anew, at most once a second.
 * Capture thread.
 */
#ifndef DISCOVERY_SOURCES_H
#define DISCOVERY_SOURCES_H

#include <stdint.h>
#include <sys/types.h>

struct container_lookup;
struct discovery;
struct discovery_sources;
struct pod_source;

/* All borrowed; containers and pods may be NULL: nobody knows them. max_pods: of pods. */
int discovery_sources_new(struct discovery_sources **ret, struct discovery *discovery,
			  struct container_lookup *containers, struct pod_source *pods,
			  size_t max_pods);
/* Before the discovery is asked again there is another one, or none. */
void discovery_sources_free(struct discovery_sources **sources);

/* An item of this process was refused because its pod wishes it. NULL-safe, as the next. */
void discovery_sources_muted(struct discovery_sources *sources, pid_t tgid);

/* Tells the discovery what came since. Cheap when nothing did. */
void discovery_sources_tick(struct discovery_sources *sources, uint64_t now_ns);

#endif
