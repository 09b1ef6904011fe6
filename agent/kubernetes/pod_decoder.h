/*
 * A Pod object of the API (v1) as JSON, made into a struct pod. Whoever may create pods wrote it:
 * every field may be missing, of another type, or far too long. Pure. Any thread.
 */
#ifndef KUBERNETES_POD_DECODER_H
#define KUBERNETES_POD_DECODER_H

#include <jansson.h>
#include "kubernetes/pod.h"

/* Which annotations are kept beside limpet's and OpenTelemetry's own: names with commas between, or
 * empty. "*" at the end of a name stands for anything. */
struct pod_wishes {
	struct view annotations;
};

/* Is it one of the list? */
bool pod_decoder_is_listed(struct view list, struct view name);

/* -EINVAL: not a pod with a name, a namespace and a uid; -ENOMEM. */
int pod_decoder_decode(struct pod **ret, const json_t *object, const struct pod_wishes *wishes);

/* The string of a field, empty when there is none; object may be anything. */
struct view pod_decoder_text(const json_t *object, const char *field);

#endif
