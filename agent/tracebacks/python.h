/* Python's reports: CPython 2.7 to 3.13, threading, asyncio, logging. */
#ifndef TRACEBACKS_PYTHON_H
#define TRACEBACKS_PYTHON_H

#include "tracebacks/traceback.h"

extern const struct traceback_language traceback_python;

#endif
