/*
 * The files a crashed process had mapped, as Sentry's debug images: what it finds symbols and
 * unwind tables by. The ids are exact or left out: a wrong one finds the wrong symbols.
 */
#ifndef SENTRY_DEBUG_IMAGES_H
#define SENTRY_DEBUG_IMAGES_H

#include "base/byte_buffer.h"
#include "model/crash.h"

#define DEBUG_ID_TEXT_BYTES 37
#define CODE_ID_TEXT_BYTES  (2 * MAX_BUILD_ID_BYTES + 1)

/* The build-id as hex; empty when there is none. */
void debug_images_code_id(const struct crash_image *image, char ret_text[CODE_ID_TEXT_BYTES]);

/* From the build-id, else from the hash of .text; all zeros, which matches no file, when neither is
 * known. */
void debug_images_debug_id(const struct crash_image *image, char ret_text[DEBUG_ID_TEXT_BYTES]);

/* The JSON array. machine: as uname has it. The images of the crashed thread's frames come first,
 * then those of other threads, then the rest, as long as out stays within max_size as a whole. */
void debug_images_append(struct byte_buffer *out, const struct crash *crash, const char *machine,
			 size_t max_size);

#endif
