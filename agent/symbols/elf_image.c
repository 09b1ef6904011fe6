/*
 * Headers through libelf, bytes by pread into memory of our own: a section is copied when first
 * wanted and stays until the image goes. The file may say anything, and may change while it is
 * read: what libelf allocates by is checked on the raw header first, what we allocate by is checked
 * against the size of the file.
 */
#include "symbols/elf_image.h"

#include <errno.h>
#include <gelf.h>
#include <libdeflate.h>
#include <libelf.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"

#define MAX_PROGRAM_HEADERS 256
#define MAX_SECTIONS        4096
#define MAX_NAMES_BYTES     (1u << 20)
#define MAX_NOTES           256
#define MAX_NOTES_BYTES     65536
#define MAX_CHUNKS          1024        /* pieces of segments */
#define MAX_CHUNK_BYTES     (64u << 20) /* of one piece */
#define MAX_DEFLATE_RATIO   1040        /* more than this, deflate cannot do */

struct loaded_section {
	struct elf_section section;
	bool is_tried;
	bool is_bad;
};

struct chunk {
	uint64_t file_offset;
	struct view bytes;
};

struct elf_image {
	int fd;
	Elf *elf;
	uint64_t file_size;
	enum machine machine;
	GElf_Phdr headers[MAX_PROGRAM_HEADERS];
	uint32_t headers_count;
	struct elf_segment segments[MAX_ELF_SEGMENTS]; /* PT_LOAD */
	uint32_t segments_count;
	struct loaded_section *sections;
	uint32_t sections_count;
	uint32_t names; /* index of the section with the names, 0: none */
	struct chunk *chunks;
	uint32_t chunks_count;
	size_t memory_bytes;
};

/* What libelf allocates by. Zero sections with a table means "the count is in section 0": no
 * executable has 65,280 sections, but libelf would allocate for what that field says. */
static bool has_sane_header(int fd, enum machine *ret_machine)
{
	Elf64_Ehdr header;

	if (pread(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
		return false;
	if (header.e_shnum > MAX_SECTIONS || header.e_phnum > MAX_PROGRAM_HEADERS ||
	    (header.e_shnum == 0 && header.e_shoff != 0))
		return false;
	*ret_machine = header.e_machine == EM_X86_64    ? MACHINE_X86_64
		       : header.e_machine == EM_AARCH64 ? MACHINE_ARM64
							: MACHINE_UNKNOWN;
	return *ret_machine != MACHINE_UNKNOWN;
}

static int read_headers(struct elf_image *image)
{
	size_t headers, sections, names;

	if (elf_getphdrnum(image->elf, &headers) != 0 || headers > MAX_PROGRAM_HEADERS)
		headers = 0;
	for (size_t i = 0; i < headers; i++) {
		GElf_Phdr *header = &image->headers[image->headers_count];

		if (!gelf_getphdr(image->elf, (int)i, header))
			break;
		image->headers_count++;
		if (header->p_type != PT_LOAD || image->segments_count == MAX_ELF_SEGMENTS)
			continue;
		image->segments[image->segments_count++] = (struct elf_segment){
			.address = header->p_vaddr,
			.size = header->p_memsz,
			.file_offset = header->p_offset,
			.file_size = header->p_filesz,
			.flags = header->p_flags,
		};
	}
	if (elf_getshdrnum(image->elf, &sections) != 0 || sections > MAX_SECTIONS)
		sections = 0;
	if (sections > 0 && elf_getshdrstrndx(image->elf, &names) == 0 && names < sections)
		image->names = (uint32_t)names;
	image->sections = calloc(sections ? sections : 1, sizeof(*image->sections));
	image->chunks = calloc(MAX_CHUNKS, sizeof(*image->chunks));
	if (!image->sections || !image->chunks)
		return -ENOMEM;
	image->sections_count = (uint32_t)sections;
	return 0;
}

int elf_image_new(struct elf_image **ret, int fd)
{
	_cleanup_(elf_image_free) struct elf_image *image = calloc(1, sizeof(*image));
	struct stat status;
	int err;

	if (!image)
		return -ENOMEM;
	if (fstat(fd, &status) != 0)
		return -EIO;
	if (!S_ISREG(status.st_mode) || !has_sane_header(fd, &image->machine) ||
	    elf_version(EV_CURRENT) == EV_NONE)
		return -EINVAL;
	image->fd = fd;
	image->file_size = (uint64_t)status.st_size;
	image->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!image->elf || elf_kind(image->elf) != ELF_K_ELF)
		return -EINVAL;
	err = read_headers(image);
	if (err != 0)
		return err;
	image->memory_bytes = sizeof(*image) + MAX_CHUNKS * sizeof(*image->chunks) +
			      image->sections_count * sizeof(*image->sections);
	*ret = TAKE_PTR(image);
	return 0;
}

static void free_bytes(struct view bytes)
{
	free((void *)(uintptr_t)bytes.bytes);
}

void elf_image_free(struct elf_image **image)
{
	if (!*image)
		return;
	for (uint32_t i = 0; (*image)->sections && i < (*image)->sections_count; i++)
		free_bytes((*image)->sections[i].section.bytes);
	for (uint32_t i = 0; i < (*image)->chunks_count; i++)
		free_bytes((*image)->chunks[i].bytes);
	free((*image)->sections);
	free((*image)->chunks);
	if ((*image)->elf)
		(void)elf_end((*image)->elf);
	free(*image);
	*image = NULL;
}

enum machine elf_image_machine(const struct elf_image *image)
{
	return image->machine;
}

const struct elf_segment *elf_image_segments(const struct elf_image *image, uint32_t *ret_count)
{
	*ret_count = image->segments_count;
	return image->segments;
}

bool elf_image_address_of(const struct elf_image *image, uint64_t file_offset, uint64_t *ret)
{
	for (uint32_t i = 0; i < image->segments_count; i++) {
		const struct elf_segment *segment = &image->segments[i];

		if (file_offset >= segment->file_offset &&
		    file_offset - segment->file_offset < segment->file_size) {
			*ret = segment->address + (file_offset - segment->file_offset);
			return true;
		}
	}
	return false;
}

bool elf_image_program_header(const struct elf_image *image, uint32_t type, struct elf_segment *ret)
{
	for (uint32_t i = 0; i < image->headers_count; i++) {
		const GElf_Phdr *header = &image->headers[i];

		if (header->p_type != type)
			continue;
		*ret = (struct elf_segment){
			.address = header->p_vaddr,
			.size = header->p_memsz,
			.file_offset = header->p_offset,
			.file_size = header->p_filesz,
			.flags = header->p_flags,
		};
		return true;
	}
	return false;
}

/* A copy of these bytes of the file, all of them or none. */
static bool read_bytes(const struct elf_image *image, uint64_t offset, uint64_t size,
		       struct view *ret)
{
	_cleanup_(cleanup_free) char *bytes = NULL;
	size_t done = 0;

	if (offset > image->file_size || size > image->file_size - offset)
		return false;
	bytes = malloc(size ? size : 1);
	while (bytes && done < size) {
		ssize_t count = pread(image->fd, bytes + done, size - done, (off_t)(offset + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		done += (size_t)count;
	}
	if (!bytes)
		return false;
	*ret = view_of(TAKE_PTR(bytes), size);
	return true;
}

/* Replaces the bytes of a section with SHF_COMPRESSED. */
static bool decompress(struct view *bytes)
{
	_cleanup_(cleanup_free) char *plain = NULL;
	struct libdeflate_decompressor *decompressor;
	enum libdeflate_result result;
	Elf64_Chdr header;
	size_t packed;

	if (bytes->size < sizeof(header))
		return false;
	memcpy(&header, bytes->bytes, sizeof(header));
	packed = bytes->size - sizeof(header);
	if (header.ch_type != ELFCOMPRESS_ZLIB || header.ch_size > MAX_ELF_SECTION_BYTES ||
	    header.ch_size > (uint64_t)packed * MAX_DEFLATE_RATIO)
		return false;
	plain = malloc(header.ch_size ? header.ch_size : 1);
	decompressor = libdeflate_alloc_decompressor();
	if (!plain || !decompressor) {
		if (decompressor)
			libdeflate_free_decompressor(decompressor);
		return false;
	}
	result = libdeflate_zlib_decompress(decompressor, bytes->bytes + sizeof(header), packed,
					    plain, header.ch_size, NULL);
	libdeflate_free_decompressor(decompressor);
	if (result != LIBDEFLATE_SUCCESS)
		return false;
	free_bytes(*bytes);
	*bytes = view_of(TAKE_PTR(plain), header.ch_size);
	return true;
}

static bool load_section(struct elf_image *image, uint32_t index, struct elf_section *ret)
{
	Elf_Scn *handle = elf_getscn(image->elf, index);
	struct elf_section section = {0};
	GElf_Shdr header;

	if (!handle || !gelf_getshdr(handle, &header))
		return false;
	section.address = header.sh_addr;
	section.file_offset = header.sh_offset;
	section.entry_size = header.sh_entsize;
	section.type = header.sh_type;
	section.link = header.sh_link;
	if (header.sh_type != SHT_NOBITS && header.sh_type != SHT_NULL) {
		if (header.sh_size > MAX_ELF_SECTION_BYTES ||
		    !read_bytes(image, header.sh_offset, header.sh_size, &section.bytes))
			return false;
		if ((header.sh_flags & SHF_COMPRESSED) && !decompress(&section.bytes)) {
			free_bytes(section.bytes);
			return false;
		}
		image->memory_bytes += section.bytes.size;
	}
	*ret = section;
	return true;
}

bool elf_image_section_at(struct elf_image *image, uint32_t index, struct elf_section *ret)
{
	struct loaded_section *loaded;

	if (index >= image->sections_count)
		return false;
	loaded = &image->sections[index];
	if (!loaded->is_tried) {
		loaded->is_tried = true;
		loaded->is_bad = !load_section(image, index, &loaded->section);
	}
	if (loaded->is_bad)
		return false;
	*ret = loaded->section;
	return true;
}

void elf_image_release(struct elf_image *image, const struct elf_section *section)
{
	for (uint32_t i = 0; i < image->sections_count && section->bytes.bytes; i++) {
		struct loaded_section *loaded = &image->sections[i];

		if (loaded->section.bytes.bytes != section->bytes.bytes)
			continue;
		image->memory_bytes -= loaded->section.bytes.size;
		free_bytes(loaded->section.bytes);
		*loaded = (struct loaded_section){0};
		return;
	}
}

/* The name of a section; empty when the file does not say. */
static struct view section_name(struct elf_image *image, uint32_t index)
{
	Elf_Scn *handle = elf_getscn(image->elf, index);
	struct elf_section names;
	GElf_Shdr header;

	if (!handle || !gelf_getshdr(handle, &header) ||
	    !elf_image_section_at(image, image->names, &names) ||
	    header.sh_name >= names.bytes.size)
		return view_of(NULL, 0);
	return view_of(
		names.bytes.bytes + header.sh_name,
		strnlen(names.bytes.bytes + header.sh_name, names.bytes.size - header.sh_name));
}

/* 0 when there is none: no section has that index. */
static uint32_t find_section(struct elf_image *image, const char *name)
{
	GElf_Shdr names;
	Elf_Scn *handle = image->names ? elf_getscn(image->elf, image->names) : NULL;

	if (!handle || !gelf_getshdr(handle, &names) || names.sh_size > MAX_NAMES_BYTES)
		return 0;
	for (uint32_t i = 1; i < image->sections_count; i++)
		if (view_equals(section_name(image, i), view_of_text(name)))
			return i;
	return 0;
}

bool elf_image_section(struct elf_image *image, const char *name, struct elf_section *ret)
{
	uint32_t index = find_section(image, name);

	return index != 0 && elf_image_section_at(image, index, ret);
}

uint64_t elf_image_section_bytes(struct elf_image *image, const char *name)
{
	uint32_t index = find_section(image, name);
	Elf_Scn *handle = index ? elf_getscn(image->elf, index) : NULL;
	Elf64_Chdr packed;
	GElf_Shdr header;

	if (!handle || !gelf_getshdr(handle, &header) || header.sh_type == SHT_NOBITS)
		return 0;
	if (!(header.sh_flags & SHF_COMPRESSED))
		return header.sh_size;
	if (header.sh_offset > INT64_MAX ||
	    pread(image->fd, &packed, sizeof(packed), (off_t)header.sh_offset) !=
		    (ssize_t)sizeof(packed))
		return 0;
	return packed.ch_size;
}

/* The piece of the file at an offset: one that was read before, or a new one. */
static struct view chunk_at(struct elf_image *image, uint64_t offset, uint64_t size)
{
	struct chunk *chunk;

	for (uint32_t i = 0; i < image->chunks_count; i++) {
		chunk = &image->chunks[i];
		if (offset >= chunk->file_offset &&
		    offset - chunk->file_offset <= chunk->bytes.size &&
		    size <= chunk->bytes.size - (offset - chunk->file_offset))
			return view_of(chunk->bytes.bytes + (offset - chunk->file_offset), size);
	}
	chunk = &image->chunks[image->chunks_count];
	if (image->chunks_count == MAX_CHUNKS || size > MAX_CHUNK_BYTES ||
	    !read_bytes(image, offset, size, &chunk->bytes))
		return view_of(NULL, 0);
	chunk->file_offset = offset;
	image->chunks_count++;
	image->memory_bytes += size;
	return chunk->bytes;
}

struct view elf_image_bytes_at(struct elf_image *image, uint64_t address, size_t size)
{
	for (uint32_t i = 0; i < image->segments_count && size > 0; i++) {
		const struct elf_segment *segment = &image->segments[i];
		uint64_t inside = address - segment->address;

		if (address < segment->address || inside >= segment->file_size)
			continue;
		if (size > segment->file_size - inside)
			size = segment->file_size - inside;
		if (inside > UINT64_MAX - segment->file_offset)
			break;
		return chunk_at(image, segment->file_offset + inside, size);
	}
	return view_of(NULL, 0);
}

struct view elf_image_section_start(struct elf_image *image, const char *name, size_t size)
{
	uint32_t index = find_section(image, name);
	Elf_Scn *handle = index ? elf_getscn(image->elf, index) : NULL;
	GElf_Shdr header;

	if (!handle || !gelf_getshdr(handle, &header) || header.sh_type == SHT_NOBITS ||
	    !header.sh_size || !size)
		return view_of(NULL, 0);
	return chunk_at(image, header.sh_offset, size < header.sh_size ? size : header.sh_size);
}

size_t elf_image_memory_bytes(const struct elf_image *image)
{
	return image->memory_bytes;
}

static struct view find_build_id(struct view notes, uint64_t alignment)
{
	for (int i = 0; i < MAX_NOTES && notes.size >= sizeof(Elf64_Nhdr); i++) {
		Elf64_Nhdr header;
		uint64_t name, bytes;

		memcpy(&header, notes.bytes, sizeof(header));
		name = (sizeof(header) + (uint64_t)header.n_namesz + alignment - 1) &
		       ~(alignment - 1);
		bytes = name + header.n_descsz;
		if (bytes > notes.size)
			break;
		if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof("GNU") &&
		    memcmp(notes.bytes + sizeof(header), "GNU", sizeof("GNU")) == 0)
			return view_of(notes.bytes + name, header.n_descsz);
		notes = view_skip(notes, (bytes + alignment - 1) & ~(alignment - 1));
	}
	return view_of(NULL, 0);
}

struct view elf_image_build_id(struct elf_image *image)
{
	struct view found = view_of(NULL, 0);
	struct elf_section section;

	for (uint32_t i = 0; i < image->headers_count && found.size == 0; i++) {
		const GElf_Phdr *header = &image->headers[i];

		if (header->p_type == PT_NOTE && header->p_filesz <= MAX_NOTES_BYTES)
			found = find_build_id(chunk_at(image, header->p_offset, header->p_filesz),
					      header->p_align == 8 ? 8 : 4);
	}
	if (found.size == 0 && elf_image_section(image, ".note.gnu.build-id", &section))
		found = find_build_id(section.bytes, 4);
	return found;
}
