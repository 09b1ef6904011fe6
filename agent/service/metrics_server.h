/*
 * HTTP for scrapers and probes: /metrics, /healthz (the capture loop turns, no destination's thread
 * is stuck), /readyz (healthy, and everything is attached). A thread of libmicrohttpd; connections
 * are few and short, and it shares nothing with capture but the board.
 */
#ifndef SERVICE_METRICS_SERVER_H
#define SERVICE_METRICS_SERVER_H

#include <stdint.h>
#include <sys/socket.h>
#include "service/status_board.h"

#define MAX_METRICS_CONNECTIONS 16

struct metrics_server;

/* The board must outlive it. busy_limit_ns: as status_board_ailment. -errno. */
int metrics_server_new(struct metrics_server **ret, const struct sockaddr *address,
		       struct status_board *board, uint64_t busy_limit_ns);
void metrics_server_free(struct metrics_server **server);

/* The port it listens on: for an address with port 0. */
uint16_t metrics_server_port(const struct metrics_server *server);

#endif
