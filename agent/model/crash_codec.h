/*
 * A crash as bytes and back: what lies in a spool file. A header with magic, version, size and the
 * SHA-256 of the payload; then the payload, numbers in little-endian order. The decoder is total:
 * whatever the bytes are, it gives a crash that owns all it points to, or says what is wrong.
 */
#ifndef MODEL_CRASH_CODEC_H
#define MODEL_CRASH_CODEC_H

#include "base/byte_buffer.h"
#include "base/sha256.h"
#include "model/crash.h"

#define CRASH_CODEC_MAGIC   "LIMPETCR"
#define CRASH_CODEC_VERSION 2

/* Of a crash that fills its arena, with room for keys and static strings. */
#define MAX_CRASH_FILE_BYTES (2u * MAX_CRASH_BYTES)

struct crash_codec_header {
	char magic[8];
	uint32_t version;
	uint32_t reserved; /* 0 */
	uint64_t payload_bytes;
	uint8_t payload_sha256[SHA256_BYTES];
};

/* Appends the whole file. -ENOMEM, -EFBIG: the buffer's cap or memory; its content is of no use
 * then. */
int crash_codec_encode(const struct crash *crash, struct byte_buffer *buffer);

/* -EBADMSG with ret_error naming what is wrong (static), or -ENOMEM. */
int crash_codec_decode(struct crash **ret, struct view file, const char **ret_error);

#endif
