/*
 * `limpet run -- CMD`: what CMD will execute is watched before its first instruction, as a program
 * may be over before its image record has been seen and acted upon. The process exists already,
 * and waits; what is attached to it holds across its exec. Libraries are watched when they are
 * mapped, as those of any process. Capture thread.
 */
#ifndef CAPTURE_COMMAND_PROBES_H
#define CAPTURE_COMMAND_PROBES_H

#include <sys/types.h>

struct runtime_probes;

/* command: as given to execvp by process pid, which has our root, directory and environment.
 * Returns when everything is attached. */
void command_probes_attach(struct runtime_probes *probes, pid_t pid, const char *command);

#endif
