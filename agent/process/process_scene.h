/*
 * The scene of an exception: where a process runs and under which runtime, from /proc and the files
 * it names there. Everything is the process's own word, and hostile: sizes are capped, nothing is
 * opened that could make the agent wait (see image_file.h).
 */
#ifndef PROCESS_PROCESS_SCENE_H
#define PROCESS_PROCESS_SCENE_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>
#include "process/elf_language.h"
#include "process/process_identity.h"
#include "process/runtime_version.h"

struct process_scene {
	pid_t tgid;
	enum process_runtime runtime;
	uint64_t start_boottime_ns; /* tells it from a later one of the same number */
	bool is_known;              /* false: /proc could not be read */
	bool is_inherited;          /* of the process that forked it: not read itself so far */
	bool is_in_our_root;        /* it sees the files we see: readable when it is gone */
	struct process_identity identity; /* whose files it may read */
	bool is_met;                      /* … and that is how it was when it reported */
	char directory[PATH_MAX];         /* working directory; "" when not known */
	char script[PATH_MAX]; /* absolute path of the program's main script or module file, as
				  the process sees it; "" for a native one or when not known */
	struct runtime_version version;
	uint8_t version_looks; /* in vain, since it was read: what tells it may be mapped later */
};

/* Always fills the scene, as far as it can. proc_root: "/proc". */
void process_scene_read(const char *proc_root, pid_t tgid, enum process_runtime runtime,
			struct process_scene *ret);

/* It lives, and its files can be reached through it. */
bool process_scene_is_there(const struct process_scene *scene, const char *proc_root);

#endif
