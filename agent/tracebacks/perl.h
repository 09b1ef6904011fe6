/* The row of Perl. */
#ifndef TRACEBACKS_PERL_H
#define TRACEBACKS_PERL_H

#include "tracebacks/traceback.h"

extern const struct traceback_language traceback_perl;

#endif
