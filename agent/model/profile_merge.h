/* Profiles of several stretches of time, or of several processes, as one. */
#ifndef MODEL_PROFILE_MERGE_H
#define MODEL_PROFILE_MERGE_H

#include "model/profile.h"

/*
 * Adds what `from` has: frames, stacks, images, threads and requests are found again by their
 * content. What has no room is counted in `into`, as by any add. -ENOMEM: nothing was added.
 */
int profile_merge_add(struct profile *into, const struct profile *from);

#endif
