/*
 * HTTP over one libcurl easy handle, which keeps its connection between posts. Nothing here decides
 * what a status means: that is the exporter's part. What the server sends is capped before it is
 * stored: body, header lines, header block.
 */
#include "exporters/http_transport.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "exporters/gzip_encoder.h"
#include "exporters/http_failure.h"
#include "exporters/http_response_head.h"
#include "exporters/sigpipe_guard.h"

#define MAX_HEADER_BLOCK_BYTES 262144

struct http_transport {
	CURL *curl;
	struct curl_slist *headers; /* those of the settings */
	struct http_response response;
	size_t header_bytes;
	bool is_head_complete; /* of the final response, not of a 1xx or a proxy's answer to CONNECT
				*/
	uint64_t timeout_ms;
	char host[160];
	char curl_error[CURL_ERROR_SIZE];
};

static void init_curl(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_response *response = &((struct http_transport *)arg)->response;

	byte_buffer_append(&response->body, view_of(bytes, size * count));
	response->is_body_too_large = response->body.is_failed;
	return response->is_body_too_large ? 0 : size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_transport *transport = arg;
	struct view line = view_of(bytes, size * count);

	transport->header_bytes += line.size;
	if (transport->header_bytes > MAX_HEADER_BLOCK_BYTES) {
		transport->response.is_body_too_large = true;
		return 0;
	}
	if (http_response_head_take(&transport->response, line))
		transport->is_head_complete = true;
	return line.size;
}

/* Appends to the list; on failure the list stays as it was. */
static int add_header(struct curl_slist **list, const char *header)
{
	struct curl_slist *longer = curl_slist_append(*list, header);

	if (!longer)
		return -ENOMEM;
	*list = longer;
	return 0;
}

/* "Name:" would make libcurl leave the header out; it spells an empty one "Name;". */
static int add_given_header(struct curl_slist **list, const char *header)
{
	size_t name_size = strcspn(header, ":");
	char text[512];

	if (header[name_size] != ':' ||
	    header[name_size + 1 + strspn(header + name_size + 1, " \t")] ||
	    name_size > sizeof(text) - 2)
		return add_header(list, header);
	snprintf(text, sizeof(text), "%.*s;", (int)name_size, header);
	return add_header(list, text);
}

static void free_headers(struct curl_slist **list)
{
	curl_slist_free_all(*list);
	*list = NULL;
}

static void free_url(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void free_part(char **part)
{
	curl_free(*part);
}

/* Checks the URL and notes its host; messages never show the rest of it: it may carry credentials.
 */
static int read_url(struct http_transport *transport, const char *text, char *ret_error,
		    size_t error_size)
{
	_cleanup_(free_url) CURLU *url = curl_url();
	_cleanup_(free_part) char *scheme = NULL, *host = NULL, *port = NULL;
	CURLUcode code;

	if (!url)
		return -ENOMEM;
	code = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
	if (code != CURLUE_OK) {
		snprintf(ret_error, error_size,
			 "the URL cannot be used: %s; it must look like http://host:port/path",
			 curl_url_strerror(code));
		return -EINVAL;
	}
	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)) {
		snprintf(ret_error, error_size,
			 "the URL cannot be used: it must begin with http:// or https://");
		return -EINVAL;
	}
	if (curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
		return -ENOMEM;
	snprintf(transport->host, sizeof(transport->host), "%s:%s", host, port);
	return 0;
}

static int check_file(const char *path, const char *what, char *ret_error, size_t error_size)
{
	char escaped[192];

	if (!path || access(path, R_OK) == 0)
		return 0;
	snprintf(ret_error, error_size, "cannot read the %s %s: %s", what,
		 log_escape(view_of_text(path), escaped, sizeof(escaped)), strerror(errno));
	return -EINVAL;
}

static int check_files(const struct http_transport_settings *settings, char *ret_error,
		       size_t error_size)
{
	int err = check_file(settings->ca_file, "CA file", ret_error, error_size);

	if (err == 0)
		err = check_file(settings->client_certificate_file, "client certificate file",
				 ret_error, error_size);
	if (err == 0)
		err = check_file(settings->client_key_file, "client key file", ret_error,
				 error_size);
	return err;
}

static int copy_headers(struct http_transport *transport,
			const struct http_transport_settings *settings)
{
	int err = add_header(&transport->headers,
			     "Expect:"); /* or a large body would wait a second for a 100 */

	for (size_t i = 0; err == 0 && settings->headers && settings->headers[i]; i++)
		err = add_given_header(&transport->headers, settings->headers[i]);
	return err;
}

static bool apply_settings(struct http_transport *transport,
			   const struct http_transport_settings *settings)
{
	CURL *curl = transport->curl;
	bool ok = curl_easy_setopt(curl, CURLOPT_URL, settings->url) == CURLE_OK;

	ok = ok && curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_USERAGENT, settings->user_agent) == CURLE_OK;
	ok = ok &&
	     curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transport->curl_error) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_WRITEDATA, transport) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK;
	ok = ok && curl_easy_setopt(curl, CURLOPT_HEADERDATA, transport) == CURLE_OK;
	if (settings->ca_file)
		ok = ok && curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file) == CURLE_OK;
	if (settings->client_certificate_file)
		ok = ok && curl_easy_setopt(curl, CURLOPT_SSLCERT,
					    settings->client_certificate_file) == CURLE_OK;
	if (settings->client_key_file)
		ok = ok &&
		     curl_easy_setopt(curl, CURLOPT_SSLKEY, settings->client_key_file) == CURLE_OK;
	return ok;
}

int http_transport_new(struct http_transport **ret, const struct http_transport_settings *settings,
		       char *ret_error, size_t error_size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	_cleanup_(http_transport_free) struct http_transport *transport =
		calloc(1, sizeof(*transport));
	int err;

	if (!transport)
		return -ENOMEM;
	(void)pthread_once(&once, init_curl);
	snprintf(ret_error, error_size, "out of memory");
	byte_buffer_init(&transport->response.body, settings->max_response_bytes);
	transport->timeout_ms = settings->timeout_ms;
	err = read_url(transport, settings->url, ret_error, error_size);
	if (err == 0)
		err = check_files(settings, ret_error, error_size);
	if (err < 0)
		return err;
	transport->curl = curl_easy_init();
	if (!transport->curl)
		return -ENOMEM;
	err = copy_headers(transport, settings);
	if (err < 0)
		return err;
	if (!apply_settings(transport, settings)) {
		snprintf(ret_error, error_size,
			 "this machine's libcurl lacks an option; limpet needs 7.85 or later");
		return -EINVAL;
	}
	*ret = TAKE_PTR(transport);
	return 0;
}

void http_transport_free(struct http_transport **transport)
{
	if (!*transport)
		return;
	curl_easy_cleanup((*transport)->curl);
	free_headers(&(*transport)->headers);
	byte_buffer_done(&(*transport)->response.body);
	free(*transport);
	*transport = NULL;
}

static int make_headers(const struct http_transport *transport, const char *content_type,
			const char *content_encoding, struct curl_slist **ret)
{
	_cleanup_(free_headers) struct curl_slist *list = NULL;
	char line[256];
	int err;

	snprintf(line, sizeof(line), "Content-Type: %s", content_type);
	err = add_header(&list, line);
	snprintf(line, sizeof(line), "Content-Encoding: %s",
		 content_encoding ? content_encoding : "");
	if (err == 0 && content_encoding)
		err = add_header(&list, line);
	for (const struct curl_slist *own = transport->headers; err == 0 && own; own = own->next)
		err = add_header(&list, own->data);
	if (err == 0)
		*ret = TAKE_PTR(list);
	return err;
}

static CURLcode perform(struct http_transport *transport, struct view body,
			struct curl_slist *headers)
{
	struct sigpipe_guard guard;
	CURLcode code;

	(void)curl_easy_setopt(transport->curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(transport->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.size);
	(void)curl_easy_setopt(transport->curl, CURLOPT_POSTFIELDS, body.size ? body.bytes : "");
	/* CURLOPT_NOSIGNAL also means that libcurl leaves SIGPIPE to us. */
	sigpipe_guard_begin(&guard);
	code = curl_easy_perform(transport->curl);
	sigpipe_guard_end(&guard);
	(void)curl_easy_setopt(transport->curl, CURLOPT_HTTPHEADER, NULL);
	return code;
}

static void describe_failure(struct http_transport *transport, CURLcode code)
{
	struct http_failure failure = {
		.code = code,
		.host = transport->host,
		.detail = transport->curl_error,
		.timeout_ms = transport->timeout_ms,
	};
	long os_errno = 0;

	(void)curl_easy_getinfo(transport->curl, CURLINFO_OS_ERRNO, &os_errno);
	failure.os_errno = (int)os_errno;
	http_failure_describe(&failure, transport->response.error,
			      sizeof(transport->response.error));
}

int http_transport_post(struct http_transport *transport, struct view body,
			const char *content_type, const char *content_encoding,
			struct http_response **ret_response)
{
	_cleanup_(free_headers) struct curl_slist *headers = NULL;
	struct http_response *response = &transport->response;
	CURLcode code;

	transport->is_head_complete = false;
	transport->header_bytes = 0;
	transport->curl_error[0] = '\0';
	byte_buffer_clear(&response->body);
	http_response_head_clear(response);
	response->is_body_too_large = false;
	response->error[0] = '\0';
	*ret_response = response;
	if (make_headers(transport, content_type, content_encoding, &headers) < 0)
		code = CURLE_OUT_OF_MEMORY;
	else
		code = perform(transport, body, headers);
	/* A body that broke off does not take back what the status said. */
	if (code != CURLE_OK && !transport->is_head_complete && !response->is_body_too_large) {
		describe_failure(transport, code);
		return http_failure_errno(code);
	}
	return 0;
}

static pthread_key_t gzip_key;
static bool has_gzip_key;

static void free_gzip(void *encoder)
{
	gzip_encoder_free((struct gzip_encoder **)&encoder);
}

static void make_gzip_key(void)
{
	has_gzip_key = pthread_key_create(&gzip_key, free_gzip) == 0;
}

/* One encoder per delivery thread, freed when the thread ends. */
int http_transport_gzip(struct view body, struct byte_buffer *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct gzip_encoder *encoder;

	(void)pthread_once(&once, make_gzip_key);
	if (!has_gzip_key)
		return -ENOMEM;
	encoder = pthread_getspecific(gzip_key);
	if (!encoder) {
		if (gzip_encoder_new(&encoder) < 0)
			return -ENOMEM;
		if (pthread_setspecific(gzip_key, encoder) != 0) {
			gzip_encoder_free(&encoder);
			return -ENOMEM;
		}
	}
	return gzip_encoder_run(encoder, body, out);
}
