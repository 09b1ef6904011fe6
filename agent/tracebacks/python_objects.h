/*
 * What a uprobe read of a CPython exception (shared/python_exception_record.h), as a report like
 * those that are parsed from output. Parts of several threads come side by side: each report is put
 * together on its own. Bounded: beyond MAX_PYTHON_REPORTS at once the oldest is given up. Pure and
 * total.
 */
#ifndef TRACEBACKS_PYTHON_OBJECTS_H
#define TRACEBACKS_PYTHON_OBJECTS_H

#include <linux/types.h>
#include "shared/python_exception_record.h"
#include "tracebacks/traceback.h"

#define MAX_PYTHON_REPORTS 16

struct python_objects;

int python_objects_new(struct python_objects **ret);
void python_objects_free(struct python_objects **objects);

struct python_objects_place {
	uint32_t tgid;
	uint32_t tid;
	uint64_t context;
	uint64_t time_ns;
};

/*
 * record: aligned to 8. 0: the report is whole; -EAGAIN: more parts will come; -EINVAL: no such
 * record, one that contradicts itself or of which the beginning is not known, or a report with
 * nothing in it; -ENOMEM. Types have no module but those made in C.
 */
int python_objects_take(struct python_objects *objects, struct view record,
			struct python_objects_place *ret_place, struct traceback **ret);

#endif
