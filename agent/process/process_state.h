/* Is a process still there? Any thread. */
#ifndef PROCESS_PROCESS_STATE_H
#define PROCESS_PROCESS_STATE_H

#include <stdbool.h>
#include <sys/types.h>

/* Gone, or a zombie without any thread left. */
bool process_state_is_dead(pid_t pid);

#endif
