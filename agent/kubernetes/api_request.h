/*
 * One GET at a time to the API server, as a step of a loop that belongs to the caller: begin it,
 * pump the loop, ask whether it is done. What the server sends is capped. Watching thread.
 */
#ifndef KUBERNETES_API_REQUEST_H
#define KUBERNETES_API_REQUEST_H

#include <curl/curl.h>
#include <stdint.h>
#include "base/byte_buffer.h"
#include "kubernetes/api_place.h"

struct api_request;

/* Bytes of an answer with status 200, as they come. False: enough, end it. */
typedef bool api_request_take(void *self, struct view bytes);

struct api_request_wish {
	const char *path;       /* "/api/v1/pods?…", escaped */
	uint64_t timeout_ms;    /* of all of it */
	uint64_t idle_ms;       /* without a byte; 0: never mind */
	api_request_take *take; /* NULL: the body is gathered */
	void *self;
};

struct api_answer {
	int status;              /* 0: none came */
	bool is_too_large;       /* the body did not fit */
	bool is_ended;           /* by `take` */
	bool is_cut;             /* the stream broke off, or nothing came for too long */
	struct view body;        /* gathered; of a refusal always */
	const char *error;       /* in words, when something went wrong below HTTP */
	uint64_t retry_after_ns; /* asked for by the server; 0: not */
};

/* max_body_bytes: of a gathered body. -ENOMEM. */
int api_request_new(struct api_request **ret, CURLM *loop, size_t max_body_bytes);
void api_request_free(struct api_request **request);

/* An unfinished one is given up. The place is read now; is_fresh: over a new connection. */
int api_request_begin(struct api_request *request, const struct api_place *place, bool is_fresh,
		      const struct api_request_wish *wish);

/* It is over: take it out of the loop. */
void api_request_cancel(struct api_request *request);

bool api_request_is_running(const struct api_request *request);

/* For a message of the loop: was it about this request? Then it is done. */
bool api_request_note(struct api_request *request, const CURLMsg *message);

/* After it is done; borrowed until the next begin. */
struct api_answer api_request_answer(const struct api_request *request);

#endif
