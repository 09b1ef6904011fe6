/*
 * A recording's profile that anybody could have written: records one after the other through the
 * whole room as a replay does, requests in between. What comes out is a profile whose every index
 * holds.
 */
// fuzz-sources: agent/profile/profile_builder.c agent/profile/process_profiles.c
// fuzz-sources: agent/profile/request_links.c agent/profile/stack_builder.c
// fuzz-sources: agent/profile/recorded_profile.c agent/crash/crash_images.c
// fuzz-sources: agent/crash/syscall_name.c agent/process/kernel_symbols.c
// fuzz-sources: agent/model/profile.c agent/model/resource.c agent/model/attribute.c
// fuzz-sources: agent/base/arena.c agent/base/byte_buffer.c agent/base/content_index.c
// fuzz-sources: agent/base/hash_map.c agent/base/drops.c agent/base/view.c agent/base/utf8.c
// fuzz-sources: agent/base/random_id.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "profile/profile_builder.h"
#include "profile/stack_builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* crash_images.c asks it for the images of a live process: none is here. */
uint32_t image_table_find(const struct image_table *table, pid_t tgid,
			  const struct image_mapping **ret_mappings)
{
	(void)table;
	(void)tgid;
	*ret_mappings = NULL;
	return 0;
}

void image_table_extent(const struct image_mapping *mappings, uint32_t count, uint32_t index,
			uint64_t *ret_address, uint64_t *ret_size)
{
	(void)mappings;
	(void)count;
	(void)index;
	*ret_address = *ret_size = 0;
}

int image_table_fd(struct image_table *table, pid_t tgid, const struct image_mapping *mapping)
{
	(void)table;
	(void)tgid;
	(void)mapping;
	return -1;
}

static struct resource *resource_of(void *self, uint32_t tgid)
{
	(void)self;
	(void)tgid;
	return NULL;
}

static void on_profile(void *self, struct profile **profile)
{
	(void)self;
	for (uint32_t i = 0; i < (*profile)->samples_count; i++) {
		const struct profile_sample *sample = &(*profile)->samples[i];
		const struct profile_stack *stack = &(*profile)->stacks[sample->stack];

		assert(sample->stack < (*profile)->stacks_count);
		assert(sample->thread < (*profile)->threads_count);
		assert(sample->link < (*profile)->links_count);
		assert(stack->depth >= 1 && stack->depth <= MAX_PROFILE_DEPTH);
		for (uint32_t k = 0; k < stack->depth; k++)
			assert((*profile)->stack_frames[stack->first + k] <
			       (*profile)->frames_count);
	}
	profile_free(profile);
}

static void take(struct stack_builder *stacks, struct profile_builder *builder, struct view record)
{
	const struct record_header *header = (const void *)record.bytes;
	struct served_request request = {0};

	if (header->kind == RECORD_PROFILE_POINT &&
	    record.size >= sizeof(struct profile_point_record))
		profile_builder_take_point(builder, (const void *)record.bytes);
	else if (header->kind == RECORD_PROFILE_UNWOUND &&
		 record.size >= sizeof(struct profile_unwound_record))
		profile_builder_take_stack(builder, (const void *)record.bytes);
	else if (header->kind == RECORD_PROFILE_LOSS &&
		 record.size >= sizeof(struct profile_loss_record))
		profile_builder_take_loss(builder, (const void *)record.bytes);
	else if (!stack_builder_take_record(stacks, record) && record.size >= 32) {
		memcpy(&request.context, record.bytes + 16, sizeof(request.context));
		request.tgid = header->reserved;
		request.start_ns = header->time_ns;
		request.end_ns = header->time_ns + request.context;
		request.span_id[0] = 1;
		profile_builder_take_request(builder, &request);
	} else {
		profile_builder_tick(builder, header->time_ns);
	}
}

/* A record's own size says where the next begins, as in a recording. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct process_profiles_sink sink = {NULL, resource_of, on_profile};
	struct view rest = view_of(bytes, size);
	struct profile_builder *builder;
	struct stack_builder *stacks;
	struct record_header header;
	struct drops drops = {0};

	if (stack_builder_new(&stacks, NULL, NULL, NULL) < 0 ||
	    profile_builder_new(&builder, stack_builder_dictionary(stacks), &sink, &drops) < 0)
		abort();
	while (rest.size >= sizeof(header)) {
		size_t length;
		char *copy;

		memcpy(&header, rest.bytes, sizeof(header));
		length = header.size < sizeof(header) || header.size > rest.size ? rest.size
										 : header.size;
		copy = malloc(length);
		if (!copy)
			abort();
		memcpy(copy, rest.bytes, length);
		take(stacks, builder, view_of(copy, length));
		free(copy);
		rest = view_skip(rest, length);
	}
	profile_builder_finish(builder);
	profile_builder_free(&builder);
	stack_builder_free(&stacks);
	return 0;
}
