/*
 * What our programs take inside the kernel, as the kernel itself measures it (5.8), and the
 * programs that can be given up to make it less. The trap into a watched function (uprobe) is not
 * in it: the kernel does not measure that. Capture thread.
 */
#ifndef CAPTURE_PROGRAM_COST_H
#define CAPTURE_PROGRAM_COST_H

#include <stdint.h>
#include "capture/probe_loader.h"

/* In the order in which they are given up. */
enum shed_step {
	SHED_SYSCALLS,   /* counts and times of system calls */
	SHED_TRAIL,      /* failed system calls, told with a crash */
	SHED_EXCEPTIONS, /* exceptions out of what programs print */
	SHED_SPANS,      /* traffic; crashes alone are left */
	SHED_STEPS_COUNT
};

struct program_cost {
	const struct bpf_object_skeleton *skeleton;
	int stats_fd; /* open: the kernel measures */
};

/* -EPERM (it takes CAP_SYS_ADMIN) and others: the kernel does not measure for us. */
int program_cost_begin(struct program_cost *cost, const struct probe_loader *loader);
void program_cost_end(struct program_cost *cost);

/* All runs since they were loaded, on all CPUs together. */
uint64_t program_cost_read_ns(const struct program_cost *cost);

/* How many programs were detached; 0: there were none of this kind. */
uint32_t program_cost_shed(struct program_cost *cost, enum shed_step step);

/* "system calls": what is not seen any more. */
const char *program_cost_words(enum shed_step step);

#endif
