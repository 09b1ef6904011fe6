/*
 * Joins samples with the pages of their stacks: they come through two rings, in any order. What is
 * checked here is what a record says of itself; capped in samples that wait. Capture thread.
 */
#ifndef PROFILE_SAMPLE_COLLECTOR_H
#define PROFILE_SAMPLE_COLLECTOR_H

#include "base/drops.h"
#include "profile/sample.h"

struct sample_collector;

struct sample_collector_sink {
	void *self;
	/* Before its pages are there: in the order of the ring. */
	void (*on_told)(void *self, struct sample *sample);
	void (*on_sample)(void *self, struct sample **sample); /* taken */
};

int sample_collector_new(struct sample_collector **ret, const struct sample_collector_sink *sink,
			 struct drops *drops);
void sample_collector_free(struct sample_collector **collector);

/* A record of the rings of samples. */
void sample_collector_take(struct sample_collector *collector, struct view bytes);

/* What waits for pages that never came is handed on with those that did. */
void sample_collector_tick(struct sample_collector *collector, uint64_t now_ns);
void sample_collector_finish(struct sample_collector *collector);

#endif
