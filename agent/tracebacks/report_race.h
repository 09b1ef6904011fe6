/*
 * All languages side by side over the lines of one stream: who may begin, who goes on, who wins
 * when several understood the same lines. The reader (traceback_reader.c) has one for the stream
 * itself and one for texts that it unfolds from JSON.
 */
#ifndef TRACEBACKS_REPORT_RACE_H
#define TRACEBACKS_REPORT_RACE_H

#include "tracebacks/traceback_reader.h"

struct report_race;

/* What is known of where a line stands. Views need live for the call only. */
struct line_surroundings {
	uint64_t time_ns;
	struct view before;   /* the lines before it in the same write */
	bool is_before_whole; /* from the first line of the write on */
	bool is_logged;       /* it is a value of a JSON log line */
	struct view logger;   /* … which says so */
	struct view log_message;
};

/* next_id: shared by all races of a reader. Both must outlive it. */
int report_race_new(struct report_race **ret, const struct traceback_reader_sink *sink,
		    uint64_t *next_id);
void report_race_free(struct report_race **race);

/* Offers the line to what is under way. */
void report_race_continue(struct report_race *race, const struct traceback_line *line);

/* … and then to those that are not under way. */
void report_race_begin(struct report_race *race, const struct traceback_line *line,
		       const struct line_surroundings *surroundings);

/* Everything under way is over. */
void report_race_end(struct report_race *race, bool is_truncated);

/* What needs no more is over. */
void report_race_close(struct report_race *race);

bool report_race_is_busy(const struct report_race *race);

/* How many reports were understood so far: what stood before one does not stand before the next. */
uint64_t report_race_count(const struct report_race *race);

#endif
