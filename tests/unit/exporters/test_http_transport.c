/* Posts to a scripted server on loopback: what goes out, what comes back, what can go wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <zlib.h>
#include "base/clock.h"
#include "exporters/http_transport.h"
#include "scripted_http_server.h"

static const char *const own_headers[] = {"X-Tenant: shop", "X-Empty: ", NULL};

static struct http_transport *new_transport(unsigned int port, uint64_t timeout_ms)
{
	struct http_transport *transport;
	char url[128], error[256];

	snprintf(url, sizeof(url), "http://user:secret@127.0.0.1:%u/v1/traces?key=secret", port);
	assert_int_equal(http_transport_new(&transport,
					    &(struct http_transport_settings){
						    .url = url,
						    .user_agent = "limpet/test",
						    .headers = own_headers,
						    .timeout_ms = timeout_ms,
						    .max_response_bytes = 1000,
					    },
					    error, sizeof(error)),
			 0);
	return transport;
}

static int post(struct http_transport *transport, struct http_response **ret)
{
	return http_transport_post(transport, VIEW_LITERAL("body"), "application/x-protobuf", "gzip", ret);
}

static void request_and_keep_alive(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\nRetry-After: 3\r\nX-Sentry-Rate-Limits: 1:a\r\n\r\nhello",
		"HTTP/1.1 100 Continue\r\n\r\n" SCRIPTED_OK, NULL};
	struct scripted_http_server server;
	struct http_transport *transport;
	struct http_response *response;

	(void)state;
	scripted_http_server_start(&server, answers);
	transport = new_transport(server.port, 10000);
	assert_int_equal(post(transport, &response), 0);
	assert_int_equal(response->status, 202);
	assert_int_equal(response->retry_after_ns, 3 * NS_PER_S);
	assert_string_equal(response->rate_limits, "1:a");
	assert_true(view_equals(byte_buffer_view(&response->body), VIEW_LITERAL("hello")));
	assert_int_equal(http_transport_post(transport, (struct view){0}, "text/plain", NULL, &response), 0);
	assert_int_equal(response->status, 200);
	assert_int_equal(response->retry_after_ns, 0);
	assert_string_equal(response->rate_limits, "");
	assert_int_equal(response->body.size, 0);
	http_transport_free(&transport);
	assert_null(transport);
	scripted_http_server_stop(&server);
	assert_int_equal(server.count, 2);
	assert_int_equal(server.requests[1].connection, 0);
	assert_non_null(strstr(server.requests[0].head, "POST /v1/traces?key=secret HTTP/1.1\r\n"));
	assert_non_null(strstr(server.requests[0].head, "\r\nContent-Type: application/x-protobuf\r\n"));
	assert_non_null(strstr(server.requests[0].head, "\r\nContent-Encoding: gzip\r\n"));
	assert_non_null(strstr(server.requests[0].head, "\r\nX-Tenant: shop\r\n"));
	assert_non_null(strstr(server.requests[0].head, "\r\nX-Empty:\r\n"));
	assert_non_null(strstr(server.requests[0].head, "\r\nUser-Agent: limpet/test\r\n"));
	assert_null(strstr(server.requests[0].head, "Expect:"));
	assert_memory_equal(server.requests[0].body, "body", 5);
	assert_null(strstr(server.requests[1].head, "Content-Encoding"));
	assert_int_equal(server.requests[1].body_size, 0);
	scripted_http_server_done(&server);
}

static void redirects_are_not_followed(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 307 Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", SCRIPTED_OK, NULL};
	struct scripted_http_server server;
	struct http_transport *transport;
	struct http_response *response;

	(void)state;
	scripted_http_server_start(&server, answers);
	transport = new_transport(server.port, 10000);
	assert_int_equal(post(transport, &response), 0);
	assert_int_equal(response->status, 307);
	http_transport_free(&transport);
	scripted_http_server_stop(&server);
	assert_int_equal(server.count, 1);
	scripted_http_server_done(&server);
}

static void response_is_capped(void **state)
{
	static char large[3000];
	const char *const answers[] = {large, SCRIPTED_OK, NULL};
	struct scripted_http_server server;
	struct http_transport *transport;
	struct http_response *response;

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	memcpy(large, "HTTP/1.1 200 OK\r\n" SCRIPTED_CLOSE, strlen("HTTP/1.1 200 OK\r\n" SCRIPTED_CLOSE));
	scripted_http_server_start(&server, answers);
	transport = new_transport(server.port, 10000);
	assert_int_equal(post(transport, &response), 0);
	assert_true(response->is_body_too_large);
	assert_true(response->body.size <= 1000);
	assert_int_equal(post(transport, &response), 0);
	assert_false(response->is_body_too_large);
	assert_int_equal(response->status, 200);
	http_transport_free(&transport);
	scripted_http_server_stop(&server);
	scripted_http_server_done(&server);
}

static void endless_head_is_given_up(void **state)
{
	static char large[400000];
	const char *const answers[] = {large, NULL};
	struct scripted_http_server server;
	struct http_transport *transport;
	struct http_response *response;
	size_t used = (size_t)snprintf(large, sizeof(large), "HTTP/1.1 200 OK\r\n");

	(void)state;
	while (used < sizeof(large) - 100)
		used += (size_t)snprintf(large + used, sizeof(large) - used, "X-Filler: %080d\r\n", 1);
	scripted_http_server_start(&server, answers);
	transport = new_transport(server.port, 10000);
	assert_int_equal(post(transport, &response), 0);
	assert_true(response->is_body_too_large);
	http_transport_free(&transport);
	scripted_http_server_stop(&server);
	scripted_http_server_done(&server);
}

static void broken_body_keeps_the_status(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf", NULL};
	struct scripted_http_server server;
	struct http_transport *transport;
	struct http_response *response;

	(void)state;
	scripted_http_server_start(&server, answers);
	transport = new_transport(server.port, 10000);
	assert_int_equal(post(transport, &response), 0);
	assert_int_equal(response->status, 503);
	assert_int_equal(response->retry_after_ns, 2 * NS_PER_S);
	http_transport_free(&transport);
	scripted_http_server_stop(&server);
	scripted_http_server_done(&server);
}

static void no_response(void **state)
{
	static const char *const answers[] = {"", "hang", "gopher\r\n" SCRIPTED_CLOSE, NULL};
	struct scripted_http_server server;
	struct http_transport *transport;
	struct http_response *response;
	char expected[256];

	(void)state;
	scripted_http_server_start(&server, answers);
	transport = new_transport(server.port, 200);
	assert_int_equal(post(transport, &response), -ECONNRESET);
	assert_int_equal(response->status, 0);
	snprintf(expected, sizeof(expected),
		 "cannot send to 127.0.0.1:%u: the server closed the connection without an answer; check that the URL names "
		 "an HTTP server of this kind",
		 server.port);
	assert_string_equal(response->error, expected);
	assert_int_equal(post(transport, &response), -ETIMEDOUT);
	snprintf(expected, sizeof(expected),
		 "cannot send to 127.0.0.1:%u: no answer within 200 ms; check the network and the server, or raise the timeout",
		 server.port);
	assert_string_equal(response->error, expected);
	assert_int_not_equal(post(transport, &response), 0);
	assert_null(strstr(response->error, "secret"));
	scripted_http_server_stop(&server);
	assert_int_equal(post(transport, &response), -ECONNREFUSED);
	snprintf(expected, sizeof(expected),
		 "cannot send to 127.0.0.1:%u: Connection refused; check that a server listens there and no firewall is "
		 "between",
		 server.port);
	assert_string_equal(response->error, expected);
	http_transport_free(&transport);
	http_transport_free(&transport);
	scripted_http_server_done(&server);
}

static void check_refused(const char *url, const char *ca_file, const char *expected)
{
	struct http_transport *transport = NULL;
	char error[256] = "";

	assert_int_equal(http_transport_new(&transport,
					    &(struct http_transport_settings){
						    .url = url, .user_agent = "u", .ca_file = ca_file, .max_response_bytes = 1},
					    error, sizeof(error)),
			 -EINVAL);
	assert_null(transport);
	assert_string_equal(error, expected);
}

static void bad_settings(void **state)
{
	(void)state;
	check_refused("ftp://secret@host/", NULL, "the URL cannot be used: it must begin with http:// or https://");
	check_refused("file:///etc/passwd", NULL, "the URL cannot be used: it must begin with http:// or https://");
	check_refused("http://host:99999/", NULL,
		      "the URL cannot be used: Port number was not a decimal number between 0 and 65535; it must look like "
		      "http://host:port/path");
	check_refused("https://host/", "/nonexistent/ca\033.pem",
		      "cannot read the CA file /nonexistent/ca\\x1b.pem: No such file or directory");
}

static void gzip_per_thread(void **state)
{
	struct byte_buffer out;
	char text[16];
	z_stream stream = {0};

	(void)state;
	byte_buffer_init(&out, 1000);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(http_transport_gzip(VIEW_LITERAL("hello hello"), &out), 0);
		assert_int_equal(inflateInit2(&stream, 31), Z_OK);
		stream.next_in = (unsigned char *)out.bytes;
		stream.avail_in = (unsigned int)out.size;
		stream.next_out = (unsigned char *)text;
		stream.avail_out = sizeof(text);
		assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
		assert_int_equal(stream.total_out, 11);
		assert_memory_equal(text, "hello hello", 11);
		(void)inflateEnd(&stream);
	}
	byte_buffer_done(&out);
	byte_buffer_init(&out, 5);
	assert_int_equal(http_transport_gzip(VIEW_LITERAL("hello"), &out), -ENOMEM);
	byte_buffer_done(&out);
}

static void *gzip_thread(void *state)
{
	gzip_per_thread(state);
	return NULL;
}

/* LeakSanitizer sees it when the encoder outlives its thread. */
static void gzip_in_a_thread_that_ends(void **state)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, gzip_thread, state), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_and_keep_alive),
		cmocka_unit_test(redirects_are_not_followed),
		cmocka_unit_test(response_is_capped),
		cmocka_unit_test(endless_head_is_given_up),
		cmocka_unit_test(broken_body_keeps_the_status),
		cmocka_unit_test(no_response),
		cmocka_unit_test(bad_settings),
		cmocka_unit_test(gzip_per_thread),
		cmocka_unit_test(gzip_in_a_thread_that_ends),
	};

	scripted_http_server_no_proxy();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
