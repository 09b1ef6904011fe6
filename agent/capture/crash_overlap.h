/*
 * Which of two agents' rings tells what, while the programs of both see the same events: until one
 * moment (the cut) the ring of the agent before, from then on our own. Both are whole there: the
 * old programs go on beyond it, ours began before it. A crash that began before the cut stays with
 * the old ring, which alone knows its other threads, up to its end there. The old ring is read to
 * its end before any record of our own is asked about. Pure. Capture thread.
 */
#ifndef CAPTURE_CRASH_OVERLAP_H
#define CAPTURE_CRASH_OVERLAP_H

#include <stdbool.h>
#include "base/view.h"

struct crash_overlap;

/* cut_ns: on the clock of records. */
int crash_overlap_new(struct crash_overlap **ret, uint64_t cut_ns);
void crash_overlap_free(struct crash_overlap **overlap);

/* A record of the old rings: is it to be told? Kinds and sizes as the decoder takes them: whatever
 * is too short for its kind is told, for the decoder to refuse. */
bool crash_overlap_takes_old(struct crash_overlap *overlap, struct view record);

/* The same for a record of our own. */
bool crash_overlap_takes_own(struct crash_overlap *overlap, struct view record);

#endif
