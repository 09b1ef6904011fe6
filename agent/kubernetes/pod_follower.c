/*
 * A version that the server gave is where to go on from; an expired one means a new list. Only the
 * first list may be as old as the server likes: an older one would bring pods back to life.
 */
#include "kubernetes/pod_follower.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random_id.h"
#include "kubernetes/json_cleanup.h"

#define MAX_LINE_BYTES (4u << 20) /* an object has 1.5 MiB at most */
#define MAX_PAGE_BYTES (16u << 20)
#define PATH_BYTES     4096
#define SHORT_WATCH_NS NS_PER_S /* one that ended before counts as a failure */
#define POLL_MS        1000

/* Drives everything for a moment. True: the main request is done. */
static bool pump(struct pod_follower *follower, int timeout_ms)
{
	const CURLMsg *message;
	bool is_done = false;
	int running, left;

	secret_requests_turn(follower->secrets, &follower->place, follower->changes);
	(void)curl_multi_perform(follower->loop, &running);
	while ((message = curl_multi_info_read(follower->loop, &left)))
		if (!secret_requests_note(follower->secrets, message, follower->changes))
			is_done |= api_request_note(follower->request, message);
	if (!is_done && !pod_follower_is_stopping(follower))
		(void)curl_multi_poll(follower->loop, NULL, 0, timeout_ms, NULL);
	return is_done;
}

void pod_follower_rest(struct pod_follower *follower, uint64_t delay_ns)
{
	uint64_t until_ns = clock_monotonic_ns() + delay_ns, now_ns;

	while (!pod_follower_is_stopping(follower) && (now_ns = clock_monotonic_ns()) < until_ns) {
		uint64_t left_ms = (until_ns - now_ns) / NS_PER_MS + 1;

		(void)pump(follower, left_ms < POLL_MS ? (int)left_ms : POLL_MS);
	}
}

/* For the log: what was tried, what came of it, and the mend. */
static void explain(struct pod_follower *follower, const char *what,
		    const struct api_answer *answer)
{
	char said[API_MESSAGE_BYTES] = "", url[API_MESSAGE_BYTES], error[API_MESSAGE_BYTES];
	_cleanup_(cleanup_json) json_t *status =
		json_loadb(answer->body.bytes, answer->body.size, 0, NULL);
	const char *mend = answer->status == 401   ? "; is the token this cluster's?"
			   : answer->status == 403 ? "; give the service account list and watch of "
						     "pods (deploy/kubernetes)"
						   : "";

	(void)watch_event_read_status(status, said);
	log_escape(view_of_text(follower->place.url), url, sizeof(url));
	log_escape(view_of_text(answer->error), error, sizeof(error));
	if (answer->status && !answer->is_cut)
		(void)snprintf(follower->message, FOLLOWER_MESSAGE_BYTES,
			       "cannot %s at %s: %d%s%s%s", what, url, answer->status,
			       said[0] ? " " : "", said, mend);
	else
		(void)snprintf(follower->message, FOLLOWER_MESSAGE_BYTES, "cannot %s at %s: %s",
			       what, url, error);
}

static enum turn perform(struct pod_follower *follower, const struct api_request_wish *wish,
			 struct api_answer *ret_answer)
{
	char error[API_ERROR_BYTES];
	bool is_changed;
	int err = api_place_refresh(&follower->place, &is_changed, error);

	if (err == 0)
		err = api_request_begin(follower->request, &follower->place,
					follower->is_fresh | is_changed, wish);
	else
		(void)snprintf(follower->message, FOLLOWER_MESSAGE_BYTES, "%s", error);
	if (err < 0)
		return TURN_FAILED;
	while (!pump(follower, POLL_MS))
		if (pod_follower_is_stopping(follower))
			return TURN_STOPPED;
	*ret_answer = api_request_answer(follower->request);
	follower->server_delay_ns = ret_answer->retry_after_ns;
	follower->is_fresh = ret_answer->is_cut || ret_answer->status == 0;
	if (ret_answer->status == 401)
		api_place_distrust_token(&follower->place);
	return TURN_DONE;
}

static bool push(struct pod_follower *follower, enum pod_change_kind kind, struct pod *pod)
{
	return pod_changes_push(follower->changes, &(struct pod_change){.kind = kind, .pod = pod});
}

static void take_listed(void *self, struct pod **pod)
{
	(void)push(self, PODS_CHANGED, TAKE_PTR(*pod));
}

/* What the page's refusal means for the next try. */
static enum turn refuse_page(struct pod_follower *follower, const struct api_answer *answer)
{
	explain(follower, "list pods", answer);
	if (answer->is_too_large && follower->settings.page_items > 1) {
		/* From a cache the server gives all at once. */
		follower->settings.page_items /= 2;
		return TURN_EXPIRED;
	}
	/* 410: the version or the place in the list; 504: the server has not come so far. */
	if (answer->status == 410 || answer->status == 400 || answer->status == 504)
		follower->version[0] = '\0';
	return answer->status == 410 ? TURN_EXPIRED : TURN_FAILED;
}

/* Not older than what was seen; where there is nothing yet, whatever the server has at hand. */
static void write_list_path(const struct pod_follower *follower, const char *token,
			    char path[PATH_BYTES])
{
	char *escaped = token[0] ? curl_easy_escape(NULL, token, 0) : NULL;
	char *version = curl_easy_escape(NULL, follower->version, 0);
	char place[PATH_BYTES / 2] = "";

	if (escaped)
		(void)snprintf(place, sizeof(place), "&continue=%s", escaped);
	else if (follower->version[0])
		(void)snprintf(place, sizeof(place),
			       "&resourceVersion=%s&resourceVersionMatch=NotOlderThan", version);
	(void)snprintf(path, PATH_BYTES,
		       "/api/v1/pods?fieldSelector=spec.nodeName%%3D%s&limit=%u%s", follower->node,
		       follower->settings.page_items, place);
	curl_free(escaped);
	curl_free(version);
}

enum turn pod_follower_list(struct pod_follower *follower)
{
	char path[PATH_BYTES];
	struct api_request_wish wish = {.path = path, .timeout_ms = follower->settings.request_ms};
	struct pod_page page = {0};
	struct api_answer answer;
	enum turn turn;

	if (!push(follower, PODS_LISTING, NULL))
		return TURN_STOPPED;
	do {
		write_list_path(follower, page.continue_token, path);
		turn = perform(follower, &wish, &answer);
		if (turn != TURN_DONE)
			return turn;
		if (answer.status != 200 || answer.is_cut || answer.is_too_large)
			return refuse_page(follower, &answer);
		if (pod_page_parse(&page, answer.body, &follower->settings.wishes, take_listed,
				   follower) < 0) {
			(void)snprintf(follower->message, FOLLOWER_MESSAGE_BYTES,
				       "cannot list pods: the answer is no list of pods");
			return TURN_FAILED;
		}
		drops_add(follower->drops, DROP_POD_UNREADABLE, page.undecodable_count);
	} while (page.continue_token[0]);
	memcpy(follower->version, page.resource_version, sizeof(follower->version));
	return push(follower, PODS_LISTED, NULL) ? TURN_DONE : TURN_STOPPED;
}

static bool end_watch(struct pod_follower *follower, enum turn ending)
{
	follower->ending = ending;
	return false;
}

static bool take_error(struct pod_follower *follower, const struct watch_event *event)
{
	(void)snprintf(follower->message, FOLLOWER_MESSAGE_BYTES, "the watch of pods ended: %d %s",
		       event->code, event->message);
	return end_watch(follower, event->code == 410 ? TURN_EXPIRED : TURN_FAILED);
}

static bool take_line(void *self, struct view line, bool is_too_long)
{
	struct pod_follower *follower = self;
	struct watch_event event;

	if (!line.size && !is_too_long)
		return true;
	if (is_too_long || watch_event_parse(&event, line, &follower->settings.wishes) < 0) {
		drops_count(follower->drops, DROP_POD_UNREADABLE);
		return true;
	}
	if (event.kind == WATCH_ERROR)
		return take_error(follower, &event);
	if (follower->events_count++ == 0)
		follower->on_alive(follower->self);
	if (event.pod &&
	    !push(follower, event.kind == WATCH_DELETED ? PODS_DELETED : PODS_CHANGED, event.pod))
		return end_watch(follower, TURN_STOPPED);
	if (event.resource_version[0])
		memcpy(follower->version, event.resource_version, sizeof(follower->version));
	return true;
}

static bool take_bytes(void *self, struct view bytes)
{
	struct pod_follower *follower = self;

	return line_splitter_feed(&follower->lines, bytes, take_line, follower);
}

/* A little longer for each: many agents began at once. */
static uint64_t watch_seconds(const struct pod_follower *follower)
{
	uint64_t seconds = follower->settings.watch_ms / 1000;
	uint32_t spread;

	random_id_fill((uint8_t *)&spread, sizeof(spread));
	return seconds + spread % (seconds + 1);
}

static void write_watch_path(const struct pod_follower *follower, uint64_t seconds,
			     char path[PATH_BYTES])
{
	char *version = curl_easy_escape(NULL, follower->version, 0);

	(void)snprintf(path, PATH_BYTES,
		       "/api/v1/pods?watch=true&fieldSelector=spec.nodeName%%3D%s"
		       "&allowWatchBookmarks=true&resourceVersion=%s&timeoutSeconds=%llu",
		       follower->node, version ? version : "", (unsigned long long)seconds);
	curl_free(version);
}

static enum turn end_of_watch(struct pod_follower *follower, const struct api_answer *answer,
			      uint64_t begin_ns)
{
	if (answer->status != 200) {
		explain(follower, "watch pods", answer);
		/* A version that it does not take at all is as good as expired. */
		return answer->status == 410 || answer->status == 400 ? TURN_EXPIRED : TURN_FAILED;
	}
	if (follower->ending != TURN_DONE)
		return follower->ending;
	if (answer->is_cut)
		explain(follower, "watch pods", answer);
	else if (clock_monotonic_ns() - begin_ns < SHORT_WATCH_NS)
		(void)snprintf(follower->message, FOLLOWER_MESSAGE_BYTES,
			       "the watch of pods ended at once");
	else
		return TURN_DONE;
	return TURN_FAILED;
}

enum turn pod_follower_follow(struct pod_follower *follower)
{
	uint64_t seconds = watch_seconds(follower), begin_ns = clock_monotonic_ns();
	char path[PATH_BYTES];
	struct api_request_wish wish = {
		.path = path,
		.timeout_ms = (seconds + 30) * 1000,
		.idle_ms = follower->settings.idle_ms,
		.take = take_bytes,
		.self = follower,
	};
	struct api_answer answer;
	enum turn turn;

	write_watch_path(follower, seconds, path);
	line_splitter_restart(&follower->lines);
	follower->ending = TURN_DONE;
	follower->events_count = 0;
	turn = perform(follower, &wish, &answer);
	return turn == TURN_DONE ? end_of_watch(follower, &answer, begin_ns) : turn;
}

int pod_follower_init(struct pod_follower *follower, const struct pod_watch_settings *settings,
		      struct pod_changes *changes, struct drops *drops)
{
	char *node;
	int err;

	follower->settings = *settings;
	follower->changes = changes;
	follower->drops = drops;
	line_splitter_init(&follower->lines, MAX_LINE_BYTES);
	strcpy(follower->version, "0");
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	follower->loop = curl_multi_init();
	node = curl_easy_escape(NULL, settings->node, 0);
	follower->node = node ? strdup(node) : NULL;
	curl_free(node);
	if (!follower->loop || !follower->node)
		return -ENOMEM;
	err = api_request_new(&follower->request, follower->loop, MAX_PAGE_BYTES);
	return err < 0 ? err
		       : secret_requests_new(&follower->secrets, follower->loop,
					     settings->request_ms);
}

void pod_follower_done(struct pod_follower *follower)
{
	secret_requests_free(&follower->secrets);
	api_request_free(&follower->request);
	if (follower->loop)
		(void)curl_multi_cleanup(follower->loop);
	line_splitter_done(&follower->lines);
	api_place_done(&follower->place);
	free(follower->node);
	*follower = (struct pod_follower){0};
}

void pod_follower_stop(struct pod_follower *follower)
{
	__atomic_store_n(&follower->is_stopping, true, __ATOMIC_RELEASE);
	pod_changes_close(follower->changes);
	(void)curl_multi_wakeup(follower->loop);
}
