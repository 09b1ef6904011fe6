/*
 * What the log line before a Java stack says that other languages' do not: the thread, and the
 * class in the two-line format of java.util.logging.
 */
#ifndef TRACEBACKS_JAVA_LOG_LINE_H
#define TRACEBACKS_JAVA_LOG_LINE_H

#include "base/view.h"

struct java_log_line {
	struct view thread; /* all three may be empty */
	struct view logger;
	struct view message; /* set with the logger only */
};

/* lines: what stood before the stack in the same write, the nearest last. */
void java_log_line_read(struct view lines, struct java_log_line *ret);

#endif
