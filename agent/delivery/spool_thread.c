/*
 * A ring of waiting crashes and one thread. Memory is shared by two references, as with a delivery
 * worker: a disk that hangs must not hang the end of limpet.
 */
#include "delivery/spool_thread.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "model/crash_codec.h"

#define LOG_INTERVAL_NS (60 * NS_PER_S)

struct target {
	struct delivery_worker *worker;
	struct crash_spool *spool; /* a reference of its own */
	uint64_t log_gate_ns;
};

struct spool_thread {
	pthread_t thread;
	struct target targets[MAX_SPOOL_WORKERS];
	uint32_t targets_count;

	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed, ended;
	struct item *items[MAX_SPOOL_QUEUE];
	uint32_t first, count;
	struct drops *drops;
	bool is_stopping, has_ended, is_left_behind;
	unsigned references;
};

static void drop_reference(struct spool_thread *thread)
{
	bool is_last;

	(void)pthread_mutex_lock(&thread->lock);
	is_last = --thread->references == 0;
	(void)pthread_mutex_unlock(&thread->lock);
	if (!is_last)
		return;
	for (uint32_t i = 0; i < thread->targets_count; i++)
		crash_spool_release(&thread->targets[i].spool);
	(void)pthread_cond_destroy(&thread->changed);
	(void)pthread_cond_destroy(&thread->ended);
	(void)pthread_mutex_destroy(&thread->lock);
	free(thread);
}

/* Under the lock, so that nobody frees a worker meanwhile; its own locks are short. */
static bool is_current(const struct spool_thread *thread)
{
	return !thread->is_left_behind;
}

static void count_failure(struct spool_thread *thread)
{
	(void)pthread_mutex_lock(&thread->lock);
	if (is_current(thread))
		drops_count(thread->drops, DROP_SPOOL_FAILED);
	(void)pthread_mutex_unlock(&thread->lock);
}

static void offer(struct spool_thread *thread, const struct target *target, struct item *item)
{
	(void)pthread_mutex_lock(&thread->lock);
	if (is_current(thread))
		delivery_worker_offer(target->worker, item);
	(void)pthread_mutex_unlock(&thread->lock);
}

/* One goes for a newer one. */
static bool make_room(struct spool_thread *thread, const struct target *target)
{
	struct item *lost;
	bool is_lost;

	if (crash_spool_evict(target->spool, &lost, &is_lost) < 0)
		return false;
	(void)pthread_mutex_lock(&thread->lock);
	if (is_lost && is_current(thread))
		delivery_worker_count_drop(target->worker, DROP_SPOOL_FULL, lost);
	(void)pthread_mutex_unlock(&thread->lock);
	item_release(&lost);
	return true;
}

static const char *mend_for(int err)
{
	switch (err) {
	case -ENOSPC:
	case -EDQUOT:
		return "free some space there, or name another place with --spool";
	case -EFBIG:
		return "raise --spool-size";
	default:
		return "mend it, or name another place with --spool";
	}
}

static void write_to(struct spool_thread *thread, struct target *target, struct item *item,
		     const struct byte_buffer *file)
{
	int err;

	do
		err = crash_spool_write(target->spool, item->crash->id, byte_buffer_view(file));
	while (err == -ENOBUFS && make_room(thread, target));
	if (err == 0)
		return;
	count_failure(thread);
	if (log_gate(&target->log_gate_ns, LOG_INTERVAL_NS))
		log_warning("cannot keep a crash in %s: %s; it is sent without; %s",
			    crash_spool_path(target->spool), strerror(-err), mend_for(err));
}

static void spool(struct spool_thread *thread, struct item *item)
{
	_cleanup_(byte_buffer_done) struct byte_buffer file;
	int err;

	byte_buffer_init(&file, MAX_CRASH_FILE_BYTES);
	err = crash_codec_encode(item->crash, &file);
	for (uint32_t i = 0; i < thread->targets_count; i++) {
		if (err == 0)
			write_to(thread, &thread->targets[i], item, &file);
		else
			count_failure(thread);
		offer(thread, &thread->targets[i], item);
	}
}

/* Under the lock. There is one. */
static struct item *pop(struct spool_thread *thread)
{
	struct item *item = thread->items[thread->first];

	thread->first = (thread->first + 1) % MAX_SPOOL_QUEUE;
	thread->count--;
	return item;
}

/* NULL: it is time to end. */
static struct item *wait_for_item(struct spool_thread *thread)
{
	struct item *item = NULL;

	(void)pthread_mutex_lock(&thread->lock);
	while (thread->count == 0 && !thread->is_stopping)
		(void)pthread_cond_wait(&thread->changed, &thread->lock);
	if (thread->count)
		item = pop(thread);
	if (!item) {
		thread->has_ended = true;
		(void)pthread_cond_signal(&thread->ended);
	}
	(void)pthread_mutex_unlock(&thread->lock);
	return item;
}

static void *run_thread(void *argument)
{
	struct spool_thread *thread = argument;
	struct item *item;

	while ((item = wait_for_item(thread))) {
		spool(thread, item);
		item_release(&item);
	}
	drop_reference(thread);
	return NULL;
}

static int start(struct spool_thread *thread)
{
	sigset_t all, before;
	int r;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&thread->thread, NULL, run_thread, thread);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == 0)
		(void)pthread_setname_np(thread->thread, "limpet-spool");
	return -r;
}

int spool_thread_new(struct spool_thread **ret, struct delivery_worker *const *workers,
		     uint32_t count, struct drops *drops)
{
	struct spool_thread *thread = calloc(1, sizeof(*thread));
	pthread_condattr_t attributes;
	int err;

	if (!thread)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		struct crash_spool *spool = delivery_worker_spool(workers[i]);

		if (!spool)
			continue;
		assert(thread->targets_count < MAX_SPOOL_WORKERS);
		thread->targets[thread->targets_count++] =
			(struct target){workers[i], crash_spool_reference(spool), 0};
	}
	thread->drops = drops;
	(void)pthread_mutex_init(&thread->lock, NULL);
	(void)pthread_cond_init(&thread->changed, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&thread->ended, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	thread->references = 2;
	err = start(thread);
	if (err < 0) {
		thread->references = 1;
		drop_reference(thread);
		return err;
	}
	*ret = thread;
	return 0;
}

/* Under the lock. */
static void offer_unwritten(struct spool_thread *thread, struct item *item)
{
	for (uint32_t i = 0; i < thread->targets_count; i++) {
		drops_count(thread->drops, DROP_SPOOL_FAILED);
		delivery_worker_offer(thread->targets[i].worker, item);
	}
}

void spool_thread_offer(struct spool_thread *thread, struct item *item)
{
	(void)pthread_mutex_lock(&thread->lock);
	if (thread->count == MAX_SPOOL_QUEUE) {
		offer_unwritten(thread, item);
	} else {
		thread->items[(thread->first + thread->count++) % MAX_SPOOL_QUEUE] =
			item_reference(item);
		(void)pthread_cond_signal(&thread->changed);
	}
	(void)pthread_mutex_unlock(&thread->lock);
}

/* Under the lock. The one it is writing goes with it: on the disk, if that ever answers. */
static void leave_behind(struct spool_thread *thread)
{
	while (thread->count) {
		struct item *item = pop(thread);

		offer_unwritten(thread, item);
		item_release(&item);
	}
	drops_count(thread->drops, DROP_SPOOL_FAILED);
	thread->is_left_behind = true;
}

bool spool_thread_stop(struct spool_thread **thread, uint64_t deadline_monotonic_ns)
{
	struct timespec until = {.tv_sec = (time_t)(deadline_monotonic_ns / NS_PER_S),
				 .tv_nsec = (long)(deadline_monotonic_ns % NS_PER_S)};
	struct spool_thread *stopped = TAKE_PTR(*thread);
	bool is_over = false, is_clean;

	if (!stopped)
		return true;
	(void)pthread_mutex_lock(&stopped->lock);
	stopped->is_stopping = true;
	(void)pthread_cond_signal(&stopped->changed);
	while (!stopped->has_ended && !is_over)
		is_over = pthread_cond_timedwait(&stopped->ended, &stopped->lock, &until) ==
			  ETIMEDOUT;
	is_clean = stopped->has_ended;
	if (!is_clean)
		leave_behind(stopped);
	(void)pthread_mutex_unlock(&stopped->lock);
	if (is_clean)
		(void)pthread_join(stopped->thread, NULL);
	else
		(void)pthread_detach(stopped->thread);
	drop_reference(stopped);
	return is_clean;
}
