/*
 * Ids are indices plus one. Strings are gathered first: a string is where it was first asked for.
 * The message is made whole, because gzip wants it whole: some hundred bytes per distinct stack.
 */
#include "exporters/profile/pprof.h"

#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "exporters/gzip_encoder.h"
#include "exporters/protobuf_writer.h"
#include "exporters/string_table.h"
#include "model/profile_sums.h"
#include "model/profile_text.h"

#define MAX_MESSAGE_BYTES (256u << 20)
#define LENGTH_SIZE       2 /* most messages in it are of 128 bytes and more */

enum { /* of message Profile */
       PROFILE_SAMPLE_TYPE = 1,
       PROFILE_SAMPLE = 2,
       PROFILE_MAPPING = 3,
       PROFILE_LOCATION = 4,
       PROFILE_FUNCTION = 5,
       PROFILE_STRING_TABLE = 6,
       PROFILE_TIME_NANOS = 9,
       PROFILE_DURATION_NANOS = 10,
       PROFILE_PERIOD_TYPE = 11,
       PROFILE_PERIOD = 12,
       PROFILE_COMMENT = 13,
       PROFILE_DEFAULT_SAMPLE_TYPE = 14,
};

struct message {
	struct byte_buffer *buffer;
	struct string_table strings;
	const struct profile *profile;
};

static uint32_t text_of(struct message *message, const char *text)
{
	return string_table_add(&message->strings, view_of_text(text));
}

static void append_value_type(struct message *message, uint32_t field, const char *type,
			      const char *unit)
{
	size_t begun = protobuf_writer_begin(message->buffer, field, 1);

	protobuf_writer_varint(message->buffer, 1, text_of(message, type));
	protobuf_writer_varint(message->buffer, 2, text_of(message, unit));
	protobuf_writer_end(message->buffer, begun, 1);
}

static void append_mappings(struct message *message)
{
	char build_id[2 * MAX_BUILD_ID_BYTES + 1];

	for (uint32_t i = 0; i < message->profile->images_count; i++) {
		const struct crash_image *image = &message->profile->images[i];
		size_t begun = protobuf_writer_begin(message->buffer, PROFILE_MAPPING, 1);

		for (uint8_t b = 0; b < image->build_id_size; b++)
			(void)sprintf(build_id + 2 * (size_t)b, "%02x", image->build_id[b]);
		protobuf_writer_varint(message->buffer, 1, i + 1ull);
		protobuf_writer_varint(message->buffer, 2, image->start);
		protobuf_writer_varint(message->buffer, 3, image->start + image->size);
		protobuf_writer_varint(message->buffer, 5,
				       string_table_add(&message->strings, image->path));
		protobuf_writer_varint(
			message->buffer, 6,
			string_table_add(&message->strings,
					 view_of(build_id, 2ul * image->build_id_size)));
		protobuf_writer_varint(message->buffer, 7, 1); /* has_functions: nothing is to be
								  looked up again */
		protobuf_writer_end(message->buffer, begun, 1);
	}
}

/* A function and the place in it, of each frame: those of one function are few enough. */
static void append_frame(struct message *message, uint32_t index)
{
	const struct profile_frame *frame = &message->profile->frames[index];
	struct byte_buffer *buffer = message->buffer;
	char room[PROFILE_NAME_ROOM];
	struct view name = profile_text_frame(message->profile, frame, room);
	size_t begun = protobuf_writer_begin(buffer, PROFILE_FUNCTION, 1), line;

	protobuf_writer_varint(buffer, 1, index + 1ull);
	protobuf_writer_varint(buffer, 2, string_table_add(&message->strings, name));
	protobuf_writer_varint(
		buffer, 3,
		string_table_add(&message->strings, frame->symbol.size ? frame->symbol : name));
	protobuf_writer_varint(buffer, 4, string_table_add(&message->strings, frame->file));
	protobuf_writer_end(buffer, begun, 1);

	begun = protobuf_writer_begin(buffer, PROFILE_LOCATION, 1);
	protobuf_writer_varint(buffer, 1, index + 1ull);
	if (frame->image < message->profile->images_count)
		protobuf_writer_varint(buffer, 2, frame->image + 1ull);
	protobuf_writer_varint(buffer, 3, profile_text_address(message->profile, frame));
	line = protobuf_writer_begin(buffer, 4, 1);
	protobuf_writer_varint(buffer, 1, index + 1ull);
	protobuf_writer_varint(buffer, 2, frame->line);
	protobuf_writer_end(buffer, line, 1);
	protobuf_writer_end(buffer, begun, 1);
}

static void append_label(struct message *message, const char *key, struct view text,
			 uint64_t number)
{
	size_t begun = protobuf_writer_begin(message->buffer, 3, 1);

	protobuf_writer_varint(message->buffer, 1, text_of(message, key));
	if (text.size)
		protobuf_writer_varint(message->buffer, 2,
				       string_table_add(&message->strings, text));
	protobuf_writer_varint(message->buffer, 3, number);
	protobuf_writer_end(message->buffer, begun, 1);
}

static void append_hex_label(struct message *message, const char *key, const uint8_t *id,
			     size_t size)
{
	char hex[2 * TRACE_ID_BYTES + 1];

	for (size_t i = 0; i < size; i++)
		(void)sprintf(hex + 2 * i, "%02x", id[i]);
	append_label(message, key, view_of(hex, 2 * size), 0);
}

static void append_packed(struct byte_buffer *buffer, uint64_t value)
{
	char *at = byte_buffer_reserve(buffer, MAX_PROTOBUF_VARINT);

	if (at)
		buffer->size = (size_t)(protobuf_writer_put_varint(at, value) - buffer->bytes);
}

static void append_sample(struct message *message, const struct profile_sum *sample, bool has_waits)
{
	const struct profile *profile = message->profile;
	const struct profile_stack *stack = &profile->stacks[sample->stack];
	const struct profile_thread *thread = &profile->threads[sample->thread];
	struct byte_buffer *buffer = message->buffer;
	size_t begun = protobuf_writer_begin(buffer, PROFILE_SAMPLE, LENGTH_SIZE), packed;
	char room[PROFILE_NAME_ROOM];

	packed = protobuf_writer_begin(buffer, 1, 1);
	for (uint32_t i = 0; i < stack->depth; i++)
		append_packed(buffer, profile->stack_frames[stack->first + i] + 1ull);
	protobuf_writer_end(buffer, packed, 1);
	packed = protobuf_writer_begin(buffer, 2, 1);
	append_packed(buffer, sample->count);
	append_packed(buffer, sample->on_ns);
	if (has_waits)
		append_packed(buffer, sample->off_ns);
	protobuf_writer_end(buffer, packed, 1);
	append_label(message, "thread", profile_text_thread(thread, room), 0);
	append_label(message, "pid", (struct view){0}, thread->pid);
	if (sample->link != NO_PROFILE_LINK) {
		const struct profile_link *link = &profile->links[sample->link];

		append_hex_label(message, "trace_id", link->trace_id, TRACE_ID_BYTES);
		append_hex_label(message, "span_id", link->span_id, SPAN_ID_BYTES);
	}
	protobuf_writer_end(buffer, begun, LENGTH_SIZE);
}

/* Readers refuse a profile for one string that is no UTF-8, and print what is in it. */
static void append_strings(struct message *message)
{
	for (uint32_t i = 0; i < message->strings.count; i++) {
		/* An empty one is there, too: it has an index. */
		size_t begun = protobuf_writer_begin(message->buffer, PROFILE_STRING_TABLE, 1);

		profile_output_name(message->buffer, message->strings.texts[i]);
		protobuf_writer_end(message->buffer, begun, 1);
	}
}

static void append_head(struct message *message, bool has_waits)
{
	const struct profile *profile = message->profile;
	uint64_t hz = profile->frequency_hz ? profile->frequency_hz : 99;

	(void)text_of(message, "");
	append_value_type(message, PROFILE_SAMPLE_TYPE, "samples", "count");
	append_value_type(message, PROFILE_SAMPLE_TYPE, "cpu", "nanoseconds");
	if (has_waits)
		append_value_type(message, PROFILE_SAMPLE_TYPE, "off-cpu", "nanoseconds");
	append_value_type(message, PROFILE_PERIOD_TYPE, "cpu", "nanoseconds");
	protobuf_writer_varint(message->buffer, PROFILE_PERIOD, NS_PER_S / hz);
	protobuf_writer_varint(message->buffer, PROFILE_TIME_NANOS, profile->start_unix_ns);
	protobuf_writer_varint(message->buffer, PROFILE_DURATION_NANOS,
			       profile->end_unix_ns - profile->start_unix_ns);
	protobuf_writer_varint(message->buffer, PROFILE_DEFAULT_SAMPLE_TYPE,
			       text_of(message, "cpu"));
	if (profile_text_lost(profile)) {
		char comment[96];

		(void)snprintf(comment, sizeof(comment), "limpet: %llu samples were lost",
			       (unsigned long long)profile_text_lost(profile));
		protobuf_writer_varint(message->buffer, PROFILE_COMMENT, text_of(message, comment));
	}
}

static int append_message(struct byte_buffer *buffer, const struct profile_writing *writing)
{
	const struct profile *profile = writing->profile;
	_cleanup_(profile_sums_done) struct profile_sums samples = {0};
	struct message message = {.buffer = buffer, .profile = profile};
	bool has_waits = profile->off_cpu_ns > 0;
	int err = profile_sums_init(&samples, profile, writing->has_requests);

	if (err < 0)
		return err;
	string_table_init(&message.strings);
	append_head(&message, has_waits);
	append_mappings(&message);
	for (uint32_t i = 0; i < profile->frames_count; i++)
		append_frame(&message, i);
	for (uint32_t i = 0; i < samples.count; i++)
		append_sample(&message, &samples.samples[i], has_waits);
	append_strings(&message);
	err = buffer->is_failed || message.strings.is_failed ? -1 : 0;
	string_table_done(&message.strings);
	return err;
}

void pprof_write(struct profile_output *output, const struct profile_writing *writing)
{
	_cleanup_(gzip_encoder_free) struct gzip_encoder *gzip = NULL;
	_cleanup_(byte_buffer_done) struct byte_buffer message, packed;

	byte_buffer_init(&message, MAX_MESSAGE_BYTES);
	byte_buffer_init(&packed, MAX_MESSAGE_BYTES + MAX_MESSAGE_BYTES / 8);
	if (append_message(&message, writing) < 0 || gzip_encoder_new(&gzip) < 0 ||
	    gzip_encoder_run(gzip, byte_buffer_view(&message), &packed) < 0) {
		output->is_failed = true;
		return;
	}
	/* Past the buffer: it may be larger than that. */
	if (profile_output_end(output) < 0 ||
	    fwrite(packed.bytes, 1, packed.size, output->stream) != packed.size)
		output->is_failed = true;
}
