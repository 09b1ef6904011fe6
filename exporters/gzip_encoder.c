/* The gzip frame (RFC 1952) around our DEFLATE; zlib counts the CRC. No name, no time: nothing in
 * it tells of this machine. */
#include "exporters/gzip_encoder.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>
#include "base/cleanup.h"
#include "exporters/fixed_deflate.h"

/* Magic, DEFLATE, no flags, no time, "fastest", Unix. */
#define GZIP_HEADER VIEW_LITERAL("\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\x03")

struct gzip_encoder {
	struct fixed_deflate *deflate;
};

int gzip_encoder_new(struct gzip_encoder **ret)
{
	_cleanup_(gzip_encoder_free) struct gzip_encoder *encoder = calloc(1, sizeof(*encoder));

	if (!encoder || fixed_deflate_new(&encoder->deflate) < 0)
		return -ENOMEM;
	*ret = TAKE_PTR(encoder);
	return 0;
}

void gzip_encoder_free(struct gzip_encoder **encoder)
{
	if (!*encoder)
		return;
	fixed_deflate_free(&(*encoder)->deflate);
	free(*encoder);
	*encoder = NULL;
}

int gzip_encoder_run(struct gzip_encoder *encoder, struct view body, struct byte_buffer *out)
{
	uint32_t trailer[2];
	int err;

	byte_buffer_clear(out);
	byte_buffer_append(out, GZIP_HEADER);
	err = fixed_deflate_run(encoder->deflate, body, out);
	if (err == 0) {
		trailer[0] =
			htole32((uint32_t)crc32_z(0, (const unsigned char *)body.bytes, body.size));
		trailer[1] = htole32((uint32_t)body.size);
		byte_buffer_append(out, view_of(trailer, sizeof(trailer)));
		err = out->is_failed ? -ENOMEM : 0;
	}
	if (err < 0)
		byte_buffer_clear(out);
	return err;
}
