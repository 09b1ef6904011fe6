/* Numbers of DWARF from bytes nobody vouches for. */
#include "symbols/dwarf_reader.h"

#define MAX_LEB_BYTES  32 /* honest ones have 10, padded ones some more */
#define MAX_TEXT_BYTES 256

void dwarf_reader_init(struct dwarf_reader *reader, struct view bytes, uint64_t address)
{
	static const uint8_t nothing[1];
	const uint8_t *start = bytes.bytes ? (const uint8_t *)bytes.bytes : nothing;

	*reader = (struct dwarf_reader){
		.start = start,
		.at = start,
		.end = start + (bytes.bytes ? bytes.size : 0),
		.address = address,
	};
}

static bool has_bytes(struct dwarf_reader *reader, uint64_t size)
{
	if (size > dwarf_reader_left(reader))
		reader->is_bad = true;
	return !reader->is_bad;
}

uint64_t dwarf_reader_unsigned(struct dwarf_reader *reader, uint32_t size)
{
	uint64_t value = 0;

	if (!has_bytes(reader, size))
		return 0;
	for (uint32_t i = 0; i < size; i++)
		value |= (uint64_t)reader->at[i] << (8 * i);
	reader->at += size;
	return value;
}

int64_t dwarf_reader_signed(struct dwarf_reader *reader, uint32_t size)
{
	uint64_t value = dwarf_reader_unsigned(reader, size);
	uint64_t sign = 1ull << (8 * size - 1);

	return (int64_t)((value ^ sign) - sign);
}

/* Bits beyond 64 are dropped, as everyone does: padded numbers are legal. */
static uint64_t read_leb(struct dwarf_reader *reader, uint32_t *ret_bits, bool *ret_is_negative)
{
	const uint8_t *first = reader->at;
	uint64_t value = 0;
	uint32_t bits = 0;
	uint8_t byte;

	do {
		if (reader->at - first == MAX_LEB_BYTES)
			reader->is_bad = true;
		if (!has_bytes(reader, 1))
			return 0;
		byte = *reader->at++;
		if (bits < 64)
			value |= (uint64_t)(byte & 0x7f) << bits;
		bits += bits < 64 ? 7 : 0;
	} while (byte & 0x80);
	*ret_bits = bits;
	*ret_is_negative = (byte & 0x40) != 0;
	return value;
}

uint64_t dwarf_reader_uleb(struct dwarf_reader *reader)
{
	bool is_negative = false;
	uint32_t bits = 0;

	return read_leb(reader, &bits, &is_negative);
}

int64_t dwarf_reader_sleb(struct dwarf_reader *reader)
{
	bool is_negative = false;
	uint32_t bits = 0;
	uint64_t value = read_leb(reader, &bits, &is_negative);

	if (is_negative && bits < 64)
		value |= UINT64_MAX << bits;
	return (int64_t)value;
}

struct view dwarf_reader_bytes(struct dwarf_reader *reader, uint64_t size)
{
	struct view bytes = view_of(reader->at, 0);

	if (!has_bytes(reader, size))
		return bytes;
	bytes.size = size;
	reader->at += size;
	return bytes;
}

struct view dwarf_reader_text(struct dwarf_reader *reader)
{
	struct view text =
		view_take(view_of(reader->at, dwarf_reader_left(reader)), MAX_TEXT_BYTES);
	size_t length = strnlen(text.bytes, text.size);

	if (length == MAX_TEXT_BYTES || !has_bytes(reader, (uint64_t)length + 1)) {
		reader->is_bad = true;
		return view_of(text.bytes, 0);
	}
	reader->at += length + 1;
	return view_of(text.bytes, length);
}

static uint64_t read_format(struct dwarf_reader *reader, uint8_t format)
{
	switch (format) {
	case POINTER_ABSOLUTE:
	case POINTER_U64:
	case POINTER_S64:
		return dwarf_reader_unsigned(reader, 8);
	case POINTER_ULEB:
		return dwarf_reader_uleb(reader);
	case POINTER_SLEB:
		return (uint64_t)dwarf_reader_sleb(reader);
	case POINTER_U16:
		return dwarf_reader_unsigned(reader, 2);
	case POINTER_U32:
		return dwarf_reader_unsigned(reader, 4);
	case POINTER_S16:
		return (uint64_t)dwarf_reader_signed(reader, 2);
	case POINTER_S32:
		return (uint64_t)dwarf_reader_signed(reader, 4);
	default:
		reader->is_bad = true;
		return 0;
	}
}

static void skip_to_alignment(struct dwarf_reader *reader)
{
	uint64_t address = reader->address + (uint64_t)(reader->at - reader->start);

	(void)dwarf_reader_bytes(reader, -address & 7);
}

uint64_t dwarf_reader_pointer(struct dwarf_reader *reader, uint8_t encoding, uint64_t table_address)
{
	uint64_t here;

	if (encoding == POINTER_ALIGNED) {
		skip_to_alignment(reader);
		return dwarf_reader_unsigned(reader, 8);
	}
	here = reader->address + (uint64_t)(reader->at - reader->start);
	if (encoding & POINTER_INDIRECT) {
		reader->is_bad = true;
		return 0;
	}
	switch (encoding & POINTER_RELATION) {
	case 0:
		return read_format(reader, encoding & POINTER_FORMAT);
	case POINTER_PC_RELATIVE:
		return here + read_format(reader, encoding & POINTER_FORMAT);
	case POINTER_TABLE_RELATIVE:
		return table_address + read_format(reader, encoding & POINTER_FORMAT);
	default:
		reader->is_bad = true;
		return 0;
	}
}
