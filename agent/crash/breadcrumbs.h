/*
 * What led up to a crash: the last spans of every process, kept small, and the kernel's trail of
 * failed calls and standard error, which comes with the crash. Capture thread.
 */
#ifndef CRASH_BREADCRUMBS_H
#define CRASH_BREADCRUMBS_H

#include "model/crash.h"
#include "model/segment.h"

struct breadcrumbs;

/* Beyond max_processes the one that was quiet longest is forgotten. */
int breadcrumbs_new(struct breadcrumbs **ret, size_t max_processes);
void breadcrumbs_free(struct breadcrumbs **breadcrumbs);

/* A finished segment's spans. */
void breadcrumbs_add(struct breadcrumbs *breadcrumbs, const struct segment *segment);

/*
 * The last MAX_CRASH_BREADCRUMBS of both into the crash, oldest first. trail may be NULL. Spans of
 * this process since it began, at start_unix_ns.
 */
void breadcrumbs_write(struct breadcrumbs *breadcrumbs, const struct crash_trail *trail,
		       uint64_t unix_offset_ns, struct crash *crash);

/* What was printed since: a report that the crash has as a whole. */
void breadcrumbs_leave_out_output(struct crash *crash, uint64_t since_unix_ns);

void breadcrumbs_process_exited(struct breadcrumbs *breadcrumbs, uint32_t tgid);

#endif
