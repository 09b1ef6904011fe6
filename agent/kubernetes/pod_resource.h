/*
 * What a resource learns from its pod: k8s.* and the names of the service, in the order of
 * OpenTelemetry's page on Kubernetes: annotations, what the process said itself, labels (if the
 * agent's user wants them), the workload. Capture thread.
 */
#ifndef KUBERNETES_POD_RESOURCE_H
#define KUBERNETES_POD_RESOURCE_H

#include "kubernetes/pod_table.h"
#include "model/resource.h"

struct pod_resource_rules {
	const char *cluster_name;  /* NULL: not known */
	const char *node_name;     /* for a pod that does not say */
	struct view labels;        /* shown as k8s.pod.label.KEY: names with commas between */
	struct view annotations;   /* likewise */
	bool labels_name_services; /* app.kubernetes.io/… */
};

/* Into a resource that nobody else has yet: what is the same for all of the pod. */
void pod_resource_apply(struct resource *resource, const struct pod_facts *facts,
			const struct pod_resource_rules *rules);

/* Then what its container adds; facts->container is known. */
void pod_resource_apply_container(struct resource *resource, const struct pod_facts *facts);

#endif
