/*
 * One object per frame. What stands for left out recursion is the same as in machine stacks: the
 * server groups by names.
 */
#include "exporters/sentry/frame_encoder.h"

#include "exporters/sentry/json_text.h"
#include "exporters/sentry/stacktrace_encoder.h"

static json_t *encode_lines(const struct view *lines, uint8_t count, size_t max_characters)
{
	json_t *array = json_array();

	for (uint8_t i = 0; i < count; i++)
		(void)json_array_append_new(array, json_text_line(lines[i], max_characters));
	return array;
}

/* The lines next to it are those that stay. */
static void set_source(json_t *object, const struct exception_frame *frame,
		       struct frame_limits limits)
{
	uint8_t before = frame->before_count, after = frame->after_count;

	if (limits.is_without_source || view_is_empty(frame->context_line))
		return;
	before = before < limits.max_source_lines ? before : limits.max_source_lines;
	after = after < limits.max_source_lines ? after : limits.max_source_lines;
	if (before)
		json_text_set(object, "pre_context",
			      encode_lines(frame->before + (frame->before_count - before), before,
					   limits.max_name_characters));
	json_text_set(object, "context_line",
		      json_text_line(frame->context_line, limits.max_name_characters));
	if (after)
		json_text_set(object, "post_context",
			      encode_lines(frame->after, after, limits.max_name_characters));
}

static void set_line(json_t *object, const char *key, struct view text, size_t max_characters)
{
	if (text.size)
		json_text_set(object, key, json_text_line(text, max_characters));
}

static struct view file_name(const struct exception_frame *frame, bool is_whole_path)
{
	const struct view scheme = VIEW_LITERAL("file://");

	if (!is_whole_path)
		return frame->short_file.size ? frame->short_file : frame->file;
	return view_starts_with(frame->file, scheme) ? view_skip(frame->file, scheme.size)
						     : frame->file;
}

static json_t *encode_frame(const struct exception_frame *frame, struct frame_limits limits)
{
	json_t *object = json_object();
	size_t most = limits.max_name_characters;

	set_line(object, "filename", file_name(frame, limits.is_whole_path), most);
	set_line(object, "abs_path", frame->file, most);
	set_line(object, "module", frame->module, most);
	set_line(object, "function", frame->function, most);
	/* The protocol wants one of the two. */
	if (!json_object_get(object, "filename") && !json_object_get(object, "function"))
		json_text_set(object, "function", json_string("?"));
	if (frame->line)
		json_text_set(object, "lineno", json_integer(frame->line));
	if (frame->column)
		json_text_set(object, "colno", json_integer(frame->column));
	json_text_set(object, "in_app", json_boolean(frame->is_in_app));
	set_source(object, frame, limits);
	return object;
}

json_t *frame_encoder_encode(const struct exception_frame *frames, uint32_t count,
			     struct frame_limits limits)
{
	uint32_t max = limits.max_frames < MAX_STACK_FRAMES ? limits.max_frames : MAX_STACK_FRAMES;
	uint32_t left_out = count > max ? count - max : 0;
	uint32_t room_for_folded = MAX_STACK_FRAMES - (count - left_out);
	json_t *array, *stacktrace;

	if (count == left_out)
		return NULL;
	array = json_array();
	for (uint32_t i = count; i-- > 0;) {
		/* The newest half stays, and the oldest. */
		if (i >= max - max / 2 && i < max - max / 2 + left_out)
			continue;
		if (frames[i].repeats && room_for_folded) {
			(void)json_array_append_new(array, stacktrace_encoder_folded());
			room_for_folded--;
		}
		(void)json_array_append_new(array, encode_frame(&frames[i], limits));
	}
	stacktrace = json_object();
	json_text_set(stacktrace, "frames", array);
	return stacktrace;
}
