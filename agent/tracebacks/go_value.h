/* What Go says of the value of a panic. */
#ifndef TRACEBACKS_GO_VALUE_H
#define TRACEBACKS_GO_VALUE_H

#include "tracebacks/traceback.h"

/* The value is whole, as it stands behind "panic: ": sets the type, and takes it out of the value
 * where it is printed there. is_runtime: the runtime printed it, not a logger. Returns whether it
 * is said to have been recovered. */
bool go_value_settle(struct traceback *report, struct exception *exception, bool is_runtime);

/* What a logger's line says of a panic: "recovered from panic: out of tea" → "out of tea". False:
 * it speaks of none. */
bool go_value_find(struct view line, struct view *ret_value);

#endif
