/*
 * Where names of a resource come from that cannot be read at once: a container runtime, the API
 * server of a cluster. A source is asked on the capture thread and never waits; whoever holds an
 * item back (processors/metadata_wait.h) and whoever builds resources (process/process_table.h) ask
 * the same way.
 */
#ifndef MODEL_METADATA_H
#define MODEL_METADATA_H

#include <stdint.h>
#include "model/resource.h"

/* Bits of resource->awaits: set while that source may still add something. */
#define AWAITS_CONTAINER (1u << 0)
#define AWAITS_POD       (1u << 1)
#define AWAITS_ITS_PLACE (1u << 2) /* which container of the pod it is */

#define MAX_METADATA_SOURCES 4

enum metadata_state {
	METADATA_NONE,    /* nothing to add, or nobody to ask for now: not worth waiting */
	METADATA_PENDING, /* asked; the answer is on its way */
	METADATA_KNOWN,   /* apply has all there is */
};

struct metadata_source {
	void *self;
	uint32_t bit; /* AWAITS_… */
	/* Is it about such a resource at all (it has a container id, …)? */
	bool (*concerns)(void *self, const struct resource *resource);
	/* Cheap; the first call for somebody new begins to ask. */
	enum metadata_state (*state)(void *self, const struct resource *resource);
	/* After METADATA_KNOWN: writes into a resource that nobody else has yet. */
	void (*apply)(void *self, struct resource *resource);
	/* Rises with every answer that came, refusals too: nothing new, nothing to look at. */
	uint64_t (*answers_count)(void *self);
};

struct metadata_sources {
	struct metadata_source items[MAX_METADATA_SOURCES];
	uint32_t count;
	/* Once more over what the sources wrote: what the agent's user decided. May be NULL. */
	void *self;
	void (*settle)(void *self, struct resource *resource);
};

void metadata_add_source(struct metadata_sources *sources, const struct metadata_source *source);

/* A new resource that nobody else has yet: what is known is written, the rest is awaited. */
void metadata_begin(const struct metadata_sources *sources, struct resource *resource);

/* Is an answer on its way that this resource awaits? */
bool metadata_is_pending(const struct metadata_sources *sources, const struct resource *resource);

/* A copy with everything that has come since; NULL: nothing has, or there is no memory. */
struct resource *metadata_complete(const struct metadata_sources *sources,
				   const struct resource *resource);

/* The sum over all sources. */
uint64_t metadata_answers_count(const struct metadata_sources *sources);

#endif
