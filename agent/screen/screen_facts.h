/*
 * What the screen is told by those who know: plain values, copied. The session tells it once a
 * second; a profile comes from whoever takes one, through screen_profile.
 */
#ifndef SCREEN_SCREEN_FACTS_H
#define SCREEN_SCREEN_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include "model/syscall_count.h"

#define SCREEN_WHOM_BYTES     320
#define SCREEN_FUNCTION_BYTES 160
#define SCREEN_MODULE_BYTES   48
#define MAX_SCREEN_FUNCTIONS  200

struct screen_facts {
	char whom[SCREEN_WHOM_BYTES]; /* escaped: "PID 4711 (python3) and 2 children" */
	bool is_over;                 /* the targets have ended: nothing more will come */
	double cost_percent;          /* of one CPU; below 0: not known */
	uint32_t processes_count;     /* traced now */
	bool has_syscalls;            /* they are counted */
	struct syscall_count syscalls[MAX_SYSCALL_COUNTS];
	uint32_t syscalls_count;
};

/* One function of a profile. */
struct screen_function {
	char name[SCREEN_FUNCTION_BYTES];
	char module[SCREEN_MODULE_BYTES];
	uint64_t self_count, total_count; /* samples at its top, and anywhere in it */
};

/* Who takes a profile fills this in; any thread may ask. */
struct screen_profile {
	void *self;
	/* The functions with most samples, by self_count: how many, at most max. */
	uint32_t (*read)(void *self, struct screen_function *ret, uint32_t max,
			 uint64_t *ret_samples_count);
};

#endif
