/* Whose code a frame is: the program's own, or that of the system and the language's runtime.
 * Sentry groups by the program's own frames. */
#ifndef UNWINDING_FRAME_ORIGIN_H
#define UNWINDING_FRAME_ORIGIN_H

#include <stdbool.h>
#include "base/view.h"

/* Either may be empty: a path of JIT code, a function that nobody knows. */
bool frame_origin_is_in_app(struct view path, struct view function);

/* The same of code of no file, by its name in a perf map; a place without a name is the program's.
 */
bool frame_origin_is_compiled_in_app(struct view name);

/* Is this what a thread begins with? Not all of them say so in their unwind tables. */
bool frame_origin_is_first(struct view function);

#endif
