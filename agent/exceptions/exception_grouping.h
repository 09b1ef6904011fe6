/* What makes two exceptions alike: for limits and for telling one that is told twice. Pure. */
#ifndef EXCEPTIONS_EXCEPTION_GROUPING_H
#define EXCEPTIONS_EXCEPTION_GROUPING_H

#include "model/crash.h"

/* By program, type, and the place of the innermost frame of its own (else the innermost, else the
 * message): what a person would call the same problem. */
uint64_t exception_grouping_problem(const struct crash *crash);

/* By type, message and innermost frame: the very same exception, told again. */
uint64_t exception_grouping_identity(const struct crash *crash);

/* By the program alone. */
uint64_t exception_grouping_program(const struct crash *crash);

/* May two reports be about the same exception? Type names with and without module, "panic" and
 * other words for "unknown" go with anything. */
bool exception_grouping_is_compatible(const struct exception *one, const struct exception *other);

#endif
