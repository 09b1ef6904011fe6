/* Each table of `from` is added to its like, and what the next one says of it translated: images,
 * frames, stacks, threads, links, samples. */
#include "model/profile_merge.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

/* What an index of `from` is in `into`. */
struct translation {
	uint32_t *images, *frames, *stacks, *threads, *links;
};

static void translation_done(struct translation *translation)
{
	free(translation->images);
	free(translation->frames);
	free(translation->stacks);
	free(translation->threads);
	free(translation->links);
}

static uint32_t *new_indices(uint32_t count)
{
	return malloc((count ? count : 1) * sizeof(uint32_t));
}

static int translation_init(struct translation *translation, const struct profile *from)
{
	*translation = (struct translation){
		.images = new_indices(from->images_count),
		.frames = new_indices(from->frames_count),
		.stacks = new_indices(from->stacks_count),
		.threads = new_indices(from->threads_count),
		.links = new_indices(from->links_count),
	};
	return translation->images && translation->frames && translation->stacks &&
			       translation->threads && translation->links
		       ? 0
		       : -ENOMEM;
}

static void add_frames(struct profile *into, const struct profile *from,
		       const struct translation *to)
{
	for (uint32_t i = 0; i < from->images_count; i++)
		to->images[i] = profile_add_image(into, &from->images[i]);
	for (uint32_t i = 0; i < from->frames_count; i++) {
		struct profile_frame frame = from->frames[i];

		if (frame.image < from->images_count) {
			frame.image = to->images[frame.image];
			/* Without its image only the address says where it was. */
			if (frame.image == NO_IMAGE)
				frame.offset += from->images[from->frames[i].image].start;
		}
		to->frames[i] = profile_add_frame(into, &frame);
	}
}

static void add_stacks(struct profile *into, const struct profile *from,
		       const struct translation *to)
{
	uint32_t frames[MAX_PROFILE_DEPTH];

	for (uint32_t i = 0; i < from->stacks_count; i++) {
		const struct profile_stack *stack = &from->stacks[i];

		for (uint32_t j = 0; j < stack->depth; j++)
			frames[j] = to->frames[from->stack_frames[stack->first + j]];
		to->stacks[i] = profile_add_stack(into, frames, stack->depth);
	}
}

static void add_samples(struct profile *into, const struct profile *from,
			const struct translation *to)
{
	uint64_t overflows = into->losses[PROFILE_CUT_OVERFLOW];

	for (uint32_t i = 0; i < from->samples_count; i++) {
		struct profile_sample sample = from->samples[i];

		sample.thread = to->threads[sample.thread];
		sample.stack = to->stacks[sample.stack];
		sample.link = to->links[sample.link];
		(void)profile_add_sample(into, &sample);
	}
	/* Those that were [overflow] already are counted again below. */
	overflows = into->losses[PROFILE_CUT_OVERFLOW] - overflows;
	into->losses[PROFILE_CUT_OVERFLOW] -= overflows < from->losses[PROFILE_CUT_OVERFLOW]
						      ? overflows
						      : from->losses[PROFILE_CUT_OVERFLOW];
}

static void add_time(struct profile *into, const struct profile *from)
{
	if (from->start_unix_ns &&
	    (!into->start_unix_ns || from->start_unix_ns < into->start_unix_ns))
		into->start_unix_ns = from->start_unix_ns;
	if (from->end_unix_ns > into->end_unix_ns)
		into->end_unix_ns = from->end_unix_ns;
	if (!into->frequency_hz)
		into->frequency_hz = from->frequency_hz;
	if (!into->resource && from->resource)
		into->resource = resource_reference(from->resource);
	into->is_incomplete |= from->is_incomplete;
	for (int i = 0; i < PROFILE_LOSSES_COUNT; i++)
		into->losses[i] += from->losses[i];
}

int profile_merge_add(struct profile *into, const struct profile *from)
{
	_cleanup_(translation_done) struct translation to;
	int err = translation_init(&to, from);

	if (err < 0)
		return err;
	add_frames(into, from, &to);
	add_stacks(into, from, &to);
	for (uint32_t i = 0; i < from->threads_count; i++)
		to.threads[i] = profile_add_thread(into, from->threads[i].pid, from->threads[i].tid,
						   from->threads[i].name);
	for (uint32_t i = 0; i < from->links_count; i++)
		to.links[i] =
			profile_add_link(into, from->links[i].trace_id, from->links[i].span_id);
	add_samples(into, from, &to);
	add_time(into, from);
	return 0;
}
