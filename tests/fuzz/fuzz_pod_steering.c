/*
 * Annotations and labels of a pod as its author might write them, line by line "KEY=VALUE": what
 * they ask of limpet stays within bounds, and the resource stays what is known for certain.
 */
// fuzz-sources: agent/kubernetes/pod_steering.c agent/kubernetes/pod_resource.c
// fuzz-sources: agent/kubernetes/pod.c agent/kubernetes/pod_decoder.c
// fuzz-sources: agent/kubernetes/pod_workload.c agent/kubernetes/secret_requests.c
// fuzz-sources: agent/kubernetes/secret_value.c agent/kubernetes/api_request.c
// fuzz-sources: agent/kubernetes/pod_changes.c agent/containers/image_reference.c
// fuzz-sources: agent/model/resource.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/byte_buffer.c agent/base/log.c agent/base/clock.c agent/base/utf8.c
// fuzz-sources: agent/base/view.c
#include <stdlib.h>
#include "kubernetes/pod_resource.h"
#include "kubernetes/secret_requests.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void add_field(struct pod *pod, struct view line)
{
	ssize_t at = view_find_byte(line, '=');
	struct pod_field field = {.key = line};

	if (at >= 0) {
		field.key = view_take(line, (size_t)at);
		field.value = view_skip(line, (size_t)at + 1);
	}
	if (pod->annotations_count < MAX_POD_ANNOTATIONS)
		pod->annotations[pod->annotations_count++] = field;
	if (pod->labels_count < MAX_POD_LABELS)
		pod->labels[pod->labels_count++] = field;
}

static void check_secret(const struct secret_name *secret)
{
	if (strcmp(secret->namespace, "shop") != 0 || !secret_requests_is_name(secret) ||
	    strchr(secret->name, '/') || strchr(secret->name, '%') || strchr(secret->key, '/'))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct pod pod = {.uid = VIEW_LITERAL("u"),
			  .name = VIEW_LITERAL("p"),
			  .namespace = VIEW_LITERAL("shop"),
			  .containers_count = 1};
	struct pod_resource_rules rules = {.labels = VIEW_LITERAL("*"),
					   .annotations = VIEW_LITERAL("*"),
					   .labels_name_services = true};
	struct view rest = view_of(bytes, size), line;
	struct pod_steering steering;
	struct pod_facts facts = {&pod, &pod.containers[0], &steering, false};
	struct resource *resource;
	uint32_t complaints = UINT32_MAX; /* not a word in the fuzzer's log */

	while (view_next_token(&rest, '\n', &line)) {
		add_field(&pod, line);
		pod.containers[0].image = line;
	}
	pod_steering_read(&steering, &pod, &complaints);
	if (steering.has_rate && !(steering.rate >= 0 && steering.rate <= 1))
		abort();
	if (steering.has_secret)
		check_secret(&steering.secret);
	if (resource_new(&resource) < 0)
		return 0;
	attribute_set_static(&resource->attributes, &resource->arena, "process.pid", "7");
	pod_resource_apply(resource, &facts, &rules);
	pod_resource_apply_container(resource, &facts);
	if (!view_equals(attribute_string(&resource->attributes, "process.pid"),
			 VIEW_LITERAL("7")) ||
	    (!view_equals(attribute_string(&resource->attributes, "k8s.pod.name"),
			  VIEW_LITERAL("p")) &&
	     !resource->arena.is_full))
		abort();
	resource_release(&resource);
	return 0;
}
