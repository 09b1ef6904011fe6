/* Words and names of a profile. Nothing is escaped here: every output has its own way. */
#include "model/profile_text.h"

#include <inttypes.h>
#include <stdio.h>

#define LOSSY_PERCENT 5

uint64_t profile_text_address(const struct profile *profile, const struct profile_frame *frame)
{
	if (frame->image >= profile->images_count)
		return frame->offset;
	return profile->images[frame->image].start + frame->offset;
}

static const char *place_of(const struct profile_frame *frame)
{
	switch (frame->kind) {
	case PROFILE_FRAME_KERNEL:
		return "[kernel]";
	case PROFILE_FRAME_JIT:
		return "[jit]";
	default:
		return "[unknown]";
	}
}

struct view profile_text_frame(const struct profile *profile, const struct profile_frame *frame,
			       char room[PROFILE_NAME_ROOM])
{
	struct view place = view_of_text(place_of(frame));
	int size;

	if (frame->function.size)
		return frame->function;
	if (frame->symbol.size)
		return frame->symbol;
	if (frame->image < profile->images_count && profile->images[frame->image].path.size)
		place = view_base_name(profile->images[frame->image].path);
	size = snprintf(room, PROFILE_NAME_ROOM, "%.*s+0x%" PRIx64, VIEW_FORMAT(place),
			frame->offset);
	return view_of(room, size < PROFILE_NAME_ROOM ? (size_t)size : PROFILE_NAME_ROOM - 1);
}

struct view profile_text_thread(const struct profile_thread *thread, char room[PROFILE_NAME_ROOM])
{
	if (thread->name.size)
		return thread->name;
	return view_of(room, (size_t)snprintf(room, PROFILE_NAME_ROOM, "%u", thread->tid));
}

static uint64_t sum_of(const struct profile *profile, int from, int to)
{
	uint64_t sum = 0;

	for (int i = from; i < to; i++)
		sum += profile->losses[i];
	return sum;
}

uint64_t profile_text_lost(const struct profile *profile)
{
	return sum_of(profile, 0, PROFILE_FIRST_CUT);
}

uint64_t profile_text_cut(const struct profile *profile)
{
	return sum_of(profile, PROFILE_FIRST_CUT, PROFILE_LOSSES_COUNT);
}

bool profile_text_is_lossy(const struct profile *profile)
{
	uint64_t lost = profile_text_lost(profile);

	return lost * 100 > (lost + profile->samples_count) * LOSSY_PERCENT;
}

const char *profile_text_kind(enum profile_frame_kind kind)
{
	static const char *const words[PROFILE_FRAME_KINDS_COUNT] = {
		[PROFILE_FRAME_NATIVE] = "native",
		[PROFILE_FRAME_KERNEL] = "kernel",
		[PROFILE_FRAME_JIT] = "jit",
		[PROFILE_FRAME_INTERPRETED] = "interpreted",
		[PROFILE_FRAME_SYNTHETIC] = "synthetic",
	};

	return words[kind];
}

static const struct {
	const char *key;
	const char *words;
} losses[PROFILE_LOSSES_COUNT] = {
	[PROFILE_LOST_RING] = {"ring", "lost: the kernel's ring was full"},
	[PROFILE_LOST_UNWIND] = {"unwind", "lost: nobody could unwind them in time"},
	[PROFILE_LOST_SAMPLES] = {"samples", "lost: the profile was full"},
	[PROFILE_CUT_UNWIND] = {"unwind_failed", "end in [unwind failed]"},
	[PROFILE_CUT_DEPTH] = {"truncated", "end in [truncated]"},
	[PROFILE_CUT_OVERFLOW] = {"overflow", "are only [overflow]: too many different stacks"},
	[PROFILE_CUT_LINK] = {"link", "without their request: too many requests"},
};

const char *profile_text_loss(enum profile_loss loss)
{
	return losses[loss].key;
}

const char *profile_text_loss_words(enum profile_loss loss)
{
	return losses[loss].words;
}
