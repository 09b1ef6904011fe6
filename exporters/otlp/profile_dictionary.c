/* Attributes are, after the zero value: name and id of each thread, a build-id for each image, and
 * the types of frames. */
#include "exporters/otlp/profile_dictionary.h"

#include <stdio.h>
#include "exporters/otlp/otlp_parts.h"
#include "exporters/protobuf_writer.h"
#include "model/profile_text.h"

enum {
	DICTIONARY_MAPPING_TABLE = 1,
	DICTIONARY_LOCATION_TABLE = 2,
	DICTIONARY_FUNCTION_TABLE = 3,
	DICTIONARY_LINK_TABLE = 4,
	DICTIONARY_STRING_TABLE = 5,
	DICTIONARY_ATTRIBUTE_TABLE = 6,
	DICTIONARY_STACK_TABLE = 7,
	ANY_VALUE_INT = 3,
};

struct writing {
	struct profile_dictionary *dictionary;
	struct otlp_encoder *encoder;
	struct byte_buffer *body;
	const struct profile *profile;
};

void profile_dictionary_init(struct profile_dictionary *dictionary, const struct profile *profile)
{
	*dictionary = (struct profile_dictionary){.profile = profile};
	string_table_init(&dictionary->strings);
	(void)string_table_add(&dictionary->strings, (struct view){0});
}

void profile_dictionary_done(struct profile_dictionary *dictionary)
{
	string_table_done(&dictionary->strings);
}

static uint32_t string_of(const struct writing *writing, struct view text)
{
	return string_table_add(&writing->dictionary->strings, text);
}

static uint32_t build_id_attribute(const struct writing *writing, uint32_t image)
{
	return 1 + 2 * writing->profile->threads_count + image;
}

static uint32_t kind_attribute(const struct writing *writing, enum profile_frame_kind kind)
{
	return 1 + 2 * writing->profile->threads_count + writing->profile->images_count +
	       (uint32_t)kind;
}

static void append_zero(const struct writing *writing, uint32_t table)
{
	protobuf_writer_end(writing->body,
			    protobuf_writer_begin(writing->body, table, LENGTH_SMALL),
			    LENGTH_SMALL);
}

static void append_packed(struct byte_buffer *body, uint64_t value)
{
	char *at = byte_buffer_reserve(body, MAX_PROTOBUF_VARINT);

	if (at)
		body->size = (size_t)(protobuf_writer_put_varint(at, value) - body->bytes);
}

/* A list of one. */
static void append_index(const struct writing *writing, uint32_t field, uint32_t index)
{
	size_t packed = protobuf_writer_begin(writing->body, field, LENGTH_SMALL);

	append_packed(writing->body, index);
	protobuf_writer_end(writing->body, packed, LENGTH_SMALL);
}

static void append_mappings(const struct writing *writing)
{
	append_zero(writing, DICTIONARY_MAPPING_TABLE);
	for (uint32_t i = 0; i < writing->profile->images_count; i++) {
		const struct crash_image *image = &writing->profile->images[i];
		size_t begun = protobuf_writer_begin(writing->body, DICTIONARY_MAPPING_TABLE,
						     LENGTH_SMALL);

		protobuf_writer_varint(writing->body, 1, image->start);
		protobuf_writer_varint(writing->body, 2, image->start + image->size);
		protobuf_writer_varint(writing->body, 4, string_of(writing, image->path));
		if (image->build_id_size)
			append_index(writing, 5, build_id_attribute(writing, i));
		protobuf_writer_end(writing->body, begun, LENGTH_SMALL);
	}
}

static void append_locations(const struct writing *writing)
{
	struct byte_buffer *body = writing->body;

	append_zero(writing, DICTIONARY_LOCATION_TABLE);
	for (uint32_t i = 0; i < writing->profile->frames_count; i++) {
		const struct profile_frame *frame = &writing->profile->frames[i];
		size_t begun = protobuf_writer_begin(body, DICTIONARY_LOCATION_TABLE, LENGTH_SMALL);
		size_t line;

		if (frame->image < writing->profile->images_count)
			protobuf_writer_varint(body, 1, frame->image + 1ull);
		protobuf_writer_varint(body, 2, profile_text_address(writing->profile, frame));
		line = protobuf_writer_begin(body, 3, LENGTH_SMALL);
		protobuf_writer_varint(body, 1, i + 1ull);
		protobuf_writer_varint(body, 2, frame->line);
		protobuf_writer_end(body, line, LENGTH_SMALL);
		append_index(writing, 4, kind_attribute(writing, frame->kind));
		protobuf_writer_end(body, begun, LENGTH_SMALL);
	}
}

static void append_functions(const struct writing *writing)
{
	char room[PROFILE_NAME_ROOM];

	append_zero(writing, DICTIONARY_FUNCTION_TABLE);
	for (uint32_t i = 0; i < writing->profile->frames_count; i++) {
		const struct profile_frame *frame = &writing->profile->frames[i];
		struct view name = profile_text_frame(writing->profile, frame, room);
		size_t begun = protobuf_writer_begin(writing->body, DICTIONARY_FUNCTION_TABLE,
						     LENGTH_SMALL);

		protobuf_writer_varint(writing->body, 1, string_of(writing, name));
		protobuf_writer_varint(writing->body, 2, string_of(writing, frame->symbol));
		protobuf_writer_varint(writing->body, 3, string_of(writing, frame->file));
		protobuf_writer_end(writing->body, begun, LENGTH_SMALL);
	}
}

static void append_links(const struct writing *writing)
{
	append_zero(writing, DICTIONARY_LINK_TABLE);
	for (uint32_t i = 1; i < writing->profile->links_count; i++) {
		const struct profile_link *link = &writing->profile->links[i];
		size_t begun =
			protobuf_writer_begin(writing->body, DICTIONARY_LINK_TABLE, LENGTH_SMALL);

		protobuf_writer_bytes(writing->body, 1, view_of(link->trace_id, TRACE_ID_BYTES));
		protobuf_writer_bytes(writing->body, 2, view_of(link->span_id, SPAN_ID_BYTES));
		protobuf_writer_end(writing->body, begun, LENGTH_SMALL);
	}
}

static size_t begin_attribute(const struct writing *writing, const char *key)
{
	size_t begun =
		protobuf_writer_begin(writing->body, DICTIONARY_ATTRIBUTE_TABLE, LENGTH_SMALL);

	protobuf_writer_varint(writing->body, 1, string_of(writing, view_of_text(key)));
	return begun;
}

static void append_text_attribute(const struct writing *writing, const char *key, struct view text)
{
	size_t begun = begin_attribute(writing, key);

	otlp_parts_string_value(writing->encoder, 2, text);
	protobuf_writer_end(writing->body, begun, LENGTH_SMALL);
}

static void append_threads(const struct writing *writing)
{
	char room[PROFILE_NAME_ROOM];

	for (uint32_t i = 0; i < writing->profile->threads_count; i++) {
		const struct profile_thread *thread = &writing->profile->threads[i];
		size_t begun, value;

		append_text_attribute(writing, "thread.name", profile_text_thread(thread, room));
		begun = begin_attribute(writing, "thread.id");
		value = protobuf_writer_begin(writing->body, 2, LENGTH_SMALL);
		protobuf_writer_varint(writing->body, ANY_VALUE_INT, thread->tid);
		protobuf_writer_end(writing->body, value, LENGTH_SMALL);
		protobuf_writer_end(writing->body, begun, LENGTH_SMALL);
	}
}

static void append_attributes(const struct writing *writing)
{
	char build_id[2 * MAX_BUILD_ID_BYTES + 1] = "";

	append_zero(writing, DICTIONARY_ATTRIBUTE_TABLE);
	append_threads(writing);
	for (uint32_t i = 0; i < writing->profile->images_count; i++) {
		const struct crash_image *image = &writing->profile->images[i];

		for (uint8_t b = 0; b < image->build_id_size; b++)
			(void)sprintf(build_id + 2 * (size_t)b, "%02x", image->build_id[b]);
		append_text_attribute(writing, "process.executable.build_id.gnu",
				      view_of(build_id, 2ul * image->build_id_size));
	}
	for (int kind = 0; kind < PROFILE_FRAME_KINDS_COUNT; kind++)
		append_text_attribute(
			writing, "profile.frame.type",
			view_of_text(profile_text_kind((enum profile_frame_kind)kind)));
}

static void append_stacks(const struct writing *writing)
{
	append_zero(writing, DICTIONARY_STACK_TABLE);
	for (uint32_t i = 0; i < writing->profile->stacks_count; i++) {
		const struct profile_stack *stack = &writing->profile->stacks[i];
		size_t begun =
			protobuf_writer_begin(writing->body, DICTIONARY_STACK_TABLE, LENGTH_SMALL);
		size_t packed = protobuf_writer_begin(writing->body, 1, LENGTH_SMALL);

		for (uint32_t j = 0; j < stack->depth; j++)
			append_packed(writing->body,
				      writing->profile->stack_frames[stack->first + j] + 1ull);
		protobuf_writer_end(writing->body, packed, LENGTH_SMALL);
		protobuf_writer_end(writing->body, begun, LENGTH_SMALL);
	}
}

/* An empty one has its place, too: otlp_parts_text would leave it out. */
static void append_strings(const struct writing *writing)
{
	const struct string_table *strings = &writing->dictionary->strings;

	append_zero(writing, DICTIONARY_STRING_TABLE);
	for (uint32_t i = 1; i < strings->count; i++)
		otlp_parts_text(writing->encoder, DICTIONARY_STRING_TABLE, strings->texts[i]);
}

void profile_dictionary_append(struct profile_dictionary *dictionary, struct otlp_encoder *encoder,
			       uint32_t field)
{
	const struct writing writing = {dictionary, encoder, &encoder->body, dictionary->profile};
	size_t begun = protobuf_writer_begin(&encoder->body, field, LENGTH_GROUP);

	append_mappings(&writing);
	append_locations(&writing);
	append_functions(&writing);
	append_links(&writing);
	/* Strings stand last: those of the attributes and functions are known then. */
	append_attributes(&writing);
	append_stacks(&writing);
	append_strings(&writing);
	protobuf_writer_end(&encoder->body, begun, LENGTH_GROUP);
	if (dictionary->strings.is_failed)
		encoder->body.is_failed = true;
}
