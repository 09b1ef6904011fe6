/*
 * Where the capture thread leaves the status and others find it. It never waits: while somebody is
 * copying, the old status stays. Any thread reads.
 */
#ifndef SERVICE_STATUS_BOARD_H
#define SERVICE_STATUS_BOARD_H

#include <stdbool.h>
#include "service/service_status.h"

struct status_board;

int status_board_new(struct status_board **ret);
void status_board_free(struct status_board **board); /* when nobody reads any more */

/* False: somebody was reading. */
bool status_board_publish(struct status_board *board, const struct service_status *status);
void status_board_read(struct status_board *board, struct service_status *ret);

/* Why the agent does not live, NULL when it does: its loop has not turned for STATUS_STALE_NS, or a
 * destination's thread is gone or stuck (busy_limit_ns; 0: that is no reason). */
const char *status_board_ailment(const struct service_status *status, uint64_t now_ns,
				 uint64_t busy_limit_ns);

#define STATUS_STALE_NS 15000000000ull

#endif
