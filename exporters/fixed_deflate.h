/*
 * DEFLATE (RFC 1951) for telemetry: one pass, one candidate per position, the fixed Huffman codes.
 * Batches of spans repeat themselves at long distances, so a greedy match of what came last finds
 * nearly all there is to find: about 3.5 times fewer instructions than zlib's fastest level (which
 * was most of the agent's cost per span) for about a tenth more bytes. One thread per encoder; time
 * and memory do not depend on what the bytes are.
 */
#ifndef EXPORTERS_FIXED_DEFLATE_H
#define EXPORTERS_FIXED_DEFLATE_H

#include "base/byte_buffer.h"

struct fixed_deflate;

int fixed_deflate_new(struct fixed_deflate **ret);
void fixed_deflate_free(struct fixed_deflate **encoder);

/*
 * Appends body as one final block, padded to a whole byte. -ENOMEM when out's cap may be reached
 * (an eighth above the body's size, plus 64 bytes, is always enough), -EFBIG beyond 1 GiB; out then
 * holds a part that nobody can use.
 */
int fixed_deflate_run(struct fixed_deflate *encoder, struct view body, struct byte_buffer *out);

#endif
