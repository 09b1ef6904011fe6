/*
 * Which processes somebody means by "4711", "nginx", "postgresql.service" or the id of a container.
 * /proc is read once; what processes say of themselves there is hostile. Only the first of a family
 * is named: its children are traced with it.
 */
#ifndef PROCESS_TARGET_SEARCH_H
#define PROCESS_TARGET_SEARCH_H

#include <stdbool.h>
#include "process/container_id.h"
#include "process/proc_reader.h"
#include "process/script_name.h"

#define MAX_TARGETS          4096 /* processes that fit the words */
#define MAX_TARGET_PROCESSES 65536
#define MIN_CONTAINER_PREFIX 4

enum target_kind { TARGET_ANY, TARGET_PID, TARGET_NAME, TARGET_UNIT, TARGET_CONTAINER };

/* "unit:nginx" says what it is; "nginx" does not: TARGET_ANY. */
struct target_words {
	enum target_kind kind;
	struct view text;
};

struct found_target {
	pid_t pid;
	char name[TASK_NAME_BYTES];
	char script[SCRIPT_NAME_BYTES]; /* what an interpreter runs; "" */
};

struct target_search {
	enum target_kind kind; /* what the words turned out to be */
	struct found_target *targets;
	uint32_t count;
	uint32_t left_out_count;            /* beyond MAX_TARGETS */
	char container[CONTAINER_ID_BYTES]; /* the whole id; of several the first */
	bool has_more_containers;           /* the words fit the ids of several */
};

/* Cuts "name:", "unit:", "container:" and "pid:" off. */
struct target_words target_search_words(struct view text);

/*
 * 0, also with nothing found; -errno: there is no such /proc, or no memory. Whoever asks is never
 * found. A bare word is a number, a name, a unit, a container's id: the first of them that fits.
 */
int target_search_find(struct target_search *ret, const char *proc_root, struct target_words words);
void target_search_done(struct target_search *search);

/* What people call it: the script that an interpreter runs, or its own name. -errno: it is gone. */
int target_search_name(const char *proc_root, pid_t pid, char ret_name[SCRIPT_NAME_BYTES]);

/* The ids of containers that processes are in, each once. Returns how many, at most `max`. */
uint32_t target_search_containers(const char *proc_root, struct container_identity *ret,
				  uint32_t max);

#endif
