/*
 * The thread: a list, then watches, and what follows when one of them fails. Failures in a row make
 * the rests between longer, up to a bound, and are said once a minute.
 */
#include "kubernetes/pod_watch.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random_id.h"
#include "base/retry_policy.h"
#include "kubernetes/pod_follower.h"

#define LOG_INTERVAL_NS (60 * NS_PER_S)
#define NAME_SHOWN      160

struct pod_watch {
	struct retry_policy policy;
	struct pod_follower follower;
	pthread_t thread;
	bool has_thread;
	/* The thread's own. */
	bool is_listed, has_followed, is_outage;
	uint32_t failures, expirations;
	uint64_t log_gate_ns;

	pthread_mutex_t lock;
	struct pod_watch_statistics statistics;
};

static void note_success(struct pod_watch *watch)
{
	char node[NAME_SHOWN];

	if (watch->is_outage)
		log_info("kubernetes: the API server answers again");
	else if (!watch->has_followed)
		log_info("kubernetes: following the pods of node %s",
			 log_escape(view_of_text(watch->follower.settings.node), node,
				    sizeof(node)));
	watch->is_outage = false;
	watch->has_followed = true;
	watch->log_gate_ns = 0;
}

/* One broken stream is an ordinary day; two failures in a row are not. */
static void note_failure(struct pod_watch *watch)
{
	uint64_t randomness;

	(void)pthread_mutex_lock(&watch->lock);
	watch->statistics.failures++;
	(void)pthread_mutex_unlock(&watch->lock);
	if (watch->failures > 0 || !watch->has_followed) {
		watch->is_outage = true;
		if (log_gate(&watch->log_gate_ns, LOG_INTERVAL_NS))
			log_warning("kubernetes: %s; going on with the pods known so far",
				    watch->follower.message);
	}
	random_id_fill((uint8_t *)&randomness, sizeof(randomness));
	pod_follower_rest(&watch->follower,
			  retry_policy_delay(&watch->policy, watch->failures,
					     watch->follower.server_delay_ns, randomness));
	watch->failures++;
}

/* A watch may last for minutes: not only at its end. */
static void on_alive(void *self)
{
	struct pod_watch *watch = self;

	watch->failures = watch->expirations = 0;
	if (watch->is_outage)
		note_success(watch);
}

static enum turn take_turn(struct pod_watch *watch)
{
	(void)pthread_mutex_lock(&watch->lock);
	watch->statistics.lists += !watch->is_listed;
	watch->statistics.watches += watch->is_listed;
	watch->statistics.is_following = watch->is_listed;
	(void)pthread_mutex_unlock(&watch->lock);
	return watch->is_listed ? pod_follower_follow(&watch->follower)
				: pod_follower_list(&watch->follower);
}

static void *run(void *self)
{
	struct pod_watch *watch = self;

	while (!pod_follower_is_stopping(&watch->follower)) {
		enum turn turn = take_turn(watch);

		if (turn == TURN_DONE && !watch->is_listed) {
			watch->is_listed = true;
			note_success(watch);
		} else if (turn == TURN_DONE) {
			on_alive(watch);
		} else if (turn == TURN_EXPIRED) {
			watch->is_listed = false;
			watch->follower.version[0] = '\0';
			/* At once, but not over and over. */
			if (watch->expirations++)
				note_failure(watch);
		} else if (turn == TURN_FAILED) {
			note_failure(watch);
		}
	}
	return NULL;
}

static int start_thread(struct pod_watch *watch)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&watch->thread, NULL, run, watch);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	watch->has_thread = err == 0;
	return -err;
}

static uint64_t or_default(uint64_t value, uint64_t fallback)
{
	return value ? value : fallback;
}

static struct pod_watch_settings complete(const struct pod_watch_settings *settings)
{
	struct pod_watch_settings whole = *settings;

	whole.page_items = (uint32_t)or_default(whole.page_items, 64);
	whole.request_ms = or_default(whole.request_ms, 30000);
	whole.watch_ms = or_default(whole.watch_ms, 300000);
	whole.idle_ms = or_default(whole.idle_ms, 180000);
	whole.first_delay_ms = or_default(whole.first_delay_ms, 250);
	whole.max_delay_ms = or_default(whole.max_delay_ms, 20000);
	return whole;
}

int pod_watch_new(struct pod_watch **ret, struct api_place *place,
		  const struct pod_watch_settings *settings, struct pod_changes *changes,
		  struct drops *drops)
{
	_cleanup_(pod_watch_free) struct pod_watch *watch = calloc(1, sizeof(*watch));
	struct pod_watch_settings whole = complete(settings);
	int err;

	if (!watch) {
		api_place_done(place);
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&watch->lock, NULL);
	watch->policy = (struct retry_policy){.first_delay_ns = whole.first_delay_ms * NS_PER_MS,
					      .max_delay_ns = whole.max_delay_ms * NS_PER_MS};
	watch->follower.on_alive = on_alive;
	watch->follower.self = watch;
	watch->follower.place = TAKE(*place, (struct api_place){0});
	err = pod_follower_init(&watch->follower, &whole, changes, drops);
	if (err == 0)
		err = start_thread(watch);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(watch);
	return 0;
}

void pod_watch_free(struct pod_watch **watch)
{
	struct pod_watch *freed = *watch;

	if (!freed)
		return;
	if (freed->has_thread) {
		pod_follower_stop(&freed->follower);
		(void)pthread_join(freed->thread, NULL);
	}
	pod_follower_done(&freed->follower);
	(void)pthread_mutex_destroy(&freed->lock);
	free(freed);
	*watch = NULL;
}

bool pod_watch_ask_secret(struct pod_watch *watch, const struct secret_name *name)
{
	if (!secret_requests_ask(watch->follower.secrets, name))
		return false;
	(void)curl_multi_wakeup(watch->follower.loop);
	return true;
}

struct pod_watch_statistics pod_watch_statistics(struct pod_watch *watch)
{
	struct pod_watch_statistics statistics;

	(void)pthread_mutex_lock(&watch->lock);
	statistics = watch->statistics;
	(void)pthread_mutex_unlock(&watch->lock);
	return statistics;
}
