/*
 *      0  divide_by_zero     app.py:12
 *         │ return 1 / rate()
 *         … 14 frames of libraries
 *     15  main               app.py:30
 *
 * Where it was raised is always shown, even if that is a library.
 */
#include "terminal/terminal_frames.h"

#include <stdio.h>

#define NUMBER_COLUMNS     6
#define FRAME_INDENT       (NUMBER_COLUMNS + 2)
#define PLACE_GAP          2
#define MAX_LIBRARY_FRAMES 2 /* in a row; more are counted */
#define NAME_BYTES         512
#define LINE_DIGITS        12

static void text(struct terminal_line *line, enum terminal_colour colour, const char *words)
{
	terminal_line_text(line, colour, view_of_text(words));
}

static void number(struct terminal_line *line, enum terminal_colour colour, const char *format,
		   unsigned long long value)
{
	char words[64];

	(void)snprintf(words, sizeof(words), format, value);
	text(line, colour, words);
}

static const char *word_for_top_level(enum exception_language language)
{
	switch (language) {
	case LANGUAGE_PYTHON:
		return "<module>";
	case LANGUAGE_PHP:
		return "{main}";
	case LANGUAGE_RUBY:
		return "<main>";
	default:
		return "<anonymous>";
	}
}

static struct view frame_name(const struct exception_frame *frame, enum exception_language language,
			      char buffer[NAME_BYTES])
{
	const char *separator = exception_function_separator(language);
	int size;

	if (view_is_empty(frame->function))
		return view_of_text(word_for_top_level(language));
	if (view_is_empty(frame->module) || !separator)
		return frame->function;
	size = snprintf(buffer, NAME_BYTES, "%.*s%s%.*s",
			VIEW_FORMAT(view_take(frame->module, 250)), separator,
			VIEW_FORMAT(view_take(frame->function, 250)));
	return view_of(buffer, size > 0 ? (size_t)size : 0);
}

/* A path that takes more than half of the line is only a name. */
static struct view place_name(const struct exception_frame *frame,
			      const struct terminal_style *style)
{
	struct view place = frame->short_file.size ? frame->short_file : frame->file;

	return terminal_line_width(style, place) > style->width / 2 ? view_base_name(place) : place;
}

static size_t place_width(const struct exception_frame *frame, const struct terminal_style *style)
{
	size_t width = terminal_line_width(style, place_name(frame, style));
	char digits[LINE_DIGITS];

	if (width && frame->line)
		width += (size_t)snprintf(digits, sizeof(digits), ":%u", frame->line);
	return width;
}

/* How many library frames there are in a row from that one on. */
static uint32_t count_library(const struct exception *exception, uint32_t at)
{
	uint32_t count = 0;

	while (at + count < exception->frames_count && !exception->frames[at + count].is_in_app)
		count++;
	return count;
}

static bool has_in_app(const struct exception *exception)
{
	return count_library(exception, 0) < exception->frames_count;
}

/* The next frame to print; the number of those to be counted before it in ret_folded. Where there
 * is nothing but libraries they are what people want to see. */
static bool next_row(const struct exception *exception, uint32_t *at, uint32_t *ret_folded)
{
	uint32_t libraries = count_library(exception, *at);

	*ret_folded = 0;
	if (*at > 0 && libraries > MAX_LIBRARY_FRAMES && has_in_app(exception))
		*ret_folded = libraries;
	*at += *ret_folded;
	return *at < exception->frames_count;
}

/* Names get all the places leave, and at least a third of the line. */
static size_t name_columns(const struct exception *exception, enum exception_language language,
			   uint32_t max_rows, const struct terminal_style *style)
{
	size_t names = 0, places = 0, used, limit;
	uint32_t folded, rows = 0;
	char buffer[NAME_BYTES];

	for (uint32_t at = 0; rows < max_rows && next_row(exception, &at, &folded); at++, rows++) {
		const struct exception_frame *frame = &exception->frames[at];
		size_t name = terminal_line_width(style, frame_name(frame, language, buffer));
		size_t place = place_width(frame, style);

		names = name > names ? name : names;
		places = place > places ? place : places;
	}
	used = FRAME_INDENT + PLACE_GAP + places;
	limit = style->width > used ? style->width - used : 0;
	if (limit < style->width / 3)
		limit = style->width / 3;
	return names < limit ? names : limit;
}

static void print_place(const struct exception_frame *frame, struct terminal_line *line)
{
	enum terminal_colour colour = frame->is_in_app ? COLOUR_PLAIN : COLOUR_DIM;
	struct view place = place_name(frame, line->style);

	terminal_line_text(line, colour, place);
	if (place.size && frame->line)
		number(line, colour, ":%llu", frame->line);
	if (frame->repeats)
		number(line, COLOUR_YELLOW,
		       line->style->is_utf8 ? "  … %llu more like this"
					    : "  ... %llu more like this",
		       frame->repeats);
}

static void print_source(const struct exception_frame *frame, struct terminal_line *line)
{
	struct view source = frame->context_line;

	while (source.size && (source.bytes[0] == ' ' || source.bytes[0] == '\t'))
		source = view_skip(source, 1);
	if (view_is_empty(source))
		return;
	terminal_line_pad(line, FRAME_INDENT);
	text(line, COLOUR_DIM, line->style->is_utf8 ? "│ " : "| ");
	terminal_line_text(line, COLOUR_CYAN, source);
	terminal_line_end(line);
}

static void print_folded(uint32_t count, struct terminal_line *line)
{
	bool is_utf8 = line->style->is_utf8;

	if (count == 0)
		return;
	terminal_line_pad(line, FRAME_INDENT);
	number(line, COLOUR_DIM,
	       is_utf8 ? "… %llu frames of libraries" : "... %llu frames of libraries", count);
	terminal_line_end(line);
}

static void print_row(const struct exception_frame *frame, enum exception_language language,
		      uint32_t index, size_t columns, struct terminal_line *line)
{
	size_t width = line->limit;
	char buffer[NAME_BYTES], digits[LINE_DIGITS];

	(void)snprintf(digits, sizeof(digits), "%u", index);
	terminal_line_right(line, COLOUR_DIM, NUMBER_COLUMNS, view_of_text(digits));
	terminal_line_pad(line, FRAME_INDENT);
	line->limit = FRAME_INDENT + columns < width ? FRAME_INDENT + columns : width;
	terminal_line_text(line, frame->is_in_app ? COLOUR_BOLD : COLOUR_DIM,
			   frame_name(frame, language, buffer));
	line->limit = width;
	terminal_line_pad(line, FRAME_INDENT + columns + PLACE_GAP);
	print_place(frame, line);
	terminal_line_end(line);
}

static void print_rest(uint32_t count, struct terminal_line *line)
{
	if (count == 0)
		return;
	terminal_line_pad(line, FRAME_INDENT);
	number(line, COLOUR_DIM, count == 1 ? "and %llu more frame" : "and %llu more frames",
	       count);
	terminal_line_end(line);
}

void terminal_frames_print(const struct exception *exception, enum exception_language language,
			   uint32_t max_rows, struct terminal_line *line)
{
	size_t columns = name_columns(exception, language, max_rows, line->style);
	uint32_t at = 0, rows = 0, folded = 0;
	bool is_source_shown = false;

	for (; rows < max_rows && next_row(exception, &at, &folded); at++, rows++) {
		const struct exception_frame *frame = &exception->frames[at];

		print_folded(folded, line);
		folded = 0;
		print_row(frame, language, at, columns, line);
		if (frame->is_in_app && !is_source_shown) {
			print_source(frame, line);
			is_source_shown = true;
		}
	}
	print_folded(folded, line);
	print_rest(exception->frames_count - at + exception->left_out, line);
}
