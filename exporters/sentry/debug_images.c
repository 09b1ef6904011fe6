/* Debug images: ids as sentry-cli computes them, and the list in order of use. */
#include "exporters/sentry/debug_images.h"

#include <stdio.h>
#include "exporters/sentry/json_text.h"

#define MAX_PATH_CHARACTERS 1024
#define DEBUG_ID_BYTES      16

/* How much an image is wanted. */
enum image_use { USED_BY_CRASHED_THREAD, USED_BY_OTHERS, UNUSED };

static size_t build_id_size(const struct crash_image *image)
{
	return image->build_id_size < MAX_BUILD_ID_BYTES ? image->build_id_size
							 : MAX_BUILD_ID_BYTES;
}

void debug_images_code_id(const struct crash_image *image, char ret_text[CODE_ID_TEXT_BYTES])
{
	json_text_hex(ret_text, image->build_id, build_id_size(image));
}

/* A GUID: the first three fields are little-endian numbers, printed as numbers. */
void debug_images_debug_id(const struct crash_image *image, char ret_text[DEBUG_ID_TEXT_BYTES])
{
	static const uint8_t order[DEBUG_ID_BYTES] = {3, 2, 1,  0,  5,  4,  7,  6,
						      8, 9, 10, 11, 12, 13, 14, 15};
	size_t size = build_id_size(image);
	uint8_t bytes[DEBUG_ID_BYTES] = {0}, swapped[DEBUG_ID_BYTES];
	char hex[2 * DEBUG_ID_BYTES + 1];

	if (size)
		memcpy(bytes, image->build_id, size < sizeof(bytes) ? size : sizeof(bytes));
	else if (image->has_text_hash)
		memcpy(bytes, image->text_hash, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		swapped[i] = bytes[order[i]];
	json_text_hex(hex, swapped, sizeof(swapped));
	(void)snprintf(ret_text, DEBUG_ID_TEXT_BYTES, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		       hex + 12, hex + 16, hex + 20);
}

static json_t *encode_image(const struct crash_image *image, const char *architecture)
{
	char code_id[CODE_ID_TEXT_BYTES], debug_id[DEBUG_ID_TEXT_BYTES];
	json_t *object = json_object();

	debug_images_code_id(image, code_id);
	debug_images_debug_id(image, debug_id);
	json_text_set(object, "type", json_string("elf"));
	json_text_set(object, "image_addr", json_text_address(image->start));
	json_text_set(object, "image_size",
		      json_integer(image->size < INT64_MAX ? (json_int_t)image->size : INT64_MAX));
	json_text_set(object, "arch", json_string(architecture));
	json_text_set(object, "code_file",
		      json_text_string(image->path.size ? image->path : VIEW_LITERAL("<unknown>"),
				       MAX_PATH_CHARACTERS));
	if (code_id[0])
		json_text_set(object, "code_id", json_string(code_id));
	json_text_set(object, "debug_id", json_string(debug_id));
	return object;
}

static void mark_used(const struct crash *crash, const struct crash_thread *thread,
		      enum image_use use, uint8_t *uses)
{
	for (uint32_t i = 0; i < thread->frames_count; i++) {
		uint32_t image = thread->frames[i].image;

		if (image < crash->images_count && image < MAX_CRASH_IMAGES && uses[image] > use)
			uses[image] = (uint8_t)use;
	}
}

static void find_uses(const struct crash *crash, uint8_t uses[MAX_CRASH_IMAGES])
{
	const struct crash_thread *crashed = crash_thread_of(crash);

	memset(uses, UNUSED, MAX_CRASH_IMAGES);
	for (uint32_t i = 0; i < crash->threads_count; i++)
		mark_used(crash, &crash->threads[i],
			  &crash->threads[i] == crashed ? USED_BY_CRASHED_THREAD : USED_BY_OTHERS,
			  uses);
	if (crash_raising_thread(crash))
		mark_used(crash, crash_raising_thread(crash), USED_BY_CRASHED_THREAD, uses);
}

static bool append_image(struct byte_buffer *out, const struct crash_image *image,
			 const char *architecture, size_t max_size)
{
	json_t *object = encode_image(image, architecture);
	size_t mark = out->size;

	if (out->bytes[mark - 1] != '[')
		byte_buffer_append_byte(out, ',');
	json_text_append(out, object, 0);
	json_decref(object);
	if (out->size < max_size) /* the bracket at the end fits too */
		return true;
	out->size = mark;
	return false;
}

void debug_images_append(struct byte_buffer *out, const struct crash *crash, const char *machine,
			 size_t max_size)
{
	const char *architecture = strcmp(machine, "aarch64") == 0 ? "arm64" : machine;
	uint32_t count =
		crash->images_count < MAX_CRASH_IMAGES ? crash->images_count : MAX_CRASH_IMAGES;
	uint8_t uses[MAX_CRASH_IMAGES];
	bool has_room = true;

	find_uses(crash, uses);
	byte_buffer_append_byte(out, '[');
	for (int use = USED_BY_CRASHED_THREAD; use <= UNUSED; use++)
		for (uint32_t i = 0; i < count && has_room && !out->is_failed; i++)
			if (uses[i] == use)
				has_room = append_image(out, &crash->images[i], architecture,
							max_size);
	byte_buffer_append_byte(out, ']');
}
