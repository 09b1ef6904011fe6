/* Frames go into a list, leaf first, and the list into the dictionary; what was not in there yet
 * goes into the recording. Folded recursion is as it was before: folding is for who draws. */
#include "profile/stack_builder.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "crash/syscall_name.h"
#include "process/kernel_symbols.h"
#include "profile/recorded_profile.h"

#define MAX_LIST (MAX_PROFILE_DEPTH + 1) /* one more: it is cut */

struct stack_builder {
	struct profile *dictionary;
	struct kernel_symbols *kernel; /* NULL: the kernel's frames have no names */
	struct byte_buffer record;
	stack_builder_record_fn on_record; /* NULL: there is no recording */
	void *self;
};

/* The stack that is being made. */
struct frame_list {
	uint32_t frames[MAX_LIST];
	uint32_t count;
};

int stack_builder_new(struct stack_builder **ret, const char *kallsyms,
		      stack_builder_record_fn on_record, void *self)
{
	_cleanup_(stack_builder_free) struct stack_builder *builder = calloc(1, sizeof(*builder));
	int err;

	if (!builder)
		return -ENOMEM;
	byte_buffer_init(&builder->record, MAX_PROFILE_RECORD_BYTES);
	builder->on_record = on_record;
	builder->self = self;
	err = profile_new(&builder->dictionary, NULL, 0);
	if (err < 0)
		return err;
	if (kallsyms)
		(void)kernel_symbols_new(&builder->kernel, kallsyms);
	*ret = TAKE_PTR(builder);
	return 0;
}

void stack_builder_free(struct stack_builder **builder)
{
	if (!*builder)
		return;
	profile_free(&(*builder)->dictionary);
	kernel_symbols_free(&(*builder)->kernel);
	byte_buffer_done(&(*builder)->record);
	free(*builder);
	*builder = NULL;
}

const struct profile *stack_builder_dictionary(const struct stack_builder *builder)
{
	return builder->dictionary;
}

static void tell(struct stack_builder *builder, int err)
{
	if (err == 0)
		builder->on_record(builder->self, byte_buffer_view(&builder->record));
	byte_buffer_clear(&builder->record);
}

static uint32_t add_image(struct stack_builder *builder, const struct crash_image *image)
{
	uint32_t count = builder->dictionary->images_count;
	uint32_t index = profile_add_image(builder->dictionary, image);

	if (builder->on_record && builder->dictionary->images_count != count)
		tell(builder,
		     recorded_profile_write_image(&builder->record, image, clock_monotonic_ns()));
	return index;
}

uint32_t stack_builder_add_frame(struct stack_builder *builder, const struct profile_frame *frame)
{
	uint32_t count = builder->dictionary->frames_count;
	uint32_t index = profile_add_frame(builder->dictionary, frame);

	if (builder->on_record && builder->dictionary->frames_count != count)
		tell(builder,
		     recorded_profile_write_frame(&builder->record, frame, clock_monotonic_ns()));
	return index;
}

static void push_frame(struct stack_builder *builder, struct frame_list *list,
		       const struct profile_frame *frame)
{
	if (list->count < MAX_LIST)
		list->frames[list->count++] = stack_builder_add_frame(builder, frame);
}

static void push_word(struct stack_builder *builder, struct frame_list *list, const char *word)
{
	struct profile_frame frame = {
		.function = view_of_text(word), .image = NO_IMAGE, .kind = PROFILE_FRAME_SYNTHETIC};

	push_frame(builder, list, &frame);
}

/* A named one is the same function wherever in it, and its address no business of anybody's. */
static void push_kernel(struct stack_builder *builder, struct frame_list *list, uint64_t address)
{
	struct profile_frame frame = {.image = NO_IMAGE, .kind = PROFILE_FRAME_KERNEL};

	if (!builder->kernel || !kernel_symbols_find(builder->kernel, address, &frame.function))
		frame.function = VIEW_LITERAL("[kernel]");
	push_frame(builder, list, &frame);
}

static void push_kernel_side(struct stack_builder *builder, struct frame_list *list,
			     const struct profile_sample_record *record)
{
	struct profile_frame call = {.image = NO_IMAGE, .kind = PROFILE_FRAME_KERNEL};

	if (record->flags & SAMPLE_IS_OFF_CPU) {
		if (record->system_call >= 0)
			call.function =
				view_of_text(syscall_name_of((unsigned int)record->system_call));
		else
			call.function = VIEW_LITERAL("[fault or stop]");
		push_frame(builder, list, &call);
		return;
	}
	if (!(record->flags & SAMPLE_IN_KERNEL))
		return;
	if (!builder->kernel || record->kernel_frames_count == 0) {
		push_word(builder, list, "[kernel]");
		return;
	}
	/* All but the first are where calls return to. */
	for (uint32_t i = 0; i < record->kernel_frames_count; i++)
		push_kernel(builder, list, record->kernel_frames[i] - (i ? 1 : 0));
}

/* Where the instruction was, not where the call returns to: so that it is found again. */
static void push_program(struct stack_builder *builder, struct frame_list *list,
			 const struct unwound_sample *unwound, const struct crash_frame *from)
{
	uint64_t address = from->pc - (from->is_exact_pc || from->pc == 0 ? 0 : 1);
	struct profile_frame frame = {
		.function = from->function,
		.symbol = from->symbol,
		.file = from->file,
		.line = from->line,
		.image = NO_IMAGE,
		.offset = address,
		.is_in_app = from->is_in_app,
	};

	if (from->image < unwound->images->images_count) {
		const struct crash_image *image = &unwound->images->places[from->image];

		frame.image = add_image(builder, image);
		if (frame.image != NO_IMAGE)
			frame.offset = address - image->start;
	} else if (from->function.size || crash_images_find(unwound->images, address)) {
		frame.kind = PROFILE_FRAME_JIT;
	}
	push_frame(builder, list, &frame);
}

/* How many frames in a row were folded together. */
static uint32_t group_size(const struct unwound_sample *unwound, uint32_t first)
{
	uint32_t size = 1;

	while (first + size < unwound->frames_count &&
	       unwound->frames[first + size].repeats == unwound->frames[first].repeats)
		size++;
	return size;
}

/* The interpreter's own function stands for the frames of Python that it was running when it was
 * interrupted, down to the one that C had called. False: of it none is known. */
static bool push_python(struct frame_list *list, const struct sample *sample, uint32_t *next,
			const struct crash_frame *from)
{
	bool has_any = false;

	if (!view_starts_with(from->function, VIEW_LITERAL("_PyEval_EvalFrameDefault")))
		return false;
	while (*next < sample->python_count) {
		const struct sample_python *python = &sample->python[(*next)++];

		if (python->frame != NO_PYTHON_FRAME && list->count < MAX_LIST)
			list->frames[list->count++] = python->frame;
		has_any = has_any || python->frame != NO_PYTHON_FRAME;
		if (python->is_entry)
			break;
	}
	return has_any;
}

static void push_programs(struct stack_builder *builder, struct frame_list *list,
			  const struct sample *sample, const struct unwound_sample *unwound)
{
	uint32_t python = 0;

	for (uint32_t i = 0; i < unwound->frames_count && list->count < MAX_LIST;) {
		uint32_t repeats = unwound->frames[i].repeats;
		uint32_t group = repeats ? group_size(unwound, i) : 1;

		for (uint32_t round = 0; round <= repeats && list->count < MAX_LIST; round++)
			for (uint32_t k = 0; k < group; k++)
				if (!push_python(list, sample, &python, &unwound->frames[i + k]))
					push_program(builder, list, unwound,
						     &unwound->frames[i + k]);
		i += group;
	}
}

static uint32_t add_stack(struct stack_builder *builder, const struct frame_list *list)
{
	uint32_t count = builder->dictionary->stacks_count;
	uint32_t index = profile_add_stack(builder->dictionary, list->frames, list->count);
	const struct profile_stack *stack = &builder->dictionary->stacks[index];

	if (builder->on_record && builder->dictionary->stacks_count != count)
		tell(builder,
		     recorded_profile_write_stack(&builder->record,
						  &builder->dictionary->stack_frames[stack->first],
						  stack->depth, clock_monotonic_ns()));
	return index;
}

struct built_stack stack_builder_add(struct stack_builder *builder, const struct sample *sample,
				     const struct unwound_sample *unwound)
{
	const struct profile_sample_record *record = &sample->record;
	bool is_cut = unwound->is_truncated || record->pages_lost ||
		      (record->flags & SAMPLE_IS_TRUNCATED && !unwound->is_complete);
	struct built_stack built = {0};
	struct frame_list list = {.count = 0};

	push_kernel_side(builder, &list, record);
	push_programs(builder, &list, sample, unwound);
	if (!unwound->is_complete) {
		built.loss = is_cut ? PROFILE_CUT_DEPTH : PROFILE_CUT_UNWIND;
		push_word(builder, &list, is_cut ? "[truncated]" : "[unwind failed]");
	}
	/* As profile_add_stack would cut it, but told to the recording. */
	if (list.count > MAX_PROFILE_DEPTH) {
		built.loss = PROFILE_CUT_DEPTH;
		list.count = MAX_PROFILE_DEPTH - 1;
		push_word(builder, &list, "[truncated]");
	}
	built.stack = add_stack(builder, &list);
	return built;
}

static bool take_frame(struct stack_builder *builder, struct view record)
{
	struct profile_frame frame;

	if (recorded_profile_read_frame(record, &frame) < 0 ||
	    (frame.image != NO_IMAGE && frame.image >= builder->dictionary->images_count))
		return false;
	(void)profile_add_frame(builder->dictionary, &frame);
	return true;
}

static bool take_stack(struct stack_builder *builder, struct view record)
{
	uint32_t frames[MAX_PROFILE_DEPTH], depth;

	if (recorded_profile_read_stack(record, frames, &depth) < 0)
		return false;
	for (uint32_t i = 0; i < depth; i++)
		if (frames[i] >= builder->dictionary->frames_count)
			return false;
	(void)profile_add_stack(builder->dictionary, frames, depth);
	return true;
}

bool stack_builder_take_record(struct stack_builder *builder, struct view record)
{
	const struct record_header *header = (const void *)record.bytes;
	struct crash_image image;

	switch (header->kind) {
	case RECORD_PROFILE_IMAGE:
		if (recorded_profile_read_image(record, &image) < 0)
			return false;
		(void)profile_add_image(builder->dictionary, &image);
		return true;
	case RECORD_PROFILE_FRAME:
		return take_frame(builder, record);
	case RECORD_PROFILE_STACK:
		return take_stack(builder, record);
	default:
		return false;
	}
}
