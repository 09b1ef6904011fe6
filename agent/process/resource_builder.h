/* Makes the resource of a process from everything that is known about it and the agent's settings.
 */
#ifndef PROCESS_RESOURCE_BUILDER_H
#define PROCESS_RESOURCE_BUILDER_H

#include <stdint.h>
#include <sys/types.h>
#include "model/resource.h"
#include "process/build_id.h"
#include "process/elf_language.h"
#include "process/host_identity.h"
#include "process/proc_reader.h"
#include "settings/settings.h"

struct unit_starts;

/* All borrowed; pointers may be NULL, texts empty. */
struct resource_sources {
	const struct identity_settings *settings;
	const struct host_identity *host;
	const struct proc_snapshot *snapshot; /* NULL: the process was gone before it was read */
	const struct build_id *build_id;
	struct unit_starts *unit_starts;  /* NULL: nobody counts them */
	const struct resource *inherited; /* of the program before or the parent: used when there is
					     no snapshot */
	const char *owner;
	const char *task_name;
	pid_t tgid;
	uint64_t start_boottime_ns;
	enum process_runtime runtime;
};

/* A resource with one reference. -ENOMEM. */
int resource_builder_build(struct resource **ret, const struct resource_sources *sources);

/*
 * A copy of `from` for a child that runs the same program: another pid, start time and owner
 * (owner may be NULL: unchanged).
 */
int resource_builder_derive(struct resource **ret, const struct resource *from,
			    const struct resource_sources *sources);

/* A copy with the agent's settings laid over it: for resources that came with a recording. */
int resource_builder_override(struct resource **ret, const struct resource *from,
			      const struct identity_settings *settings);

/* The agent's settings once more, over what was written into a resource that nobody else has. */
void resource_builder_settle(struct resource *resource, const struct identity_settings *settings);

#endif
