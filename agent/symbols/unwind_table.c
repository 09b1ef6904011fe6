/*
 * Where an address's entry is. A table of .eh_frame_hdr is used as it lies in the file: pairs of
 * (first address, entry), sorted by the linker; a liar's search ends at some entry, which then does
 * not hold the address.
 */
#include "symbols/unwind_table.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "symbols/dwarf_reader.h"

#define MAX_INDEX_ENTRIES (2u << 20) /* browsers have under a million */

struct index_entry {
	uint64_t begin;
	uint64_t offset; /* into the section */
};

struct frame_index {
	struct frame_section section;
	struct index_entry *entries;
	uint32_t count;
};

/* .eh_frame_hdr. */
struct search_table {
	struct view bytes; /* of the pairs */
	uint64_t address;  /* of bytes[0] */
	uint64_t header_address;
	uint64_t count;
	uint32_t value_size;
	uint8_t encoding;
};

struct unwind_table {
	struct elf_image *image;
	struct search_table search; /* count 0: not usable */
	struct frame_index frames;
	struct frame_index debug;
	bool is_debug_tried;
};

static uint32_t fixed_size(uint8_t encoding)
{
	switch (encoding & POINTER_FORMAT) {
	case POINTER_ABSOLUTE:
	case POINTER_U64:
	case POINTER_S64:
		return 8;
	case POINTER_U32:
	case POINTER_S32:
		return 4;
	case POINTER_U16:
	case POINTER_S16:
		return 2;
	default:
		return 0;
	}
}

/* One value of a pair. */
static bool search_value(const struct search_table *search, uint64_t pair, bool is_entry,
			 uint64_t *ret)
{
	uint64_t at = (2 * pair + is_entry) * search->value_size;
	struct dwarf_reader reader;

	dwarf_reader_init(&reader, view_skip(search->bytes, at), search->address + at);
	*ret = dwarf_reader_pointer(&reader, search->encoding, search->header_address);
	return !reader.is_bad;
}

/* Reads the header. *ret_frames: where .eh_frame is. False: this is no header. */
static bool read_search_table(struct view bytes, uint64_t address, struct search_table *ret,
			      uint64_t *ret_frames)
{
	struct dwarf_reader reader;
	uint8_t frames_encoding, count_encoding, encoding;
	uint64_t frames, count;

	dwarf_reader_init(&reader, bytes, address);
	if (dwarf_reader_unsigned(&reader, 1) != 1)
		return false;
	frames_encoding = (uint8_t)dwarf_reader_unsigned(&reader, 1);
	count_encoding = (uint8_t)dwarf_reader_unsigned(&reader, 1);
	encoding = (uint8_t)dwarf_reader_unsigned(&reader, 1);
	frames = dwarf_reader_pointer(&reader, frames_encoding, address);
	if (reader.is_bad)
		return false;
	*ret_frames = frames;
	*ret = (struct search_table){.count = 0};
	if (count_encoding == POINTER_OMITTED || encoding == POINTER_OMITTED ||
	    fixed_size(encoding) == 0)
		return true;
	count = dwarf_reader_pointer(&reader, count_encoding, address);
	if (reader.is_bad || count > dwarf_reader_left(&reader) / (2 * fixed_size(encoding)))
		return true;
	*ret = (struct search_table){
		.bytes = view_of(reader.at, dwarf_reader_left(&reader)),
		.address = address + (uint64_t)(reader.at - reader.start),
		.header_address = address,
		.count = count,
		.value_size = fixed_size(encoding),
		.encoding = encoding,
	};
	return true;
}

/* Finds .eh_frame_hdr and .eh_frame, by section or, without sections, by segment. */
static void find_sections(struct unwind_table *table)
{
	struct elf_section frames, header;
	struct elf_segment segment;
	uint64_t frames_at = 0;
	struct view bytes = view_of(NULL, 0);
	uint64_t address = 0;

	if (elf_image_section(table->image, ".eh_frame_hdr", &header)) {
		bytes = header.bytes;
		address = header.address;
	} else if (elf_image_program_header(table->image, PT_GNU_EH_FRAME, &segment)) {
		bytes = elf_image_bytes_at(table->image, segment.address, segment.size);
		address = segment.address;
	}
	if (!read_search_table(bytes, address, &table->search, &frames_at))
		table->search.count = 0;
	if (elf_image_section(table->image, ".eh_frame", &frames)) {
		table->frames.section.bytes = frames.bytes;
		table->frames.section.address = frames.address;
	} else if (frames_at != 0) {
		/* To the end of its segment: an entry of length 0 ends it before. */
		table->frames.section.bytes =
			elf_image_bytes_at(table->image, frames_at, MAX_ELF_SECTION_BYTES);
		table->frames.section.address = frames_at;
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct index_entry *left = a, *right = b;

	if (left->begin != right->begin)
		return left->begin < right->begin ? -1 : 1;
	return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static void build_index(struct frame_index *index)
{
	uint64_t offset = 0, capacity = 0;

	while (index->count < MAX_INDEX_ENTRIES) {
		uint64_t at = offset;
		struct unwind_entry entry;
		enum entry_result result = unwind_entry_parse(&index->section, &offset, &entry);

		if (result == ENTRY_END)
			break;
		/* Functions that the linker dropped stay in .debug_frame, at address 0. */
		if (result != ENTRY_FDE || entry.begin == 0)
			continue;
		if (index->count == capacity) {
			struct index_entry *larger;

			capacity = capacity ? 2 * capacity : 64;
			larger = realloc(index->entries, capacity * sizeof(*larger));
			if (!larger)
				break;
			index->entries = larger;
		}
		index->entries[index->count++] =
			(struct index_entry){.begin = entry.begin, .offset = at};
	}
	if (index->count > 0)
		qsort(index->entries, index->count, sizeof(*index->entries), compare_entries);
}

static bool parse_at(const struct frame_section *section, uint64_t offset, uint64_t address,
		     struct unwind_entry *ret)
{
	struct unwind_entry entry;

	if (unwind_entry_parse(section, &offset, &entry) != ENTRY_FDE || address < entry.begin ||
	    address >= entry.end)
		return false;
	*ret = entry;
	return true;
}

static bool find_in_index(const struct frame_index *index, uint64_t address,
			  struct unwind_entry *ret)
{
	uint32_t low = 0, high = index->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (index->entries[middle].begin <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && parse_at(&index->section, index->entries[low - 1].offset, address, ret);
}

static bool find_by_search(const struct unwind_table *table, uint64_t address,
			   struct unwind_entry *ret)
{
	uint64_t low = 0, high = table->search.count, value;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (!search_value(&table->search, middle, false, &value))
			return false;
		if (value <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && search_value(&table->search, low - 1, true, &value) &&
	       value >= table->frames.section.address &&
	       parse_at(&table->frames.section, value - table->frames.section.address, address,
			ret);
}

int unwind_table_new(struct unwind_table **ret, struct elf_image *image)
{
	_cleanup_(unwind_table_free) struct unwind_table *table = calloc(1, sizeof(*table));
	struct unwind_entry entry;
	uint64_t first;

	if (!table)
		return -ENOMEM;
	table->image = image;
	find_sections(table);
	/* A table whose first address has no entry lies. */
	if (table->search.count > 0 && (!search_value(&table->search, 0, false, &first) ||
					!find_by_search(table, first, &entry)))
		table->search.count = 0;
	if (table->search.count == 0)
		build_index(&table->frames);
	*ret = TAKE_PTR(table);
	return 0;
}

void unwind_table_free(struct unwind_table **table)
{
	if (!*table)
		return;
	free((*table)->frames.entries);
	free((*table)->debug.entries);
	free(*table);
	*table = NULL;
}

size_t unwind_table_memory_bytes(const struct unwind_table *table)
{
	return sizeof(*table) +
	       ((size_t)table->frames.count + table->debug.count) * sizeof(struct index_entry);
}

bool unwind_table_find(struct unwind_table *table, uint64_t address, struct unwind_entry *ret)
{
	if (table->search.count > 0)
		return find_by_search(table, address, ret);
	return find_in_index(&table->frames, address, ret);
}

bool unwind_table_find_debug(struct unwind_table *table, uint64_t address, struct unwind_entry *ret)
{
	struct elf_section section;

	if (!table->is_debug_tried) {
		table->is_debug_tried = true;
		if (elf_image_section(table->image, ".debug_frame", &section)) {
			table->debug.section.bytes = section.bytes;
			table->debug.section.is_debug = true;
			build_index(&table->debug);
		}
	}
	return find_in_index(&table->debug, address, ret);
}
