/* A ring under a lock: changes are rare, tens per second at most. */
#include "kubernetes/pod_changes.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct pod_changes {
	pthread_mutex_t lock;
	pthread_cond_t has_room;
	struct pod_change items[MAX_POD_CHANGES];
	uint32_t first, count;
	bool is_closed;
};

int pod_changes_new(struct pod_changes **ret)
{
	struct pod_changes *changes = calloc(1, sizeof(*changes));

	if (!changes)
		return -ENOMEM;
	(void)pthread_mutex_init(&changes->lock, NULL);
	(void)pthread_cond_init(&changes->has_room, NULL);
	*ret = changes;
	return 0;
}

void pod_change_done(struct pod_change *change)
{
	pod_free(&change->pod);
	if (change->secret)
		explicit_bzero(change->secret, sizeof(*change->secret));
	free(change->secret);
	change->secret = NULL;
}

void pod_changes_free(struct pod_changes **changes)
{
	struct pod_changes *freed = *changes;
	struct pod_change change;

	if (!freed)
		return;
	while (pod_changes_take(freed, &change))
		pod_change_done(&change);
	(void)pthread_cond_destroy(&freed->has_room);
	(void)pthread_mutex_destroy(&freed->lock);
	free(freed);
	*changes = NULL;
}

bool pod_changes_push(struct pod_changes *changes, struct pod_change *change)
{
	bool is_closed;

	(void)pthread_mutex_lock(&changes->lock);
	while (changes->count == MAX_POD_CHANGES && !changes->is_closed)
		(void)pthread_cond_wait(&changes->has_room, &changes->lock);
	is_closed = changes->is_closed;
	if (!is_closed)
		changes->items[(changes->first + changes->count++) % MAX_POD_CHANGES] = *change;
	(void)pthread_mutex_unlock(&changes->lock);
	if (is_closed)
		pod_change_done(change);
	*change = (struct pod_change){0};
	return !is_closed;
}

bool pod_changes_take(struct pod_changes *changes, struct pod_change *ret)
{
	bool is_there;

	(void)pthread_mutex_lock(&changes->lock);
	is_there = changes->count > 0;
	if (is_there) {
		*ret = changes->items[changes->first];
		changes->first = (changes->first + 1) % MAX_POD_CHANGES;
		changes->count--;
		(void)pthread_cond_signal(&changes->has_room);
	}
	(void)pthread_mutex_unlock(&changes->lock);
	return is_there;
}

void pod_changes_close(struct pod_changes *changes)
{
	(void)pthread_mutex_lock(&changes->lock);
	changes->is_closed = true;
	(void)pthread_cond_broadcast(&changes->has_room);
	(void)pthread_mutex_unlock(&changes->lock);
}
