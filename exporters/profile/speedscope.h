/* speedscope's own file format (its src/lib/file-format-spec.ts): one profile per thread, and one
 * more for its time off the CPU. Stacks are root first. */
#ifndef PROFILE_SPEEDSCOPE_H
#define PROFILE_SPEEDSCOPE_H

#include "exporters/profile/profile_output.h"

void speedscope_write(struct profile_output *output, const struct profile_writing *writing);

#endif
