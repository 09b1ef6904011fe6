/*
 * Puts a profile together: points (samples as they come), their stacks when these are known, and
 * the requests they were taken for. All three come from the kernel's side or from a recording: here
 * both are the same. Capture thread.
 */
#ifndef PROFILE_PROFILE_BUILDER_H
#define PROFILE_PROFILE_BUILDER_H

#include "base/drops.h"
#include "model/served_request.h"
#include "profile/process_profiles.h"
#include "profile/recorded_profile.h"

struct profile_builder;

int profile_builder_new(struct profile_builder **ret, const struct profile *dictionary,
			const struct process_profiles_sink *sink, struct drops *drops);
void profile_builder_free(struct profile_builder **builder);

void profile_builder_set_unix_offset(struct profile_builder *builder, uint64_t unix_offset_ns);

/* Numbers of points rise; those of long ago are forgotten. */
void profile_builder_take_point(struct profile_builder *builder,
				const struct profile_point_record *point);
void profile_builder_take_stack(struct profile_builder *builder,
				const struct profile_unwound_record *unwound);
void profile_builder_take_loss(struct profile_builder *builder,
			       const struct profile_loss_record *loss);
void profile_builder_take_request(struct profile_builder *builder,
				  const struct served_request *request);

void profile_builder_tick(struct profile_builder *builder, uint64_t now_ns);
/* Everything goes to the sink. */
void profile_builder_finish(struct profile_builder *builder);

/* What is not given away yet (process_profiles_look). */
void profile_builder_look(const struct profile_builder *builder,
			  void (*on_profile)(void *self, const struct profile *profile),
			  void *self);

struct profile_builder_counts {
	uint64_t samples; /* taken, on-CPU and off-CPU */
	uint64_t off_cpu; /* of them */
	uint64_t unwound; /* that have a stack */
	uint64_t whole;   /* up to its first function */
	uint64_t linked;  /* to a request */
};
struct profile_builder_counts profile_builder_counts(const struct profile_builder *builder);

#endif
