/* Three paths, GET and HEAD, no bodies. What is asked is looked at only to choose the answer. */
#include "service/metrics_server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "service/prometheus_text.h"

#define TIMEOUT_S         5
#define MAX_REQUEST_BYTES 16384u /* memory of one connection */
#define MAX_ANSWER_BYTES  (256 * 1024)

struct metrics_server {
	struct status_board *board;
	uint64_t busy_limit_ns;
	struct MHD_Daemon *daemon;
	struct service_status status; /* the thread's copy */
};

static unsigned write_health(struct metrics_server *server, bool is_ready_wanted,
			     struct byte_buffer *out)
{
	const struct service_status *status = &server->status;
	const char *ailment =
		status_board_ailment(status, clock_monotonic_ns(), server->busy_limit_ns);

	if (!ailment && is_ready_wanted && !status->is_ready)
		ailment = "not everything is attached";
	byte_buffer_append_format(out, "%s\n", ailment ? ailment : "ok");
	return ailment ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
}

static unsigned write_answer(struct metrics_server *server, const char *path,
			     struct byte_buffer *out)
{
	if (strcmp(path, "/metrics") == 0) {
		status_board_read(server->board, &server->status);
		prometheus_text_write(out, &server->status, clock_monotonic_ns());
		return MHD_HTTP_OK;
	}
	if (strcmp(path, "/healthz") == 0 || strcmp(path, "/readyz") == 0) {
		status_board_read(server->board, &server->status);
		return write_health(server, path[1] == 'r', out);
	}
	byte_buffer_append_text(out, "limpet has /metrics, /healthz and /readyz\n");
	return MHD_HTTP_NOT_FOUND;
}

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned code,
			     const struct byte_buffer *text, const char *type)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(text->size, text->bytes, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	(void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, code, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **state)
{
	_cleanup_(byte_buffer_done) struct byte_buffer text;
	struct metrics_server *server = self;
	static char has_head;
	unsigned code = MHD_HTTP_METHOD_NOT_ALLOWED;

	byte_buffer_init(&text, MAX_ANSWER_BYTES);
	(void)version;
	(void)upload;
	/* The first call is for the head alone; a body is thrown away piece by piece. */
	if (!*state) {
		*state = &has_head;
		return MHD_YES;
	}
	if (*upload_size) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
		code = write_answer(server, path, &text);
	else
		byte_buffer_append_text(&text, "GET and HEAD only\n");
	if (text.is_failed)
		return MHD_NO;
	return reply(connection, code, &text,
		     code == MHD_HTTP_OK && strcmp(path, "/metrics") == 0
			     ? PROMETHEUS_CONTENT_TYPE
			     : "text/plain; charset=utf-8");
}

static void be_quiet(void *self, const char *format, va_list args)
{
	(void)self;
	(void)format;
	(void)args;
}

int metrics_server_new(struct metrics_server **ret, const struct sockaddr *address,
		       struct status_board *board, uint64_t busy_limit_ns)
{
	struct metrics_server *server = calloc(1, sizeof(*server));
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG |
			 (address->sa_family == AF_INET6 ? MHD_USE_IPv6 : 0);

	if (!server)
		return -ENOMEM;
	server->board = board;
	server->busy_limit_ns = busy_limit_ns;
	errno = 0;
	server->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, be_quiet,
		NULL, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_CONNECTION_LIMIT,
		MAX_METRICS_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MAX_REQUEST_BYTES, MHD_OPTION_END);
	if (!server->daemon) {
		int err = errno ? -errno : -EADDRNOTAVAIL;

		free(server);
		return err;
	}
	*ret = server;
	return 0;
}

void metrics_server_free(struct metrics_server **server)
{
	if (!*server)
		return;
	MHD_stop_daemon((*server)->daemon);
	free(*server);
	*server = NULL;
}

uint16_t metrics_server_port(const struct metrics_server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return info ? info->port : 0;
}
