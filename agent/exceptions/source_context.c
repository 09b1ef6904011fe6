/* Frames from the innermost of what was raised last: they come first where the room ends. */
#include "exceptions/source_context.h"

#include "base/clock.h"
#include "exceptions/source_files.h"

#define MAX_CONTEXT_BYTES (512u << 10) /* of all lines of one event */
/* Ticks of the clock that processes are started by, and of that of files. */
#define CLOCK_SLACK_NS NS_PER_S

struct filling {
	struct crash *crash;
	uint32_t wanted; /* lines before and after */
	size_t bytes_left;
};

/* False when it is one too many. */
static bool copy_line(struct filling *filling, struct view line, struct view *ret)
{
	struct view copy;

	if (line.size > filling->bytes_left)
		return false;
	copy = line.size ? source_lines_copy(line, &filling->crash->arena) : VIEW_LITERAL("");
	if (!copy.bytes)
		return false;
	filling->bytes_left -= copy.size < filling->bytes_left ? copy.size : filling->bytes_left;
	*ret = copy;
	return true;
}

static uint8_t copy_lines(struct filling *filling, const struct source_lines *source,
			  uint32_t first, uint32_t count, struct view **ret)
{
	struct view *lines = NULL;
	uint32_t found = 0;
	struct view line;

	if (count)
		lines = arena_allocate(&filling->crash->arena, count * sizeof(*lines));
	while (lines && found < count && source_lines_find(source, first + found, &line) &&
	       copy_line(filling, line, &lines[found]))
		found++;
	*ret = lines;
	return (uint8_t)found;
}

/* Before the line, all or none: they are told by their distance from it. */
static void copy_before(struct filling *filling, const struct source_lines *source,
			struct exception_frame *frame)
{
	uint32_t count = frame->line - 1 < filling->wanted ? frame->line - 1 : filling->wanted;

	frame->before_count =
		copy_lines(filling, source, frame->line - count, count, &frame->before);
	if (frame->before_count != count)
		frame->before_count = 0;
}

static struct view trim(struct view line)
{
	line = view_trim(line);
	while (line.size &&
	       (line.bytes[line.size - 1] == '\r' || line.bytes[line.size - 1] == '\n'))
		line.size--;
	return view_trim(line);
}

/* A file that changed since it was loaded would tell lies: the line that the report printed must be
 * there; where it printed none, the file must be older than the process. */
static bool is_the_loaded(const struct filling *filling, const struct source_file *file,
			  const struct exception_frame *frame, struct view line)
{
	uint64_t start_ns = filling->crash->start_unix_ns;

	if (frame->context_line.size)
		return view_equals(trim(frame->context_line), trim(line));
	return start_ns == 0 || file->changed_unix_ns <= start_ns + CLOCK_SLACK_NS;
}

static void fill_frame(struct filling *filling, const struct source_file *file,
		       struct exception_frame *frame)
{
	struct view line, copy;

	if (!source_lines_find(&file->lines, frame->line, &line) ||
	    !is_the_loaded(filling, file, frame, line) || !copy_line(filling, line, &copy))
		return;
	frame->context_line = copy;
	copy_before(filling, &file->lines, frame);
	frame->after_count =
		copy_lines(filling, &file->lines, frame->line + 1, filling->wanted, &frame->after);
}

static bool has_frames(const struct crash *crash)
{
	for (uint32_t i = 0; i < crash->exceptions_count; i++)
		if (crash->exceptions[i].frames_count)
			return true;
	return false;
}

/*
 * What a process that is gone may have been able to read: that is known when it was looked at as it
 * reported; else what it could before counts when it was nobody special then, or is known to have
 * ended as the same user. It may have given up its rights in between.
 */
static bool is_right_of_gone(const struct process_scene *scene, const struct crash *crash)
{
	const struct process_identity *identity = &scene->identity;

	return scene->is_met || (identity->uid != 0 && !identity->is_above_modes) ||
	       crash->uid == identity->uid;
}

void source_context_fill(const struct exception_settings *settings, const char *proc_root,
			 const struct process_scene *scene, struct crash *crash)
{
	struct filling filling = {
		.crash = crash,
		.wanted = (uint32_t)(settings->context_lines < UINT8_MAX ? settings->context_lines
									 : UINT8_MAX),
		.bytes_left = MAX_CONTEXT_BYTES,
	};
	struct source_files files;

	if (!scene->is_known || crash->is_metadata_only || !has_frames(crash) ||
	    source_files_open(&files, proc_root, scene, crash->language,
			      settings->max_source_bytes) < 0)
		return;
	if (files.is_gone && !is_right_of_gone(scene, crash)) {
		source_files_close(&files);
		return;
	}
	for (uint32_t i = 0; i < crash->exceptions_count; i++)
		for (uint32_t k = 0; k < crash->exceptions[i].frames_count; k++) {
			struct exception_frame *frame = &crash->exceptions[i].frames[k];
			const struct source_file *file =
				frame->line ? source_files_find(&files, frame->file) : NULL;

			if (file)
				fill_frame(&filling, file, frame);
		}
	source_files_close(&files);
}
