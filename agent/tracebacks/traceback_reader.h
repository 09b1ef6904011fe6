/*
 * One stream of output (what a thread wrote since a marker was seen) into reports: puts lines
 * together from chunks, takes off colours, carriage returns and prefixes, unfolds tracebacks in
 * JSON log lines and in lines of container logs, and offers every line to every language. Bounded
 * memory; total: any bytes, any cuts. Times are the caller's (record times).
 *
 * The rules, for who writes a parser (traceback.h):
 * - Lines. Escape sequences are gone. Of a line with carriage returns in it, what follows the last
 *   is seen. Flags of writes are exact however a write was fed: a line waits until it is known what
 *   came behind its line break. A line without a line break is offered (is_unended) only at a gap,
 *   at the end, or after READER_GIVE_UP_NS; with is_unended and not is_write_end it is cut off.
 * - A JSON log line that begins a write (or comes when nothing is under way) is not offered: each
 * of its strings of several lines is, as one write of its own, and what is under way in it ends
 * with it. {"log":"line\n","stream":…} of a container is that line.
 * - Prefixes. begins() is asked for the whole line, then behind everything that may end a prefix
 *   (line_prefix.h); the first yes counts. Following lines lose a prefix of the same shape, if they
 *   have it.
 * - A line that take() did not want (NOT_MINE) ends the report and is offered to begins() again, of
 *   the same language too; one that was taken is not.
 * - Before the first take(): is_logged, logger, log_message, from the log line before it in the
 * same write (log_line.h), from a log line's head in front of it, or from JSON. After finish():
 * manner PRINTED becomes LOGGED when is_logged; is_truncated, when the stream was cut or memory is
 * out.
 * - Who wins is written in report_race.c: who began first; of those, who has more frames. So a
 *   hopeful begins() harms nobody, but a hopeful finish() does.
 */
#ifndef TRACEBACKS_TRACEBACK_READER_H
#define TRACEBACKS_TRACEBACK_READER_H

#include "tracebacks/traceback.h"

struct traceback_reader;

struct traceback_reader_sink {
	void *self;
	/* A report may begin here: in a write at time_ns. id: of this reader, from 1, never reused.
	 * Several may be under way at once, of different languages. */
	void (*on_begin)(void *self, uint64_t id, uint64_t time_ns);
	/* It is whole, or all that will come of it; taken. */
	void (*on_report)(void *self, uint64_t id, struct traceback **report);
	/* It was none. */
	void (*on_nothing)(void *self, uint64_t id);
};

int traceback_reader_new(struct traceback_reader **ret, const struct traceback_reader_sink *sink);
void traceback_reader_free(struct traceback_reader **reader); /* reports under way: on_nothing */

/* Bytes of one write; is_write_end: its last. */
void traceback_reader_feed(struct traceback_reader *reader, struct view bytes, bool is_write_end,
			   uint64_t time_ns);

/* Bytes are missing here: what is under way ends, marked truncated. */
void traceback_reader_gap(struct traceback_reader *reader);

/* Nothing has come since last_ns: reports that are closable are over after a short silence
 * (READER_CLOSE_NS), others after a long one (READER_GIVE_UP_NS). */
void traceback_reader_tick(struct traceback_reader *reader, uint64_t now_ns);

/* Nothing will come: the process is gone, or its stream. */
void traceback_reader_end(struct traceback_reader *reader);

/* Anything under way? */
bool traceback_reader_is_busy(const struct traceback_reader *reader);

#define READER_CLOSE_NS   50000000ULL
#define READER_GIVE_UP_NS 1000000000ULL

#endif
