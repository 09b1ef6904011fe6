/*
 * Folded stacks: "comm;root;…;leaf count", one line per distinct stack, in order of names; what
 * flamegraph.pl, inferno and speedscope read. Counts are samples. Time off the CPU is below
 * "[off-CPU]", in the same unit: as many samples as would have been taken in it. "_[k]" marks the
 * kernel's functions, "_[j]" compiled code.
 */
#ifndef PROFILE_FOLDED_H
#define PROFILE_FOLDED_H

#include "exporters/profile/profile_output.h"

void folded_write(struct profile_output *output, const struct profile_writing *writing);

#endif
