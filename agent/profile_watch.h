/*
 * The kernel's side of a profile while a session runs: ticks on every CPU, samples from the rings
 * into the pipeline's stage, losses. Capture thread.
 */
#ifndef PROFILE_WATCH_H
#define PROFILE_WATCH_H

#include "capture/probe_loader.h"
#include "pipeline.h"

struct profile_watch;

/* *ret is NULL when no profile is wanted. -errno: it was said why there can be none. */
int profile_watch_new(struct profile_watch **ret, const struct settings *settings,
		      struct pipeline *pipeline, struct probe_loader *loader);
void profile_watch_free(struct profile_watch **watch);

/* -1: there is nothing to wait for. */
int profile_watch_fd(const struct profile_watch *watch);

/* All samples so far. NULL-safe. */
void profile_watch_drain(struct profile_watch *watch, uint64_t now_ns);

#endif
