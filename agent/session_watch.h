/*
 * What is looked at beside a session, once a second: what our programs cost, and what else somebody
 * at a terminal wants to see. Capture thread.
 */
#ifndef SESSION_WATCH_H
#define SESSION_WATCH_H

#include "base/drops.h"
#include "capture/probe_loader.h"
#include "settings/settings.h"

struct screen;
struct destinations;
struct function_watch;
struct profile_stage;
struct session_signals;
struct session_watch;

/* All borrowed. */
struct session_watch_ground {
	const struct settings *settings;
	struct probe_loader *loader; /* NULL: a replay */
	struct drops *drops;
	struct screen *screen;               /* NULL: none */
	const struct profile_stage *profile; /* NULL: none is taken */
	struct function_watch *functions;    /* NULL: a replay */
};

/* Are system calls counted? When asked for, and where a screen has a tab for them. */
bool session_watch_wants_syscalls(const struct settings *settings,
				  const struct destinations *destinations);

/* -ENOMEM. */
int session_watch_new(struct session_watch **ret, const struct session_watch_ground *ground);
void session_watch_free(struct session_watch **watch);

/* Tracing has begun: takes the terminal, if there is a screen. NULL-safe, as the rest. */
void session_watch_begin(struct session_watch *watch, const char *whom);

/* Once per turn of the loop. */
void session_watch_turn(struct session_watch *watch, uint64_t now_ns, size_t processes_count);

/* The targets have ended: what is on the screen stays until somebody has had enough. */
void session_watch_linger(struct session_watch *watch, struct session_signals *signals);

/* What the page is to show of it. */
void session_watch_report(struct session_watch *watch, struct destinations *destinations);

/* The last words of a session, before its totals. */
void session_watch_say(struct session_watch *watch);

#endif
