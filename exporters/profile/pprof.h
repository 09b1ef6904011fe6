/*
 * pprof's profile.proto (google/pprof), gzipped: samples/count, cpu/nanoseconds, and
 * off-cpu/nanoseconds where threads were seen waiting. Samples with the same stack and labels are
 * one. Labels are thread and pid, and trace_id and span_id on request.
 */
#ifndef PROFILE_PPROF_H
#define PROFILE_PPROF_H

#include "exporters/profile/profile_output.h"

void pprof_write(struct profile_output *output, const struct profile_writing *writing);

#endif
