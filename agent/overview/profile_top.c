/* Every stack is walked once, with the number of its samples. */
#include "overview/profile_top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "model/profile_text.h"

struct function_key {
	char name[TOP_FUNCTION_BYTES];
	char module[TOP_MODULE_BYTES];
};

struct function_counts {
	uint64_t self_count, total_count;
	uint64_t stack; /* the last one it was counted for, of all: a function may be in it twice */
};

int profile_top_init(struct profile_top *top)
{
	*top = (struct profile_top){0};
	return hash_map_new(&top->functions, sizeof(struct function_key),
			    sizeof(struct function_counts), MAX_TOP_FUNCTIONS);
}

void profile_top_done(struct profile_top *top)
{
	hash_map_free(&top->functions);
}

static void copy(char *to, size_t size, struct view text)
{
	text = view_take(text, size - 1);
	if (text.size)
		memcpy(to, text.bytes, text.size);
}

static struct function_key key_of(const struct profile *profile, const struct profile_frame *frame)
{
	struct function_key key = {{0}, {0}};
	struct view module = {0};
	char room[PROFILE_NAME_ROOM];

	if (frame->kind == PROFILE_FRAME_KERNEL)
		module = VIEW_LITERAL("[kernel]");
	else if (frame->image < profile->images_count)
		module = view_base_name(profile->images[frame->image].path);
	copy(key.module, sizeof(key.module), module);
	copy(key.name, sizeof(key.name), profile_text_frame(profile, frame, room));
	return key;
}

/* number: of the stack, of all that were ever added. */
static void add_stack(struct profile_top *top, const struct profile *profile,
		      const struct profile_stack *stack, uint64_t count, uint64_t number)
{
	for (uint32_t i = 0; i < stack->depth; i++) {
		const struct profile_frame *frame =
			&profile->frames[profile->stack_frames[stack->first + i]];
		struct function_key key = key_of(profile, frame);
		struct function_counts *counts = hash_map_add(top->functions, &key, NULL);

		if (!counts)
			continue;
		counts->self_count += i == 0 ? count : 0;
		counts->total_count += counts->stack == number ? 0 : count;
		counts->stack = number;
	}
}

int profile_top_add(struct profile_top *top, const struct profile *profile)
{
	_cleanup_(cleanup_free) uint64_t *counts = calloc(profile->stacks_count, sizeof(*counts));

	if (!counts)
		return -ENOMEM;
	for (uint32_t i = 0; i < profile->samples_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];

		if (sample->is_off_cpu || sample->stack >= profile->stacks_count)
			continue;
		counts[sample->stack]++;
		top->samples_count++;
	}
	for (uint32_t i = 0; i < profile->stacks_count; i++)
		if (counts[i])
			add_stack(top, profile, &profile->stacks[i], counts[i],
				  top->samples_count << 32 | (i + 1));
	return 0;
}

static int compare_self(const void *a, const void *b)
{
	const struct top_function *x = a, *y = b;

	if (x->self_count != y->self_count)
		return x->self_count > y->self_count ? -1 : 1;
	if (x->total_count != y->total_count)
		return x->total_count > y->total_count ? -1 : 1;
	return strcmp(x->name, y->name);
}

uint32_t profile_top_rows(const struct profile_top *top, struct top_function *ret, uint32_t max)
{
	size_t all = hash_map_count(top->functions), count = 0;
	_cleanup_(cleanup_free) struct top_function *rows = calloc(all + 1, sizeof(*rows));
	const struct function_counts *counts;
	void *cursor = NULL;

	while (rows && count < all && (counts = hash_map_next(top->functions, &cursor))) {
		const struct function_key *key = hash_map_key(top->functions, counts);
		struct top_function *row = &rows[count++];

		memcpy(row->name, key->name, sizeof(row->name));
		memcpy(row->module, key->module, sizeof(row->module));
		row->self_count = counts->self_count;
		row->total_count = counts->total_count;
	}
	if (count)
		qsort(rows, count, sizeof(*rows), compare_self);
	count = count < max ? count : max;
	if (count)
		memcpy(ret, rows, count * sizeof(*rows));
	return (uint32_t)count;
}
