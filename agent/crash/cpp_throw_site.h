/*
 * Where the C++ exception that ended a process was thrown. The stack of the end says it when
 * nothing was unwound before (std::terminate was called from __cxa_throw); else the throw that the
 * kernel kept does. The frames also say whether an exception was the reason at all: a throw that
 * was caught before an abort of another kind was not. Capture thread.
 */
#ifndef CRASH_CPP_THROW_SITE_H
#define CRASH_CPP_THROW_SITE_H

#include "crash/raw_crash.h"
#include "unwinding/unwind_job.h"

/* The kept throw as one more thread of the job; its pages are borrowed, their list lies in the
 * arena. False: there is none, or no memory. */
bool cpp_throw_site_job(const struct raw_crash *raw, struct arena *arena, struct job_thread *ret);

/*
 * Once the crash's frames are known: sets crash->thrown, when an exception ended the process, else
 * clears it. What it is before is the kept throw: the type, and the frames from __cxa_throw on.
 */
void cpp_throw_site_judge(struct crash *crash, const struct raw_crash *raw);

#endif
