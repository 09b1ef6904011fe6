/*
 * What runtimes tell by themselves, through uprobes: exceptions as objects, which become reports
 * like those that were printed, and marks that say how one ended. Capture thread.
 */
#ifndef EXCEPTIONS_RUNTIME_REPORTS_H
#define EXCEPTIONS_RUNTIME_REPORTS_H

#include "exceptions/pending_exception.h"
#include "model/event.h"
#include "tracebacks/python_objects.h"

#define MAX_RUNTIME_MARKS 64

struct runtime_reports {
	struct runtime_mark_record marks[MAX_RUNTIME_MARKS]; /* a ring; kind 0: unused */
	uint32_t next;
	struct python_objects *python; /* NULL until one is seen */
};

void runtime_reports_done(struct runtime_reports *reports);

/* -EAGAIN: a part of one, more will come; -EINVAL: not a record of an exception, or it does not
 * hold what it says. */
int runtime_reports_decode(struct runtime_reports *reports, const struct event *event,
			   struct output_place *ret_place, struct traceback **ret);

void runtime_reports_mark(struct runtime_reports *reports, const struct runtime_mark_record *mark);

/* A mark of the same process, just before or after: nobody took the exception, whoever printed it.
 */
void runtime_reports_confirm(const struct runtime_reports *reports,
			     struct pending_exception *pending);

#endif
