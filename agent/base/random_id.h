/* Trace and span ids: uniformly random (W3C Trace Context level 2, random flag), never all zero.
 * Any thread. */
#ifndef BASE_RANDOM_ID_H
#define BASE_RANDOM_ID_H

#include <stddef.h>
#include <stdint.h>

void random_id_fill(uint8_t *ret_bytes, size_t size);

/* Gives 16 bytes the form of a random UUID (RFC 9562, version 4). */
void random_id_shape_uuid(uint8_t bytes[16]);

#endif
