/*
 * The programs as they come with limpet, opened: nothing is loaded yet. There are two objects,
 * alike but for what the other names of the kernel: the plain one is for kernels that lack it
 * (before 6.11), where libbpf would want CAP_SYS_ADMIN to be sure of that. Capture thread.
 */
#ifndef CAPTURE_PROBE_OBJECT_H
#define CAPTURE_PROBE_OBJECT_H

#include <stdbool.h>

struct probes;

/* NULL with errno. probes__destroy frees it. */
struct probes *probe_object_open(bool is_plain);

/* Does this kernel lack what only the other object names? */
bool probe_object_wants_plain(void);

#endif
