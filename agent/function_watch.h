/*
 * Functions of traced processes that are watched: of language runtimes, for exceptions, and of TLS
 * libraries, for what is said by TLS. Files are found when a process is attached to, at exec, and
 * whenever one is mapped later. For TLS processes younger than --tls-delay wait, but those of
 * `run`. All of it is NULL-safe. Capture thread.
 */
#ifndef FUNCTION_WATCH_H
#define FUNCTION_WATCH_H

#include "capture/probe_loader.h"
#include "pipeline.h"
#include "settings/settings.h"

struct function_watch;

int function_watch_new(struct function_watch **ret, const struct settings *settings,
		       struct pipeline *pipeline, struct probe_loader *loader);
void function_watch_free(struct function_watch **watch);

/* A traced process maps a file; fd as in runtime_probes_consider. */
void function_watch_image(struct function_watch *watch, pid_t tgid, struct view path, int fd);
void function_watch_forked(struct function_watch *watch, pid_t parent, pid_t child);
void function_watch_exited(struct function_watch *watch, pid_t tgid);

/* What this process, which waits, is about to execute. */
void function_watch_expect_exec(struct function_watch *watch, pid_t tgid, const char *command);

/* What is said by TLS is not watched any more. Returns how many places were. */
uint32_t function_watch_stop_tls(struct function_watch *watch);

/* Who has come of age is looked at for TLS. */
void function_watch_tick(struct function_watch *watch);

#endif
