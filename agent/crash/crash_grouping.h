/*
 * The fingerprint of a crash whose stack the server cannot group by: without one function of the
 * program's own that has a name, it is the signal, the program, and where in which file the top
 * frames were. Else none: the server groups by the stack, which is better. Pure.
 */
#ifndef CRASH_CRASH_GROUPING_H
#define CRASH_CRASH_GROUPING_H

#include "model/crash.h"

/* Sets crash->fingerprint. executable: index of the program's image, or NO_IMAGE. */
void crash_grouping_set(struct crash *crash, uint32_t executable);

#endif
