/*
 * Crashes between the death of their process and the moment they are complete: admitted, sent to be
 * unwound, waiting for the answer and for their request's trace. Bounded; what waits too long goes
 * as it is. Capture thread.
 */
#ifndef CRASH_CRASH_WAITING_H
#define CRASH_CRASH_WAITING_H

#include "base/drops.h"
#include "crash/crash_links.h"
#include "crash/raw_crash.h"
#include "process/image_table.h"
#include "settings/settings.h"

struct crash_waiting;

struct crash_waiting_sink {
	void *self;
	/* raw is borrowed, the crash taken. */
	void (*on_ready)(void *self, struct raw_crash *raw, struct crash **crash);
	/* It will not be ready: one like others before it, or there is no room (counted already).
	 * Borrowed. */
	void (*on_left_out)(void *self, const struct raw_crash *raw);
	/* As crash_reporter_sink has it. */
	void (*learn_abort_place)(void *learn_self, uint64_t pc_offset, uint64_t message_offset);
	void *learn_self;
	/* Of a process that may have died of an exception: is its request still looked for? */
	bool (*awaits_link)(void *self, uint32_t tgid);
};

int crash_waiting_new(struct crash_waiting **ret, const struct settings *settings,
		      struct image_table *images, struct crash_links *links,
		      const struct crash_waiting_sink *sink, struct drops *drops);
void crash_waiting_free(struct crash_waiting **waiting);

/* Takes both. */
void crash_waiting_add(struct crash_waiting *waiting, struct raw_crash **raw, struct crash **crash);

void crash_waiting_tick(struct crash_waiting *waiting, uint64_t now_ns);
int crash_waiting_fd(const struct crash_waiting *waiting);
bool crash_waiting_is_busy(const struct crash_waiting *waiting);

/* No segment will come any more: only answers are waited for. */
void crash_waiting_hurry(struct crash_waiting *waiting);

/* All that wait go now. */
void crash_waiting_finish(struct crash_waiting *waiting);

#endif
