/*
 * Where a Go program has its types: the name of a type is an offset from there. Known of programs
 * that are linked to their addresses, stripped or not, and only when what lies there looks like it.
 */
#ifndef PROCESS_GO_TYPES_H
#define PROCESS_GO_TYPES_H

/* The address, above 0; -ENOENT: not known. name: not used (capture/runtime_probes.h). */
int go_types_find(int fd, const char *name);

#endif
