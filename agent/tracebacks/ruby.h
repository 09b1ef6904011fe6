/* The row of Ruby. */
#ifndef TRACEBACKS_RUBY_H
#define TRACEBACKS_RUBY_H

#include "tracebacks/traceback.h"

extern const struct traceback_language traceback_ruby;

#endif
