/*
 * What the samples name gets a number when it is first named: stacks by samples, frames by stacks,
 * images by frames. Relay reads images of type "symbolic" only (relay-profiling, debug_image.rs);
 * one of another type, and it refuses the whole chunk.
 */
#include "exporters/sentry/chunk_encoder.h"

#include <stdlib.h>
#include "base/cleanup.h"
#include "base/random_id.h"
#include "base/sha256.h"
#include "exporters/sentry/chunk_samples.h"
#include "exporters/sentry/debug_images.h"
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/release_name.h"
#include "model/profile_text.h"

#define MAX_NAME_CHARACTERS 512
#define MAX_PATH_CHARACTERS 1024
#define NO_NUMBER           UINT32_MAX

/* Things that get numbers in the order in which they are named. */
struct numbering {
	uint32_t *numbers; /* by index in the profile; NO_NUMBER: not named */
	uint32_t *named;   /* by number */
	uint32_t count;
};

struct encoding {
	struct byte_buffer *out;
	const struct chunk_part *part;
	struct chunk_sample *samples;
	uint32_t samples_count;
	struct numbering stacks, frames, images, threads;
	bool has_idle; /* its stack and frame come last */
};

static int numbering_init(struct numbering *numbering, uint32_t count)
{
	numbering->numbers = malloc((count + 1ul) * sizeof(*numbering->numbers));
	numbering->named = malloc((count + 1ul) * sizeof(*numbering->named));
	if (!numbering->numbers || !numbering->named)
		return -1;
	memset(numbering->numbers, 0xff, (count + 1ul) * sizeof(*numbering->numbers));
	return 0;
}

static void numbering_done(struct numbering *numbering)
{
	free(numbering->numbers);
	free(numbering->named);
}

static void name(struct numbering *numbering, uint32_t index)
{
	if (numbering->numbers[index] != NO_NUMBER)
		return;
	numbering->numbers[index] = numbering->count;
	numbering->named[numbering->count++] = index;
}

static void encoding_done(struct encoding *encoding)
{
	free(encoding->samples);
	numbering_done(&encoding->stacks);
	numbering_done(&encoding->frames);
	numbering_done(&encoding->images);
	numbering_done(&encoding->threads);
}

static int encoding_init(struct encoding *encoding, struct byte_buffer *out,
			 const struct chunk_part *part)
{
	const struct profile *profile = part->profile;

	*encoding = (struct encoding){.out = out, .part = part};
	if (chunk_samples_new(&encoding->samples, &encoding->samples_count, part) < 0 ||
	    numbering_init(&encoding->stacks, profile->stacks_count) < 0 ||
	    numbering_init(&encoding->frames, profile->frames_count) < 0 ||
	    numbering_init(&encoding->images, profile->images_count) < 0 ||
	    numbering_init(&encoding->threads, profile->threads_count) < 0)
		return -1;
	return 0;
}

static void name_all(struct encoding *encoding)
{
	const struct profile *profile = encoding->part->profile;

	for (uint32_t i = 0; i < encoding->samples_count; i++) {
		const struct chunk_sample *sample = &encoding->samples[i];

		name(&encoding->threads, sample->thread);
		if (sample->stack == STACK_IDLE)
			encoding->has_idle = true;
		else
			name(&encoding->stacks, sample->stack);
	}
	for (uint32_t i = 0; i < encoding->stacks.count; i++) {
		const struct profile_stack *stack = &profile->stacks[encoding->stacks.named[i]];

		for (uint32_t j = 0; j < stack->depth; j++)
			name(&encoding->frames, profile->stack_frames[stack->first + j]);
	}
	for (uint32_t i = 0; i < encoding->frames.count; i++) {
		uint32_t image = profile->frames[encoding->frames.named[i]].image;

		if (image < profile->images_count)
			name(&encoding->images, image);
	}
}

static void append_samples(struct encoding *encoding)
{
	struct byte_buffer *out = encoding->out;

	byte_buffer_append_text(out, "\"samples\":[");
	for (uint32_t i = 0; i < encoding->samples_count; i++) {
		const struct chunk_sample *sample = &encoding->samples[i];
		uint32_t stack = sample->stack == STACK_IDLE
					 ? encoding->stacks.count
					 : encoding->stacks.numbers[sample->stack];

		byte_buffer_append_text(out, i ? ",{\"timestamp\":" : "{\"timestamp\":");
		json_text_append_seconds(out, sample->unix_ns);
		byte_buffer_append_format(out, ",\"stack_id\":%u,\"thread_id\":\"%u\"}", stack,
					  encoding->part->profile->threads[sample->thread].tid);
	}
	byte_buffer_append_byte(out, ']');
}

static void append_stacks(struct encoding *encoding)
{
	const struct profile *profile = encoding->part->profile;
	struct byte_buffer *out = encoding->out;

	byte_buffer_append_text(out, ",\"stacks\":[");
	for (uint32_t i = 0; i < encoding->stacks.count; i++) {
		const struct profile_stack *stack = &profile->stacks[encoding->stacks.named[i]];

		byte_buffer_append_text(out, i ? ",[" : "[");
		for (uint32_t j = 0; j < stack->depth; j++)
			byte_buffer_append_format(
				out, "%s%u", j ? "," : "",
				encoding->frames.numbers[profile->stack_frames[stack->first + j]]);
		byte_buffer_append_byte(out, ']');
	}
	if (encoding->has_idle)
		byte_buffer_append_format(out, "%s[%u]", encoding->stacks.count ? "," : "",
					  encoding->frames.count);
	byte_buffer_append_byte(out, ']');
}

static json_t *encode_frame(const struct profile *profile, const struct profile_frame *frame)
{
	bool has_address = frame->kind == PROFILE_FRAME_NATIVE || frame->kind == PROFILE_FRAME_JIT;
	char room[PROFILE_NAME_ROOM];
	json_t *object = json_object();

	json_text_set(
		object, "function",
		json_text_line(profile_text_frame(profile, frame, room), MAX_NAME_CHARACTERS));
	if (has_address)
		json_text_set(object, "instruction_addr",
			      json_text_address(profile_text_address(profile, frame)));
	if (frame->image < profile->images_count)
		json_text_set_string(object, "package", profile->images[frame->image].path,
				     MAX_PATH_CHARACTERS);
	json_text_set_string(object, "filename", view_base_name(frame->file), MAX_PATH_CHARACTERS);
	json_text_set_string(object, "abs_path", frame->file, MAX_PATH_CHARACTERS);
	if (frame->line)
		json_text_set(object, "lineno", json_integer(frame->line));
	json_text_set(object, "in_app", json_boolean(frame->is_in_app));
	return object;
}

static void append_frames(struct encoding *encoding)
{
	const struct profile *profile = encoding->part->profile;
	struct byte_buffer *out = encoding->out;

	byte_buffer_append_text(out, ",\"frames\":[");
	for (uint32_t i = 0; i < encoding->frames.count; i++) {
		json_t *frame = encode_frame(profile, &profile->frames[encoding->frames.named[i]]);

		if (i)
			byte_buffer_append_byte(out, ',');
		json_text_append(out, frame, 0);
		json_decref(frame);
	}
	if (encoding->has_idle)
		byte_buffer_append_format(out, "%s{\"function\":\"[idle]\",\"in_app\":false}",
					  encoding->frames.count ? "," : "");
	byte_buffer_append_byte(out, ']');
}

static void append_threads(struct encoding *encoding)
{
	const struct profile *profile = encoding->part->profile;
	json_t *threads = json_object();
	char room[PROFILE_NAME_ROOM], tid[16];

	for (uint32_t i = 0; i < encoding->threads.count; i++) {
		const struct profile_thread *thread = &profile->threads[encoding->threads.named[i]];
		json_t *metadata = json_object();

		json_text_set(
			metadata, "name",
			json_text_line(profile_text_thread(thread, room), MAX_NAME_CHARACTERS));
		(void)snprintf(tid, sizeof(tid), "%u", thread->tid);
		json_text_set(threads, tid, metadata);
	}
	byte_buffer_append_text(encoding->out, ",\"thread_metadata\":");
	json_text_append(encoding->out, threads, 0);
	json_decref(threads);
}

static json_t *encode_images(const struct encoding *encoding)
{
	const struct profile *profile = encoding->part->profile;
	json_t *images = json_array();

	for (uint32_t i = 0; i < encoding->images.count; i++) {
		const struct crash_image *image = &profile->images[encoding->images.named[i]];
		char debug_id[DEBUG_ID_TEXT_BYTES];
		json_t *object = json_object();

		debug_images_debug_id(image, debug_id);
		json_text_set(object, "type", json_string("symbolic"));
		json_text_set(object, "debug_id", json_string(debug_id));
		json_text_set(object, "image_addr", json_text_address(image->start));
		json_text_set(object, "image_size",
			      json_integer(image->size < INT64_MAX ? (json_int_t)image->size
								   : INT64_MAX));
		json_text_set(
			object, "code_file",
			json_text_string(image->path.size ? image->path : VIEW_LITERAL("<unknown>"),
					 MAX_PATH_CHARACTERS));
		(void)json_array_append_new(images, object);
	}
	return images;
}

/* The same for the same samples: a repetition is the same chunk to the server. */
static json_t *make_chunk_id(const struct chunk_part *part)
{
	const struct profile *profile = part->profile;
	struct {
		uint8_t profiler_id[PROFILER_ID_BYTES];
		uint64_t first_ns, last_ns, count, pid;
	} parts = {
		.first_ns = profile->samples[part->samples[0]].unix_ns,
		.last_ns = profile->samples[part->samples[part->count - 1]].unix_ns,
		.count = part->count,
		.pid = profile->threads[profile->samples[part->samples[0]].thread].pid,
	};
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;

	memcpy(parts.profiler_id, part->profiler_id, PROFILER_ID_BYTES);
	sha256_init(&sha256);
	sha256_add(&sha256, view_of(&parts, sizeof(parts)));
	sha256_finish(&sha256, digest);
	random_id_shape_uuid(digest);
	return json_text_id(digest, PROFILER_ID_BYTES);
}

/* A chunk must name a release: the service's name is one, where nothing else is known. */
static json_t *encode_head(const struct encoding *encoding)
{
	const struct chunk_part *part = encoding->part;
	const struct resource *resource = part->profile->resource;
	char release[MAX_RELEASE_NAME_BYTES] = "";
	json_t *head = json_object();

	release_name_of_resource(resource, release, sizeof(release));
	json_text_set(head, "chunk_id", make_chunk_id(part));
	json_text_set(head, "profiler_id", json_text_id(part->profiler_id, PROFILER_ID_BYTES));
	json_text_set(head, "client_sdk",
		      json_pack("{s:s, s:s}", "name", "limpet", "version", LIMPET_VERSION));
	json_text_set(head, "platform", json_string(CHUNK_PLATFORM));
	json_text_set(head, "version", json_string("2"));
	json_text_set_string(head, "release",
			     release[0]                    ? view_of_text(release)
			     : resource->service_name.size ? resource->service_name
							   : VIEW_LITERAL("unknown"),
			     MAX_RELEASE_NAME_BYTES);
	json_text_set_string(head, "environment", release_name_environment(resource), 64);
	json_text_set(head, "debug_meta", json_pack("{s:o}", "images", encode_images(encoding)));
	return head;
}

void chunk_encoder_append(struct byte_buffer *out, const struct chunk_part *part)
{
	_cleanup_(encoding_done) struct encoding encoding;
	json_t *head;

	if (encoding_init(&encoding, out, part) < 0) {
		out->is_failed = true;
		return;
	}
	name_all(&encoding);
	head = encode_head(&encoding);
	byte_buffer_append_byte(out, '{');
	json_text_append(out, head, JSON_EMBED);
	json_decref(head);
	byte_buffer_append_text(out, ",\"profile\":{");
	append_samples(&encoding);
	append_stacks(&encoding);
	append_frames(&encoding);
	append_threads(&encoding);
	byte_buffer_append_text(out, "}}");
}
