/*
 * One ELF file, read for unwinding and symbols. Nobody vouches for it: any user may execute any
 * file. Everything is read by pread through libelf and copied (never mapped: the file may shrink),
 * each section at most once and capped; all offsets are checked. A file that lies loses its own
 * symbols, nothing else. Runs in the symbol process (unwinding/symbol_process.h), never on the
 * capture thread.
 */
#ifndef SYMBOLS_ELF_IMAGE_H
#define SYMBOLS_ELF_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

#define MAX_ELF_SECTION_BYTES (256u << 20) /* .debug_* and symbol tables of browsers are large */
#define MAX_ELF_SEGMENTS      64

enum machine { MACHINE_UNKNOWN, MACHINE_X86_64, MACHINE_ARM64 };

struct elf_segment {
	uint64_t address; /* p_vaddr */
	uint64_t size;    /* p_memsz */
	uint64_t file_offset;
	uint64_t file_size;
	uint32_t flags; /* PF_X … */
};

struct elf_section {
	struct view
		bytes; /* owned by the image; decompressed when SHF_COMPRESSED; empty with NOBITS */
	uint64_t address;
	uint64_t file_offset;
	uint64_t entry_size;
	uint32_t type;
	uint32_t link; /* sh_link: of a symbol table, its strings */
};

struct elf_image;

/* The fd is borrowed for as long as the image lives. -EINVAL: not a 64-bit little-endian ELF file
 * of a machine we know; -EIO, -ENOMEM. */
int elf_image_new(struct elf_image **ret, int fd);
void elf_image_free(struct elf_image **image);

enum machine elf_image_machine(const struct elf_image *image);
const struct elf_segment *elf_image_segments(const struct elf_image *image, uint32_t *ret_count);

/* The address (as linked) of a byte of the file that is loaded; false when it is not. */
bool elf_image_address_of(const struct elf_image *image, uint64_t file_offset, uint64_t *ret);

/* By name or by index; false when there is none, or it cannot be read. */
bool elf_image_section(struct elf_image *image, const char *name, struct elf_section *ret);
bool elf_image_section_at(struct elf_image *image, uint32_t index, struct elf_section *ret);

/* How many bytes it would have, decompressed: 0 when there are none. Reads only headers. */
uint64_t elf_image_section_bytes(struct elf_image *image, const char *name);

/* Gives back the bytes of a section that was read: what was parsed from it is enough. Views of them
 * end here; asked for again, it is read again. */
void elf_image_release(struct elf_image *image, const struct elf_section *section);

/* Bytes at an address as linked, from a loaded segment: at most size; empty when not in the file.
 * For files without section headers. Owned by the image. */
struct view elf_image_bytes_at(struct elf_image *image, uint64_t address, size_t size);

/* The first bytes of a section, at most size, without reading the rest of it; empty when there is
 * none. Owned by the image. */
struct view elf_image_section_start(struct elf_image *image, const char *name, size_t size);

/* Address of PT_GNU_EH_FRAME, PT_DYNAMIC …; false when there is no such segment. */
bool elf_image_program_header(const struct elf_image *image, uint32_t type,
			      struct elf_segment *ret);

/* About how many bytes of the file it holds. */
size_t elf_image_memory_bytes(const struct elf_image *image);

/* NT_GNU_BUILD_ID, empty when there is none. */
struct view elf_image_build_id(struct elf_image *image);

#endif
