/*
 * The `terminal` exporter: traces as trees while they happen, a table of operations at the end. It
 * runs on its own delivery thread, which is the only user of its output.
 */
#ifndef TERMINAL_TERMINAL_H
#define TERMINAL_TERMINAL_H

#include <stdio.h>
#include "exporters/exporter.h"

struct terminal_exporter_settings {
	FILE *out;      /* borrowed; written to until close */
	int width_fd;   /* asked for its width before each trace; -1: none */
	uint32_t width; /* columns; 0: ask width_fd, 80 when it does not know */
	bool is_colour;
	bool is_utf8;
	uint64_t (*now_ns)(void); /* NULL: clock_monotonic_ns; tests have their own */
};

/* The settings are copied. -ENOMEM. close prints what is pending and the summary. */
int terminal_new(struct exporter **ret, const struct terminal_exporter_settings *settings);

#endif
