/*
 * What the programs are told before they are loaded, and which of them are: settings of the agent
 * into the programs' read-only section, map sizes, programs and maps that this session leaves out.
 */
#ifndef CAPTURE_PROBE_SETTINGS_H
#define CAPTURE_PROBE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include "capture/kernel_features.h"
#include "settings/settings.h"

#define MAX_REFUSED_PROGRAMS 4 /* more: it is not one program that this kernel refuses */

struct probes;

/* Between open and load. source: never SOURCE_AUTO. */
struct probe_settings {
	const struct capture_settings *capture;
	const struct crash_settings *crash;
	const struct exception_settings *exceptions; /* nothing of it without crashes */
	const struct profile_settings *profile;      /* NULL: no profile */
	enum capture_source source;
	struct kernel_features features;
	bool has_trail;    /* failed calls and standard error are kept for the case of a crash */
	bool has_syscalls; /* system calls are counted */
	bool has_tls;      /* plaintext of TLS libraries is wanted */
	bool has_uprobes;  /* the kernel lets us watch functions of programs */
	bool has_uprobe_multi; /* … many at once */
	bool has_no_optional;  /* nothing is loaded that limpet can do without */
	uint32_t refused_count;
	char refused[MAX_REFUSED_PROGRAMS][64]; /* optional programs that this kernel refuses */
};

/* 0, or -errno: the tables of markers cannot be made. */
int probe_settings_apply(const struct probe_settings *settings, struct probes *probes);

/*
 * The kernel refused this program ("": it did not say which): leaves it out from now on, or, when
 * it is one that we need, all that we do not. False: nothing is left to leave out.
 */
bool probe_settings_leave_out(struct probe_settings *settings, const char *program);

/* Failed calls and standard error cost something on every system call: a developer's own run has
 * them, what is attached to and a whole host only when asked. */
bool probe_settings_wants_trail(const struct settings *settings);

bool probe_settings_has_exceptions(const struct probe_settings *settings);

#endif
