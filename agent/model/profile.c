/*
 * The profile's tables: each an array that doubles up to its cap, with a content index that finds
 * what is in it already, so that adding is O(1) (a stack: of its depth). Cut texts share one arena.
 */
#include "model/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

/* What a frame is told from others by: texts are interned, so their address is their content. */
struct frame_key {
	const char *function, *symbol, *file;
	uint64_t offset;
	uint32_t line, image;
	uint32_t kind, is_in_app;
};

/* A stack that is looked for. */
struct wanted_stack {
	const uint32_t *frames;
	uint32_t depth;
};

/* One more at the end of an array; NULL when it is full. */
static void *grow_array(void *array, uint32_t *capacity, uint32_t needed, uint32_t max, size_t size)
{
	uint32_t wanted = *capacity ? *capacity : FIRST_CAPACITY;
	void *bigger;

	if (needed <= *capacity)
		return array;
	if (needed > max)
		return NULL;
	while (wanted < needed)
		wanted *= 2;
	if (wanted > max)
		wanted = max;
	bigger = realloc(array, wanted * size);
	if (bigger)
		*capacity = wanted;
	return bigger;
}

/* Makes room for `more` at the end of profile->name, or is false. */
#define HAS_ROOM(profile, name, more, max)                                                         \
	({                                                                                         \
		void *grown_ = grow_array((profile)->name, &(profile)->name##_capacity,            \
					  (profile)->name##_count + (more), max,                   \
					  sizeof(*(profile)->name));                               \
		if (grown_)                                                                        \
			(profile)->name = grown_;                                                  \
		grown_ != NULL;                                                                    \
	})

static bool is_same_text(const void *owner, const void *wanted, uint32_t id)
{
	return view_equals(((const struct profile *)owner)->texts[id],
			   *(const struct view *)wanted);
}

/* Not in the middle of a character. */
static struct view cut(struct view text)
{
	size_t size = text.size;

	if (size <= MAX_PROFILE_NAME_BYTES)
		return text;
	size = MAX_PROFILE_NAME_BYTES;
	while (size > MAX_PROFILE_NAME_BYTES - 4 && ((uint8_t)text.bytes[size] & 0xc0) == 0x80)
		size--;
	return view_take(text, size);
}

/* The one copy of a text in this profile, cut; false when there is no room. */
static bool intern(struct profile *profile, struct view text, struct view *ret)
{
	struct content_question question = {is_same_text, profile, &text};
	uint32_t id;
	uint64_t hash;

	text = cut(text);
	if (view_is_empty(text)) {
		*ret = (struct view){0};
		return true;
	}
	hash = content_index_hash(&profile->texts_index, 0, text.bytes, text.size);
	id = content_index_find(&profile->texts_index, hash, &question);
	if (id == NO_CONTENT) {
		struct view copy;

		if (!HAS_ROOM(profile, texts, 1, UINT32_MAX / 2))
			return false;
		copy = arena_copy(&profile->arena, text);
		if (!copy.bytes ||
		    content_index_add(&profile->texts_index, hash, profile->texts_count) < 0)
			return false;
		id = profile->texts_count++;
		profile->texts[id] = copy;
	}
	*ret = profile->texts[id];
	return true;
}

static struct frame_key key_of(const struct profile_frame *frame)
{
	return (struct frame_key){
		.function = frame->function.bytes,
		.symbol = frame->symbol.bytes,
		.file = frame->file.bytes,
		.offset = frame->offset,
		.line = frame->line,
		.image = frame->image,
		.kind = (uint32_t)frame->kind,
		.is_in_app = frame->is_in_app,
	};
}

static bool is_same_frame(const void *owner, const void *wanted, uint32_t id)
{
	struct frame_key key = key_of(&((const struct profile *)owner)->frames[id]);

	return memcmp(&key, wanted, sizeof(key)) == 0;
}

uint32_t profile_add_frame(struct profile *profile, const struct profile_frame *frame)
{
	struct profile_frame copy = *frame;
	struct content_question question = {is_same_frame, profile, NULL};
	struct frame_key key;
	uint64_t hash;
	uint32_t id;

	if (!intern(profile, frame->function, &copy.function) ||
	    !intern(profile, frame->symbol, &copy.symbol) ||
	    !intern(profile, frame->file, &copy.file))
		return PROFILE_OVERFLOW_FRAME;
	if (copy.image >= profile->images_count)
		copy.image = NO_IMAGE;
	key = key_of(&copy);
	question.wanted = &key;
	hash = content_index_hash(&profile->frames_index, 0, &key, sizeof(key));
	id = content_index_find(&profile->frames_index, hash, &question);
	if (id != NO_CONTENT)
		return id;
	if (!HAS_ROOM(profile, frames, 1, MAX_PROFILE_FRAMES) ||
	    content_index_add(&profile->frames_index, hash, profile->frames_count) < 0)
		return PROFILE_OVERFLOW_FRAME;
	profile->frames[profile->frames_count] = copy;
	return profile->frames_count++;
}

/* Found by its new content from now on, unless another has it already. */
void profile_name_frame(struct profile *profile, uint32_t id, const struct profile_frame *frame)
{
	struct profile_frame *named = &profile->frames[id];
	struct content_question question = {is_same_frame, profile, NULL};
	struct view function;
	struct frame_key key;
	uint64_t hash;

	if (id == PROFILE_OVERFLOW_FRAME || !intern(profile, frame->function, &function))
		return;
	key = key_of(named);
	key.function = function.bytes;
	key.is_in_app = frame->is_in_app;
	question.wanted = &key;
	hash = content_index_hash(&profile->frames_index, 0, &key, sizeof(key));
	if (content_index_find(&profile->frames_index, hash, &question) == NO_CONTENT)
		(void)content_index_add(&profile->frames_index, hash, id);
	named->function = function;
	named->is_in_app = frame->is_in_app;
}

uint32_t profile_add_synthetic_frame(struct profile *profile, const char *name)
{
	struct profile_frame frame = {
		.function = view_of_text(name),
		.image = NO_IMAGE,
		.kind = PROFILE_FRAME_SYNTHETIC,
	};

	return profile_add_frame(profile, &frame);
}

static bool is_same_stack(const void *owner, const void *wanted, uint32_t id)
{
	const struct profile *profile = owner;
	const struct profile_stack *stack = &profile->stacks[id];
	const struct wanted_stack *want = wanted;

	return stack->depth == want->depth &&
	       memcmp(&profile->stack_frames[stack->first], want->frames,
		      want->depth * sizeof(*want->frames)) == 0;
}

static uint32_t add_short_stack(struct profile *profile, const struct wanted_stack *wanted)
{
	struct content_question question = {is_same_stack, profile, wanted};
	uint64_t hash = content_index_hash(&profile->stacks_index, 0, wanted->frames,
					   wanted->depth * sizeof(*wanted->frames));
	uint32_t id = content_index_find(&profile->stacks_index, hash, &question);

	if (id != NO_CONTENT)
		return id;
	if (!HAS_ROOM(profile, stacks, 1, MAX_PROFILE_STACKS) ||
	    !HAS_ROOM(profile, stack_frames, wanted->depth, MAX_PROFILE_STACK_FRAMES) ||
	    content_index_add(&profile->stacks_index, hash, profile->stacks_count) < 0)
		return PROFILE_OVERFLOW_STACK;
	profile->stacks[profile->stacks_count] = (struct profile_stack){
		.first = profile->stack_frames_count,
		.depth = wanted->depth,
	};
	memcpy(&profile->stack_frames[profile->stack_frames_count], wanted->frames,
	       wanted->depth * sizeof(*wanted->frames));
	profile->stack_frames_count += wanted->depth;
	return profile->stacks_count++;
}

uint32_t profile_add_stack(struct profile *profile, const uint32_t *frames, uint32_t depth)
{
	struct wanted_stack wanted = {.frames = frames, .depth = depth};
	uint32_t leaf_side[MAX_PROFILE_DEPTH];

	if (!depth)
		return PROFILE_OVERFLOW_STACK;
	for (uint32_t i = 0; i < depth && i < MAX_PROFILE_DEPTH; i++)
		if (frames[i] >= profile->frames_count)
			return PROFILE_OVERFLOW_STACK;
	if (depth > MAX_PROFILE_DEPTH) {
		memcpy(leaf_side, frames, sizeof(leaf_side) - sizeof(leaf_side[0]));
		leaf_side[MAX_PROFILE_DEPTH - 1] =
			profile_add_synthetic_frame(profile, "[truncated]");
		wanted = (struct wanted_stack){.frames = leaf_side, .depth = MAX_PROFILE_DEPTH};
	}
	return add_short_stack(profile, &wanted);
}

int profile_new(struct profile **ret, struct resource *resource, uint32_t frequency_hz)
{
	static const uint8_t nobody[TRACE_ID_BYTES];
	struct profile *profile = calloc(1, sizeof(*profile));
	const uint32_t overflow = PROFILE_OVERFLOW_FRAME;

	if (!profile)
		return -ENOMEM;
	arena_init(&profile->arena, MAX_PROFILE_TEXT_BYTES);
	content_index_init(&profile->texts_index);
	content_index_init(&profile->frames_index);
	content_index_init(&profile->stacks_index);
	content_index_init(&profile->images_index);
	content_index_init(&profile->threads_index);
	content_index_init(&profile->links_index);
	profile->resource = resource ? resource_reference(resource) : NULL;
	profile->frequency_hz = frequency_hz;
	(void)profile_add_synthetic_frame(profile, "[overflow]");
	(void)profile_add_stack(profile, &overflow, 1);
	(void)profile_add_link(profile, nobody, nobody);
	if (!profile->frames_count || !profile->stacks_count || !profile->links_count) {
		profile_free(&profile);
		return -ENOMEM;
	}
	*ret = profile;
	return 0;
}

void profile_free(struct profile **profile)
{
	struct profile *gone = *profile;

	if (!gone)
		return;
	content_index_done(&gone->texts_index);
	content_index_done(&gone->frames_index);
	content_index_done(&gone->stacks_index);
	content_index_done(&gone->images_index);
	content_index_done(&gone->threads_index);
	content_index_done(&gone->links_index);
	free(gone->texts);
	free(gone->frames);
	free(gone->stacks);
	free(gone->stack_frames);
	free(gone->images);
	free(gone->threads);
	free(gone->links);
	free(gone->samples);
	resource_release(&gone->resource);
	arena_done(&gone->arena);
	free(gone);
	*profile = NULL;
}

static bool is_same_image(const void *owner, const void *wanted, uint32_t id)
{
	const struct crash_image *a = &((const struct profile *)owner)->images[id];
	const struct crash_image *b = wanted;

	return a->path.bytes == b->path.bytes && a->build_id_size == b->build_id_size &&
	       memcmp(a->build_id, b->build_id, a->build_id_size) == 0;
}

uint32_t profile_add_image(struct profile *profile, const struct crash_image *image)
{
	struct crash_image copy = *image;
	struct content_question question = {is_same_image, profile, &copy};
	uint64_t hash;
	uint32_t id;

	if (copy.build_id_size > sizeof(copy.build_id))
		copy.build_id_size = sizeof(copy.build_id);
	if (!intern(profile, image->path, &copy.path))
		return NO_IMAGE;
	hash = content_index_hash(&profile->images_index, (uintptr_t)copy.path.bytes, copy.build_id,
				  copy.build_id_size);
	id = content_index_find(&profile->images_index, hash, &question);
	if (id != NO_CONTENT)
		return id;
	if (!HAS_ROOM(profile, images, 1, MAX_PROFILE_IMAGES) ||
	    content_index_add(&profile->images_index, hash, profile->images_count) < 0)
		return NO_IMAGE;
	profile->images[profile->images_count] = copy;
	return profile->images_count++;
}

static bool is_same_thread(const void *owner, const void *wanted, uint32_t id)
{
	const struct profile_thread *a = &((const struct profile *)owner)->threads[id];
	const struct profile_thread *b = wanted;

	return a->pid == b->pid && a->tid == b->tid;
}

uint32_t profile_add_thread(struct profile *profile, uint32_t pid, uint32_t tid, struct view name)
{
	struct profile_thread thread = {.pid = pid, .tid = tid};
	struct content_question question = {is_same_thread, profile, &thread};
	uint64_t hash = content_index_hash(&profile->threads_index, pid, &tid, sizeof(tid));
	uint32_t id = content_index_find(&profile->threads_index, hash, &question);

	if (id == NO_CONTENT) {
		if (!HAS_ROOM(profile, threads, 1, MAX_PROFILE_THREADS) ||
		    content_index_add(&profile->threads_index, hash, profile->threads_count) < 0)
			return NO_CONTENT;
		id = profile->threads_count++;
		profile->threads[id] = thread;
	}
	if (name.size && !view_equals(profile->threads[id].name, name))
		(void)intern(profile, name, &profile->threads[id].name);
	return id;
}

static bool is_same_link(const void *owner, const void *wanted, uint32_t id)
{
	return memcmp(&((const struct profile *)owner)->links[id], wanted,
		      sizeof(struct profile_link)) == 0;
}

uint32_t profile_add_link(struct profile *profile, const uint8_t trace_id[TRACE_ID_BYTES],
			  const uint8_t span_id[SPAN_ID_BYTES])
{
	struct profile_link link;
	struct content_question question = {is_same_link, profile, &link};
	uint64_t hash;
	uint32_t id;

	memcpy(link.trace_id, trace_id, sizeof(link.trace_id));
	memcpy(link.span_id, span_id, sizeof(link.span_id));
	hash = content_index_hash(&profile->links_index, 0, &link, sizeof(link));
	id = content_index_find(&profile->links_index, hash, &question);
	if (id != NO_CONTENT)
		return id;
	if (!HAS_ROOM(profile, links, 1, MAX_PROFILE_LINKS) ||
	    content_index_add(&profile->links_index, hash, profile->links_count) < 0) {
		profile_count_loss(profile, PROFILE_CUT_LINK, 1);
		return NO_PROFILE_LINK;
	}
	profile->links[profile->links_count] = link;
	return profile->links_count++;
}

bool profile_add_sample(struct profile *profile, const struct profile_sample *sample)
{
	uint64_t end_ns = sample->unix_ns + (sample->is_off_cpu ? sample->weight_ns : 0);
	struct profile_sample copy = *sample;

	if (sample->thread >= profile->threads_count ||
	    !HAS_ROOM(profile, samples, 1, MAX_PROFILE_SAMPLES)) {
		profile_count_loss(profile, PROFILE_LOST_SAMPLES, 1);
		return false;
	}
	if (copy.stack >= profile->stacks_count)
		copy.stack = PROFILE_OVERFLOW_STACK;
	if (copy.link >= profile->links_count)
		copy.link = NO_PROFILE_LINK;
	if (copy.stack == PROFILE_OVERFLOW_STACK)
		profile_count_loss(profile, PROFILE_CUT_OVERFLOW, 1);
	profile->samples[profile->samples_count++] = copy;
	*(copy.is_off_cpu ? &profile->off_cpu_ns : &profile->on_cpu_ns) += copy.weight_ns;
	if (!profile->start_unix_ns || copy.unix_ns < profile->start_unix_ns)
		profile->start_unix_ns = copy.unix_ns;
	if (end_ns > profile->end_unix_ns)
		profile->end_unix_ns = end_ns;
	return true;
}

void profile_count_loss(struct profile *profile, enum profile_loss loss, uint64_t count)
{
	profile->losses[loss] += count;
}

size_t profile_bytes(const struct profile *profile)
{
	const struct content_index *indexes[] = {&profile->texts_index,   &profile->frames_index,
						 &profile->stacks_index,  &profile->images_index,
						 &profile->threads_index, &profile->links_index};
	size_t size = sizeof(*profile) + profile->arena.used_bytes +
		      profile->frames_capacity * sizeof(*profile->frames) +
		      profile->stacks_capacity * sizeof(*profile->stacks) +
		      profile->stack_frames_capacity * sizeof(*profile->stack_frames) +
		      profile->images_capacity * sizeof(*profile->images) +
		      profile->threads_capacity * sizeof(*profile->threads) +
		      profile->links_capacity * sizeof(*profile->links) +
		      profile->samples_capacity * sizeof(*profile->samples) +
		      profile->texts_capacity * sizeof(*profile->texts);

	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++)
		size += content_index_bytes(indexes[i]);
	return size;
}
