/* Does a process have a filter of system calls (seccomp)? Then a probe that makes the process call
 * the kernel in a way of its own may be the end of it. */
#ifndef PROCESS_CALL_FILTER_H
#define PROCESS_CALL_FILTER_H

#include <stdbool.h>
#include <sys/types.h>

/* False of one that is gone. proc_root: "/proc". */
bool call_filter_has(const char *proc_root, pid_t tgid);

#endif
