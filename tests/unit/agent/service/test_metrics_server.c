/* The HTTP side: its three paths, what it refuses, and that it stays bounded. */
#include "service/metrics_server.h"

#include "cmocka_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>
#include "sample_status.h"

static struct status_board *board;
static struct metrics_server *server;
static struct service_status status;
static char answer[300000];

static int begin(void **state)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	(void)state;
	assert_int_equal(status_board_new(&board), 0);
	return metrics_server_new(&server, (const struct sockaddr *)&address, board, 30 * NS_PER_S);
}

static int end(void **state)
{
	(void)state;
	metrics_server_free(&server);
	metrics_server_free(&server);
	status_board_free(&board);
	return 0;
}

static int connect_to_it(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(metrics_server_port(server)),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval patience = {.tv_sec = 30};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void ask(const char *request)
{
	int fd = connect_to_it();
	size_t used = 0;
	ssize_t got;

	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	while ((got = recv(fd, answer + used, sizeof(answer) - 1 - used, 0)) > 0)
		used += (size_t)got;
	answer[used] = '\0';
	(void)close(fd);
}

static void get(const char *path)
{
	char request[256];

	(void)snprintf(request, sizeof(request),
		       "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
	ask(request);
}

static void assert_answer(const char *code, const char *body)
{
	char wanted[64];

	(void)snprintf(wanted, sizeof(wanted), "HTTP/1.1 %s ", code);
	if (strncmp(answer, wanted, strlen(wanted)) != 0 || !strstr(answer, body))
		fail_msg("not %s with %s: %.500s", code, body, answer);
}

static void publish_now(void)
{
	sample_status_fill(&status);
	status.taken_ns = clock_monotonic_ns();
	while (!status_board_publish(board, &status))
		;
}

static void test_metrics(void **state)
{
	(void)state;
	publish_now();
	get("/metrics");
	assert_answer("200", "\nlimpet_segments_total 100\n");
	assert_non_null(
		strstr(answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
	get("/metrics?name=x");
	assert_answer("200", "\nlimpet_segments_total 100\n");
}

static void test_health(void **state)
{
	(void)state;
	publish_now();
	get("/healthz");
	assert_answer("200", "\r\n\r\nok\n");
	get("/readyz");
	assert_answer("200", "\r\n\r\nok\n");
	status.is_ready = false;
	(void)status_board_publish(board, &status);
	get("/healthz");
	assert_answer("200", "ok");
	get("/readyz");
	assert_answer("503", "not everything is attached");
	status.taken_ns = 1;
	(void)status_board_publish(board, &status);
	get("/healthz");
	assert_answer("503", "the capture loop does not turn");
}

static void test_refusals(void **state)
{
	(void)state;
	publish_now();
	get("/");
	assert_answer("404", "limpet has /metrics");
	get("/metrics/../healthz");
	assert_answer("404", "limpet has /metrics");
	ask("POST /metrics HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
	assert_answer("405", "GET and HEAD only");
	assert_non_null(strstr(answer, "Allow: GET, HEAD\r\n"));
	ask("HEAD /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
	assert_answer("200", "Content-Length: 3\r\n");
	assert_null(strstr(answer, "ok"));
	ask("garbage\r\n\r\n");
	get("/healthz");
	assert_answer("200", "ok");
}

/* Silent connections beyond the limit are closed; when they are gone it serves again. */
static void test_connections(void **state)
{
	int fds[MAX_METRICS_CONNECTIONS];
	char byte;
	int fd;

	(void)state;
	publish_now();
	for (int i = 0; i < MAX_METRICS_CONNECTIONS; i++)
		fds[i] = connect_to_it();
	fd = connect_to_it();
	(void)recv(fd, &byte, 1, 0); /* closed by it or by the time of the silent ones */
	(void)close(fd);
	for (int i = 0; i < MAX_METRICS_CONNECTIONS; i++)
		(void)close(fds[i]);
	for (int i = 0; i < 100; i++) {
		get("/healthz");
		if (strstr(answer, " 200 "))
			return;
		(void)usleep(20000);
	}
	fail_msg("it does not serve again");
}

static void test_taken_port(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(metrics_server_port(server)),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct metrics_server *second = NULL;

	(void)state;
	assert_int_equal(metrics_server_new(&second, (const struct sockaddr *)&address, board, 0),
			 -EADDRINUSE);
	assert_null(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_metrics),    cmocka_unit_test(test_health),
		cmocka_unit_test(test_refusals),   cmocka_unit_test(test_connections),
		cmocka_unit_test(test_taken_port),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
