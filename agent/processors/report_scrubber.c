/* Stretches of prose and single lines of code, each by its own rules; a value that goes over
 * several lines stays whole. */
#include "processors/report_scrubber.h"

#include "processors/code_scrubber.h"
#include "processors/text_scrubber.h"

struct report {
	struct arena *arena;
	struct byte_buffer *work;
	struct byte_buffer out;
};

typedef struct view (*scrub_fn)(struct view text, struct arena *arena, struct byte_buffer *work);

static void add(struct report *report, struct view part, scrub_fn scrub)
{
	if (part.size)
		byte_buffer_append(&report->out, scrub(part, report->arena, report->work));
}

/* `  File "/srv/app.py", line 3, in share`, with the margin of a group before it. */
static bool is_place(struct view line)
{
	while (line.size && (line.bytes[0] == ' ' || line.bytes[0] == '|'))
		line = view_skip(line, 1);
	return view_starts_with(line, VIEW_LITERAL("File \"")) &&
	       view_find(line, VIEW_LITERAL("\", line ")) > 0;
}

static struct view first_line(struct view text)
{
	ssize_t end = view_find_byte(text, '\n');

	return end < 0 ? text : view_take(text, (size_t)end + 1);
}

static void scrub_report(struct report *report, struct view text)
{
	size_t prose = 0;

	while (prose < text.size) {
		struct view line = first_line(view_skip(text, prose));

		prose += line.size;
		if (!is_place(line))
			continue;
		line = first_line(view_skip(text, prose));
		if (is_place(line)) /* a place without source */
			continue;
		add(report, view_take(text, prose), text_scrubber_scrub);
		add(report, line, code_scrubber_scrub);
		text = view_skip(text, prose + line.size);
		prose = 0;
	}
	add(report, text, text_scrubber_scrub);
}

struct view report_scrubber_scrub(struct view text, struct arena *arena, struct byte_buffer *work)
{
	struct report report = {.arena = arena, .work = work};
	struct view result = text, scrubbed;

	byte_buffer_init(&report.out, work->max_bytes);
	scrub_report(&report, text);
	scrubbed = byte_buffer_view(&report.out);
	if (report.out.is_failed)
		result = VIEW_LITERAL("[Filtered]");
	else if (!view_equals(scrubbed, text))
		result = arena_copy(arena, scrubbed);
	byte_buffer_done(&report.out);
	return result.bytes || text.size == 0 ? result : VIEW_LITERAL("[Filtered]");
}
