/*
 * An answer as bytes. It was made from files that anybody may have written, by a process that may
 * have been taken over: the decoder believes no count, no index and no text (what is not printable
 * UTF-8 becomes U+FFFD).
 */
#include "unwinding/unwind_job.h"

#include <errno.h>
#include "base/utf8.h"
#include "unwinding/job_bytes.h"

#define ANSWER_MAGIC     0x32534e41u /* "ANS2" */
#define MAX_TEXT_BYTES   4096
#define IMAGE_BYTES      (1 + MAX_BUILD_ID_BYTES + 1 + 16)
#define THREAD_MIN_BYTES (1 + 4)
#define FRAME_MIN_BYTES  (8 + 4 + 2 + 4)
#define MAX_FRAMES       (MAX_CRASH_THREADS * MAX_CRASH_FRAMES)
#define SEEN_PLACES      32768 /* a power of two, twice as many as there are frames */
#define IS_NEW           UINT32_MAX
#define REPLACEMENT      "\xef\xbf\xbd"

enum frame_flags { FRAME_IS_EXACT = 1, FRAME_IS_IN_APP = 2 };
enum thread_flags { THREAD_IS_TRUNCATED = 1, THREAD_IS_COMPLETE = 2 };

/* The frames of an answer so far, in the order they come. What is known of a place is said once:
 * samples have the same callers again and again. */
struct seen_frames {
	const struct crash_frame *frames[MAX_FRAMES];
	uint32_t places[SEEN_PLACES]; /* by hash: index + 1, 0: none */
	uint32_t count;
};

static void put_text(struct byte_buffer *out, struct view text)
{
	text = view_take(text, MAX_TEXT_BYTES);
	job_bytes_put_u32(out, (uint32_t)text.size);
	byte_buffer_append(out, text);
}

static bool is_like(const struct crash_frame *a, const struct crash_frame *b)
{
	return a->pc == b->pc && a->is_exact_pc == b->is_exact_pc && a->line == b->line &&
	       a->image == b->image && a->is_in_app == b->is_in_app &&
	       a->function_address == b->function_address &&
	       a->function.bytes == b->function.bytes && a->symbol.bytes == b->symbol.bytes &&
	       a->file.bytes == b->file.bytes;
}

/* The index of an earlier frame that says the same; IS_NEW when there is none. */
static uint32_t find_like(struct seen_frames *seen, const struct crash_frame *frame)
{
	uint32_t place = (uint32_t)(frame->pc * 0x9e3779b97f4a7c15ull >> 40);
	uint32_t *found;

	while (*(found = &seen->places[place++ % SEEN_PLACES]))
		if (is_like(seen->frames[*found - 1], frame))
			return *found - 1;
	*found = seen->count + 1;
	return IS_NEW;
}

static void put_frame(struct seen_frames *seen, const struct crash_frame *frame,
		      struct byte_buffer *out)
{
	uint32_t like = find_like(seen, frame);

	seen->frames[seen->count++] = frame;
	job_bytes_put_u64(out, frame->pc);
	job_bytes_put_u32(out, frame->repeats);
	job_bytes_put_u8(out, (uint8_t)frame->trust);
	job_bytes_put_u8(out, (frame->is_exact_pc ? FRAME_IS_EXACT : 0) |
				      (frame->is_in_app ? FRAME_IS_IN_APP : 0));
	job_bytes_put_u32(out, like);
	if (like != IS_NEW)
		return;
	job_bytes_put_u64(out, frame->function_address);
	job_bytes_put_u32(out, frame->line);
	job_bytes_put_u32(out, frame->image);
	put_text(out, frame->function);
	put_text(out, frame->symbol);
	put_text(out, frame->file);
}

int unwind_answer_encode(const struct unwind_answer *answer, struct byte_buffer *out)
{
	static struct seen_frames seen;

	memset(&seen, 0, sizeof(seen));
	if (answer->threads_count > MAX_CRASH_THREADS || answer->images_count > MAX_CRASH_IMAGES)
		return -EINVAL;
	job_bytes_put_u32(out, ANSWER_MAGIC);
	job_bytes_put_u64(out, answer->id);
	job_bytes_put_u32(out, answer->images_count);
	for (uint32_t i = 0; i < answer->images_count; i++) {
		job_bytes_put_u8(out, answer->images[i].build_id_size);
		job_bytes_put(out, answer->images[i].build_id, MAX_BUILD_ID_BYTES);
		job_bytes_put_u8(out, answer->images[i].has_text_hash);
		job_bytes_put(out, answer->images[i].text_hash, 16);
	}
	job_bytes_put_u32(out, answer->threads_count);
	for (uint32_t i = 0; i < answer->threads_count; i++) {
		if (answer->threads[i].frames_count > MAX_CRASH_FRAMES)
			return -EINVAL;
		job_bytes_put_u8(out,
				 (answer->threads[i].is_truncated ? THREAD_IS_TRUNCATED : 0) |
					 (answer->threads[i].is_complete ? THREAD_IS_COMPLETE : 0));
		job_bytes_put_u32(out, answer->threads[i].frames_count);
		for (uint32_t k = 0; k < answer->threads[i].frames_count; k++)
			put_frame(&seen, &answer->threads[i].frames[k], out);
	}
	put_text(out, answer->type_name);
	return out->is_failed ? -EMSGSIZE : 0;
}

/* A copy without what a terminal or a JSON reader would choke on. */
static struct view copy_text(struct view text, struct arena *arena)
{
	size_t length, wanted = 0, used = 0;
	char *copy;

	for (struct view rest = text; rest.size; rest = view_skip(rest, length ? length : 1)) {
		length = utf8_printable_length(rest);
		wanted += length ? length : sizeof(REPLACEMENT) - 1;
	}
	copy = wanted ? arena_allocate(arena, wanted) : NULL;
	if (!copy)
		return (struct view){0};
	for (struct view rest = text; rest.size; rest = view_skip(rest, length ? length : 1)) {
		length = utf8_printable_length(rest);
		memcpy(copy + used, length ? rest.bytes : REPLACEMENT,
		       length ? length : sizeof(REPLACEMENT) - 1);
		used += length ? length : sizeof(REPLACEMENT) - 1;
	}
	return view_of(copy, wanted);
}

static struct view read_text(struct job_bytes *reader, struct arena *arena)
{
	uint32_t size = job_bytes_u32(reader);

	if (size > MAX_TEXT_BYTES)
		reader->is_failed = true;
	return copy_text(job_bytes_view(reader, size), arena);
}

static void read_place(struct job_bytes *reader, const struct unwind_answer *answer,
		       struct arena *arena, struct crash_frame *frame)
{
	frame->function_address = job_bytes_u64(reader);
	frame->line = job_bytes_u32(reader);
	frame->image = job_bytes_u32(reader);
	if (frame->image != NO_IMAGE && frame->image >= answer->images_count) {
		reader->is_failed = true;
		return;
	}
	frame->function = read_text(reader, arena);
	frame->symbol = read_text(reader, arena);
	frame->file = read_text(reader, arena);
}

static void read_frame(struct job_bytes *reader, const struct unwind_answer *answer,
		       struct arena *arena, struct seen_frames *seen, struct crash_frame *frame)
{
	uint64_t pc = job_bytes_u64(reader);
	uint32_t repeats = job_bytes_u32(reader), like;
	uint8_t trust = job_bytes_u8(reader), flags = job_bytes_u8(reader);

	like = job_bytes_u32(reader);
	if (trust > TRUST_SCAN || (like != IS_NEW && like >= seen->count)) {
		reader->is_failed = true;
		return;
	}
	if (like == IS_NEW)
		read_place(reader, answer, arena, frame);
	else
		*frame = *seen->frames[like];
	frame->pc = pc;
	frame->repeats = repeats;
	frame->trust = (enum frame_trust)trust;
	frame->is_exact_pc = flags & FRAME_IS_EXACT;
	frame->is_in_app = flags & FRAME_IS_IN_APP;
	seen->frames[seen->count++] = frame;
}

static int read_images(struct job_bytes *reader, struct arena *arena, struct unwind_answer *answer)
{
	uint32_t count = job_bytes_count(reader, MAX_CRASH_IMAGES, IMAGE_BYTES);

	answer->images = arena_allocate(arena, count * sizeof(*answer->images));
	if (!answer->images)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		struct unwind_answer_image *image = &answer->images[i];

		image->build_id_size = job_bytes_u8(reader);
		job_bytes_copy(reader, image->build_id, MAX_BUILD_ID_BYTES);
		image->has_text_hash = job_bytes_u8(reader);
		job_bytes_copy(reader, image->text_hash, sizeof(image->text_hash));
		if (image->build_id_size > MAX_BUILD_ID_BYTES)
			reader->is_failed = true;
	}
	answer->images_count = count;
	return 0;
}

static int read_threads(struct job_bytes *reader, struct arena *arena, struct unwind_answer *answer)
{
	static struct seen_frames seen;

	seen.count = 0;
	answer->threads_count = job_bytes_count(reader, MAX_CRASH_THREADS, THREAD_MIN_BYTES);
	for (uint32_t i = 0; i < answer->threads_count; i++) {
		uint8_t flags = job_bytes_u8(reader);
		struct crash_frame *frames;
		uint32_t count;

		answer->threads[i].is_truncated = flags & THREAD_IS_TRUNCATED;
		answer->threads[i].is_complete = flags & THREAD_IS_COMPLETE;
		count = job_bytes_count(reader, MAX_CRASH_FRAMES, FRAME_MIN_BYTES);
		frames = arena_allocate(arena, count * sizeof(*frames));
		if (!frames)
			return -ENOMEM;
		for (uint32_t k = 0; k < count && !reader->is_failed; k++)
			read_frame(reader, answer, arena, &seen, &frames[k]);
		answer->threads[i].frames = frames;
		answer->threads[i].frames_count = count;
	}
	return arena->is_full ? -ENOMEM : 0;
}

int unwind_answer_decode(struct view bytes, struct arena *arena, struct unwind_answer *ret)
{
	struct job_bytes reader = {.rest = bytes};
	struct unwind_answer answer = {0};
	int r;

	if (job_bytes_u32(&reader) != ANSWER_MAGIC)
		return -EBADMSG;
	answer.id = job_bytes_u64(&reader);
	r = read_images(&reader, arena, &answer);
	if (r == 0)
		r = read_threads(&reader, arena, &answer);
	if (r < 0)
		return r;
	answer.type_name = read_text(&reader, arena);
	if (reader.is_failed || reader.rest.size)
		return -EBADMSG;
	*ret = answer;
	return 0;
}
