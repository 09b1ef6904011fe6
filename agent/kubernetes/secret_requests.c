/* A ring of names and one request. A Secret's bytes are wiped wherever they have been. */
#include "kubernetes/secret_requests.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SECRET_BODY_BYTES (2u << 20) /* a Secret has 1 MiB at most, as base64 */
#define PATH_BYTES            512

struct secret_requests {
	pthread_mutex_t lock;
	struct secret_name names[MAX_SECRET_REQUESTS];
	uint32_t first, count;
	struct secret_name current;
	struct api_request *request;
	uint64_t timeout_ms;
};

int secret_requests_new(struct secret_requests **ret, CURLM *loop, uint64_t timeout_ms)
{
	struct secret_requests *requests = calloc(1, sizeof(*requests));
	int err;

	if (!requests)
		return -ENOMEM;
	(void)pthread_mutex_init(&requests->lock, NULL);
	requests->timeout_ms = timeout_ms;
	err = api_request_new(&requests->request, loop, MAX_SECRET_BODY_BYTES);
	if (err < 0) {
		secret_requests_free(&requests);
		return err;
	}
	*ret = requests;
	return 0;
}

void secret_requests_free(struct secret_requests **requests)
{
	if (!*requests)
		return;
	api_request_free(&(*requests)->request);
	(void)pthread_mutex_destroy(&(*requests)->lock);
	free(*requests);
	*requests = NULL;
}

static bool is_word(const char *text, bool is_key)
{
	if (!text[0] || strspn(text, ".") == strlen(text))
		return false;
	for (const char *c = text; *c; c++) {
		bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-' ||
				*c == '.';

		if (!is_plain && !(is_key && ((*c >= 'A' && *c <= 'Z') || *c == '_')))
			return false;
	}
	return true;
}

bool secret_requests_is_name(const struct secret_name *name)
{
	return is_word(name->namespace, false) && is_word(name->name, false) &&
	       is_word(name->key, true);
}

bool secret_requests_ask(struct secret_requests *requests, const struct secret_name *name)
{
	bool has_room;

	if (!secret_requests_is_name(name))
		return false;
	(void)pthread_mutex_lock(&requests->lock);
	has_room = requests->count < MAX_SECRET_REQUESTS;
	if (has_room)
		requests->names[(requests->first + requests->count++) % MAX_SECRET_REQUESTS] =
			*name;
	(void)pthread_mutex_unlock(&requests->lock);
	return has_room;
}

static bool take_name(struct secret_requests *requests)
{
	bool is_there;

	(void)pthread_mutex_lock(&requests->lock);
	is_there = requests->count > 0;
	if (is_there) {
		requests->current = requests->names[requests->first];
		requests->first = (requests->first + 1) % MAX_SECRET_REQUESTS;
		requests->count--;
	}
	(void)pthread_mutex_unlock(&requests->lock);
	return is_there;
}

static void answer(const struct secret_requests *requests, int err, struct view body,
		   struct pod_changes *changes)
{
	struct pod_change change = {.kind = PODS_SECRET,
				    .secret = calloc(1, sizeof(*change.secret))};

	if (!change.secret)
		return;
	change.secret->name = requests->current;
	change.secret->err =
		err < 0 ? err
			: secret_value_read(body, requests->current.key, change.secret->value);
	(void)pod_changes_push(changes, &change);
}

void secret_requests_turn(struct secret_requests *requests, const struct api_place *place,
			  struct pod_changes *changes)
{
	char path[PATH_BYTES * 2];
	struct api_request_wish wish = {.path = path, .timeout_ms = requests->timeout_ms};

	if (api_request_is_running(requests->request) || !place->header || !take_name(requests))
		return;
	(void)snprintf(path, sizeof(path), "/api/v1/namespaces/%s/secrets/%s",
		       requests->current.namespace, requests->current.name);
	if (api_request_begin(requests->request, place, false, &wish) < 0)
		answer(requests, -EAGAIN, (struct view){0}, changes);
}

static int error_of(const struct api_answer *got)
{
	switch (got->status) {
	case 200:
		return got->is_too_large ? -EINVAL : got->is_cut ? -EAGAIN : 0;
	case 404:
		return -ENOENT;
	case 403:
		return -EACCES;
	default:
		return -EAGAIN;
	}
}

bool secret_requests_note(struct secret_requests *requests, const CURLMsg *message,
			  struct pod_changes *changes)
{
	struct api_answer got;

	if (!api_request_note(requests->request, message))
		return false;
	got = api_request_answer(requests->request);
	answer(requests, error_of(&got), got.body, changes);
	if (got.body.size)
		explicit_bzero((void *)(uintptr_t)got.body.bytes, got.body.size);
	return true;
}
