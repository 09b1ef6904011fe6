/*
 * CIE and FDE as the LSB and DWARF 5 section 6.4 describe them: the 32-bit and the 64-bit length,
 * versions 1, 3 and 4, augmentations z, R, P, L, S, B, G and the old "eh".
 */
#include "symbols/unwind_entry.h"

#include "symbols/dwarf_reader.h"

#define ID_OF_CIE_32 UINT32_MAX /* in .debug_frame */

struct common_entry {
	struct view program;
	uint64_t code_alignment;
	int64_t data_alignment;
	uint64_t return_register;
	uint8_t pointer_encoding;
	bool has_augmentation_size;
	bool is_signal_frame;
};

struct raw_entry {
	struct dwarf_reader body; /* behind the length; address as linked */
	uint64_t id;
	uint64_t id_offset;
	bool is_common;
};

/* Length and id of what stands at the offset. *ret_next is set whenever there is a length. */
static bool read_raw(const struct frame_section *section, uint64_t offset, struct raw_entry *ret,
		     uint64_t *ret_next)
{
	struct dwarf_reader reader;
	uint32_t id_size = 4;
	uint64_t length;

	if (offset >= section->bytes.size)
		return false;
	dwarf_reader_init(&reader, view_skip(section->bytes, offset), section->address + offset);
	length = dwarf_reader_unsigned(&reader, 4);
	if (length == UINT32_MAX) {
		length = dwarf_reader_unsigned(&reader, 8);
		id_size = section->is_debug ? 8 : 4;
	}
	/* A length of 0 ends .eh_frame. */
	if (reader.is_bad || length == 0 || length > dwarf_reader_left(&reader))
		return false;
	reader.end = reader.at + length;
	ret->id_offset = offset + (uint64_t)(reader.at - reader.start);
	*ret_next = ret->id_offset + length;
	ret->id = dwarf_reader_unsigned(&reader, id_size);
	if (!section->is_debug)
		ret->is_common = ret->id == 0;
	else
		ret->is_common = ret->id == (id_size == 8 ? UINT64_MAX : ID_OF_CIE_32);
	ret->body = reader;
	return !reader.is_bad;
}

/* The letters behind z. One that is unknown hides those behind it; their size is known. */
static void read_letters(struct dwarf_reader *reader, struct view letters, struct common_entry *ret)
{
	for (size_t i = 0; i < letters.size; i++) {
		uint8_t encoding;

		switch (letters.bytes[i]) {
		case 'R':
			ret->pointer_encoding = (uint8_t)dwarf_reader_unsigned(reader, 1);
			break;
		case 'L':
			(void)dwarf_reader_unsigned(reader, 1);
			break;
		case 'P':
			encoding = (uint8_t)dwarf_reader_unsigned(reader, 1);
			if (encoding != POINTER_OMITTED)
				(void)dwarf_reader_pointer(reader,
							   encoding == POINTER_ALIGNED
								   ? POINTER_ALIGNED
								   : encoding & POINTER_FORMAT,
							   0);
			break;
		case 'S':
			ret->is_signal_frame = true;
			break;
		case 'B': /* arm64: return addresses signed with the other key */
		case 'G': /* arm64: tagged stack */
			break;
		default:
			return;
		}
	}
}

static bool read_common(const struct frame_section *section, uint64_t offset,
			struct common_entry *ret)
{
	struct common_entry entry = {.pointer_encoding = POINTER_ABSOLUTE};
	struct dwarf_reader *reader, letters_reader;
	struct view augmentation;
	struct raw_entry raw;
	uint64_t version, next;

	if (!read_raw(section, offset, &raw, &next) || !raw.is_common)
		return false;
	reader = &raw.body;
	version = dwarf_reader_unsigned(reader, 1);
	if (version != 1 && version != 3 && version != 4)
		return false;
	augmentation = dwarf_reader_text(reader);
	if (view_equals(augmentation, VIEW_LITERAL("eh")))
		(void)dwarf_reader_unsigned(reader, 8);
	else if (augmentation.size > 0 && augmentation.bytes[0] != 'z')
		return false;
	/* Sizes of an address and of a segment selector. */
	if (version == 4 &&
	    (dwarf_reader_unsigned(reader, 1) != 8 || dwarf_reader_unsigned(reader, 1) != 0))
		return false;
	entry.code_alignment = dwarf_reader_uleb(reader);
	entry.data_alignment = dwarf_reader_sleb(reader);
	entry.return_register =
		version == 1 ? dwarf_reader_unsigned(reader, 1) : dwarf_reader_uleb(reader);
	if (augmentation.size > 0 && augmentation.bytes[0] == 'z') {
		uint64_t size = dwarf_reader_uleb(reader);
		uint64_t at = reader->address + (uint64_t)(reader->at - reader->start);

		entry.has_augmentation_size = true;
		dwarf_reader_init(&letters_reader, dwarf_reader_bytes(reader, size), at);
		read_letters(&letters_reader, view_skip(augmentation, 1), &entry);
		if (letters_reader.is_bad)
			return false;
	}
	entry.program = dwarf_reader_bytes(reader, dwarf_reader_left(reader));
	*ret = entry;
	return !reader->is_bad;
}

static bool read_own(const struct frame_section *section, const struct raw_entry *raw,
		     struct unwind_entry *ret)
{
	uint64_t common_at = section->is_debug ? raw->id : raw->id_offset - raw->id;
	struct dwarf_reader reader = raw->body;
	struct common_entry common;
	uint64_t begin, size;

	if ((!section->is_debug && raw->id > raw->id_offset) ||
	    !read_common(section, common_at, &common))
		return false;
	begin = dwarf_reader_pointer(&reader, common.pointer_encoding, 0);
	size = dwarf_reader_pointer(&reader, common.pointer_encoding & POINTER_FORMAT, 0);
	if (common.has_augmentation_size)
		(void)dwarf_reader_bytes(&reader, dwarf_reader_uleb(&reader));
	if (reader.is_bad || size == 0 || size > UINT64_MAX - begin)
		return false;
	*ret = (struct unwind_entry){
		.begin = begin,
		.end = begin + size,
		.common_program = common.program,
		.program_address = reader.address + (uint64_t)(reader.at - reader.start),
		.code_alignment = common.code_alignment,
		.data_alignment = common.data_alignment,
		.return_register = common.return_register,
		.pointer_encoding = common.pointer_encoding,
		.is_signal_frame = common.is_signal_frame,
	};
	ret->program = dwarf_reader_bytes(&reader, dwarf_reader_left(&reader));
	return true;
}

enum entry_result unwind_entry_parse(const struct frame_section *section, uint64_t *offset,
				     struct unwind_entry *ret)
{
	struct raw_entry raw;
	uint64_t at = *offset, next = at;
	bool is_read = read_raw(section, at, &raw, &next);

	if (next == at)
		return ENTRY_END;
	*offset = next;
	if (!is_read || raw.is_common || !read_own(section, &raw, ret))
		return ENTRY_OTHER;
	return ENTRY_FDE;
}
