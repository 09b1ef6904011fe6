/*
 * Reads the numbers of DWARF and of unwind tables, never beyond the end: what is missing reads as 0
 * and makes the reader bad, for good. Little-endian only, as the images are.
 */
#ifndef SYMBOLS_DWARF_READER_H
#define SYMBOLS_DWARF_READER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

/* Pointer encodings (DW_EH_PE_*): the low four bits are a format, the next three what it is added
 * to. */
enum pointer_encoding {
	POINTER_ABSOLUTE = 0x00,
	POINTER_ULEB = 0x01,
	POINTER_U16 = 0x02,
	POINTER_U32 = 0x03,
	POINTER_U64 = 0x04,
	POINTER_SLEB = 0x09,
	POINTER_S16 = 0x0a,
	POINTER_S32 = 0x0b,
	POINTER_S64 = 0x0c,
	POINTER_FORMAT = 0x0f,
	POINTER_PC_RELATIVE = 0x10,
	POINTER_TABLE_RELATIVE = 0x30, /* "datarel": to the start of .eh_frame_hdr */
	POINTER_ALIGNED = 0x50,
	POINTER_RELATION = 0x70,
	POINTER_INDIRECT = 0x80,
	POINTER_OMITTED = 0xff,
};

struct dwarf_reader {
	const uint8_t *start;
	const uint8_t *at;
	const uint8_t *end;
	uint64_t address; /* of start, for pointers relative to where they stand */
	bool is_bad;
};

void dwarf_reader_init(struct dwarf_reader *reader, struct view bytes, uint64_t address);

/* size: 1, 2, 4 or 8. */
uint64_t dwarf_reader_unsigned(struct dwarf_reader *reader, uint32_t size);
int64_t dwarf_reader_signed(struct dwarf_reader *reader, uint32_t size);
uint64_t dwarf_reader_uleb(struct dwarf_reader *reader);
int64_t dwarf_reader_sleb(struct dwarf_reader *reader);

/* What follows, and is skipped; bad (and empty) when there is less. */
struct view dwarf_reader_bytes(struct dwarf_reader *reader, uint64_t size);
/* Up to a NUL, which is skipped too. */
struct view dwarf_reader_text(struct dwarf_reader *reader);

/* One encoded pointer. Bad: an encoding that is unknown, omitted, or indirect (it would need memory
 * of the process). */
uint64_t dwarf_reader_pointer(struct dwarf_reader *reader, uint8_t encoding,
			      uint64_t table_address);

static inline uint64_t dwarf_reader_left(const struct dwarf_reader *reader)
{
	return reader->is_bad ? 0 : (uint64_t)(reader->end - reader->at);
}

#endif
