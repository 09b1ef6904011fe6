/*
 * From records to raw crashes: threads, stack pages, senders and trails are gathered per process
 * until its last thread is gone; then the verdict falls. A fault that a program handled itself is
 * kept for a while and counts only when the process dies of it. Everything is bounded: what does
 * not fit is dropped and counted. Capture thread.
 */
#ifndef CRASH_CRASH_COLLECTOR_H
#define CRASH_CRASH_COLLECTOR_H

#include "base/drops.h"
#include "crash/raw_crash.h"
#include "model/event.h"

struct crash_collector;

struct crash_collector_settings {
	uint32_t max_crashes;    /* processes dying at once */
	uint64_t max_page_bytes; /* stack pages held in all */
};

struct crash_collector_sink {
	void *self;
	/* A thread got a deadly signal; the process is still there, as good as dead. Borrowed. */
	void (*on_fatal)(void *self, const struct crash_thread_record *thread);
	/* The process is gone, however it ended; raw->verdict says. Borrowed, and once only: pages
	 * may still be missing when raw->thread_count > 0, on_complete follows then. Returns
	 * whether the crash is worth completing. */
	bool (*on_death)(void *self, struct raw_crash *raw);
	/* All that will ever come is there; taken. */
	void (*on_complete)(void *self, struct raw_crash **raw);
};

int crash_collector_new(struct crash_collector **ret,
			const struct crash_collector_settings *settings,
			const struct crash_collector_sink *sink, struct drops *drops);
void crash_collector_free(struct crash_collector **collector);

/* Any event; others than crash records are ignored. */
void crash_collector_take(struct crash_collector *collector, const struct event *event);

/* Hands on what is complete or overdue, forgets what is old. By record time. */
void crash_collector_tick(struct crash_collector *collector, uint64_t now_ns);

/* Everything that has its verdict goes. */
void crash_collector_finish(struct crash_collector *collector);

/* Something is under way that a tick will finish. */
bool crash_collector_is_busy(const struct crash_collector *collector);

#endif
