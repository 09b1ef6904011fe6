/*
 * `limpet diff`: two recordings, each put through the pipeline into a digest, compared, and printed
 * or made a page of. Above everything, like the session.
 */
#ifndef RECORDING_DIFF_H
#define RECORDING_DIFF_H

#include "settings/settings.h"

struct exporter;
struct recording_diff;

int recording_diff_new(struct recording_diff **ret, const struct settings *settings);
void recording_diff_free(struct recording_diff **diff);

/* Takes the items of the next recording, the first and then the second. -errno. */
int recording_diff_open(struct recording_diff *diff, struct exporter **ret);

/* When both were read: to stdout, and to --html where that is asked for. */
enum exit_code recording_diff_tell(struct recording_diff *diff);

#endif
