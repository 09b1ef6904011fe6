/* One copy behind a lock that is held for the time of a copy. */
#include "service/status_board.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct status_board {
	pthread_mutex_t lock;
	struct service_status status;
};

int status_board_new(struct status_board **ret)
{
	struct status_board *board = calloc(1, sizeof(*board));

	if (!board)
		return -ENOMEM;
	(void)pthread_mutex_init(&board->lock, NULL);
	*ret = board;
	return 0;
}

void status_board_free(struct status_board **board)
{
	if (!*board)
		return;
	(void)pthread_mutex_destroy(&(*board)->lock);
	free(*board);
	*board = NULL;
}

bool status_board_publish(struct status_board *board, const struct service_status *status)
{
	if (pthread_mutex_trylock(&board->lock) != 0)
		return false;
	board->status = *status;
	(void)pthread_mutex_unlock(&board->lock);
	return true;
}

void status_board_read(struct status_board *board, struct service_status *ret)
{
	(void)pthread_mutex_lock(&board->lock);
	*ret = board->status;
	(void)pthread_mutex_unlock(&board->lock);
}

const char *status_board_ailment(const struct service_status *status, uint64_t now_ns,
				 uint64_t busy_limit_ns)
{
	if (!status->taken_ns || now_ns > status->taken_ns + STATUS_STALE_NS)
		return "the capture loop does not turn";
	for (uint32_t i = 0; i < status->destinations_count; i++) {
		const struct destination_status *destination = &status->destinations[i];

		if (destination->has_ended)
			return "a destination's thread has ended";
		if (busy_limit_ns && destination->busy_since_ns &&
		    now_ns > destination->busy_since_ns + busy_limit_ns)
			return "a destination's thread is stuck in a request";
	}
	return NULL;
}
