/*
 * A libcurl easy handle in the caller's multi handle. HTTP/1.1: a watch keeps its connection to
 * itself anyway. The authority's file is read for each new connection, never from a cache.
 */
#include "kubernetes/api_request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"

#define MAX_REFUSAL_BYTES 65536
#define MAX_URL_BYTES     8192
#define CONNECT_MS        10000L
#define MAX_RETRY_S       3600

struct api_request {
	CURL *curl;
	CURLM *loop;
	struct curl_slist *headers;
	struct byte_buffer body;
	struct api_request_wish wish;
	bool is_running, is_ended, is_too_large;
	CURLcode result;
	long status;
	curl_off_t retry_after_s;
	char error[CURL_ERROR_SIZE];
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *arg)
{
	struct api_request *request = arg;
	struct view piece = view_of(bytes, size * count);

	if (!request->status)
		(void)curl_easy_getinfo(request->curl, CURLINFO_RESPONSE_CODE, &request->status);
	if (request->status == 200 && request->wish.take) {
		request->is_ended = !request->wish.take(request->wish.self, piece);
		return request->is_ended ? 0 : piece.size;
	}
	if (request->status != 200 && request->body.size + piece.size > MAX_REFUSAL_BYTES)
		return piece.size;
	byte_buffer_append(&request->body, piece);
	request->is_too_large = request->body.is_failed;
	return request->is_too_large ? 0 : piece.size;
}

int api_request_new(struct api_request **ret, CURLM *loop, size_t max_body_bytes)
{
	struct api_request *request = calloc(1, sizeof(*request));

	if (!request)
		return -ENOMEM;
	request->loop = loop;
	byte_buffer_init(&request->body, max_body_bytes);
	request->curl = curl_easy_init();
	if (!request->curl) {
		api_request_free(&request);
		return -ENOMEM;
	}
	*ret = request;
	return 0;
}

void api_request_cancel(struct api_request *request)
{
	if (request->is_running)
		(void)curl_multi_remove_handle(request->loop, request->curl);
	request->is_running = false;
}

void api_request_free(struct api_request **request)
{
	struct api_request *freed = *request;

	if (!freed)
		return;
	if (freed->curl) {
		api_request_cancel(freed);
		curl_easy_cleanup(freed->curl);
	}
	curl_slist_free_all(freed->headers);
	byte_buffer_done(&freed->body);
	free(freed);
	*request = NULL;
}

static int set_headers(struct api_request *request, const struct api_place *place)
{
	struct curl_slist *headers = curl_slist_append(NULL, place->header), *longer;

	longer = headers ? curl_slist_append(headers, "Accept: application/json") : NULL;
	if (!longer) {
		curl_slist_free_all(headers);
		return -ENOMEM;
	}
	curl_slist_free_all(request->headers);
	request->headers = longer;
	return 0;
}

static bool set_place(struct api_request *request, const struct api_place *place, bool is_fresh)
{
	char url[MAX_URL_BYTES];
	CURL *curl = request->curl;
	int size = snprintf(url, sizeof(url), "%s%s", place->url, request->wish.path);
	bool ok = size > 0 && (size_t)size < sizeof(url);

	ok = ok && curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, request->headers) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_CAINFO, place->ca_file) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, is_fresh ? 1L : 0L) == CURLE_OK;
#if LIBCURL_VERSION_NUM >= 0x075700
	ok = ok && curl_easy_setopt(curl, CURLOPT_CA_CACHE_TIMEOUT, 0L) == CURLE_OK;
#endif
	return ok;
}

static bool set_manner(struct api_request *request)
{
	const struct api_request_wish *wish = &request->wish;
	CURL *curl = request->curl;
	bool ok = true;

	ok = ok && curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)wish->timeout_ms) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
				    (long)((wish->idle_ms + 999) / 1000)) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_USERAGENT, "limpet/" LIMPET_VERSION) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, request->error) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_WRITEDATA, request) == CURLE_OK;
	return ok;
}

int api_request_begin(struct api_request *request, const struct api_place *place, bool is_fresh,
		      const struct api_request_wish *wish)
{
	int err;

	api_request_cancel(request);
	request->wish = *wish;
	request->is_ended = request->is_too_large = false;
	request->result = CURLE_OK;
	request->status = 0;
	request->retry_after_s = 0;
	request->error[0] = '\0';
	byte_buffer_clear(&request->body);
	curl_easy_reset(request->curl);
	err = set_headers(request, place);
	if (err < 0)
		return err;
	if (!set_manner(request) || !set_place(request, place, is_fresh))
		return -EINVAL;
	if (curl_multi_add_handle(request->loop, request->curl) != CURLM_OK)
		return -ENOMEM;
	request->is_running = true;
	return 0;
}

bool api_request_is_running(const struct api_request *request)
{
	return request->is_running;
}

bool api_request_note(struct api_request *request, const CURLMsg *message)
{
	if (message->msg != CURLMSG_DONE || message->easy_handle != request->curl)
		return false;
	request->result = message->data.result;
	if (!request->status)
		(void)curl_easy_getinfo(request->curl, CURLINFO_RESPONSE_CODE, &request->status);
	(void)curl_easy_getinfo(request->curl, CURLINFO_RETRY_AFTER, &request->retry_after_s);
	api_request_cancel(request);
	return true;
}

struct api_answer api_request_answer(const struct api_request *request)
{
	bool is_ours = request->is_ended || request->is_too_large;

	return (struct api_answer){
		.status = (int)request->status,
		.is_too_large = request->is_too_large,
		.is_ended = request->is_ended,
		.is_cut = request->result != CURLE_OK && !is_ours,
		.body = byte_buffer_view(&request->body),
		.error = request->result == CURLE_OK || is_ours ? NULL
			 : request->error[0]                    ? request->error
					     : curl_easy_strerror(request->result),
		.retry_after_ns = request->retry_after_s > 0 && request->retry_after_s < MAX_RETRY_S
					  ? (uint64_t)request->retry_after_s * NS_PER_S
					  : 0,
	};
}
