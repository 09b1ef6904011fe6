/*
 * exporters/http_transport.h for exporter tests, answering from a script and keeping what was sent.
 * Defined in the test, so that the linker leaves the real one in its archive. An answer of 0 is a
 * network failure.
 */
#ifndef SUPPORT_FAKE_HTTP_TRANSPORT_H
#define SUPPORT_FAKE_HTTP_TRANSPORT_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "exporters/http_transport.h"

struct http_transport {
	int unused;
};

#define MAX_POSTS 32

static struct {
	int answers[MAX_POSTS];
	const char *rate_limits[MAX_POSTS];
	char *bodies[MAX_POSTS];
	size_t posts_count;
	bool refuses_gzip;
	uint64_t delay_ms;
	char url[256], auth[256], user_agent[64];
	uint64_t timeout_ms;
	struct http_response response;
} fake;

int http_transport_new(struct http_transport **ret, const struct http_transport_settings *settings,
		       char *ret_error, size_t error_size)
{
	if (settings->ca_file) {
		(void)snprintf(ret_error, error_size, "no such file");
		return -EINVAL;
	}
	(void)snprintf(fake.url, sizeof(fake.url), "%s", settings->url);
	(void)snprintf(fake.auth, sizeof(fake.auth), "%s", settings->headers[0]);
	(void)snprintf(fake.user_agent, sizeof(fake.user_agent), "%s", settings->user_agent);
	fake.timeout_ms = settings->timeout_ms;
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void http_transport_free(struct http_transport **transport)
{
	free(*transport);
	*transport = NULL;
}

int http_transport_gzip(struct view body, struct byte_buffer *out)
{
	byte_buffer_clear(out);
	if (fake.refuses_gzip)
		return -ENOMEM;
	byte_buffer_append_text(out, "gz:");
	byte_buffer_append(out, body);
	return out->is_failed ? -ENOMEM : 0;
}

int http_transport_post(struct http_transport *transport, struct view body,
			const char *content_type, const char *content_encoding,
			struct http_response **ret_response)
{
	size_t i = fake.posts_count++;

	assert_non_null(transport);
	assert_true(i < MAX_POSTS);
	(void)usleep((useconds_t)fake.delay_ms * 1000);
	assert_string_equal(content_type, "application/x-sentry-envelope");
	if (fake.refuses_gzip) {
		assert_null(content_encoding);
	} else {
		assert_string_equal(content_encoding, "gzip");
		assert_memory_equal(body.bytes, "gz:", 3);
		body = view_skip(body, 3);
	}
	fake.bodies[i] = strndup(body.bytes, body.size);
	fake.response = (struct http_response){.status = fake.answers[i] ? fake.answers[i] : 0};
	*ret_response = &fake.response;
	if (fake.rate_limits[i])
		(void)snprintf(fake.response.rate_limits, sizeof(fake.response.rate_limits), "%s",
			       fake.rate_limits[i]);
	if (fake.answers[i] >= 400)
		(void)snprintf(fake.response.sentry_error, sizeof(fake.response.sentry_error),
			       "because");
	if (fake.answers[i])
		return 0;
	(void)snprintf(fake.response.error, sizeof(fake.response.error), "cannot reach h: refused");
	return -ECONNREFUSED;
}

#endif
