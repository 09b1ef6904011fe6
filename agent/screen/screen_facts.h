/*
 * What the screen is told by those who know: plain values, copied. The session tells it once a
 * second.
 */
#ifndef SCREEN_SCREEN_FACTS_H
#define SCREEN_SCREEN_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include "model/syscall_count.h"
#include "overview/profile_top.h"

#define SCREEN_WHOM_BYTES    320
#define MAX_SCREEN_FUNCTIONS 200

struct screen_facts {
	char whom[SCREEN_WHOM_BYTES]; /* escaped: "PID 4711 (python3) and 2 children" */
	bool is_over;                 /* the targets have ended: nothing more will come */
	double cost_percent;          /* of one CPU; below 0: not known */
	uint32_t processes_count;     /* traced now */
	bool has_syscalls;            /* they are counted */
	struct syscall_count syscalls[MAX_SYSCALL_COUNTS];
	uint32_t syscalls_count;
	bool has_profile;                                    /* one is taken */
	struct top_function functions[MAX_SCREEN_FUNCTIONS]; /* of the last minute */
	uint32_t functions_count;
	uint64_t samples_count;
};

#endif
