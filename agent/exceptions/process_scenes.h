/*
 * What the room needs to know of a process beyond its name, to say whose a frame's file is and to
 * find it: where it runs, which script, which runtime. Read when a program starts or, at the
 * latest, when its first report begins, because it may be gone when that is whole. Bounded. Capture
 * thread.
 */
#ifndef EXCEPTIONS_PROCESS_SCENES_H
#define EXCEPTIONS_PROCESS_SCENES_H

#include <sys/types.h>
#include "process/process_scene.h"
#include "process/process_table.h"

struct process_scenes;

/* reads_proc: false in a replay: every scene is empty then. */
int process_scenes_new(struct process_scenes **ret, size_t max_processes,
		       struct process_table *processes, bool reads_proc);
void process_scenes_free(struct process_scenes **scenes);

/* Never NULL; borrowed until the next call. */
const struct process_scene *process_scenes_of(struct process_scenes *scenes, uint32_t tgid);

/* A child sees the files its parent sees, if it is gone before anybody looks. */
void process_scenes_inherit(struct process_scenes *scenes, uint32_t parent, uint32_t child);

/* Another program runs there now. It may be gone in a moment: what it stands in is read at once, or
 * what it was born into stays. */
void process_scenes_renew(struct process_scenes *scenes, uint32_t tgid);

/* The same, but it is read when it is asked for. */
void process_scenes_forget(struct process_scenes *scenes, uint32_t tgid);

/* It reports something now: it is read, or what it may read is, which may be less than it was. */
void process_scenes_meet(struct process_scenes *scenes, uint32_t tgid);

#endif
