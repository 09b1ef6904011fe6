/*
 * On the context of the report: the request that came in last before it and was answered next after
 * it, or the only one open there. A framework may log when the response is out, and an event loop
 * has many open: then the failed responses of that context are taken in their order. Nothing on the
 * context (a pool, a logging thread): the only request of the process that failed then.
 */
#include "tracing/error_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "tracing/silent_failures.h"

#define MAX_WATCHED       256
#define MAX_CANDIDATES    64
#define DECIDE_NS         (1 * NS_PER_S)    /* then it is chosen by what is known */
#define HOLD_NS           (200 * NS_PER_MS) /* for a report that only may be one */
#define FORGET_NS         (5 * NS_PER_S)    /* one that never ended */
#define SOON_NS           (100 * NS_PER_MS) /* from a failed response to its report, as a rule */
#define TURN_NS           (20 * NS_PER_MS)  /* what counts of the time between two turns */
#define MAX_TYPE_BYTES    256
#define MAX_MESSAGE_BYTES 512

struct watched_error {
	struct error_moment moment;
	struct error_candidate candidates[MAX_CANDIDATES];
	uint32_t candidates_count;
	bool has_overflow; /* there were more */
	/* What its context did just before the report, and right after it: a request that came in,
	 * or was answered. Only looked at, never followed. */
	const struct open_segment *previous, *next;
	uint64_t previous_ns, next_ns;
	uint64_t patience_ns; /* the watch's, when it was seen */
	bool is_doubtful;     /* an earlier failure of its context may be the one, and has gone */
	bool has_words;
	bool is_holding; /* counted in its candidates' held_count */
	char type[MAX_TYPE_BYTES];
	char message[MAX_MESSAGE_BYTES];
	uint32_t type_size, message_size;
};

struct error_watch {
	struct hash_map *errors; /* token -> struct watched_error, in order of time */
	struct silent_failures silent;
	uint64_t decided_ns;
	uint64_t patience_ns; /* a clock that goes on only while somebody reads what comes */
};

/* What the candidates come down to. */
struct standing {
	const struct error_candidate *open;         /* on the context, open at the moment */
	const struct error_candidate *answered;     /* of those, failed since, and first of all */
	const struct error_candidate *latest;       /* of those, the one that moved last */
	const struct error_candidate *before;       /* on the context, failed before: the oldest */
	const struct error_candidate *other_open;   /* on other contexts */
	const struct error_candidate *other_failed; /* on other contexts, failed before or since */
	uint32_t open_count, other_open_count, other_failed_count;
	bool is_late;                      /* one failed too long before */
	bool is_waiting, is_other_waiting; /* how one goes on is not known yet */
};

int error_watch_new(struct error_watch **ret)
{
	_cleanup_(error_watch_free) struct error_watch *watch = calloc(1, sizeof(*watch));
	int err;

	if (!watch)
		return -ENOMEM;
	err = hash_map_new(&watch->errors, sizeof(uint64_t), sizeof(struct watched_error),
			   MAX_WATCHED);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(watch);
	return 0;
}

void error_watch_free(struct error_watch **watch)
{
	if (!*watch)
		return;
	hash_map_free(&(*watch)->errors);
	free(*watch);
	*watch = NULL;
}

static void note(struct watched_error *error, const struct open_segment *open, uint64_t time_ns)
{
	if (time_ns == 0)
		return;
	if (time_ns <= error->moment.time_ns) {
		if (time_ns >= error->previous_ns) {
			error->previous = open;
			error->previous_ns = time_ns;
		}
	} else if (error->next_ns == 0 || time_ns < error->next_ns) {
		error->next = open;
		error->next_ns = time_ns;
	}
}

static bool is_on_context(const struct watched_error *error, const struct open_segment *open)
{
	return open->is_server && open->tgid == error->moment.tgid &&
	       open->context == error->moment.context;
}

void error_watch_note(struct error_watch *watch, const struct open_segment *open, uint64_t time_ns)
{
	struct watched_error *error;
	void *cursor = NULL;

	while ((error = hash_map_next(watch->errors, &cursor)))
		if (is_on_context(error, open))
			note(error, open, time_ns);
}

/* Requests of the report's own context come first: another's place is theirs. */
static struct error_candidate *find_place(struct watched_error *error, bool is_own)
{
	if (error->candidates_count < MAX_CANDIDATES)
		return &error->candidates[error->candidates_count++];
	error->has_overflow = true;
	for (uint32_t i = 0; is_own && i < MAX_CANDIDATES; i++)
		if (error->candidates[i].context != error->moment.context) {
			if (!error->candidates[i].is_gone)
				error->candidates[i].open->held_count--;
			return &error->candidates[i];
		}
	return NULL;
}

/* Those that nobody waited for any longer. */
static void consider_silent(struct error_watch *watch, struct watched_error *error)
{
	const struct error_moment *moment = &error->moment;
	const struct error_candidate *silent;
	struct error_candidate *place;
	uint32_t index = 0;

	while ((silent = silent_failures_next(&watch->silent, moment->tgid, moment->time_ns,
					      &index))) {
		bool is_own = silent->context == moment->context;

		if (is_own)
			note(error, silent->open, silent->finished_ns);
		if (!error_candidate_is_open_at(silent, moment->time_ns) &&
		    !error_candidate_failed_before(silent, moment->time_ns))
			error->is_doubtful |= is_own;
		else if ((place = find_place(error, is_own)))
			*place = *silent;
	}
}

bool error_watch_begin(struct error_watch *watch, const struct error_moment *moment)
{
	struct watched_error *error = hash_map_add(watch->errors, &moment->token, NULL);

	if (!error)
		return false;
	error->moment = *moment;
	error->patience_ns = watch->patience_ns;
	error->is_holding = true;
	consider_silent(watch, error);
	return true;
}

void error_watch_consider(struct error_watch *watch, uint64_t token, struct open_segment *open)
{
	struct watched_error *error = hash_map_find(watch->errors, &token);
	struct error_candidate *place, candidate;

	if (!error || !open->is_server || open->tgid != error->moment.tgid)
		return;
	if (is_on_context(error, open)) {
		note(error, open, open->start_ns);
		note(error, open, open->responded_ns);
		note(error, open, open->finished_ns);
	}
	candidate = error_candidate_of(open);
	if (!error_candidate_is_open_at(&candidate, error->moment.time_ns) &&
	    !error_candidate_failed_before(&candidate, error->moment.time_ns))
		return;
	place = find_place(error, open->context == error->moment.context);
	if (!place)
		return;
	*place = candidate;
	open->held_count++;
}

bool error_watch_take(struct error_watch *watch, uint64_t token, const struct error_words *words)
{
	struct watched_error *error = hash_map_find(watch->errors, &token);

	if (!error)
		return false;
	error->has_words = true;
	error->type_size = (uint32_t)view_take(words->type, MAX_TYPE_BYTES).size;
	error->message_size = (uint32_t)view_take(words->message, MAX_MESSAGE_BYTES).size;
	if (error->type_size)
		memcpy(error->type, words->type.bytes, error->type_size);
	if (error->message_size)
		memcpy(error->message, words->message.bytes, error->message_size);
	return true;
}

/* They may go; those that stay are candidates all the same. */
static void let_go(struct watched_error *error)
{
	for (uint32_t i = 0; error->is_holding && i < error->candidates_count; i++)
		if (!error->candidates[i].is_gone)
			error->candidates[i].open->held_count--;
	error->is_holding = false;
}

static void drop_error(struct error_watch *watch, struct watched_error *error)
{
	uint64_t token = error->moment.token;

	let_go(error);
	(void)hash_map_remove(watch->errors, &token);
}

void error_watch_forget(struct error_watch *watch, uint64_t token)
{
	struct watched_error *error = hash_map_find(watch->errors, &token);

	if (error)
		drop_error(watch, error);
}

void error_watch_segment_goes(struct error_watch *watch, struct open_segment *open)
{
	struct watched_error *error;
	void *cursor = NULL;

	/* Most of the time there is nothing to look at. */
	while ((error = hash_map_next(watch->errors, &cursor)))
		for (uint32_t i = 0; i < error->candidates_count; i++)
			if (error->candidates[i].open == open) {
				error_candidate_look(&error->candidates[i]);
				error->candidates[i].is_gone = true;
			}
	open->held_count = 0;
	silent_failures_add(&watch->silent, open);
}

/* Failed before the report. One of some time ago is it if its context did little else since: a loop
 * that got no time between answering and writing it down. */
static void weigh_before(struct standing *standing, const struct watched_error *error,
			 const struct error_candidate *candidate)
{
	const struct error_moment *moment = &error->moment;
	uint64_t age_ns = moment->time_ns - candidate->finished_ns;

	if (moment->pause.start_ns >= candidate->finished_ns &&
	    moment->pause.end_ns <= moment->time_ns)
		age_ns -= moment->pause.end_ns - moment->pause.start_ns;
	if (age_ns > SOON_NS && candidate->open != error->previous)
		standing->is_late = true;
	else if (!standing->before || candidate->finished_ns < standing->before->finished_ns)
		standing->before = candidate;
}

static void weigh_on_context(struct standing *standing, const struct watched_error *error,
			     const struct error_candidate *candidate)
{
	if (!error_candidate_is_open_at(candidate, error->moment.time_ns)) {
		if (error_candidate_failed_before(candidate, error->moment.time_ns))
			weigh_before(standing, error, candidate);
		return;
	}
	standing->open_count++;
	standing->open = candidate;
	if (candidate->finished_ns == 0 && !candidate->is_gone)
		standing->is_waiting = true;
	if (candidate->has_failed && !candidate->is_told &&
	    (!standing->answered || candidate->finished_ns < standing->answered->finished_ns))
		standing->answered = candidate;
	if (!standing->latest || candidate->activity_ns > standing->latest->activity_ns)
		standing->latest = candidate;
}

static void weigh_elsewhere(struct standing *standing, const struct error_candidate *candidate,
			    uint64_t time_ns)
{
	bool is_open = error_candidate_is_open_at(candidate, time_ns);

	if (is_open) {
		standing->other_open_count++;
		standing->other_open = candidate;
		if (candidate->finished_ns == 0 && !candidate->is_gone)
			standing->is_other_waiting = true;
	}
	if (!candidate->is_told &&
	    (is_open ? candidate->has_failed : error_candidate_failed_before(candidate, time_ns))) {
		standing->other_failed_count++;
		standing->other_failed = candidate;
	}
}

static void weigh(struct watched_error *error, struct standing *ret)
{
	*ret = (struct standing){0};
	for (uint32_t i = 0; i < error->candidates_count; i++) {
		struct error_candidate *candidate = &error->candidates[i];

		error_candidate_look(candidate);
		if (candidate->context == error->moment.context)
			weigh_on_context(ret, error, candidate);
		else
			weigh_elsewhere(ret, candidate, error->moment.time_ns);
	}
}

/* The request came in, the report was written, the request was answered, and the thread did nothing
 * else in between: they are one. */
static const struct error_candidate *find_enclosing(const struct watched_error *error)
{
	if (!error->previous || error->previous != error->next)
		return NULL;
	for (uint32_t i = 0; i < error->candidates_count; i++) {
		const struct error_candidate *candidate = &error->candidates[i];

		if (candidate->open == error->previous &&
		    candidate->start_ns == error->previous_ns && candidate->has_failed)
			return candidate;
	}
	return NULL;
}

static const struct error_candidate *choose_by_order(const struct standing *standing,
						     const char **ret_source)
{
	*ret_source = "response_order";
	if (standing->before)
		return standing->before;
	if (standing->open_count == 1) {
		*ret_source = "context";
		return standing->open;
	}
	if (standing->answered)
		return standing->answered;
	*ret_source = "last_activity";
	return standing->latest;
}

static const struct error_candidate *choose_elsewhere(const struct watched_error *error,
						      const struct standing *standing,
						      const char **ret_source)
{
	*ret_source = "only_candidate";
	if (error->has_overflow || standing->other_failed_count > 1)
		return NULL;
	if (standing->other_failed_count == 1)
		return standing->other_failed;
	return standing->other_open_count == 1 ? standing->other_open : NULL;
}

/* False: it is too early to tell. */
static bool choose(struct watched_error *error, bool is_time, const struct error_candidate **ret,
		   const char **ret_source)
{
	struct standing standing;
	bool is_doubtful;

	weigh(error, &standing);
	/* What a loop has open may have nothing to do with it. */
	is_doubtful = (error->is_doubtful || standing.is_late) && !standing.before &&
		      (standing.open_count == 0 || error->moment.is_loop);
	if (standing.open_count == 0 && !standing.before) {
		if (standing.is_other_waiting && !is_time)
			return false;
		*ret = is_doubtful ? NULL : choose_elsewhere(error, &standing, ret_source);
		return true;
	}
	if (standing.open_count == 1 && !standing.before && !is_doubtful) {
		*ret = standing.open;
		*ret_source = "context";
		return true;
	}
	if (standing.open_count == 0) {
		*ret = standing.before;
		*ret_source = "response_order";
		return true;
	}
	if (standing.is_waiting && !is_time)
		return false;
	*ret_source = "context";
	*ret = find_enclosing(error);
	if (!*ret && !is_doubtful)
		*ret = choose_by_order(&standing, ret_source);
	return true;
}

/* The first exception is the one the span tells; the signal it ended in says less. */
static void mark(struct open_segment *open, const struct watched_error *error, const char *source)
{
	struct span *root = segment_root(open->segment);
	struct arena *arena = &open->segment->arena;
	struct view type = view_of(error->type, error->type_size);
	struct view message = view_of(error->message, error->message_size);

	if (open->errors_count == MAX_SEGMENT_ERRORS)
		return;
	open->errors[open->errors_count++] =
		(struct segment_error){.token = error->moment.token, .source = source};
	if (attribute_find(&root->attributes, "exception.type"))
		return;
	root->status = STATUS_ERROR;
	root->status_message = message.size ? arena_join(arena, type, VIEW_LITERAL(": "), message)
					    : arena_copy(arena, type);
	attribute_set_string(&root->attributes, arena, "exception.type", type);
	if (message.size)
		attribute_set_string(&root->attributes, arena, "exception.message", message);
	if (!attribute_find(&root->attributes, "error.type"))
		attribute_set_string(&root->attributes, arena, "error.type", type);
}

/* Nobody gets what is gone, nor is it anybody else's. */
static void leave_unlinked(struct error_watch *watch, const struct watched_error *unlinked,
			   const struct error_candidate *chosen)
{
	struct watched_error *error;
	void *cursor = NULL;

	if (!chosen && unlinked->is_doubtful)
		silent_failures_tell_oldest(&watch->silent, unlinked->moment.tgid,
					    unlinked->moment.context, unlinked->moment.time_ns);
	if (!chosen)
		return;
	silent_failures_tell(&watch->silent, chosen);
	while ((error = hash_map_next(watch->errors, &cursor)))
		for (uint32_t i = 0; i < error->candidates_count; i++)
			if (error->candidates[i].is_gone &&
			    error_candidate_is_same(&error->candidates[i], chosen))
				error->candidates[i].is_told = true;
}

/* One that began before on the same context and has not been decided: its turn comes first. */
static bool is_behind_another(const struct error_watch *watch, const struct watched_error *error)
{
	const struct watched_error *earlier;
	void *cursor = NULL;

	while ((earlier = hash_map_next(watch->errors, &cursor)) && earlier != error)
		if (earlier->moment.context == error->moment.context &&
		    earlier->moment.tgid == error->moment.tgid)
			return true;
	return false;
}

/* An agent that got no time for long was not shown what it could have waited for. */
static void go_on(struct error_watch *watch, uint64_t now_ns)
{
	uint64_t since_ns = now_ns > watch->decided_ns ? now_ns - watch->decided_ns : 0;

	watch->patience_ns += since_ns < TURN_NS ? since_ns : TURN_NS;
	watch->decided_ns += since_ns;
}

void error_watch_decide(struct error_watch *watch, uint64_t now_ns, bool is_last,
			void (*on_unlinked)(void *self, uint64_t token), void *self)
{
	struct watched_error *error;
	void *cursor = NULL;

	go_on(watch, now_ns);
	while ((error = hash_map_next(watch->errors, &cursor))) {
		uint64_t token = error->moment.token;
		uint64_t age_ns = watch->patience_ns - error->patience_ns;
		bool is_time = is_last || age_ns > DECIDE_NS;
		const struct error_candidate *chosen = NULL;
		struct open_segment *open;
		const char *source;

		if (!error->has_words && age_ns > HOLD_NS)
			let_go(error);
		if (!error->has_words && (is_last || age_ns > FORGET_NS)) {
			drop_error(watch, error);
			continue;
		}
		if (!error->has_words || (!is_time && is_behind_another(watch, error)) ||
		    !choose(error, is_time, &chosen, &source))
			continue;
		open = chosen && !chosen->is_gone ? chosen->open : NULL;
		if (open)
			mark(open, error, source);
		else
			leave_unlinked(watch, error, chosen);
		drop_error(watch, error);
		if (!open && on_unlinked)
			on_unlinked(self, token);
	}
}
