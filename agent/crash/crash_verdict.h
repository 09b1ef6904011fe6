/* What a process died of, from what the kernel told. Pure. */
#ifndef CRASH_CRASH_VERDICT_H
#define CRASH_CRASH_VERDICT_H

#include "crash/raw_crash.h"

enum raw_verdict crash_verdict_of(const struct raw_crash *raw);

#endif
