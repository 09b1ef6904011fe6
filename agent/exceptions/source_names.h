/*
 * Which files are source of a language, by their names. A report may name any file; only what is
 * named like source is looked at, so that no program can have another kind of file sent away.
 */
#ifndef EXCEPTIONS_SOURCE_NAMES_H
#define EXCEPTIONS_SOURCE_NAMES_H

#include "model/exception.h"

enum source_name {
	SOURCE_NONE,   /* not source, or not known to be */
	SOURCE_NAMED,  /* it ends like source */
	SOURCE_SCRIPT, /* no ending at all: source when its first line says so ("#!") */
};

/* path: any, of which the last part counts. */
enum source_name source_names_judge(enum exception_language language, struct view path);

#endif
