/* Reports as parsers make them, by hand: one exception, one frame where a file is named. */
#ifndef SUPPORT_MADE_REPORT_H
#define SUPPORT_MADE_REPORT_H

#include <assert.h>
#include <linux/types.h>
#include "tracebacks/traceback.h"

static inline void made_report_frame(struct traceback *report, struct exception *exception,
				     const char *file, uint32_t line)
{
	struct exception_frame *frame = traceback_add_frame(report, exception);

	assert(frame);
	frame->function = VIEW_LITERAL("total");
	frame->file = view_of_text(file);
	frame->line = line;
}

static inline struct exception *made_report_add(struct traceback *report,
						enum exception_relation relation, uint32_t parent,
						const char *type, const char *value)
{
	struct exception *exception = traceback_add_exception(report, relation, parent);

	assert(exception);
	exception->type = view_of_text(type);
	exception->value = view_of_text(value);
	return exception;
}

static inline struct traceback *made_report(enum exception_language language,
					    enum exception_manner manner, const char *type,
					    const char *value)
{
	struct traceback *report;

	assert(traceback_new(&report, language) == 0);
	report->manner = manner;
	report->mechanism = "generic";
	(void)made_report_add(report, RELATION_RAISED, NO_PARENT, type, value);
	return report;
}

/* Python's, from line 7 of /srv/shop.py. */
static inline struct traceback *made_python_report(enum exception_manner manner)
{
	struct traceback *report = made_report(LANGUAGE_PYTHON, manner, "ValueError", "no stock");

	made_report_frame(report, report->exceptions, "/srv/shop.py", 7);
	return report;
}

#endif
