/*
 * The crash as a minidump, for those who want to open it in a debugger: threads with registers and
 * copied stacks, modules with build-ids, the exception. Holds raw memory: made only when it was
 * asked for, never of a process whose memory may not be looked at. No environment, no command line.
 */
#ifndef CRASH_MINIDUMP_H
#define CRASH_MINIDUMP_H

#include "base/byte_buffer.h"
#include "crash/raw_crash.h"
#include "model/crash.h"

#define MAX_MINIDUMP_BYTES (8u << 20)

/* The bytes of one for a machine of that kind. -EPERM: its memory may not be looked at. -EMSGSIZE:
 * out is full. */
int minidump_encode(const struct crash *crash, const struct raw_crash *raw, bool is_arm64,
		    struct byte_buffer *out);

/* Sets crash->minidump, of this machine. */
int minidump_write(struct crash *crash, const struct raw_crash *raw);

#endif
