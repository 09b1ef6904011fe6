/*
 * The frames found so far, with recursion folded as it comes: of a group of frames that repeats,
 * the first and the last ones stay, those between are counted. So a stack of any depth has a
 * bounded list.
 */
#ifndef SYMBOLS_FRAME_FOLD_H
#define SYMBOLS_FRAME_FOLD_H

#include "symbols/unwinder.h"

struct frame_fold {
	struct unwound_frame *frames; /* the caller's */
	uint32_t max_frames;
	uint32_t count;
};

/* False: there is no room. */
bool frame_fold_append(struct frame_fold *fold, const struct unwound_frame *frame);

#endif
