/*
 * The `profile` exporter: all that was sampled in a run, as one profile, written to files at the
 * end. A format is one file here and one row in profile_files.c.
 */
#ifndef PROFILE_PROFILE_FILES_H
#define PROFILE_PROFILE_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct exporter;

/* Names of files, "-" for stdout; NULL: not wanted. */
struct profile_files_settings {
	const char *folded;
	const char *pprof;
	const char *speedscope;
	bool has_requests; /* trace_id and span_id as labels in pprof */
};

bool profile_files_is_wanted(const struct profile_files_settings *settings);

/* -errno with ret_error: a file could not be written there. */
int profile_files_new(struct exporter **ret, const struct profile_files_settings *settings,
		      char *ret_error, size_t error_size);

#endif
