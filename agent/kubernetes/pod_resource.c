/*
 * A pod's author may name the service, its version, namespace and instance, and add attributes of
 * his own; what is known for certain (where it runs, what it is) he may not change.
 */
#include "kubernetes/pod_resource.h"

#include <stdio.h>
#include "containers/image_reference.h"
#include "kubernetes/pod_decoder.h"

#define OTEL_PREFIX "resource.opentelemetry.io/"
#define KEY_BYTES   400

static void set(struct resource *resource, const char *key, struct view value)
{
	if (value.size)
		attribute_set_string(&resource->attributes, &resource->arena, key, value);
}

/* A key that is not static. */
static void set_named(struct resource *resource, const char *prefix, struct view name,
		      struct view value)
{
	struct view key =
		arena_join(&resource->arena, view_of_text(prefix), name, (struct view){0});

	if (key.bytes)
		set(resource, key.bytes, value);
}

static struct view first_of(struct view a, struct view b)
{
	return a.size ? a : b;
}

static void set_workload(struct resource *resource, const struct pod *pod)
{
	static const char *const rows[][3] = {
		{"ReplicaSet", "k8s.replicaset.name", "k8s.replicaset.uid"},
		{"StatefulSet", "k8s.statefulset.name", "k8s.statefulset.uid"},
		{"DaemonSet", "k8s.daemonset.name", "k8s.daemonset.uid"},
		{"Job", "k8s.job.name", "k8s.job.uid"},
		{"ReplicationController", "k8s.replicationcontroller.name",
		 "k8s.replicationcontroller.uid"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!view_equals(pod->owner_kind, view_of_text(rows[i][0])))
			continue;
		set(resource, rows[i][1], pod->owner_name);
		set(resource, rows[i][2], pod->owner_uid);
	}
	set(resource, "k8s.deployment.name", pod->deployment);
	set(resource, "k8s.cronjob.name", pod->cronjob);
}

/* One text as a list of one. */
static void set_list(struct resource *resource, const char *key, struct view value)
{
	char items[1100];

	if (!value.size || value.size >= sizeof(items) ||
	    attribute_find(&resource->attributes, key))
		return;
	memcpy(items, value.bytes, value.size);
	items[value.size] = '\0';
	attribute_set_strings(&resource->attributes, &resource->arena, key,
			      view_of(items, value.size + 1));
}

/* What the runtime said of the image is better known than what was asked for. */
static void set_container(struct resource *resource, const struct pod_container *container)
{
	struct image_reference image = {0};
	ssize_t scheme = view_find(container->image_id, VIEW_LITERAL("://"));
	struct view id = scheme < 0 ? container->image_id
				    : view_skip(container->image_id, (size_t)scheme + 3);

	(void)image_reference_parse(container->image, &image);
	set(resource, "k8s.container.name", container->name);
	/* Before it has begun for the first time nobody has counted. */
	if (container->id.size)
		attribute_set_integer(&resource->attributes, &resource->arena,
				      "k8s.container.restart_count", container->restart_count);
	if (!attribute_find(&resource->attributes, "container.image.name"))
		set(resource, "container.image.name", image.name);
	set_list(resource, "container.image.tags", image.tag);
	if (view_find_byte(id, '@') >= 0)
		set_list(resource, "container.image.repo_digests", id);
}

/* Of what is known for certain nothing is replaced. */
static bool may_be_annotated(struct view key)
{
	static const char *const ours[] = {"k8s.",    "process.", "host.",      "container.", "os.",
					   "limpet.", "cloud.",   "telemetry.", "service."};

	for (size_t i = 0; i < key.size; i++)
		if (key.bytes[i] <= ' ' || key.bytes[i] > '~')
			return false;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (view_starts_with(key, view_of_text(ours[i])))
			return false;
	return key.size > 0 && key.size < KEY_BYTES;
}

static void set_annotated(struct resource *resource, const struct pod *pod)
{
	for (uint32_t i = 0; i < pod->annotations_count; i++) {
		struct view key = pod->annotations[i].key;

		if (!view_starts_with(key, VIEW_LITERAL(OTEL_PREFIX)))
			continue;
		key = view_skip(key, sizeof(OTEL_PREFIX) - 1);
		if (may_be_annotated(key))
			set_named(resource, "", key, pod->annotations[i].value);
	}
}

static void set_listed(struct resource *resource, const char *prefix, struct view list,
		       const struct pod_field *fields, uint32_t count)
{
	for (uint32_t i = 0; list.size && i < count; i++)
		if (pod_decoder_is_listed(list, fields[i].key))
			set_named(resource, prefix, fields[i].key, fields[i].value);
}

static struct view label(const struct pod_facts *facts, const struct pod_resource_rules *rules,
			 const char *key)
{
	return rules->labels_name_services ? pod_label(facts->pod, key) : (struct view){0};
}

/* From the ancestor to the descendant; what other controllers made goes by the pod's name. */
static struct view workload_name(const struct pod_facts *facts)
{
	static const char *const kinds[] = {"ReplicaSet", "StatefulSet", "DaemonSet", "Job"};
	const struct pod *pod = facts->pod;
	struct view owner = {0};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (view_equals(pod->owner_kind, view_of_text(kinds[i])))
			owner = pod->owner_name;
	return first_of(first_of(pod->deployment, pod->cronjob), first_of(owner, pod->name));
}

static void set_service_name(struct resource *resource, const struct pod_facts *facts,
			     const struct pod_resource_rules *rules)
{
	struct view name = facts->steering->service_name;

	name = first_of(name, pod_annotation(facts->pod, OTEL_PREFIX "service.name"));
	if (resource->is_named)
		name = first_of(name, resource->service_name);
	name = first_of(name, label(facts, rules, "app.kubernetes.io/instance"));
	name = first_of(name, label(facts, rules, "app.kubernetes.io/name"));
	name = first_of(name, workload_name(facts));
	resource->service_name = arena_copy(&resource->arena, name);
	set(resource, "service.name", name);
}

static void set_service_version(struct resource *resource, struct view version)
{
	resource->service_version = arena_copy(&resource->arena, version);
	set(resource, "service.version", version);
}

static void set_service_place(struct resource *resource, const struct pod_facts *facts,
			      const struct pod_resource_rules *rules)
{
	const struct attribute_list *own = &resource->attributes;
	const struct pod *pod = facts->pod;
	struct view space = pod_annotation(pod, OTEL_PREFIX "service.namespace");
	struct view version = pod_annotation(pod, OTEL_PREFIX "service.version");

	version = first_of(version, resource->service_version);
	set_service_version(resource,
			    first_of(version, label(facts, rules, "app.kubernetes.io/version")));
	space = first_of(space, attribute_string(own, "service.namespace"));
	set(resource, "service.namespace", first_of(space, pod->namespace));
	set(resource, "service.instance.id",
	    pod_annotation(pod, OTEL_PREFIX "service.instance.id"));
}

static void set_environment(struct resource *resource, const struct pod_facts *facts)
{
	const char *key = "deployment.environment.name";
	struct view environment = first_of(facts->steering->environment, resource->environment);

	/* An annotation has set the attribute by now. */
	environment = first_of(environment, attribute_string(&resource->attributes, key));
	resource->environment = arena_copy(&resource->arena, environment);
	set(resource, key, resource->environment);
}

void pod_resource_apply(struct resource *resource, const struct pod_facts *facts,
			const struct pod_resource_rules *rules)
{
	const struct pod *pod = facts->pod;

	resource->has_sample_ratio = facts->steering->has_rate;
	resource->sample_ratio = facts->steering->rate;
	set_annotated(resource, pod);
	set(resource, "k8s.cluster.name", view_of_text(rules->cluster_name));
	set(resource, "k8s.node.name", first_of(pod->node, view_of_text(rules->node_name)));
	set(resource, "k8s.namespace.name", pod->namespace);
	set(resource, "k8s.pod.name", pod->name);
	set(resource, "k8s.pod.uid", pod->uid);
	set(resource, "k8s.pod.ip", pod->ip);
	set_workload(resource, pod);
	set_listed(resource, "k8s.pod.label.", rules->labels, pod->labels, pod->labels_count);
	set_listed(resource, "k8s.pod.annotation.", rules->annotations, pod->annotations,
		   pod->annotations_count);
	set_service_name(resource, facts, rules);
	set_service_place(resource, facts, rules);
	set_environment(resource, facts);
	if (facts->steering->release.size)
		resource->release = arena_copy(&resource->arena, facts->steering->release);
}

/* "1.2@sha256:…", "sha256:…" or "1.2". */
static struct view image_version(struct resource *resource, const struct pod_container *container)
{
	struct image_reference image = {0};

	(void)image_reference_parse(container->image, &image);
	if (image.tag.size && image.digest.size)
		return arena_join(&resource->arena, image.tag, VIEW_LITERAL("@"), image.digest);
	return first_of(image.digest, image.tag);
}

void pod_resource_apply_container(struct resource *resource, const struct pod_facts *facts)
{
	const struct pod_container *container = facts->container;
	const struct pod *pod = facts->pod;

	set_container(resource, container);
	if (!resource->service_version.size)
		set_service_version(resource, image_version(resource, container));
	if (!attribute_find(&resource->attributes, "service.instance.id"))
		set(resource, "service.instance.id",
		    arena_format(&resource->arena, "%.*s.%.*s.%.*s", VIEW_FORMAT(pod->namespace),
				 VIEW_FORMAT(pod->name), VIEW_FORMAT(container->name)));
}
