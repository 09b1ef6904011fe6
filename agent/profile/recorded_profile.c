/* What has text or a list in it is written piece by piece and read with every length checked;
 * numbers lie as this machine has them, as in all of a recording. */
#include "profile/recorded_profile.h"

#include <errno.h>
#include "unwinding/job_bytes.h"

static void begin(struct byte_buffer *out, enum record_kind kind, uint64_t time_ns)
{
	struct record_header header = {.kind = (uint16_t)kind, .time_ns = time_ns};

	byte_buffer_append(out, view_of(&header, sizeof(header)));
}

/* A whole number of words: they are laid one after the other. */
static int finish(struct byte_buffer *out)
{
	while (out->size % 8 && !out->is_failed)
		byte_buffer_append_byte(out, 0);
	if (out->is_failed)
		return -EMSGSIZE;
	((struct record_header *)out->bytes)->size = (uint32_t)out->size;
	return 0;
}

static void put_text(struct byte_buffer *out, struct view text)
{
	text = view_take(text, MAX_PROFILE_NAME_BYTES);
	job_bytes_put_u32(out, (uint32_t)text.size);
	byte_buffer_append(out, text);
}

static struct view read_text(struct job_bytes *reader)
{
	uint32_t size = job_bytes_u32(reader);

	if (size > MAX_PROFILE_NAME_BYTES)
		reader->is_failed = true;
	return job_bytes_view(reader, size);
}

int recorded_profile_write_image(struct byte_buffer *out, const struct crash_image *image,
				 uint64_t time_ns)
{
	begin(out, RECORD_PROFILE_IMAGE, time_ns);
	job_bytes_put_u64(out, image->start);
	job_bytes_put_u64(out, image->size);
	job_bytes_put_u8(out, image->build_id_size);
	job_bytes_put(out, image->build_id, MAX_BUILD_ID_BYTES);
	put_text(out, image->path);
	return finish(out);
}

int recorded_profile_write_frame(struct byte_buffer *out, const struct profile_frame *frame,
				 uint64_t time_ns)
{
	begin(out, RECORD_PROFILE_FRAME, time_ns);
	job_bytes_put_u64(out, frame->offset);
	job_bytes_put_u32(out, frame->image);
	job_bytes_put_u32(out, frame->line);
	job_bytes_put_u8(out, (uint8_t)frame->kind);
	job_bytes_put_u8(out, frame->is_in_app);
	put_text(out, frame->function);
	put_text(out, frame->symbol);
	put_text(out, frame->file);
	return finish(out);
}

int recorded_profile_write_stack(struct byte_buffer *out, const uint32_t *frames, uint32_t depth,
				 uint64_t time_ns)
{
	begin(out, RECORD_PROFILE_STACK, time_ns);
	job_bytes_put_u32(out, depth);
	job_bytes_put(out, frames, depth * sizeof(*frames));
	return finish(out);
}

static struct job_bytes begin_reading(struct view bytes, enum record_kind kind)
{
	struct job_bytes reader = {.rest = bytes};
	struct record_header header;

	job_bytes_copy(&reader, &header, sizeof(header));
	if (header.kind != kind)
		reader.is_failed = true;
	return reader;
}

int recorded_profile_read_image(struct view bytes, struct crash_image *ret)
{
	struct job_bytes reader = begin_reading(bytes, RECORD_PROFILE_IMAGE);
	struct crash_image image = {0};

	image.start = job_bytes_u64(&reader);
	image.size = job_bytes_u64(&reader);
	image.build_id_size = job_bytes_u8(&reader);
	job_bytes_copy(&reader, image.build_id, MAX_BUILD_ID_BYTES);
	image.path = read_text(&reader);
	if (reader.is_failed || image.build_id_size > MAX_BUILD_ID_BYTES)
		return -EBADMSG;
	*ret = image;
	return 0;
}

int recorded_profile_read_frame(struct view bytes, struct profile_frame *ret)
{
	struct job_bytes reader = begin_reading(bytes, RECORD_PROFILE_FRAME);
	struct profile_frame frame = {0};
	uint8_t kind;

	frame.offset = job_bytes_u64(&reader);
	frame.image = job_bytes_u32(&reader);
	frame.line = job_bytes_u32(&reader);
	kind = job_bytes_u8(&reader);
	frame.kind = (enum profile_frame_kind)kind;
	frame.is_in_app = job_bytes_u8(&reader);
	frame.function = read_text(&reader);
	frame.symbol = read_text(&reader);
	frame.file = read_text(&reader);
	if (reader.is_failed || kind >= PROFILE_FRAME_KINDS_COUNT)
		return -EBADMSG;
	*ret = frame;
	return 0;
}

int recorded_profile_read_stack(struct view bytes, uint32_t *ret_frames, uint32_t *ret_depth)
{
	struct job_bytes reader = begin_reading(bytes, RECORD_PROFILE_STACK);
	uint32_t depth = job_bytes_count(&reader, MAX_PROFILE_DEPTH, sizeof(uint32_t));

	job_bytes_copy(&reader, ret_frames, depth * sizeof(*ret_frames));
	if (reader.is_failed || depth == 0)
		return -EBADMSG;
	*ret_depth = depth;
	return 0;
}
