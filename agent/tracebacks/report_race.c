/*
 * Who wins. A report that is finished waits as long as something that began on the same line or
 * before it is still under way; what began within its lines is dropped. Of reports with lines in
 * common the one that began first wins (the other stands in its message), and of two that began on
 * the same line the one with more frames.
 */
#include "tracebacks/report_race.h"

#include <errno.h>
#include <stdlib.h>
#include "tracebacks/line_prefix.h"
#include "tracebacks/log_line.h"

#define MAX_LANGUAGES 16
#define MAX_HELD      8
#define FIRST_TEXT    1024

/* One language's report under way; report is NULL when there is none. */
struct track {
	const struct traceback_language *language;
	struct traceback *report;
	void *state;
	uint64_t id;
	uint64_t first_line, last_line; /* numbers within the race */
	struct line_prefix prefix;
	bool is_own_prefix; /* the prefix is a log line's: the next line will show */
	char *text;
	size_t text_size, text_capacity;
};

struct held_report {
	struct traceback *report;
	uint64_t id;
	uint64_t first_line, last_line;
};

struct report_race {
	const struct traceback_reader_sink *sink;
	uint64_t *next_id;
	uint64_t line;       /* number of the line being looked at */
	uint64_t ended_line; /* the last one of a report that began before it: nothing begins there
			      */
	struct track tracks[MAX_LANGUAGES];
	size_t tracks_count;
	struct held_report held[MAX_HELD];
	size_t held_count;
	uint64_t count; /* of reports that were understood */
};

int report_race_new(struct report_race **ret, const struct traceback_reader_sink *sink,
		    uint64_t *next_id)
{
	struct report_race *race = calloc(1, sizeof(*race));

	if (!race)
		return -ENOMEM;
	race->sink = sink;
	race->next_id = next_id;
	while (race->tracks_count < MAX_LANGUAGES && traceback_languages[race->tracks_count]) {
		race->tracks[race->tracks_count].language = traceback_languages[race->tracks_count];
		race->tracks_count++;
	}
	*ret = race;
	return 0;
}

static void clear_track(struct track *track)
{
	traceback_free(&track->report);
	free(track->state);
	free(track->text);
	track->state = NULL;
	track->text = NULL;
	track->text_size = 0;
	track->text_capacity = 0;
}

static void drop_track(struct report_race *race, struct track *track)
{
	clear_track(track);
	race->sink->on_nothing(race->sink->self, track->id);
}

void report_race_free(struct report_race **race)
{
	if (!*race)
		return;
	for (size_t i = 0; i < (*race)->tracks_count; i++)
		if ((*race)->tracks[i].report)
			drop_track(*race, &(*race)->tracks[i]);
	for (size_t i = 0; i < (*race)->held_count; i++) {
		traceback_free(&(*race)->held[i].report);
		(*race)->sink->on_nothing((*race)->sink->self, (*race)->held[i].id);
	}
	free(*race);
	*race = NULL;
}

static uint32_t count_frames(const struct traceback *report)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < report->exceptions_count; i++)
		count += report->exceptions[i].frames_count;
	for (uint32_t i = 0; i < report->threads_count; i++)
		count += report->threads[i].frames_count;
	return count;
}

/* Is a's report preferred to b's, both of the same lines? */
static bool is_better(const struct held_report *a, const struct held_report *b)
{
	uint32_t of_a = count_frames(a->report), of_b = count_frames(b->report);

	if (a->first_line != b->first_line)
		return a->first_line < b->first_line;
	return of_a != of_b ? of_a > of_b : a < b;
}

static bool is_overlapping(const struct held_report *a, const struct held_report *b)
{
	return a->first_line <= b->last_line && b->first_line <= a->last_line;
}

static void give_held(struct report_race *race, size_t index)
{
	struct held_report held = race->held[index];

	race->held_count--;
	memmove(race->held + index, race->held + index + 1,
		(race->held_count - index) * sizeof(held));
	race->sink->on_report(race->sink->self, held.id, &held.report);
	traceback_free(&held.report);
}

static void drop_held(struct report_race *race, size_t index)
{
	uint64_t id = race->held[index].id;

	traceback_free(&race->held[index].report);
	race->held_count--;
	memmove(race->held + index, race->held + index + 1,
		(race->held_count - index) * sizeof(race->held[0]));
	race->sink->on_nothing(race->sink->self, id);
}

static bool is_contested(const struct report_race *race, const struct held_report *held)
{
	for (size_t i = 0; i < race->tracks_count; i++)
		if (race->tracks[i].report && race->tracks[i].first_line <= held->last_line)
			return true;
	return false;
}

/* Gives out what has won. */
static void settle(struct report_race *race)
{
	for (size_t i = 0; i < race->held_count;) {
		bool is_beaten = false;

		if (is_contested(race, &race->held[i])) {
			i++;
			continue;
		}
		for (size_t j = race->held_count; j-- > 0 && !is_beaten;) {
			if (j == i || !is_overlapping(&race->held[i], &race->held[j]))
				continue;
			is_beaten = is_better(&race->held[j], &race->held[i]);
			if (is_beaten)
				break;
			drop_held(race, j);
			i -= j < i;
		}
		if (is_beaten)
			drop_held(race, i);
		else
			give_held(race, i);
	}
}

static void drop_what_began_within(struct report_race *race, const struct held_report *held)
{
	for (size_t i = 0; i < race->tracks_count; i++) {
		struct track *track = &race->tracks[i];

		if (track->report && track->first_line > held->first_line &&
		    track->first_line <= held->last_line)
			drop_track(race, track);
	}
}

/* Empty lines at the end were only looked at. */
static struct view trimmed_text(const struct track *track)
{
	size_t size = track->text_size;

	while (size && (track->text[size - 1] == '\n' || track->text[size - 1] == ' '))
		size--;
	return view_of(track->text, size);
}

static void finish_track(struct report_race *race, struct track *track, bool is_truncated)
{
	struct traceback *report = track->report;
	struct held_report *held;

	report->is_truncated |= is_truncated;
	if (!track->language->finish(track->state, report) || !report->exceptions_count) {
		drop_track(race, track);
		return;
	}
	report->is_truncated |= report->arena.is_full;
	report->text = traceback_copy(report, trimmed_text(track));
	if (report->is_logged && report->manner == MANNER_PRINTED) {
		report->manner = MANNER_LOGGED;
		report->mechanism = "logging";
	}
	if (race->held_count == MAX_HELD)
		give_held(race, 0);
	held = &race->held[race->held_count++];
	*held = (struct held_report){report, track->id, track->first_line, track->last_line};
	if (track->first_line < track->last_line)
		race->ended_line = track->last_line;
	track->report = NULL;
	race->count++;
	clear_track(track);
	drop_what_began_within(race, held);
}

static void add_text(struct track *track, struct view line)
{
	size_t wanted = track->text_size + line.size + 1;

	if (wanted > MAX_EXCEPTION_TEXT) {
		track->report->is_truncated = true;
		return;
	}
	if (wanted > track->text_capacity) {
		size_t capacity = track->text_capacity ? track->text_capacity : FIRST_TEXT;
		char *grown;

		while (capacity < wanted)
			capacity *= 2;
		grown = realloc(track->text, capacity);
		if (!grown)
			return;
		track->text = grown;
		track->text_capacity = capacity;
	}
	if (line.size)
		memcpy(track->text + track->text_size, line.bytes, line.size);
	track->text[wanted - 1] = '\n';
	track->text_size = wanted;
}

static void offer(struct report_race *race, struct track *track, const struct traceback_line *line)
{
	/* A line that was cut off cannot be told from one of the report. */
	bool is_cut = line->is_unended && !line->is_write_end;
	struct traceback_line own = *line;
	enum traceback_step step;

	own.text = line_prefix_remove(&track->prefix, line->text);
	if (track->is_own_prefix && race->line > track->first_line) {
		/* All lines have it: it is not one of a log line with a report in it. */
		if (own.text.size != line->text.size) {
			track->report->is_logged = false;
			track->report->log_message = (struct view){0};
		}
		track->is_own_prefix = false;
	}
	step = track->language->take(track->state, track->report, &own);
	if (step == TRACEBACK_NOT_MINE) {
		finish_track(race, track, is_cut);
		return;
	}
	track->last_line = race->line;
	add_text(track, line->text);
	if (step == TRACEBACK_LAST)
		finish_track(race, track, is_cut);
}

void report_race_continue(struct report_race *race, const struct traceback_line *line)
{
	race->line++;
	for (size_t i = 0; i < race->tracks_count; i++)
		if (race->tracks[i].report)
			offer(race, &race->tracks[i], line);
	settle(race);
}

/* Who wrote it, and what was said with it. */
static void describe(struct track *track, const struct traceback_line *line,
		     const struct line_surroundings *around)
{
	struct traceback *report = track->report;
	struct view prefix = view_take(line->text, track->prefix.size);
	struct log_line log = {0};

	report->is_logged = around->is_logged;
	report->logger = traceback_copy(report, around->logger);
	report->log_message = traceback_copy(report, around->log_message);
	if (log_line_before(around->before, around->is_before_whole, &track->prefix, &log)) {
		report->is_logged = true;
	} else if (log_line_parse(prefix, &log) && log.has_level) {
		report->is_logged = true;
		track->is_own_prefix = true;
	} else if (log.has_time || !view_ends_with(prefix, VIEW_LITERAL(": ")) ||
		   view_find_byte(prefix, '[') >= 0 || view_find_byte(prefix, '|') >= 0) {
		return;
	} else {
		/* Said in the same breath: "cart failed: Error: …". */
		log.message = view_trim(prefix);
		track->is_own_prefix = true;
	}
	if (log.logger.size)
		report->logger = traceback_copy(report, log.logger);
	if (log.message.size)
		report->log_message = traceback_copy(report, log.message);
	if (track->language->describe)
		track->language->describe(report, around->before, prefix);
}

static void start_track(struct report_race *race, struct track *track,
			const struct traceback_line *line, size_t prefix_size,
			const struct line_surroundings *around)
{
	track->state = calloc(1, track->language->state_bytes ? track->language->state_bytes : 1);
	if (!track->state || traceback_new(&track->report, track->language->language) < 0) {
		clear_track(track);
		return;
	}
	track->id = ++*race->next_id;
	track->first_line = race->line;
	track->last_line = race->line;
	line_prefix_set(&track->prefix, view_take(line->text, prefix_size));
	describe(track, line, around);
	race->sink->on_begin(race->sink->self, track->id, around->time_ns);
	offer(race, track, line);
}

/* How many bytes stand before what this language may begin with; -1: it may not. */
static ssize_t find_beginning(const struct traceback_language *language,
			      const struct traceback_line *line, const uint16_t *ends, size_t count)
{
	struct traceback_line rest = *line;

	if (language->begins(line))
		return 0;
	for (size_t i = 0; i < count; i++) {
		rest.text = view_skip(line->text, ends[i]);
		if (language->begins(&rest))
			return ends[i];
	}
	return -1;
}

void report_race_begin(struct report_race *race, const struct traceback_line *line,
		       const struct line_surroundings *surroundings)
{
	uint16_t ends[MAX_PREFIX_ENDS];
	size_t count = line_prefix_ends(line->text, ends);

	for (size_t i = 0; i < race->tracks_count && race->ended_line != race->line; i++) {
		struct track *track = &race->tracks[i];
		ssize_t at;

		/* What took this line, or ended with it, does not begin with it as well. */
		if (track->report || (track->id && track->last_line == race->line))
			continue;
		at = find_beginning(track->language, line, ends, count);
		if (at >= 0)
			start_track(race, track, line, (size_t)at, surroundings);
	}
	settle(race);
}

void report_race_end(struct report_race *race, bool is_truncated)
{
	for (size_t i = 0; i < race->tracks_count; i++)
		if (race->tracks[i].report)
			finish_track(race, &race->tracks[i], is_truncated);
	settle(race);
}

void report_race_close(struct report_race *race)
{
	for (size_t i = 0; i < race->tracks_count; i++)
		if (race->tracks[i].report && race->tracks[i].report->is_closable)
			finish_track(race, &race->tracks[i], false);
	/* What is whole does not wait for what only hopes. */
	for (size_t i = 0; i < race->tracks_count && race->held_count; i++)
		if (race->tracks[i].report)
			finish_track(race, &race->tracks[i], true);
	settle(race);
}

bool report_race_is_busy(const struct report_race *race)
{
	for (size_t i = 0; i < race->tracks_count; i++)
		if (race->tracks[i].report)
			return true;
	return race->held_count > 0;
}

uint64_t report_race_count(const struct report_race *race)
{
	return race->count;
}
