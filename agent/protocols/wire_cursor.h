/*
 * Reads numbers in network order and counted texts from captured bytes, one after the other. It
 * never fails loudly: once something does not fit, `is_short` is set, and all that follows is zero
 * or empty, so that a reader asks once at its end. Views point into the bytes.
 */
#ifndef PROTOCOLS_WIRE_CURSOR_H
#define PROTOCOLS_WIRE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

struct wire_cursor {
	struct view rest;
	bool is_short;
};

static inline struct wire_cursor wire_cursor_over(struct view bytes)
{
	return (struct wire_cursor){.rest = bytes};
}

uint8_t wire_cursor_u8(struct wire_cursor *cursor);
uint16_t wire_cursor_u16(struct wire_cursor *cursor);
uint32_t wire_cursor_u32(struct wire_cursor *cursor);
uint64_t wire_cursor_u64(struct wire_cursor *cursor);
/* Exactly size bytes, or none. */
struct view wire_cursor_take(struct wire_cursor *cursor, uint64_t size);
/* A length of one byte and that many bytes. */
struct view wire_cursor_short_text(struct wire_cursor *cursor);
/* Seven bits a byte, the lowest first, the highest bit says that more follow; at most 32 bits. */
uint32_t wire_cursor_varint(struct wire_cursor *cursor);

#endif
