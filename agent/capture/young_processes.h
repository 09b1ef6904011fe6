/*
 * Processes too young for probes that many short-lived ones would pay for in vain. Whoever is asked
 * about is remembered, and named when it has come of age. Bounded: full means that one is left
 * alone. Capture thread.
 */
#ifndef CAPTURE_YOUNG_PROCESSES_H
#define CAPTURE_YOUNG_PROCESSES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct young_processes;

/* delay_ns 0: nobody is young. proc_root: "/proc". */
int young_processes_new(struct young_processes **ret, uint64_t delay_ns, const char *proc_root);
void young_processes_free(struct young_processes **young);

/* Times are CLOCK_BOOTTIME, as those of processes. */
bool young_processes_has(struct young_processes *young, pid_t tgid, uint64_t now_ns);

/* Begins now. False where nobody is young: it is for the caller at once. */
bool young_processes_add(struct young_processes *young, pid_t tgid, uint64_t now_ns);
void young_processes_remove(struct young_processes *young, pid_t tgid);

/* One that is young no longer, and not remembered any more; 0: none. */
pid_t young_processes_take(struct young_processes *young, uint64_t now_ns);

#endif
