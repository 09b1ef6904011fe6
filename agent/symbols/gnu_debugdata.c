/* liblzma in one stream, and just enough of ELF to find one section: all offsets are checked. */
#include "symbols/gnu_debugdata.h"

#include <elf.h>
#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include "base/cleanup.h"

#define MAX_DECODER_BYTES (80u << 20) /* xz -9 wants 65 MiB to unpack */
#define FIRST_BYTES       (256u << 10)
#define MAX_SECTIONS      4096

/* Until the end of the stream: the output doubles up to the cap. */
static int unpack_all(lzma_stream *stream, char **bytes, size_t *capacity)
{
	for (;;) {
		lzma_ret result;
		char *larger;
		size_t done = stream->total_out;

		stream->next_out = (uint8_t *)*bytes + done;
		stream->avail_out = *capacity - done;
		result = lzma_code(stream, LZMA_FINISH);
		if (result == LZMA_STREAM_END)
			return 0;
		if (result == LZMA_MEM_ERROR)
			return -ENOMEM;
		if (result != LZMA_OK || stream->avail_out > 0)
			return -EINVAL;
		if (*capacity >= MAX_DEBUGDATA_BYTES)
			return -EINVAL;
		larger = realloc(*bytes, *capacity * 2);
		if (!larger)
			return -ENOMEM;
		*bytes = larger;
		*capacity *= 2;
	}
}

int gnu_debugdata_unpack(struct view packed, struct view *ret_file)
{
	_cleanup_(cleanup_free) char *bytes = malloc(FIRST_BYTES);
	lzma_stream stream = LZMA_STREAM_INIT;
	size_t capacity = FIRST_BYTES;
	int err;

	if (!bytes || lzma_stream_decoder(&stream, MAX_DECODER_BYTES, 0) != LZMA_OK)
		return -ENOMEM;
	stream.next_in = (const uint8_t *)packed.bytes;
	stream.avail_in = packed.size;
	err = unpack_all(&stream, &bytes, &capacity);
	if (err == 0)
		*ret_file = view_of(TAKE_PTR(bytes), stream.total_out);
	lzma_end(&stream);
	return err;
}

static bool read_section_header(struct view file, const Elf64_Ehdr *header, uint32_t index,
				Elf64_Shdr *ret)
{
	struct view table = view_skip(file, header->e_shoff);
	struct view entry = view_skip(table, (uint64_t)index * sizeof(*ret));

	if (index >= header->e_shnum || header->e_shoff >= file.size || entry.size < sizeof(*ret))
		return false;
	memcpy(ret, entry.bytes, sizeof(*ret));
	return true;
}

static bool section_bytes(struct view file, const Elf64_Shdr *section, struct view *ret)
{
	if (section->sh_type == SHT_NOBITS || section->sh_offset > file.size ||
	    section->sh_size > file.size - section->sh_offset)
		return false;
	*ret = view_of(file.bytes + section->sh_offset, section->sh_size);
	return true;
}

bool gnu_debugdata_symbols(struct view file, struct view *ret_symbols, struct view *ret_strings)
{
	struct view symbols, strings;
	Elf64_Shdr section, linked;
	Elf64_Ehdr header;

	if (file.size < sizeof(header))
		return false;
	memcpy(&header, file.bytes, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
	    header.e_shentsize != sizeof(section))
		return false;
	for (uint32_t i = 1; i < header.e_shnum && i < MAX_SECTIONS; i++) {
		if (!read_section_header(file, &header, i, &section))
			return false;
		if (section.sh_type != SHT_SYMTAB)
			continue;
		if (!read_section_header(file, &header, section.sh_link, &linked) ||
		    !section_bytes(file, &section, &symbols) ||
		    !section_bytes(file, &linked, &strings))
			return false;
		*ret_symbols = symbols;
		*ret_strings = strings;
		return true;
	}
	return false;
}
