/*
 * What `limpet attach` was given, as processes. Says what is wrong when there are none, or several
 * that nobody chose from.
 */
#ifndef ATTACH_TARGET_H
#define ATTACH_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "settings/settings.h"

#define ATTACH_WHOM_BYTES 320

struct attach_target {
	pid_t *pids; /* their children are not among them */
	uint32_t count;
	bool is_group;                /* a unit or a container: one thing, of many processes */
	char whom[ATTACH_WHOM_BYTES]; /* "PID 4711", "unit nginx"; escaped */
};

/* EXIT_CODE_OK, or another after it was said why. */
enum exit_code attach_target_find(struct attach_target *ret, const struct settings *settings);
void attach_target_done(struct attach_target *target);

#endif
