/*
 * What limpet costs the machine right now, and what is done about it: beyond --max-overhead, kinds
 * of detail are given up one after the other, each said and counted. What is given up stays so
 * until limpet ends. Capture thread.
 */
#ifndef OVERHEAD_WATCH_H
#define OVERHEAD_WATCH_H

#include "base/drops.h"
#include "capture/program_cost.h"

struct overhead_watch;

/* What it asks and does. */
struct overhead_ground {
	void *self;
	uint64_t (*read_ns)(void *self);                   /* time of all runs so far */
	uint32_t (*shed)(void *self, enum shed_step step); /* 0: there was nothing to give up */
	struct drops *drops;
};

/* max_percent: of one CPU; 0: no limit. -ENOMEM. */
int overhead_watch_new(struct overhead_watch **ret, double max_percent,
		       const struct overhead_ground *ground, uint64_t now_ns);
void overhead_watch_free(struct overhead_watch **watch);

/* Once per turn of the loop; looks once a second. NULL-safe. */
void overhead_watch_turn(struct overhead_watch *watch, uint64_t now_ns);

/* Percent of one CPU over the last second; below 0: not known. NULL-safe. */
double overhead_watch_percent(const struct overhead_watch *watch);

/* The same over all of the time. */
double overhead_watch_average(const struct overhead_watch *watch);

#endif
