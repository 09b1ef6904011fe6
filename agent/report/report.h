/*
 * The `report` exporter: everything that happened as one page for a browser, written at the end.
 * It takes what a page has room for and counts the rest, so a long run costs it no more than a
 * short one. On its own delivery thread; the page is written by close.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "exporters/exporter.h"
#include "model/syscall_count.h"

struct report_settings {
	const char *path;
	const char *subject;       /* what was traced, for the head of the page; copied */
	const char *command;       /* static: "attach" */
	const struct drops *drops; /* borrowed; read by close */
	bool has_profile;          /* samples may come, whose requests it is to name */
	uint64_t (*now_ns)(void);  /* NULL: clock_monotonic_ns; tests have their own */
};

/* -errno with ret_error: the page could not be written there. */
int report_new(struct exporter **ret, const struct report_settings *settings, char *ret_error,
	       size_t error_size);

/* What was counted of system calls; copied. Before it is told to stop. */
void report_set_syscalls(struct exporter *exporter, const struct syscall_count *calls,
			 uint32_t count);

/* Nothing was begun: close writes no page. */
void report_discard(struct exporter *exporter);

#endif
