/* Panics that Gin's and chi's middleware recover from and print in forms of their own. */
#ifndef TRACEBACKS_GO_RECOVERED_H
#define TRACEBACKS_GO_RECOVERED_H

#include "tracebacks/go_report.h"

/* Which of the two begins here; GO_FATAL: neither. */
enum go_form go_recovered_begins(struct view line);

enum traceback_step go_recovered_take_gin(struct go_report *state, struct traceback *report,
					  const struct traceback_line *line);
enum traceback_step go_recovered_take_chi(struct go_report *state, struct traceback *report,
					  const struct traceback_line *line);

#endif
