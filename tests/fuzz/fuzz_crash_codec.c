/*
 * A spool file anybody could have written: as it is, and with a header that fits, so that the
 * payload's decoder is reached. What is accepted can be written and read again.
 */
// fuzz-sources: agent/model/crash_codec.c agent/model/crash_codec_exception.c
// fuzz-sources: agent/model/byte_walk.c agent/model/crash.c
// fuzz-sources: agent/model/resource.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/byte_buffer.c agent/base/sha256.c agent/base/view.c
// fuzz-sources: agent/base/random_id.c
#include <assert.h>
#include <stdlib.h>
#include "model/crash_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void encode_again(const struct crash *crash)
{
	struct byte_buffer buffer;
	struct crash *again = NULL;
	const char *error;

	byte_buffer_init(&buffer, MAX_CRASH_FILE_BYTES);
	assert(crash_codec_encode(crash, &buffer) == 0);
	assert(crash_codec_decode(&again, byte_buffer_view(&buffer), &error) == 0);
	assert(again->images_count == crash->images_count);
	assert(again->threads_count == crash->threads_count);
	crash_free(&again);
	byte_buffer_done(&buffer);
}

static void decode(struct view file)
{
	struct crash *crash = NULL;
	const char *error = NULL;

	if (crash_codec_decode(&crash, file, &error) == 0) {
		encode_again(crash);
		crash_free(&crash);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct crash_codec_header header = {
		.magic = CRASH_CODEC_MAGIC, .version = CRASH_CODEC_VERSION, .payload_bytes = size};
	struct sha256 sha256;
	char *file = malloc(sizeof(header) + size);

	if (!file)
		return 0;
	decode(view_of(bytes, size));
	sha256_init(&sha256);
	sha256_add(&sha256, view_of(bytes, size));
	sha256_finish(&sha256, header.payload_sha256);
	memcpy(file, &header, sizeof(header));
	memcpy(file + sizeof(header), bytes, size);
	decode(view_of(file, sizeof(header) + size));
	free(file);
	return 0;
}
