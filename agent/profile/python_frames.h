/*
 * Frames of Python in the dictionary, by the code objects that samples name: each is looked at once
 * in its process, while it lives, and remembered. Capped: the one not seen for longest goes.
 * Capture thread.
 */
#ifndef PROFILE_PYTHON_FRAMES_H
#define PROFILE_PYTHON_FRAMES_H

#include "profile/stack_builder.h"

struct python_frames;

/* stacks: borrowed; its dictionary gets the frames. */
int python_frames_new(struct python_frames **ret, struct stack_builder *stacks);
void python_frames_free(struct python_frames **frames);

/* This process runs a Python 3 of that minor number; 0: none any more. */
void python_frames_set_process(struct python_frames *frames, uint32_t tgid, int minor);

/* Fills in sample->python; without what could not be read. */
void python_frames_resolve(struct python_frames *frames, struct sample *sample);

#endif
