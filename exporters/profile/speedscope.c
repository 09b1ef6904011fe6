/* Frames are the profile's, by index; weights are exact milliseconds to the nanosecond. */
#include "exporters/profile/speedscope.h"

#include <inttypes.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "exporters/json_writer.h"
#include "model/profile_order.h"
#include "model/profile_text.h"

static void append_text(struct json_writer *writer, const char *key, struct view text)
{
	json_writer_key(writer, key);
	json_writer_string(writer, text);
}

static void append_frames(struct profile_output *output, struct json_writer *writer,
			  const struct profile *profile)
{
	char room[PROFILE_NAME_ROOM];

	json_writer_key(writer, "shared");
	json_writer_begin(writer, '{');
	json_writer_key(writer, "frames");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < profile->frames_count; i++) {
		const struct profile_frame *frame = &profile->frames[i];

		json_writer_begin(writer, '{');
		append_text(writer, "name", profile_text_frame(profile, frame, room));
		if (frame->file.size)
			append_text(writer, "file", frame->file);
		else if (frame->image < profile->images_count)
			append_text(writer, "file", profile->images[frame->image].path);
		if (frame->line) {
			json_writer_key(writer, "line");
			json_writer_integer(writer, frame->line);
		}
		json_writer_end(writer, '}');
		profile_output_pass(output);
	}
	json_writer_end(writer, ']');
	json_writer_end(writer, '}');
}

/* A number with nine decimals is exact; a double is not. */
static void append_seconds(struct byte_buffer *buffer, uint64_t ns)
{
	byte_buffer_append_format(buffer, "%" PRIu64 ".%09" PRIu64, ns / 1000000000u,
				  ns % 1000000000u);
}

static void append_stack(struct byte_buffer *buffer, const struct profile *profile, uint32_t id)
{
	const struct profile_stack *stack = &profile->stacks[id];

	for (uint32_t i = stack->depth; i > 0; i--)
		byte_buffer_append_format(buffer, "%s%u", i == stack->depth ? "[" : ",",
					  profile->stack_frames[stack->first + i - 1]);
	byte_buffer_append_byte(buffer, ']');
}

static void append_lists(struct profile_output *output, const struct profile *profile,
			 const uint32_t *order, uint32_t count)
{
	struct byte_buffer *buffer = &output->buffer;

	byte_buffer_append_text(buffer, ",\"samples\":[");
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			byte_buffer_append_byte(buffer, ',');
		append_stack(buffer, profile, profile->samples[order[i]].stack);
		profile_output_pass(output);
	}
	byte_buffer_append_text(buffer, "],\"weights\":[");
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			byte_buffer_append_byte(buffer, ',');
		append_seconds(buffer, profile->samples[order[i]].weight_ns);
		profile_output_pass(output);
	}
	byte_buffer_append_byte(buffer, ']');
}

/* "worker 4712, off-CPU" */
static struct view title_of(const struct profile *profile, const struct profile_sample *sample,
			    char title[PROFILE_NAME_ROOM + 32])
{
	const struct profile_thread *thread = &profile->threads[sample->thread];
	int size = snprintf(title, PROFILE_NAME_ROOM + 32, "%.*s%s%u%s", VIEW_FORMAT(thread->name),
			    thread->name.size ? " " : "thread ", thread->tid,
			    sample->is_off_cpu ? ", off-CPU" : "");

	return view_of(title, (size_t)size);
}

static void append_run(struct profile_output *output, struct json_writer *writer,
		       const struct profile *profile, const uint32_t *order, uint32_t count)
{
	char title[PROFILE_NAME_ROOM + 32];
	uint64_t sum_ns = 0;

	for (uint32_t i = 0; i < count; i++)
		sum_ns += profile->samples[order[i]].weight_ns;
	json_writer_begin(writer, '{');
	append_text(writer, "type", VIEW_LITERAL("sampled"));
	append_text(writer, "name", title_of(profile, &profile->samples[order[0]], title));
	append_text(writer, "unit", VIEW_LITERAL("seconds"));
	byte_buffer_append_text(writer->buffer, ",\"startValue\":0,\"endValue\":");
	append_seconds(writer->buffer, sum_ns);
	append_lists(output, profile, order, count);
	json_writer_end(writer, '}');
}

void speedscope_write(struct profile_output *output, const struct profile_writing *writing)
{
	const struct profile *profile = writing->profile;
	_cleanup_(cleanup_free) uint32_t *order = NULL;
	struct json_writer writer;

	if (profile_order_new(&order, profile) < 0) {
		output->is_failed = true;
		return;
	}
	json_writer_init(&writer, &output->buffer);
	json_writer_begin(&writer, '{');
	append_text(&writer, "$schema",
		    VIEW_LITERAL("https://www.speedscope.app/file-format-schema.json"));
	append_text(&writer, "version", VIEW_LITERAL("0.0.1"));
	append_text(&writer, "exporter", VIEW_LITERAL("limpet " LIMPET_VERSION));
	append_frames(output, &writer, profile);
	json_writer_key(&writer, "profiles");
	json_writer_begin(&writer, '[');
	for (uint32_t i = 0, count; i < profile->samples_count; i += count) {
		count = profile_order_run(profile, order, i);
		append_run(output, &writer, profile, order + i, count);
	}
	json_writer_end(&writer, ']');
	json_writer_end(&writer, '}');
	byte_buffer_append_byte(&output->buffer, '\n');
}
