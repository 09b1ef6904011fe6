/* The row of PHP. */
#ifndef TRACEBACKS_PHP_H
#define TRACEBACKS_PHP_H

#include "tracebacks/traceback.h"

extern const struct traceback_language traceback_php;

#endif
