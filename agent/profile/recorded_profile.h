/*
 * A profile in a recording: no registers and no memory, but what was unwound of them. Points come
 * when the samples did, among all other records, so that a replay ties them to the same requests;
 * the stack of each follows when it is known. Images, frames and stacks are numbered from 0 in the
 * order of the dictionary that the writer keeps (stack_builder.h), each before it is first used.
 */
#ifndef PROFILE_RECORDED_PROFILE_H
#define PROFILE_RECORDED_PROFILE_H

#include "base/byte_buffer.h"
#include "model/profile.h"
#include "shared/record_header.h"

#define MAX_PROFILE_RECORD_BYTES 16384
#define NO_STACK                 UINT32_MAX

enum profile_point_flags { POINT_IS_OFF_CPU = 1 };

/* A sample. header.time_ns: when it was taken; an off-CPU one began to wait weight_ns before. */
struct profile_point_record {
	struct record_header header;
	uint64_t weight_ns;
	uint64_t context; /* as in segment_record */
	uint32_t point;   /* its number, from 0 */
	uint32_t tgid;
	uint32_t tid;
	uint32_t frequency_hz;
	uint8_t flags; /* enum profile_point_flags */
	uint8_t reserved[7];
	uint8_t name[TASK_NAME_BYTES]; /* of the thread */
};

/* Its stack is known; NO_STACK: it will not be. */
struct profile_unwound_record {
	struct record_header header;
	uint32_t point;
	uint32_t stack;
	uint32_t is_cut; /* enum profile_loss, from PROFILE_FIRST_CUT on; 0: it is whole */
	uint32_t reserved;
};

/* Samples that nothing is known of but that there were some. */
struct profile_loss_record {
	struct record_header header;
	uint32_t tgid; /* 0: of nobody in particular */
	uint32_t loss; /* enum profile_loss */
	uint64_t count;
};

/* Into an empty buffer; -EMSGSIZE. */
int recorded_profile_write_image(struct byte_buffer *out, const struct crash_image *image,
				 uint64_t time_ns);
int recorded_profile_write_frame(struct byte_buffer *out, const struct profile_frame *frame,
				 uint64_t time_ns);
int recorded_profile_write_stack(struct byte_buffer *out, const uint32_t *frames, uint32_t depth,
				 uint64_t time_ns);

/* Of a recording, hence hostile: what they point to lies in the bytes. -EBADMSG. frames: room for
 * MAX_PROFILE_DEPTH. Numbers are not checked. */
int recorded_profile_read_image(struct view bytes, struct crash_image *ret);
int recorded_profile_read_frame(struct view bytes, struct profile_frame *ret);
int recorded_profile_read_stack(struct view bytes, uint32_t *ret_frames, uint32_t *ret_depth);

#endif
