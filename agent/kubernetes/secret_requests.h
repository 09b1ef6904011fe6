/*
 * Secrets that were asked for, one GET after the other, on the watching thread's loop. Only names
 * that are safe in a path are asked for. Asking: any thread; the rest: the watching thread.
 */
#ifndef KUBERNETES_SECRET_REQUESTS_H
#define KUBERNETES_SECRET_REQUESTS_H

#include "kubernetes/api_request.h"
#include "kubernetes/pod_changes.h"

#define MAX_SECRET_REQUESTS 64

struct secret_requests;

int secret_requests_new(struct secret_requests **ret, CURLM *loop, uint64_t timeout_ms);
void secret_requests_free(struct secret_requests **requests);

/* Names as the API allows them: lower case letters, digits, '-' and '.'; a key may have '_' and
 * upper case, too. */
bool secret_requests_is_name(const struct secret_name *name);

/* False: too many wait already, or it is no name. */
bool secret_requests_ask(struct secret_requests *requests, const struct secret_name *name);

/* Begins the next one, if none is running. */
void secret_requests_turn(struct secret_requests *requests, const struct api_place *place,
			  struct pod_changes *changes);

/* As api_request_note: the answer goes to the changes. */
bool secret_requests_note(struct secret_requests *requests, const CURLMsg *message,
			  struct pod_changes *changes);

#endif
