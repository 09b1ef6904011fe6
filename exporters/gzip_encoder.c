/* One z_stream, reset for each body: deflateInit2 would allocate and clear 256 KiB every time. */
#include "exporters/gzip_encoder.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>
#include "base/cleanup.h"

#define GZIP_WINDOW_BITS (15 + 16) /* 16 asks zlib for a gzip frame instead of its own */
#define GZIP_MEMORY      8
#define CHUNK_BYTES      16384

struct gzip_encoder {
	z_stream stream;
};

int gzip_encoder_new(struct gzip_encoder **ret)
{
	_cleanup_(cleanup_free) struct gzip_encoder *encoder = calloc(1, sizeof(*encoder));

	if (!encoder)
		return -ENOMEM;
	if (deflateInit2(&encoder->stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW_BITS, GZIP_MEMORY,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	*ret = TAKE_PTR(encoder);
	return 0;
}

void gzip_encoder_free(struct gzip_encoder **encoder)
{
	if (!*encoder)
		return;
	(void)deflateEnd(&(*encoder)->stream);
	free(*encoder);
	*encoder = NULL;
}

/* Room for the next piece of output: a chunk, or what is left below the cap. */
static bool offer_room(z_stream *stream, struct byte_buffer *out)
{
	size_t left = out->max_bytes - out->size;
	size_t room = left < CHUNK_BYTES ? left : CHUNK_BYTES;
	char *bytes = room ? byte_buffer_reserve(out, room) : NULL;

	if (!bytes)
		return false;
	stream->next_out = (unsigned char *)bytes;
	stream->avail_out = (unsigned int)room;
	return true;
}

int gzip_encoder_run(struct gzip_encoder *encoder, struct view body, struct byte_buffer *out)
{
	z_stream *stream = &encoder->stream;
	int state;

	byte_buffer_clear(out);
	if (body.size > UINT_MAX || deflateReset(stream) != Z_OK)
		return -ENOMEM;
	stream->next_in = (unsigned char *)body.bytes;
	stream->avail_in = (unsigned int)body.size;
	do {
		if (!offer_room(stream, out)) {
			byte_buffer_clear(out);
			return -ENOMEM;
		}
		state = deflate(stream, Z_FINISH);
		out->size = (size_t)((char *)stream->next_out - out->bytes);
	} while (state != Z_STREAM_END);
	return 0;
}
