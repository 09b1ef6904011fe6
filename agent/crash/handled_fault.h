/*
 * The fault a program was handling when it gave up, read from its own stack: the kernel put the
 * interrupted registers and the reason there for the handler. Exact where the record of the fault
 * itself is not to be had: one of too many (a JVM's null checks), one of long ago (its report took
 * seconds), one followed by others inside the handler. Pure; what it reads is hostile.
 */
#ifndef CRASH_HANDLED_FAULT_H
#define CRASH_HANDLED_FAULT_H

#include "crash/raw_crash.h"

struct handled_fault {
	uint64_t registers[REGISTERS_COUNT];
	uint64_t address; /* si_addr */
	int signal;
	int code; /* above 0 */
};

/* Looks for the signal frame that interrupted this pc in the copied pages. False: none, or one that
 * is not of a fault. */
bool handled_fault_find(const struct raw_thread *thread, uint64_t pc, struct handled_fault *ret);

#endif
