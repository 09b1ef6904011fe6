/*
 * PT_NOTE segments and section names through libelf. Files come from /proc/PID/exe, so a hostile
 * user chooses every byte of them; caps below keep memory and time small whatever they say.
 */
#include "process/elf_notes.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "base/cleanup.h"

#define MAX_PROGRAM_HEADERS 256
#define MAX_SECTIONS        4096
#define MAX_SEGMENT_BYTES   65536 /* of notes; real ones have under 1 KiB */
#define MAX_NOTES           256
#define MAX_NAME_BYTES      32

static void end_elf(Elf **elf)
{
	if (*elf)
		(void)elf_end(*elf);
	*elf = NULL;
}

bool elf_notes_is_readable_file(int fd)
{
	struct stat status;
	struct statfs filesystem;

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	       fstatfs(fd, &filesystem) == 0 && filesystem.f_type != FUSE_SUPER_MAGIC;
}

static bool has_sane_counts(uint64_t section_offset, unsigned int sections, unsigned int headers)
{
	/* Zero sections with a table means "the count is in section 0": no executable has 65,280
	 * sections, but libelf would allocate for what that field says. */
	if (sections == 0 && section_offset != 0)
		return false;
	return sections <= MAX_SECTIONS && headers <= MAX_PROGRAM_HEADERS;
}

/* What libelf allocates by, checked on the raw header first. */
static bool has_sane_header(int fd)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf64_Ehdr wide;
		Elf32_Ehdr narrow;
	} header;

	if (pread(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
	    memcmp(header.ident, ELFMAG, SELFMAG) != 0)
		return false;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (header.ident[EI_DATA] != ELFDATA2LSB)
		return false;
#else
	if (header.ident[EI_DATA] != ELFDATA2MSB)
		return false;
#endif
	if (header.ident[EI_CLASS] == ELFCLASS64)
		return has_sane_counts(header.wide.e_shoff, header.wide.e_shnum,
				       header.wide.e_phnum);
	if (header.ident[EI_CLASS] == ELFCLASS32)
		return has_sane_counts(header.narrow.e_shoff, header.narrow.e_shnum,
				       header.narrow.e_phnum);
	return false;
}

static Elf *open_elf(int fd)
{
	Elf *elf;

	if (!elf_notes_is_readable_file(fd) || !has_sane_header(fd) ||
	    elf_version(EV_CURRENT) == EV_NONE)
		return NULL;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) != ELF_K_ELF)
		end_elf(&elf);
	return elf;
}

static bool visit_segment(Elf *elf, const GElf_Phdr *segment, elf_note_visitor visitor,
			  void *context)
{
	size_t size = segment->p_filesz, offset = 0;
	size_t name_at, bytes_at;
	Elf_Data *chunk;
	GElf_Nhdr header;

	if (size > MAX_SEGMENT_BYTES || segment->p_offset > INT64_MAX)
		return false;
	chunk = elf_getdata_rawchunk(elf, (int64_t)segment->p_offset, size,
				     segment->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	if (!chunk)
		return false;
	for (int i = 0; i < MAX_NOTES && offset < chunk->d_size; i++) {
		struct elf_note note;
		const char *base = chunk->d_buf;

		offset = gelf_getnote(chunk, offset, &header, &name_at, &bytes_at);
		if (offset == 0 || name_at > size || header.n_namesz > size - name_at ||
		    bytes_at > size || header.n_descsz > size - bytes_at)
			return false;
		note.type = header.n_type;
		note.owner = view_of(base + name_at, strnlen(base + name_at, header.n_namesz));
		note.bytes = view_of(base + bytes_at, header.n_descsz);
		if (visitor(&note, context))
			return true;
	}
	return false;
}

bool elf_notes_visit(int fd, elf_note_visitor visitor, void *context)
{
	_cleanup_(end_elf) Elf *elf = open_elf(fd);
	size_t count;

	if (!elf || elf_getphdrnum(elf, &count) != 0 || count > MAX_PROGRAM_HEADERS)
		return false;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf, (int)i, &segment))
			return false;
		if (segment.p_type == PT_NOTE && visit_segment(elf, &segment, visitor, context))
			return true;
	}
	return false;
}

bool elf_notes_has_section(int fd, const char *name)
{
	_cleanup_(end_elf) Elf *elf = open_elf(fd);
	GElf_Shdr names, header;
	size_t names_index, length = strlen(name) + 1;
	char found[MAX_NAME_BYTES];
	Elf_Scn *section = NULL;

	if (!elf || length > sizeof(found) || elf_getshdrstrndx(elf, &names_index) != 0 ||
	    !gelf_getshdr(elf_getscn(elf, names_index), &names))
		return false;
	/* Names are read one by one: elf_strptr would load the whole table, of any size. */
	for (int i = 0; i < MAX_SECTIONS && (section = elf_nextscn(elf, section)) != NULL; i++)
		if (gelf_getshdr(section, &header) && header.sh_name < names.sh_size &&
		    names.sh_offset <= (uint64_t)INT64_MAX - header.sh_name &&
		    pread(fd, found, length, (off_t)(names.sh_offset + header.sh_name)) ==
			    (ssize_t)length &&
		    memcmp(found, name, length) == 0)
			return true;
	return false;
}
