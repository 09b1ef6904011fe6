/*
 * Faults that programs have a handler for, kept for a while: most are business as usual (null
 * checks of a JVM, recovered panics of Go), a few are what the process dies of a moment later.
 * Capture thread.
 */
#ifndef CRASH_CRASH_FAULTS_H
#define CRASH_CRASH_FAULTS_H

#include <stddef.h>
#include "crash/raw_crash.h"

#define FAULT_KEPT_NS 10000000000ull

struct crash_faults;

int crash_faults_new(struct crash_faults **ret, size_t max_faults);
void crash_faults_free(struct crash_faults **faults);

/* Takes the thread; one before it on the same thread gives way, unless this one happened inside its
 * handling. False: freed, there is no room. */
bool crash_faults_add(struct crash_faults *faults, struct raw_thread **thread);

/* Where a page of this capture belongs; NULL: no such fault. */
struct raw_thread *crash_faults_find(struct crash_faults *faults, uint32_t tgid, uint32_t tid);

/* The fault that a fatal signal on the same thread came out of, taken from here: NULL when there
 * was none, or the thread had long left it behind. */
struct raw_thread *crash_faults_take_cause(struct crash_faults *faults,
					   const struct crash_thread_record *fatal);
struct raw_thread *crash_faults_take(struct crash_faults *faults, uint32_t tgid, uint32_t tid);

/* Pages held. */
uint64_t crash_faults_page_bytes(const struct crash_faults *faults);

void crash_faults_process_exited(struct crash_faults *faults, uint32_t tgid);
void crash_faults_tick(struct crash_faults *faults, uint64_t now_ns);

#endif
