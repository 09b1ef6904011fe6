/*
 * Puts lines together from what comes. A line is held back until it is known whether its line break
 * ended the write, which only the next bytes tell when the write came in pieces.
 */
#include "tracebacks/traceback_reader.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "tracebacks/json_log.h"
#include "tracebacks/report_race.h"

#define MAX_BEFORE   2048 /* bytes of lines before a report that are looked at */
#define MAX_UNFOLDED 2    /* JSON in JSON */

/* The line being put together. */
struct growing_line {
	char *bytes; /* MAX_TRACEBACK_LINE */
	size_t size;
	uint64_t time_ns; /* of its first byte */
	bool is_write_start;
	bool is_begun; /* bytes of it came, if only ones that were cut */
	bool is_held;  /* its line break came, at the end of a chunk but not of a write */
};

struct traceback_reader {
	struct traceback_reader_sink sink;
	uint64_t next_id;
	uint64_t last_ns;
	struct report_race *race;
	struct report_race *unfolded; /* NULL until there was a JSON log line */
	struct growing_line line;
	bool is_in_write;
	char before[MAX_BEFORE];
	size_t before_size;
	bool is_before_whole;
};

int traceback_reader_new(struct traceback_reader **ret, const struct traceback_reader_sink *sink)
{
	_cleanup_(traceback_reader_free) struct traceback_reader *reader =
		calloc(1, sizeof(*reader));

	if (!reader)
		return -ENOMEM;
	reader->sink = *sink;
	reader->line.bytes = malloc(MAX_TRACEBACK_LINE);
	if (!reader->line.bytes ||
	    report_race_new(&reader->race, &reader->sink, &reader->next_id) < 0)
		return -ENOMEM;
	*ret = TAKE_PTR(reader);
	return 0;
}

void traceback_reader_free(struct traceback_reader **reader)
{
	if (!*reader)
		return;
	report_race_free(&(*reader)->race);
	report_race_free(&(*reader)->unfolded);
	free((*reader)->line.bytes);
	free(*reader);
	*reader = NULL;
}

/* How long the escape sequence of a terminal at the beginning is: ESC and at least one more. */
static size_t measure_escape(struct view text)
{
	size_t at = 2;

	if (text.size < 2)
		return text.size;
	if (text.bytes[1] == '[') {
		while (at < text.size && (text.bytes[at] < 0x40 || text.bytes[at] > 0x7e))
			at++;
		return at < text.size ? at + 1 : at;
	}
	if (text.bytes[1] == ']') {
		while (at < text.size && text.bytes[at] != '\a' && text.bytes[at] != '\033')
			at++;
		if (at < text.size && text.bytes[at] == '\033')
			at++;
		return at < text.size ? at + 1 : at;
	}
	return strchr("()#", text.bytes[1]) && text.size > 2 && text.bytes[1] ? 3 : 2;
}

/* In place: without colours, and without what a carriage return went back over. */
static size_t clean_line(char *bytes, size_t size)
{
	size_t out = 0;

	while (size && bytes[size - 1] == '\r')
		size--;
	if (!memchr(bytes, '\033', size) && !memchr(bytes, '\r', size))
		return size;
	for (size_t i = 0; i < size;) {
		if (bytes[i] == '\033') {
			i += measure_escape(view_of(bytes + i, size - i));
		} else if (bytes[i] == '\r') {
			while (i < size && bytes[i] == '\r')
				i++;
			out = i < size && bytes[i] != '\033' ? 0 : out;
		} else {
			bytes[out++] = bytes[i++];
		}
	}
	return out;
}

/* What stands before the next line of the same write. */
static void remember(struct traceback_reader *reader, const struct traceback_line *line)
{
	if (line->is_write_start) {
		reader->before_size = 0;
		reader->is_before_whole = true;
	}
	if (reader->before_size + line->text.size + 1 > MAX_BEFORE) {
		reader->before_size = 0;
		reader->is_before_whole = false;
	}
	if (line->text.size >= MAX_BEFORE)
		return;
	if (line->text.size)
		memcpy(reader->before + reader->before_size, line->text.bytes, line->text.size);
	reader->before_size += line->text.size;
	reader->before[reader->before_size++] = '\n';
}

static void forget(struct traceback_reader *reader)
{
	reader->before_size = 0;
	reader->is_before_whole = false;
}

/* A view into what was unescaped, as it may be written to. */
static char *bytes_of(struct json_log *log, struct view text)
{
	return log->bytes + (text.bytes - log->bytes);
}

static void take_line(struct traceback_reader *reader, const struct traceback_line *line,
		      int unfolded);

/* The lines of one value of a JSON log line, as one write. */
static void take_text(struct traceback_reader *reader, struct view text, struct json_log *log)
{
	struct line_surroundings around = {
		.time_ns = reader->line.time_ns,
		.is_before_whole = true,
		.is_logged = true,
		.logger = log->logger,
		.log_message = log->message,
	};
	const char *start = text.bytes;
	struct traceback_line line = {.is_write_start = true};

	if (!reader->unfolded &&
	    report_race_new(&reader->unfolded, &reader->sink, &reader->next_id) < 0)
		return;
	while (text.size && text.bytes[text.size - 1] == '\n')
		text.size--;
	while (view_next_token(&text, '\n', &line.text)) {
		around.before = view_of(start, (size_t)(line.text.bytes - start));
		line.is_write_end = !text.bytes && !log->is_cut;
		line.is_unended = !text.bytes && log->is_cut;
		line.text.size = clean_line(bytes_of(log, line.text), line.text.size);
		report_race_continue(reader->unfolded, &line);
		report_race_begin(reader->unfolded, &line, &around);
		line.is_write_start = false;
	}
	report_race_end(reader->unfolded, log->is_cut);
}

/* False: it is not one of JSON, or has no text of several lines. */
static bool unfold(struct traceback_reader *reader, const struct traceback_line *line, int unfolded)
{
	_cleanup_(json_log_free) struct json_log *log = NULL;
	struct traceback_line inner = *line;

	if (unfolded == MAX_UNFOLDED || !json_log_is_candidate(line->text) ||
	    json_log_read(&log, line->text) < 0)
		return false;
	if (log->is_container) {
		inner.text = log->texts[0];
		if (inner.text.size && inner.text.bytes[inner.text.size - 1] == '\n')
			inner.text.size--;
		inner.text.size = clean_line(bytes_of(log, inner.text), inner.text.size);
		take_line(reader, &inner, unfolded + 1);
		return true;
	}
	for (size_t i = 0; i < log->texts_count; i++)
		take_text(reader, log->texts[i], log);
	return log->texts_count > 0;
}

static void take_line(struct traceback_reader *reader, const struct traceback_line *line,
		      int unfolded)
{
	struct line_surroundings around = {.time_ns = reader->line.time_ns};
	uint64_t count = report_race_count(reader->race);

	/* Within a write and a report it may be a line of the report's own. */
	if ((line->is_write_start || !report_race_is_busy(reader->race) ||
	     view_starts_with(line->text, VIEW_LITERAL("{\"log\":\""))) &&
	    unfold(reader, line, unfolded))
		return;
	report_race_continue(reader->race, line);
	if (count != report_race_count(reader->race))
		forget(reader);
	if (!line->is_write_start) {
		around.before = view_of(reader->before, reader->before_size);
		around.is_before_whole = reader->is_before_whole;
	}
	report_race_begin(reader->race, line, &around);
	remember(reader, line);
}

static void finish_line(struct traceback_reader *reader, bool is_write_end, bool is_unended)
{
	struct growing_line *grown = &reader->line;
	struct traceback_line line = {
		.text = view_of(grown->bytes, clean_line(grown->bytes, grown->size)),
		.is_write_start = grown->is_write_start,
		.is_write_end = is_write_end,
		.is_unended = is_unended,
	};

	take_line(reader, &line, 0);
	grown->size = 0;
	grown->is_begun = false;
	grown->is_held = false;
}

static void grow_line(struct traceback_reader *reader, struct view bytes)
{
	struct growing_line *line = &reader->line;
	size_t room = MAX_TRACEBACK_LINE - line->size;
	size_t size = bytes.size < room ? bytes.size : room;

	if (size)
		memcpy(line->bytes + line->size, bytes.bytes, size);
	line->size += size;
}

void traceback_reader_feed(struct traceback_reader *reader, struct view bytes, bool is_write_end,
			   uint64_t time_ns)
{
	reader->last_ns = time_ns;
	if (reader->line.is_held)
		finish_line(reader, is_write_end && !bytes.size, false);
	while (bytes.size) {
		ssize_t end = view_find_byte(bytes, '\n');

		if (!reader->line.is_begun) {
			reader->line.is_begun = true;
			reader->line.is_write_start = !reader->is_in_write;
			reader->line.time_ns = time_ns;
		}
		reader->is_in_write = true;
		grow_line(reader, end < 0 ? bytes : view_take(bytes, (size_t)end));
		bytes = end < 0 ? (struct view){0} : view_skip(bytes, (size_t)end + 1);
		if (end < 0)
			break;
		if (!bytes.size && !is_write_end)
			reader->line.is_held = true;
		else
			finish_line(reader, !bytes.size, false);
	}
	if (is_write_end)
		reader->is_in_write = false;
}

/* What there is of a line without a line break. */
static void flush_line(struct traceback_reader *reader)
{
	if (reader->line.is_begun)
		finish_line(reader, !reader->is_in_write, !reader->line.is_held);
}

void traceback_reader_gap(struct traceback_reader *reader)
{
	reader->is_in_write = true; /* as far as is known */
	flush_line(reader);
	report_race_end(reader->race, true);
	reader->is_in_write = false;
	forget(reader);
}

void traceback_reader_tick(struct traceback_reader *reader, uint64_t now_ns)
{
	uint64_t silence_ns = now_ns > reader->last_ns ? now_ns - reader->last_ns : 0;

	if (!traceback_reader_is_busy(reader) || silence_ns < READER_CLOSE_NS)
		return;
	if (silence_ns >= READER_GIVE_UP_NS) {
		flush_line(reader);
		report_race_end(reader->race, reader->is_in_write);
	} else if (!reader->line.is_begun) {
		report_race_close(reader->race);
	}
}

void traceback_reader_end(struct traceback_reader *reader)
{
	bool is_cut = reader->is_in_write;

	flush_line(reader);
	report_race_end(reader->race, is_cut);
	reader->is_in_write = false;
}

bool traceback_reader_is_busy(const struct traceback_reader *reader)
{
	return report_race_is_busy(reader->race);
}
