/* Resources: created by the process table, shared by every segment of that process. */
#include "model/resource.h"

#include <errno.h>
#include <stdlib.h>

#define MAX_RESOURCE_BYTES 65536

int resource_new(struct resource **ret)
{
	struct resource *resource = calloc(1, sizeof(*resource));

	if (!resource)
		return -ENOMEM;
	resource->references = 1;
	arena_init(&resource->arena, MAX_RESOURCE_BYTES);
	*ret = resource;
	return 0;
}

struct resource *resource_reference(struct resource *resource)
{
	__atomic_fetch_add(&resource->references, 1, __ATOMIC_RELAXED);
	return resource;
}

void resource_release(struct resource **resource)
{
	if (*resource && __atomic_sub_fetch(&(*resource)->references, 1, __ATOMIC_ACQ_REL) == 0) {
		arena_done(&(*resource)->arena);
		free(*resource);
	}
	*resource = NULL;
}
