/* Recursion, folded in the middle. Groups of one frame are the common case; those of several are
 * functions that call each other in turn. */
#include "symbols/frame_fold.h"

#include <string.h>

#define MAX_PERIOD  32 /* frames of a group: interpreters take some per call of a program */
#define HEAD_FRAMES 16 /* kept before the fold, at least */
#define TAIL_FRAMES 8  /* and after it */

static uint32_t groups_for(uint32_t frames, uint32_t period)
{
	return (frames + period - 1) / period;
}

/* Whether the last so many frames are groups of that size, all the same. */
static bool repeats(const struct frame_fold *fold, uint32_t period, uint32_t frames)
{
	if (frames > fold->count)
		return false;
	for (uint32_t i = fold->count - 1; i >= fold->count - frames + period; i--)
		if (fold->frames[i].pc != fold->frames[i - period].pc ||
		    fold->frames[i].is_exact_pc || fold->frames[i - period].is_exact_pc)
			return false;
	return true;
}

bool frame_fold_append(struct frame_fold *fold, const struct unwound_frame *frame)
{
	if (fold->count == fold->max_frames)
		return false;
	fold->frames[fold->count++] = *frame;
	for (uint32_t period = 1; period <= MAX_PERIOD; period++) {
		uint32_t tail = groups_for(TAIL_FRAMES, period) * period;
		uint32_t head = groups_for(HEAD_FRAMES, period) * period;
		struct unwound_frame *folded;

		if (!repeats(fold, period, head + period + tail))
			continue;
		/* The group behind the head goes; the last one of the head counts it. */
		folded = &fold->frames[fold->count - tail - period];
		for (uint32_t i = 0; i < period; i++)
			folded[(int)i - (int)period].repeats += 1 + folded[i].repeats;
		memmove(folded, folded + period, tail * sizeof(*folded));
		fold->count -= period;
		break;
	}
	return true;
}
