/*
 * The log line that an exception was logged with: who wrote it and what it says, by the shapes of
 * the common loggers of all languages. A guess: what it cannot tell stays empty.
 */
#ifndef TRACEBACKS_LOG_LINE_H
#define TRACEBACKS_LOG_LINE_H

#include "base/view.h"
#include "tracebacks/line_prefix.h"

struct log_line {
	struct view logger;  /* "app", "shop.orders"; may be empty */
	struct view message; /* the rest */
	bool has_level;
	bool has_time;
};

/* True when the line has a level or a time at its beginning. Views are of the line. */
bool log_line_parse(struct view line, struct log_line *ret);

/*
 * lines: what stood before a report in the same write, the nearest last; is_whole: from the first
 * line of the write on. The nearest one that is shaped as a log line counts, and its message goes
 * on to the end; without one, up to three lines that are all there is. False: nothing of the kind.
 */
bool log_line_before(struct view lines, bool is_whole, const struct line_prefix *prefix,
		     struct log_line *ret);

#endif
