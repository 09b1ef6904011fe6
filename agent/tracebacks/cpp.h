/* C++: what std::terminate says of the exception that nobody caught. */
#ifndef TRACEBACKS_CPP_H
#define TRACEBACKS_CPP_H

#include "tracebacks/traceback.h"

extern const struct traceback_language traceback_cpp;

#endif
