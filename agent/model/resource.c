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

static void copy_attributes(struct resource *to, const struct attribute_list *from)
{
	for (uint32_t i = 0; i < from->count; i++) {
		const struct attribute *a = &from->items[i];
		const char *key = arena_copy(&to->arena, view_of_text(a->key)).bytes;

		if (!key)
			break;
		attribute_set_copy(&to->attributes, &to->arena, key, a);
	}
}

int resource_copy(struct resource **ret, const struct resource *from)
{
	struct resource *copy;
	int err = resource_new(&copy);

	if (err < 0)
		return err;
	copy_attributes(copy, &from->attributes);
	copy->service_name = arena_copy(&copy->arena, from->service_name);
	copy->service_version = arena_copy(&copy->arena, from->service_version);
	copy->release = arena_copy(&copy->arena, from->release);
	copy->environment = arena_copy(&copy->arena, from->environment);
	copy->server_name = arena_copy(&copy->arena, from->server_name);
	copy->pid = from->pid;
	copy->start_boottime_ns = from->start_boottime_ns;
	copy->is_named = from->is_named;
	copy->is_contained = from->is_contained;
	copy->has_sample_ratio = from->has_sample_ratio;
	copy->sample_ratio = from->sample_ratio;
	copy->awaits = from->awaits;
	*ret = copy;
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
