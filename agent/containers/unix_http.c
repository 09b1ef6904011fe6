/* No proxy, no redirect, no signal; a header beyond what is read here is nobody's business. */
#include "containers/unix_http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/log.h"

#define MAX_URL_BYTES 512

struct exchange_state {
	const struct unix_http_request *request;
	struct unix_http_answer *answer;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *self)
{
	struct exchange_state *state = self;

	byte_buffer_append(&state->answer->body, view_of(bytes, size * count));
	return state->answer->body.is_failed ? 0 : size * count;
}

static bool take_header(struct view line, struct view name, struct view *ret_value)
{
	if (line.size <= name.size ||
	    !view_equals_ignoring_case(view_take(line, name.size), name) ||
	    line.bytes[name.size] != ':')
		return false;
	line = view_skip(line, name.size + 1);
	while (line.size &&
	       (line.bytes[line.size - 1] == '\n' || line.bytes[line.size - 1] == '\r'))
		line.size--;
	*ret_value = view_trim(line);
	return true;
}

/* Trailers come here too. */
static size_t on_header(char *bytes, size_t size, size_t count, void *self)
{
	struct exchange_state *state = self;
	struct view line = view_of(bytes, size * count), value;
	uint64_t code;

	if (take_header(line, VIEW_LITERAL("grpc-status"), &value) &&
	    view_parse_u64(value, &code) == 0 && code <= 1000)
		state->answer->grpc_status = (int)code;
	else if (take_header(line, VIEW_LITERAL("grpc-message"), &value))
		(void)log_escape(value, state->answer->grpc_message,
				 sizeof(state->answer->grpc_message));
	return size * count;
}

static int on_progress(void *self, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct exchange_state *state = self;
	const bool *is_stopping = state->request->is_stopping;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return is_stopping && __atomic_load_n(is_stopping, __ATOMIC_RELAXED);
}

static void release_handle(CURL **handle)
{
	if (*handle)
		curl_easy_cleanup(*handle);
}

static void release_headers(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static int code_of(CURL *handle, CURLcode code)
{
	long why = 0;

	switch (code) {
	case CURLE_OK:
		return 0;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_WRITE_ERROR:
		return -EMSGSIZE;
	case CURLE_ABORTED_BY_CALLBACK:
		return -ECANCELED;
	case CURLE_COULDNT_CONNECT:
		(void)curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &why);
		return why > 0 ? (int)-why : -ECONNREFUSED;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EPROTO;
	}
}

static struct curl_slist *set_grpc(CURL *handle, const struct unix_http_request *request)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/grpc");

	headers = curl_slist_append(headers, "TE: trailers");
	headers = curl_slist_append(headers, "Accept:");
	(void)curl_easy_setopt(handle, CURLOPT_HTTP_VERSION,
			       (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
	(void)curl_easy_setopt(handle, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->frame.bytes);
	(void)curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
			       (curl_off_t)request->frame.size);
	(void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
	return headers;
}

static void set_common(CURL *handle, struct exchange_state *state)
{
	const struct unix_http_request *request = state->request;

	(void)curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, request->socket_path);
	(void)curl_easy_setopt(handle, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http");
	(void)curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
	(void)curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	(void)curl_easy_setopt(handle, CURLOPT_USERAGENT, "limpet/" LIMPET_VERSION);
	(void)curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(handle, CURLOPT_WRITEDATA, state);
	(void)curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(handle, CURLOPT_HEADERDATA, state);
	(void)curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(handle, CURLOPT_XFERINFODATA, state);
}

int unix_http_ask(const struct unix_http_request *request, struct unix_http_answer *ret)
{
	_cleanup_(release_handle) CURL *handle = NULL;
	_cleanup_(release_headers) struct curl_slist *headers = NULL;
	struct exchange_state state = {request, ret};
	char url[MAX_URL_BYTES];
	long status = 0;
	int err;

	*ret = (struct unix_http_answer){.grpc_status = NO_GRPC_STATUS};
	byte_buffer_init(&ret->body, request->max_bytes);
	if (snprintf(url, sizeof(url), "http://localhost%s", request->path) >= (int)sizeof(url))
		return -ENAMETOOLONG;
	handle = curl_easy_init();
	if (!handle)
		return -ENOMEM;
	set_common(handle, &state);
	(void)curl_easy_setopt(handle, CURLOPT_URL, url);
	if (request->frame.size)
		headers = set_grpc(handle, request);
	err = code_of(handle, curl_easy_perform(handle));
	(void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	ret->status = (int)status;
	return err;
}

void unix_http_answer_done(struct unix_http_answer *answer)
{
	byte_buffer_done(&answer->body);
}
