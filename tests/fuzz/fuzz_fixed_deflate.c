/* Whatever goes through our DEFLATE comes out of zlib's inflate as it was. */
// fuzz-sources: exporters/fixed_deflate.c agent/base/byte_buffer.c
#include <stdlib.h>
#include <zlib.h>
#include "exporters/fixed_deflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct fixed_deflate *encoder;
	char *inflated = malloc(size + 1);
	struct byte_buffer out;
	z_stream stream = {0};

	if (!encoder && fixed_deflate_new(&encoder) < 0)
		abort();
	byte_buffer_init(&out, size + size / 8 + 64);
	if (!inflated || fixed_deflate_run(encoder, view_of(bytes, size), &out) < 0)
		abort();
	if (inflateInit2(&stream, -15) != Z_OK)
		abort();
	stream.next_in = (unsigned char *)out.bytes;
	stream.avail_in = (unsigned int)out.size;
	stream.next_out = (unsigned char *)inflated;
	stream.avail_out = (unsigned int)size + 1;
	if (inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.avail_in ||
	    stream.total_out != size || (size && memcmp(inflated, bytes, size) != 0))
		abort();
	(void)inflateEnd(&stream);
	byte_buffer_done(&out);
	free(inflated);
	return 0;
}
