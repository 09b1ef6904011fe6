/*
 * `--sentry-file FILE`: every envelope appended to a file, uncompressed, ending in a newline,
 * without sent_at (whoever sends it later adds that). A write that fails leaves no half envelope
 * behind.
 */
#ifndef SENTRY_SENTRY_FILE_H
#define SENTRY_SENTRY_FILE_H

#include "exporters/exporter.h"

/* Without a DSN the sampling context, which names its key, is left out. -errno; ret_error says what
 * and why. */
int sentry_file_new(struct exporter **ret, const char *path, const char *dsn_or_null,
		    char *ret_error, size_t error_size);

/* Transactions say where their profiles are, from the first one on. */
void sentry_file_set_profiled(struct exporter *exporter);

#endif
