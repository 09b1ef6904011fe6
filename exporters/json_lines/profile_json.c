/* Frames are told once, stacks by their indices: a line of a minute is some hundred kilobytes. */
#include "exporters/json_lines/profile_json.h"

#include "exporters/json_writer.h"
#include "model/profile_sums.h"
#include "model/profile_text.h"

static void append_text(struct json_writer *writer, const char *key, struct view text)
{
	if (view_is_empty(text))
		return;
	json_writer_key(writer, key);
	json_writer_string(writer, text);
}

static void append_number(struct json_writer *writer, const char *key, uint64_t number)
{
	json_writer_key(writer, key);
	json_writer_integer(writer, (int64_t)number);
}

static void append_time(struct json_writer *writer, const char *key, uint64_t unix_ns)
{
	json_writer_key(writer, key);
	json_writer_unsigned_text(writer, unix_ns);
}

static void append_head(struct json_writer *writer, const struct profile *profile)
{
	if (profile->resource) {
		append_text(writer, "service", profile->resource->service_name);
		append_text(writer, "host", profile->resource->server_name);
		append_number(writer, "pid", profile->resource->pid);
	}
	append_time(writer, "startUnixNano", profile->start_unix_ns);
	append_time(writer, "endUnixNano", profile->end_unix_ns);
	append_number(writer, "frequencyHz", profile->frequency_hz);
	append_number(writer, "samples", profile->samples_count);
	append_number(writer, "onCpuNano", profile->on_cpu_ns);
	append_number(writer, "offCpuNano", profile->off_cpu_ns);
	if (profile->is_incomplete) {
		json_writer_key(writer, "incomplete");
		json_writer_boolean(writer, true);
	}
	json_writer_key(writer, "losses");
	json_writer_begin(writer, '{');
	for (int i = 0; i < PROFILE_LOSSES_COUNT; i++)
		if (profile->losses[i])
			append_number(writer, profile_text_loss((enum profile_loss)i),
				      profile->losses[i]);
	json_writer_end(writer, '}');
}

static void append_frame(struct json_writer *writer, const struct profile *profile,
			 const struct profile_frame *frame)
{
	char room[PROFILE_NAME_ROOM];

	json_writer_begin(writer, '{');
	append_text(writer, "function", profile_text_frame(profile, frame, room));
	append_text(writer, "symbol", frame->symbol);
	append_text(writer, "kind", view_of_text(profile_text_kind(frame->kind)));
	append_text(writer, "file", frame->file);
	if (frame->line)
		append_number(writer, "line", frame->line);
	if (frame->image < profile->images_count)
		append_text(writer, "module", profile->images[frame->image].path);
	if (frame->is_in_app) {
		json_writer_key(writer, "inApp");
		json_writer_boolean(writer, true);
	}
	json_writer_end(writer, '}');
}

static void append_stack(struct json_writer *writer, const struct profile *profile,
			 const struct profile_sum *sum)
{
	const struct profile_stack *stack = &profile->stacks[sum->stack];
	const struct profile_thread *thread = &profile->threads[sum->thread];
	const struct profile_link *link = &profile->links[sum->link];

	json_writer_begin(writer, '{');
	append_number(writer, "tid", thread->tid);
	append_text(writer, "thread", thread->name);
	if (sum->link != NO_PROFILE_LINK) {
		json_writer_key(writer, "traceId");
		json_writer_hex(writer, view_of(link->trace_id, TRACE_ID_BYTES));
		json_writer_key(writer, "spanId");
		json_writer_hex(writer, view_of(link->span_id, SPAN_ID_BYTES));
	}
	append_number(writer, "samples", sum->count);
	append_number(writer, "onCpuNano", sum->on_ns);
	append_number(writer, "offCpuNano", sum->off_ns);
	json_writer_key(writer, "frames");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < stack->depth; i++)
		json_writer_integer(writer, profile->stack_frames[stack->first + i]);
	json_writer_end(writer, ']');
	json_writer_end(writer, '}');
}

void profile_json_append(struct byte_buffer *buffer, const struct profile *profile)
{
	struct profile_sums sums = {0};
	struct json_writer writer;

	if (profile_sums_init(&sums, profile, true) < 0) {
		buffer->is_failed = true;
		return;
	}
	json_writer_init(&writer, buffer);
	json_writer_begin(&writer, '{');
	json_writer_key(&writer, "limpetProfile");
	json_writer_begin(&writer, '{');
	append_head(&writer, profile);
	json_writer_key(&writer, "frames");
	json_writer_begin(&writer, '[');
	for (uint32_t i = 0; i < profile->frames_count; i++)
		append_frame(&writer, profile, &profile->frames[i]);
	json_writer_end(&writer, ']');
	json_writer_key(&writer, "stacks");
	json_writer_begin(&writer, '[');
	for (uint32_t i = 0; i < sums.count; i++)
		append_stack(&writer, profile, &sums.samples[i]);
	json_writer_end(&writer, ']');
	json_writer_end(&writer, '}');
	json_writer_end(&writer, '}');
	byte_buffer_append_byte(buffer, '\n');
	profile_sums_done(&sums);
}
