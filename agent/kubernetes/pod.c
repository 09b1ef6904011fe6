/* Pods: one allocation and one arena each. */
#include "kubernetes/pod.h"

#include <errno.h>
#include <stdlib.h>

int pod_new(struct pod **ret)
{
	struct pod *pod = calloc(1, sizeof(*pod));

	if (!pod)
		return -ENOMEM;
	arena_init(&pod->arena, MAX_POD_BYTES);
	*ret = pod;
	return 0;
}

void pod_free(struct pod **pod)
{
	if (*pod)
		arena_done(&(*pod)->arena);
	free(*pod);
	*pod = NULL;
}

static struct view find_field(const struct pod_field *fields, uint32_t count, const char *key)
{
	struct view wanted = view_of_text(key);

	for (uint32_t i = 0; i < count; i++)
		if (view_equals(fields[i].key, wanted))
			return fields[i].value;
	return (struct view){0};
}

struct view pod_label(const struct pod *pod, const char *key)
{
	return find_field(pod->labels, pod->labels_count, key);
}

struct view pod_annotation(const struct pod *pod, const char *key)
{
	return find_field(pod->annotations, pod->annotations_count, key);
}

/* The newest life comes first (pod_decoder.c). */
const struct pod_container *pod_find_container(const struct pod *pod, struct view id)
{
	const struct pod_container *only = NULL;

	for (uint32_t i = 0; i < pod->containers_count; i++) {
		const struct pod_container *container = &pod->containers[i];

		if (id.size && view_equals(container->id, id))
			return container;
		if (only && !view_equals(only->name, container->name))
			only = NULL;
		else if (i == 0)
			only = container;
	}
	return only;
}

const struct pod_container *pod_find_named(const struct pod *pod, struct view name)
{
	for (uint32_t i = 0; name.size && i < pod->containers_count; i++)
		if (view_equals(pod->containers[i].name, name))
			return &pod->containers[i];
	return NULL;
}
