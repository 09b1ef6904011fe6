/* Field by field; what does not fit into the pod's memory is left out and said so (is_cut). */
#include "kubernetes/pod_decoder.h"

#include <errno.h>
#include "base/cleanup.h"
#include "kubernetes/pod_workload.h"

#define MAX_NAME_BYTES  253 /* of objects, by the API's own rule */
#define MAX_VALUE_BYTES 4096
#define MAX_IMAGE_BYTES 1024

struct view pod_decoder_text(const json_t *object, const char *field)
{
	const json_t *text = json_object_get(object, field);

	return view_of(json_string_value(text), json_string_length(text));
}

static struct view keep(struct pod *pod, struct view text, size_t max_bytes)
{
	struct view copy;

	if (!text.size)
		return (struct view){0};
	if (text.size > max_bytes) {
		pod->is_cut = true;
		return (struct view){0};
	}
	copy = arena_copy(&pod->arena, text);
	if (!copy.bytes)
		pod->is_cut = true;
	return copy;
}

bool pod_decoder_is_listed(struct view list, struct view name)
{
	struct view item;

	while (view_next_token(&list, ',', &item)) {
		item = view_trim(item);
		if (item.size && item.bytes[item.size - 1] == '*'
			    ? view_starts_with(name, view_take(item, item.size - 1))
			    : item.size && view_equals(item, name))
			return true;
	}
	return false;
}

static bool wants_annotation(const struct pod_wishes *wishes, struct view key)
{
	return view_starts_with(key, VIEW_LITERAL("limpet.io/")) ||
	       view_starts_with(key, VIEW_LITERAL("resource.opentelemetry.io/")) ||
	       pod_decoder_is_listed(wishes->annotations, key);
}

/* wishes NULL: all of them. */
static uint32_t decode_fields(struct pod *pod, const json_t *object,
			      const struct pod_wishes *wishes, struct pod_field *fields,
			      uint32_t max_count)
{
	uint32_t count = 0;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		struct view name = view_of_text(key), text;

		if (!json_is_string(value) || (wishes && !wants_annotation(wishes, name)))
			continue;
		if (count == max_count || name.size > MAX_NAME_BYTES + 64) {
			pod->is_cut = true;
			continue;
		}
		text = view_of(json_string_value(value), json_string_length(value));
		fields[count].key = keep(pod, name, MAX_NAME_BYTES + 64);
		fields[count].value = keep(pod, text, MAX_VALUE_BYTES);
		/* An empty label says something, one that did not fit says nothing. */
		if (fields[count].key.size && (fields[count].value.size || !text.size))
			count++;
	}
	return count;
}

/* The controller, as the API marks it. */
static void decode_owner(struct pod *pod, const json_t *metadata)
{
	const json_t *owners = json_object_get(metadata, "ownerReferences"), *owner;
	size_t i;

	json_array_foreach(owners, i, owner)
	{
		if (!json_is_true(json_object_get(owner, "controller")))
			continue;
		pod->owner_kind = keep(pod, pod_decoder_text(owner, "kind"), MAX_NAME_BYTES);
		pod->owner_name = keep(pod, pod_decoder_text(owner, "name"), MAX_NAME_BYTES);
		pod->owner_uid = keep(pod, pod_decoder_text(owner, "uid"), POD_KEY_BYTES - 1);
		break;
	}
	if (view_equals(pod->owner_kind, VIEW_LITERAL("ReplicaSet")))
		pod->deployment = pod_workload_deployment(pod->owner_name,
							  pod_label(pod, "pod-template-hash"));
	else if (view_equals(pod->owner_kind, VIEW_LITERAL("Job")))
		pod->cronjob = pod_workload_cronjob(pod->owner_name);
}

/* "containerd://9f86…" */
static struct view bare_id(struct view text)
{
	ssize_t at = view_find(text, VIEW_LITERAL("://"));

	return at < 0 ? (struct view){0} : view_skip(text, (size_t)at + 3);
}

static uint32_t number_of(const json_t *object, const char *field)
{
	json_int_t number = json_integer_value(json_object_get(object, field));

	return number > 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
}

static struct pod_container *add_container(struct pod *pod)
{
	if (pod->containers_count < MAX_POD_CONTAINERS)
		return &pod->containers[pod->containers_count++];
	pod->is_cut = true;
	return NULL;
}

static void decode_status(struct pod *pod, const json_t *status)
{
	const json_t *before = json_object_get(json_object_get(status, "lastState"), "terminated");
	struct view ended = bare_id(pod_decoder_text(before, "containerID"));
	struct pod_container *container, *last;

	if (!pod_decoder_text(status, "name").size || !(container = add_container(pod)))
		return;
	container->name = keep(pod, pod_decoder_text(status, "name"), MAX_NAME_BYTES);
	container->id = keep(pod, bare_id(pod_decoder_text(status, "containerID")), 256);
	container->image = keep(pod, pod_decoder_text(status, "image"), MAX_IMAGE_BYTES);
	container->image_id = keep(pod, pod_decoder_text(status, "imageID"), MAX_IMAGE_BYTES);
	container->restart_count = number_of(status, "restartCount");
	if (!ended.size || !container->restart_count || view_equals(ended, container->id) ||
	    !(last = add_container(pod)))
		return;
	*last = *container;
	last->id = keep(pod, ended, 256);
	last->restart_count--;
}

/* Before the first status there are the names that the pod was made with. The image as it was asked
 * for says more than what the runtime calls it, which may be a hash. */
static void decode_planned(struct pod *pod, const json_t *planned)
{
	struct view image = keep(pod, pod_decoder_text(planned, "image"), MAX_IMAGE_BYTES);
	struct view name = pod_decoder_text(planned, "name");
	struct pod_container *container;
	bool is_known = false;

	for (uint32_t i = 0; i < pod->containers_count; i++) {
		if (!view_equals(pod->containers[i].name, name))
			continue;
		is_known = true;
		if (image.size)
			pod->containers[i].image = image;
	}
	if (is_known || !name.size || !(container = add_container(pod)))
		return;
	container->name = keep(pod, name, MAX_NAME_BYTES);
	container->image = image;
}

static void decode_containers(struct pod *pod, const json_t *spec, const json_t *status)
{
	static const char *const kinds[][2] = {
		{"containerStatuses", "containers"},
		{"initContainerStatuses", "initContainers"},
		{"ephemeralContainerStatuses", "ephemeralContainers"}};
	const json_t *item;
	size_t at;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		json_array_foreach(json_object_get(status, kinds[i][0]), at, item)
			decode_status(pod, item);
		json_array_foreach(json_object_get(spec, kinds[i][1]), at, item)
			decode_planned(pod, item);
	}
}

/* The kubelet names the cgroup of a pod from its own files by the hash of the file. */
static void decode_cgroup_uid(struct pod *pod, const json_t *metadata)
{
	const json_t *annotations = json_object_get(metadata, "annotations");
	struct view hash = pod_decoder_text(annotations, "kubernetes.io/config.hash");

	pod->cgroup_uid = pod->uid;
	if (hash.size && json_object_get(annotations, "kubernetes.io/config.mirror"))
		pod->cgroup_uid = keep(pod, hash, POD_KEY_BYTES - 1);
}

int pod_decoder_decode(struct pod **ret, const json_t *object, const struct pod_wishes *wishes)
{
	_cleanup_(pod_free) struct pod *pod = NULL;
	const json_t *metadata = json_object_get(object, "metadata");
	const json_t *spec = json_object_get(object, "spec");
	const json_t *status = json_object_get(object, "status");
	int err = pod_new(&pod);

	if (err < 0)
		return err;
	pod->uid = keep(pod, pod_decoder_text(metadata, "uid"), POD_KEY_BYTES - 1);
	pod->name = keep(pod, pod_decoder_text(metadata, "name"), MAX_NAME_BYTES);
	pod->namespace = keep(pod, pod_decoder_text(metadata, "namespace"), MAX_NAME_BYTES);
	pod->resource_version = keep(pod, pod_decoder_text(metadata, "resourceVersion"), 63);
	if (!pod->uid.size || !pod->name.size || !pod->namespace.size)
		return -EINVAL;
	decode_cgroup_uid(pod, metadata);
	pod->node = keep(pod, pod_decoder_text(spec, "nodeName"), MAX_NAME_BYTES);
	pod->ip = keep(pod, pod_decoder_text(status, "podIP"), 45);
	decode_containers(pod, spec, status);
	pod->annotations_count = decode_fields(pod, json_object_get(metadata, "annotations"),
					       wishes, pod->annotations, MAX_POD_ANNOTATIONS);
	pod->labels_count = decode_fields(pod, json_object_get(metadata, "labels"), NULL,
					  pod->labels, MAX_POD_LABELS);
	decode_owner(pod, metadata);
	*ret = TAKE_PTR(pod);
	return 0;
}
