/*
 * A live session: the kernel side, the pipeline and the event loop around them. One per run of the
 * agent. Capture (main) thread.
 */
#ifndef SESSION_H
#define SESSION_H

#include <sys/types.h>
#include "settings/settings.h"

struct session;

/* Why the loop ended. */
enum session_end {
	SESSION_INTERRUPTED,
	SESSION_TARGET_GONE,
	SESSION_DURATION_OVER,
	SESSION_FAILED
};

/*
 * Destinations first (a bad setting starts nothing), then the kernel side. On failure everything is
 * said and undone, and the exit code returned; EXIT_CODE_OK otherwise.
 */
enum exit_code session_new(struct session **ret, const struct settings *settings);

/* Traces this process, and those it forks from now on. -ESRCH and others as probe_loader_trace. */
int session_trace(struct session *session, pid_t tgid);

/* The process, traced and waiting, is about to execute this command: watched from the start. */
void session_expect_exec(struct session *session, pid_t tgid, const char *command);

/* The end of this process is no event: it never became a program. */
void session_ignore_end(struct session *session, pid_t tgid);

/* As a service: tells the service manager that it is ready, and how it goes on. The settings are
 * those of session_new, changed when they are read again. -errno after a message. */
int session_serve(struct session *session, struct settings *settings);

/* The terminal is the screen's: what CMD prints has to go there. */
bool session_has_screen(const struct session *session);
/* The end of the pipe it goes into; taken. -errno. */
int session_show_output(struct session *session, int fd);

/* Says that capture has begun: "limpet: tracing …". */
void session_announce(struct session *session, const char *whom);

/*
 * Until a signal to stop, the end of every traced process (ends_with_targets), or the duration.
 * SIGINT and SIGTERM stop it, unless a child is being run: then they are the child's business
 * (forward_to > 0: SIGTERM is passed on).
 */
enum session_end session_run(struct session *session, bool ends_with_targets, pid_t forward_to);

/* Detaches, drains, delivers, prints totals and drops. False: a destination's thread had to be left
 * behind: use _exit. */
bool session_stop(struct session **session);

#endif
