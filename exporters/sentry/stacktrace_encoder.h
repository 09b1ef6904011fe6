/*
 * The stack of one thread as Sentry has it: frames from the oldest to the newest, addresses of the
 * process, registers of the newest frame. The server looks symbols up again with what it knows;
 * names of ours are for where it knows nothing.
 */
#ifndef SENTRY_STACKTRACE_ENCODER_H
#define SENTRY_STACKTRACE_ENCODER_H

#include <jansson.h>
#include "model/crash.h"

#define MAX_STACK_FRAMES 500 /* more are never sent */

/* What a frame that stands for left out recursion is called. Always the same, whatever the count:
 * the server groups by names. */
#define FOLDED_FRAME_NAME "[recursion left out]"

struct stacktrace_limits {
	uint32_t max_frames;        /* of more, half from each end stay */
	size_t max_name_characters; /* of functions and paths */
	bool is_foreign;            /* the event's platform is another one: frames say theirs */
};

/* machine: as uname has it. A new reference; NULL without frames. */
json_t *stacktrace_encoder_encode(const struct crash *crash, const struct crash_thread *thread,
				  const char *machine, struct stacktrace_limits limits);

/* The frame that stands for what recursion left out, a new reference. */
json_t *stacktrace_encoder_folded(void);

#endif
