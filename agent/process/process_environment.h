/* The environment block of another process: NAME=value entries, each ended by NUL. */
#ifndef PROCESS_PROCESS_ENVIRONMENT_H
#define PROCESS_PROCESS_ENVIRONMENT_H

#include "base/view.h"

/* The value of the first entry with that name; empty when there is none or it is empty. */
struct view process_environment_find(struct view environment, const char *name);

#endif
