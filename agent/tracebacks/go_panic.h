/*
 * What a uprobe told of a Go program's end (shared/go_panic_record.h), as a report like those that
 * are parsed from output. It has no frames: what is printed has better ones. Pure and total.
 */
#ifndef TRACEBACKS_GO_PANIC_H
#define TRACEBACKS_GO_PANIC_H

#include <linux/types.h>
#include "shared/go_panic_record.h"
#include "tracebacks/traceback.h"

/*
 * type: of the value when it is known, else "panic"; "fatal error" for errors of the runtime's own.
 * thread_id: the goroutine. -EINVAL: no such record, or one that contradicts itself; -ENOMEM.
 * record: aligned to 8.
 */
int go_panic_decode(struct view record, struct traceback **ret);

#endif
