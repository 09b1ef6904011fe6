/*
 * The `perfetto` exporter: spans and samples on one time line, in Chrome's trace event format (an
 * array, which may lack its end when the run was killed), for ui.perfetto.dev and Chrome's
 * DevTools. Written as it comes: a long run costs no memory but the lanes of its processes.
 */
#ifndef PERFETTO_PERFETTO_H
#define PERFETTO_PERFETTO_H

#include <stddef.h>

struct exporter;

/* path: replaced when the first item comes, or "-" for stdout. -errno with ret_error. */
int perfetto_new(struct exporter **ret, const char *path, char *ret_error, size_t error_size);

#endif
