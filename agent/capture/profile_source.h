/*
 * Where samples come from: a perf event on every CPU with our program on it, and the rings that it
 * and the scheduler's programs write to. Capture thread.
 */
#ifndef CAPTURE_PROFILE_SOURCE_H
#define CAPTURE_PROFILE_SOURCE_H

#include "capture/probe_loader.h"

struct profile_source;

/*
 * From now on samples are taken. -errno: no event could be opened (-EACCES, -EPERM: not allowed),
 * or the programs were not loaded (-ENOENT). on_record gets profile_sample_record and
 * stack_page_record.
 */
int profile_source_new(struct profile_source **ret, struct probe_loader *loader,
		       uint64_t frequency_hz, probe_loader_record_fn on_record, void *self);
void profile_source_free(struct profile_source **source);

/* Does the processor's own counter tick, or the kernel's clock? */
bool profile_source_is_hardware(const struct profile_source *source);

/* CPUs come and go: online is what /sys/devices/system/cpu/online says now. -errno: one that came
 * cannot be sampled (it is tried again the next time), or there is no sense in the list. */
int profile_source_follow_cpus(struct profile_source *source, struct view online);

/* Readable when many samples wait. */
int profile_source_fd(const struct profile_source *source);

/* All samples so far, then the pages so far: those of these samples among them. How many samples,
 * or -errno. */
int profile_source_drain(struct profile_source *source);

/* No more samples; those in the rings stay. */
void profile_source_stop(struct profile_source *source);

#endif
