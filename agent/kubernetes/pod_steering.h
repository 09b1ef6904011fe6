/*
 * What annotations of a pod ask of limpet: limpet.io/trace, sample-rate, release, environment,
 * service-name, sentry-dsn-secret. They are the words of whoever may create pods there, and decide
 * about that pod only; a value that makes no sense is said once and ignored. Capture thread.
 */
#ifndef KUBERNETES_POD_STEERING_H
#define KUBERNETES_POD_STEERING_H

#include "kubernetes/pod.h"
#include "kubernetes/pod_changes.h"

struct pod_steering {
	bool is_muted;  /* trace: "false" */
	bool is_wanted; /* trace: "true": before any rule of the agent's */
	bool has_rate;
	bool has_secret;
	double rate;         /* 0 to 1 */
	struct view release; /* the three: views into the pod; may be empty */
	struct view environment;
	struct view service_name;
	struct secret_name secret; /* in the pod's own namespace, always */
};

/* complaints: of this pod so far, a bit per annotation; begins as 0. */
void pod_steering_read(struct pod_steering *ret, const struct pod *pod, uint32_t *complaints);

#endif
