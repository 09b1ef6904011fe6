/*
 * From a sample and what was unwound of it to a stack in the dictionary: kernel frames or the
 * system call that waits, the program's frames, and what is said of a stack that is not whole. The
 * dictionary is a profile without samples, whose numbers a recording has as well. Capture thread.
 */
#ifndef PROFILE_STACK_BUILDER_H
#define PROFILE_STACK_BUILDER_H

#include "model/profile.h"
#include "profile/sample_unwinder.h"

struct stack_builder;

/* A record for the recording, if there is one; borrowed. */
typedef void (*stack_builder_record_fn)(void *self, struct view record);

/* kallsyms: "/proc/kallsyms". on_record may be NULL. */
int stack_builder_new(struct stack_builder **ret, const char *kallsyms,
		      stack_builder_record_fn on_record, void *self);
void stack_builder_free(struct stack_builder **builder);

/* One frame, for samples that name it; told to the recording. */
uint32_t stack_builder_add_frame(struct stack_builder *builder, const struct profile_frame *frame);

struct built_stack {
	uint32_t stack;         /* of the dictionary */
	enum profile_loss loss; /* from PROFILE_FIRST_CUT on: what of it is missing; 0: nothing */
};

struct built_stack stack_builder_add(struct stack_builder *builder, const struct sample *sample,
				     const struct unwound_sample *unwound);

/* What a recording says, in its order. False: it contradicts itself. */
bool stack_builder_take_record(struct stack_builder *builder, struct view record);

const struct profile *stack_builder_dictionary(const struct stack_builder *builder);

#endif
