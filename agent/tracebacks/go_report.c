/* What all forms of Go's reports do with a line. */
#include "tracebacks/go_report.h"

void go_report_add_value(struct go_report *state, struct traceback *report, struct view line)
{
	if (!state->exception)
		return;
	if (!state->has_value) {
		state->exception->value =
			traceback_copy(report, view_take(line, MAX_EXCEPTION_VALUE));
		state->has_value = true;
		state->blanks = 0;
		return;
	}
	for (; state->blanks; state->blanks--)
		traceback_add_value_line(report, state->exception, (struct view){0});
	traceback_add_value_line(report, state->exception, line);
}

struct exception_frame *go_report_add_frame(struct go_report *state, struct traceback *report)
{
	if (state->is_other)
		return state->thread ? traceback_add_thread_frame(report, state->thread) : NULL;
	return traceback_add_frame(report, &report->exceptions[0]);
}
