/* From a report to the event: everything copied into the crash's own arena. Capture thread. */
#ifndef EXCEPTIONS_EXCEPTION_BUILDER_H
#define EXCEPTIONS_EXCEPTION_BUILDER_H

#include "exceptions/pending_exception.h"
#include "model/crash.h"
#include "process/process_scene.h"
#include "process/process_table.h"

/* A crash of kind CRASH_EXCEPTION with the plain facts of its process and thread. */
int exception_builder_begin(struct crash **ret, const struct pending_exception *pending,
			    struct process_table *processes, uint64_t unix_offset_ns,
			    uint64_t boot_offset_ns);

/* The throw that the crash's own stack or the kernel knows, as if its process had reported it;
 * pending_exception_done is the caller's. -ENOENT: none is known by its type. */
int exception_builder_pend_throw(const struct crash *crash, uint64_t unix_offset_ns,
				 struct pending_exception *ret);

/* The report's exceptions and what is said of them into a crash, one of its own or that of the
 * process that died of it. -ENOMEM: the crash is as it was. */
int exception_builder_fill(struct crash *crash, const struct pending_exception *pending,
			   const struct process_scene *scene);

#endif
