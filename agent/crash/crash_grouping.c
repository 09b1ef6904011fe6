/* Offsets, not addresses: those change with every run. */
#include "crash/crash_grouping.h"

#include <stdio.h>

#define TOP_FRAMES 3
#define MAX_PARTS  (2 + TOP_FRAMES)

static bool has_named_frame(const struct crash_thread *thread)
{
	for (uint32_t i = 0; i < thread->frames_count; i++)
		if (thread->frames[i].is_in_app && thread->frames[i].function.size)
			return true;
	return false;
}

/* Its build-id, else its name. */
static struct view program_of(struct crash *crash, uint32_t executable)
{
	const struct crash_image *image;
	char hex[2 * MAX_BUILD_ID_BYTES + 1] = "";

	if (executable >= crash->images_count)
		return crash->process_name;
	image = &crash->images[executable];
	if (image->build_id_size == 0)
		return view_base_name(image->path);
	for (uint32_t i = 0; i < image->build_id_size; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", image->build_id[i]);
	return arena_copy(&crash->arena, view_of_text(hex));
}

static struct view place_of(struct crash *crash, const struct crash_frame *frame)
{
	const struct crash_image *image;

	if (frame->image >= crash->images_count)
		return VIEW_LITERAL("jit");
	image = &crash->images[frame->image];
	if (frame->function.size)
		return frame->function;
	return arena_format(&crash->arena, "%.*s+0x%llx", VIEW_FORMAT(view_base_name(image->path)),
			    (unsigned long long)(frame->pc - image->start));
}

/* The program's own frames first; a crash wholly in libraries has only theirs. */
static uint32_t add_places(struct crash *crash, const struct crash_thread *thread, bool in_app,
			   struct view *parts)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < thread->frames_count && count < TOP_FRAMES; i++)
		if (!in_app || thread->frames[i].is_in_app)
			parts[count++] = place_of(crash, &thread->frames[i]);
	return count;
}

void crash_grouping_set(struct crash *crash, uint32_t executable)
{
	const struct crash_thread *thread = crash_thread_of(crash);
	struct view *parts;
	uint32_t count = 2;

	if (thread && has_named_frame(thread))
		return;
	parts = arena_allocate(&crash->arena, MAX_PARTS * sizeof(*parts));
	if (!parts)
		return;
	parts[0] = crash->kind == CRASH_EXIT
			   ? arena_format(&crash->arena, "exit %d", crash->exit_status)
			   : crash->type;
	parts[1] = program_of(crash, executable);
	if (thread)
		count += add_places(crash, thread, true, parts + count);
	if (thread && count == 2)
		count += add_places(crash, thread, false, parts + count);
	crash->fingerprint = parts;
	crash->fingerprint_count = count;
}
