/* Go: panics that end a program, what the runtime throws, panics that servers recover from. */
#ifndef TRACEBACKS_GO_H
#define TRACEBACKS_GO_H

#include "tracebacks/traceback.h"

extern const struct traceback_language traceback_go;

#endif
