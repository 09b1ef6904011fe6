/*
 * What was attached to, in words: what of it is seen, and what is not and why (a TLS library
 * without probes, a program without symbols, other namespaces). Said once, when tracing has begun.
 */
#ifndef ATTACH_REPORT_H
#define ATTACH_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct attach_report_settings {
	const char *proc_root; /* "/proc" */
	const pid_t *pids;
	uint32_t count;
	bool has_tls;        /* libraries are watched at all */
	bool wants_symbols;  /* crashes are captured: their functions want names */
	bool has_profile;    /* so does what is compiled while it runs */
	uint64_t elapsed_ns; /* from the start of limpet to the first record */
};

/* One line of the log each. */
void attach_report_say(const struct attach_report_settings *settings);

#endif
