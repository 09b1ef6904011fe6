/*
 * What a span is about: one process, as OTel resource attributes and as the few fields Sentry wants
 * by name. Immutable once shared; reference-counted across threads.
 */
#ifndef MODEL_RESOURCE_H
#define MODEL_RESOURCE_H

#include <stdint.h>
#include "base/arena.h"
#include "model/attribute.h"

struct resource {
	uint32_t references; /* atomic */
	struct arena arena;
	struct attribute_list
		attributes; /* service.name, process.*, host.*, container.*, telemetry.* */
	struct view service_name;
	struct view service_version; /* may be empty */
	struct view
		release; /* Sentry: SENTRY_RELEASE of the process or the setting; may be empty */
	struct view environment; /* may be empty */
	struct view server_name; /* the host */
	uint32_t pid;
	uint64_t start_boottime_ns; /* of the process; 0: not known */
	bool is_contained; /* container.id and k8s.pod.uid are its cgroup's, not its own words */
	bool has_sample_ratio;
	double sample_ratio; /* asked for by its pod, in place of the agent's */
	bool is_named;       /* service_name is what the process itself said, no guess */
	uint32_t awaits;     /* AWAITS_…: whose names may still come (model/metadata.h) */
};

/* One reference, empty lists. */
int resource_new(struct resource **ret);

/* One reference, everything the same: for whoever wants to add something. -ENOMEM. */
int resource_copy(struct resource **ret, const struct resource *from);
struct resource *resource_reference(struct resource *resource);
void resource_release(struct resource **resource);

#endif
