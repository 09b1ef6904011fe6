/*
 * Keeps the pipeline's image table true while a session runs: mapping events of the processes it
 * knows, /proc where events were lost or are not to be had. Capture thread.
 */
#ifndef IMAGE_WATCH_H
#define IMAGE_WATCH_H

#include "base/drops.h"
#include "base/hash_map.h"
#include "pipeline.h"
#include "settings/settings.h"

struct image_watch;

/*
 * What is mapped from now on, and for a whole host what was mapped before. living: keys are the
 * tgids that are traced, borrowed. Without the right to mapping events it says so once, and reads
 * /proc when a program starts.
 */
int image_watch_new(struct image_watch **ret, const struct settings *settings,
		    struct pipeline *pipeline, const struct hash_map *living, struct drops *drops);
void image_watch_free(struct image_watch **watch);

/* -1: there is nothing to wait for. */
int image_watch_fd(const struct image_watch *watch);

/* Everything mapped so far goes into the pipeline. NULL-safe. */
void image_watch_drain(struct image_watch *watch, uint64_t now_ns);

/* A program starts in this process. NULL-safe. */
void image_watch_process_began(struct image_watch *watch, pid_t tgid);

#endif
