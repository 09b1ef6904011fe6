/*
 * A queue of attachments to be attached or detached, and threads, started when there is work: many,
 * as what the kernel waits for (RCU) it waits for once for all who ask meanwhile; they sleep in it.
 * Of 880 links of 51 processes: 8.4 s with 4 threads, 1.3 s with 32.
 */
#include "capture/probe_attacher.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/log.h"

#define MAX_THREADS      32
#define MAX_NAME_BYTES   64
#define COMPLAINT_GAP_NS 60000000000ull

struct probe_attachment {
	struct probe_attachment *next; /* in the queue */
	struct probe_order order;      /* its descriptor is owned */
	char file_name[MAX_NAME_BYTES];
	struct probe_link *link;
	bool is_tried;    /* attached, or refused */
	bool is_released; /* nobody wants it any more */
	struct probe_target targets[];
};

struct probe_attacher {
	struct probe_attacher_calls calls;
	pthread_mutex_t lock; /* of all below, and of is_tried and is_released */
	pthread_cond_t has_work, is_settled;
	struct probe_attachment *first, **last;
	pthread_t threads[MAX_THREADS];
	uint32_t threads_count;
	uint32_t busy_count;
	bool is_stopping;
	uint64_t refused_ns; /* log gate */
};

static struct probe_link *attach_link(void *self, const struct probe_order *order, const char *file)
{
	(void)self;
	return probe_link_new(order, file);
}

static void detach_link(void *self, struct probe_link *link)
{
	(void)self;
	probe_link_free(&link);
}

int probe_attacher_new(struct probe_attacher **ret, const struct probe_attacher_calls *calls)
{
	struct probe_attacher *attacher = calloc(1, sizeof(*attacher));

	if (!attacher)
		return -ENOMEM;
	attacher->calls =
		calls ? *calls : (struct probe_attacher_calls){NULL, attach_link, detach_link};
	(void)pthread_mutex_init(&attacher->lock, NULL);
	(void)pthread_cond_init(&attacher->has_work, NULL);
	(void)pthread_cond_init(&attacher->is_settled, NULL);
	attacher->last = &attacher->first;
	*ret = attacher;
	return 0;
}

/* Who is gone by now is no failure. */
static void complain(struct probe_attacher *attacher, const struct probe_attachment *attachment,
		     int err)
{
	if (err != ESRCH && log_gate(&attacher->refused_ns, COMPLAINT_GAP_NS))
		log_info("cannot watch %s of %s (%s): %s", attachment->targets[0].row,
			 attachment->file_name, strerror(err), attachment->order.loss);
}

static void say_watched(const struct probe_attachment *attachment)
{
	char who[32] = "all processes";

	if (attachment->order.pid > 0)
		(void)snprintf(who, sizeof(who), "process %d", (int)attachment->order.pid);
	for (uint32_t i = 0; attachment->link && i < attachment->order.targets_count; i++)
		log_debug("watching %s of %s for %s", attachment->targets[i].row,
			  attachment->file_name, who);
}

/* Without the lock: this is what takes time. */
static void attach(struct probe_attacher *attacher, struct probe_attachment *attachment)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", attachment->order.fd);
	attachment->link = attacher->calls.attach(attacher->calls.self, &attachment->order, path);
	if (!attachment->link)
		complain(attacher, attachment, errno);
	say_watched(attachment);
	cleanup_close(&attachment->order.fd);
}

static void detach(struct probe_attacher *attacher, struct probe_attachment *attachment)
{
	if (attachment->link)
		attacher->calls.detach(attacher->calls.self, attachment->link);
	cleanup_close(&attachment->order.fd);
	free(attachment);
}

/* One piece of work; called with the lock, and returns with it. */
static void work(struct probe_attacher *attacher, struct probe_attachment *attachment)
{
	bool is_released = attachment->is_released;

	attacher->busy_count++;
	(void)pthread_mutex_unlock(&attacher->lock);
	if (!is_released)
		attach(attacher, attachment);
	(void)pthread_mutex_lock(&attacher->lock);
	attachment->is_tried = true;
	if (attachment->is_released) {
		(void)pthread_mutex_unlock(&attacher->lock);
		detach(attacher, attachment);
		(void)pthread_mutex_lock(&attacher->lock);
	}
	attacher->busy_count--;
}

static void *run(void *self)
{
	struct probe_attacher *attacher = self;

	(void)pthread_mutex_lock(&attacher->lock);
	for (;;) {
		struct probe_attachment *attachment = attacher->first;

		if (attachment) {
			attacher->first = attachment->next;
			if (!attacher->first)
				attacher->last = &attacher->first;
			work(attacher, attachment);
			continue;
		}
		if (attacher->busy_count == 0)
			(void)pthread_cond_broadcast(&attacher->is_settled);
		if (attacher->is_stopping)
			break;
		(void)pthread_cond_wait(&attacher->has_work, &attacher->lock);
	}
	(void)pthread_mutex_unlock(&attacher->lock);
	return NULL;
}

/* No signal is for it. */
static void start_thread(struct probe_attacher *attacher)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&attacher->threads[attacher->threads_count], NULL, run, attacher) == 0)
		attacher->threads_count++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* With the lock. Where no thread can be had it is done here. */
static void enqueue(struct probe_attacher *attacher, struct probe_attachment *attachment)
{
	attachment->next = NULL;
	if (attacher->threads_count < MAX_THREADS &&
	    (attacher->busy_count == attacher->threads_count || attacher->first))
		start_thread(attacher);
	if (attacher->threads_count == 0) {
		work(attacher, attachment);
		return;
	}
	*attacher->last = attachment;
	attacher->last = &attachment->next;
	(void)pthread_cond_signal(&attacher->has_work);
}

struct probe_attachment *probe_attacher_attach(struct probe_attacher *attacher,
					       const struct probe_order *order)
{
	size_t targets_bytes = order->targets_count * sizeof(order->targets[0]);
	struct probe_attachment *attachment = calloc(1, sizeof(*attachment) + targets_bytes);

	if (!attachment)
		return NULL;
	attachment->order = *order;
	attachment->order.fd = fcntl(order->fd, F_DUPFD_CLOEXEC, 3);
	attachment->order.targets = attachment->targets;
	memcpy(attachment->targets, order->targets, targets_bytes);
	attachment->order.file_name = attachment->file_name;
	(void)snprintf(attachment->file_name, sizeof(attachment->file_name), "%s",
		       order->file_name);
	(void)pthread_mutex_lock(&attacher->lock);
	enqueue(attacher, attachment);
	(void)pthread_mutex_unlock(&attacher->lock);
	return attachment;
}

void probe_attacher_release(struct probe_attacher *attacher, struct probe_attachment *attachment)
{
	(void)pthread_mutex_lock(&attacher->lock);
	attachment->is_released = true;
	if (attachment->is_tried)
		enqueue(attacher, attachment);
	(void)pthread_mutex_unlock(&attacher->lock);
}

void probe_attacher_settle(struct probe_attacher *attacher)
{
	(void)pthread_mutex_lock(&attacher->lock);
	while (attacher->threads_count > 0 && (attacher->first || attacher->busy_count > 0))
		(void)pthread_cond_wait(&attacher->is_settled, &attacher->lock);
	(void)pthread_mutex_unlock(&attacher->lock);
}

void probe_attacher_free(struct probe_attacher **attacher)
{
	struct probe_attacher *freed = *attacher;

	if (!freed)
		return;
	(void)pthread_mutex_lock(&freed->lock);
	freed->is_stopping = true;
	(void)pthread_cond_broadcast(&freed->has_work);
	(void)pthread_mutex_unlock(&freed->lock);
	for (uint32_t i = 0; i < freed->threads_count; i++)
		(void)pthread_join(freed->threads[i], NULL);
	(void)pthread_cond_destroy(&freed->is_settled);
	(void)pthread_cond_destroy(&freed->has_work);
	(void)pthread_mutex_destroy(&freed->lock);
	free(freed);
	*attacher = NULL;
}
