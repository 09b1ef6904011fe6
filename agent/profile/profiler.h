/*
 * The room's flow on one screen: samples meet their pages (sample_collector.c), are unwound
 * (sample_unwinder.c), become stacks (stack_builder.c) and samples of a profile
 * (profile_builder.c); what a replay needs of it is told as records on the way. A replay begins
 * with those records. Capture thread.
 */
#ifndef PROFILE_PROFILER_H
#define PROFILE_PROFILER_H

#include "model/event.h"
#include "process/image_table.h"
#include "profile/profile_builder.h"
#include "settings/settings.h"

struct profiler;

struct profiler_sink {
	void *self;
	void (*on_record)(void *self,
			  struct view record); /* for the recording; NULL: there is none */
	struct resource *(*resource_of)(void *self, uint32_t tgid);
	void (*on_profile)(void *self, struct profile **profile); /* taken */
};

/* With a frequency in the settings samples are taken and unwound, which forks the child; without
 * (a replay) there is only what records say. images: borrowed. */
int profiler_new(struct profiler **ret, const struct settings *settings, struct image_table *images,
		 const struct profiler_sink *sink, struct drops *drops);
void profiler_free(struct profiler **profiler);

/* Of the kernel's rings (RECORD_PROFILE_SAMPLE, RECORD_PROFILE_PAGE). */
void profiler_take_sample(struct profiler *profiler, struct view bytes);

/* Any event: those of a recorded profile. */
void profiler_take(struct profiler *profiler, const struct event *event);

/* Before what the process had mapped is forgotten. */
void profiler_executes(struct profiler *profiler, uint32_t tgid, uint64_t time_ns);

void profiler_take_request(struct profiler *profiler, const struct served_request *request);

/* This process runs a Python 3 of that minor number; 0: none any more. */
void profiler_set_python(struct profiler *profiler, uint32_t tgid, int minor);

/* So many samples found no room in the kernel's ring, since the beginning. */
void profiler_set_lost(struct profiler *profiler, uint64_t total, uint64_t now_ns);

void profiler_tick(struct profiler *profiler, uint64_t now_ns);
/* Readable when stacks were unwound; -1: never. */
int profiler_fd(const struct profiler *profiler);

/* Waits for the last stacks, then gives everything away. */
void profiler_end_samples(struct profiler *profiler);
void profiler_finish(struct profiler *profiler);

void profiler_set_unix_offset(struct profiler *profiler, uint64_t unix_offset_ns);

void profiler_look(const struct profiler *profiler,
		   void (*on_profile)(void *self, const struct profile *profile), void *self);

struct profile_builder_counts profiler_counts(const struct profiler *profiler);

#endif
