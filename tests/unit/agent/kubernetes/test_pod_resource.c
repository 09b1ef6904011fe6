/* Attributes of a pod, and who names the service. */
#include "pod_json.h"

#include "kubernetes/pod_resource.h"

static struct pod_resource_rules rules = {.cluster_name = "lab", .node_name = "n9"};

static void assert_text(const struct resource *resource, const char *key, const char *wanted)
{
	assert_view(attribute_string(&resource->attributes, key), wanted);
}

static struct resource *apply(struct pod *pod, const char *own_name, const char *container)
{
	struct pod_steering steering;
	struct pod_facts facts = {.pod = pod, .steering = &steering};
	struct resource *resource;
	uint32_t complaints = 0;

	assert_int_equal(resource_new(&resource), 0);
	resource->service_name = view_of_text("python3");
	if (own_name) {
		resource->service_name = view_of_text(own_name);
		resource->is_named = true;
	}
	attribute_set_static(&resource->attributes, &resource->arena, "host.name", "real");
	pod_steering_read(&steering, pod, &complaints);
	pod_resource_apply(resource, &facts, &rules);
	facts.container = pod_find_container(pod, view_of_text(container));
	if (facts.container)
		pod_resource_apply_container(resource, &facts);
	return resource;
}

static void everything(void **state)
{
	struct pod *pod = pod_of(WEB_POD);
	struct resource *resource;
	struct view rest, item;

	(void)state;
	rules.labels = VIEW_LITERAL("tier");
	rules.annotations = VIEW_LITERAL("te*");
	resource = apply(pod, NULL, CONTAINER_B);
	assert_text(resource, "k8s.cluster.name", "lab");
	assert_text(resource, "k8s.node.name", "n1");
	assert_text(resource, "k8s.namespace.name", "shop");
	assert_text(resource, "k8s.pod.name", "web-7c5d-x");
	assert_text(resource, "k8s.pod.uid", POD_UID);
	assert_text(resource, "k8s.pod.ip", "10.1.2.3");
	assert_text(resource, "k8s.replicaset.name", "web-7c5d");
	assert_text(resource, "k8s.replicaset.uid", "rs-1");
	assert_text(resource, "k8s.deployment.name", "web");
	assert_text(resource, "k8s.container.name", "app");
	assert_int_equal(
		attribute_find(&resource->attributes, "k8s.container.restart_count")->integer, 2);
	assert_text(resource, "container.image.name", "reg:5000/shop/web");
	rest = attribute_find(&resource->attributes, "container.image.tags")->string;
	assert_true(attribute_next_string(&rest, &item));
	assert_view(item, "1.2");
	rest = attribute_find(&resource->attributes, "container.image.repo_digests")->string;
	assert_true(attribute_next_string(&rest, &item));
	assert_view(item, "docker.io/shop/web@sha256:ab");
	assert_text(resource, "k8s.pod.label.tier", "front");
	assert_text(resource, "k8s.pod.annotation.team", "blue");
	assert_text(resource, "service.name", "web");
	assert_view(resource->service_name, "web");
	assert_text(resource, "service.version", "1.2");
	assert_text(resource, "service.namespace", "shop");
	assert_text(resource, "service.instance.id", "shop.web-7c5d-x.app");
	assert_view(resource->release, "shop@3");
	/* Its author's own attribute; not over what is known for certain. */
	assert_text(resource, "tenant.id", "t1");
	assert_text(resource, "host.name", "real");
	resource_release(&resource);
	rules.labels = rules.annotations = (struct view){0};
	/* The life before; and a container that nobody knows. */
	resource = apply(pod, NULL, CONTAINER_A);
	assert_int_equal(
		attribute_find(&resource->attributes, "k8s.container.restart_count")->integer, 1);
	assert_null(attribute_find(&resource->attributes, "k8s.pod.label.tier"));
	resource_release(&resource);
	resource = apply(pod, NULL, CONTAINER_C);
	assert_text(resource, "k8s.pod.name", "web-7c5d-x");
	assert_null(attribute_find(&resource->attributes, "k8s.container.name"));
	assert_null(attribute_find(&resource->attributes, "service.instance.id"));
	resource_release(&resource);
	pod_free(&pod);
}

static void assert_names(const char *json, const char *own, bool by_labels, const char *wanted)
{
	struct pod *pod = pod_of(json);
	struct resource *resource;

	rules.labels_name_services = by_labels;
	resource = apply(pod, own, "");
	assert_view(resource->service_name, wanted);
	assert_text(resource, "service.name", wanted);
	resource_release(&resource);
	pod_free(&pod);
	rules.labels_name_services = false;
}

#define OWNED(kind, name)                                                                             \
	"{\"metadata\":{\"name\":\"the-pod\",\"namespace\":\"d\",\"uid\":\"u\",\"ownerReferences\":[" \
	"{\"kind\":\"" kind "\",\"name\":\"" name "\",\"controller\":true}]}}"
#define NOTED(annotations, labels)                                                                            \
	"{\"metadata\":{\"name\":\"the-pod\",\"namespace\":\"d\",\"uid\":\"u\",\"annotations\":{" annotations \
	"},\"labels\":{" labels "}}}"

static void service_names(void **state)
{
	static const char *const labelled =
		NOTED("", "\"app.kubernetes.io/instance\":\"shop-eu\",\"app.kubernetes.io/name\":"
			  "\"shop\"");
	static const char *const annotated =
		NOTED("\"resource.opentelemetry.io/service.name\":\"said\"",
		      "\"app.kubernetes.io/name\":\"shop\"");

	(void)state;
	assert_names(WEB_POD, NULL, false, "web");
	assert_names(WEB_POD, "own", false, "own");
	assert_names(WEB_POD, NULL, true, "webshop");
	assert_names(labelled, NULL, true, "shop-eu");
	assert_names(labelled, NULL, false, "the-pod");
	assert_names(labelled, "own", true, "own");
	assert_names(annotated, "own", true, "said");
	assert_names(NOTED("\"limpet.io/service-name\":\"ours\","
			   "\"resource.opentelemetry.io/service.name\":\"said\"",
			   ""),
		     "own", true, "ours");
	assert_names(OWNED("StatefulSet", "db"), NULL, false, "db");
	assert_names(OWNED("DaemonSet", "agent"), NULL, false, "agent");
	assert_names(OWNED("ReplicaSet", "plain"), NULL, false, "plain");
	assert_names(OWNED("Job", "once"), NULL, false, "once");
	assert_names(OWNED("Job", "nightly-29384756"), NULL, false, "nightly");
	assert_names(OWNED("Workflow", "w"), NULL, false, "the-pod");
	assert_names(OWNED("Node", "n1"), NULL, false, "the-pod");
}

static void environments(void **state)
{
	struct pod *pod = pod_of(NOTED("\"limpet.io/environment\":\"lab\","
				       "\"resource.opentelemetry.io/deployment.environment.name\":"
				       "\"prod\"",
				       ""));
	struct resource *resource = apply(pod, NULL, "");

	(void)state;
	assert_view(resource->environment, "lab");
	assert_text(resource, "deployment.environment.name", "lab");
	resource_release(&resource);
	pod_free(&pod);
	pod = pod_of(NOTED("\"resource.opentelemetry.io/deployment.environment.name\":\"prod\","
			   "\"limpet.io/sample-rate\":\"0.5\"",
			   ""));
	resource = apply(pod, NULL, "");
	assert_view(resource->environment, "prod");
	assert_true(resource->has_sample_ratio && resource->sample_ratio == 0.5);
	resource_release(&resource);
	pod_free(&pod);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything),
		cmocka_unit_test(service_names),
		cmocka_unit_test(environments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
