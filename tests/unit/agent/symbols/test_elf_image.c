/* An ELF file, honest, hand-made and hostile: segments, sections, compression, build-id. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <libdeflate.h>
#include "cmocka_test.h"
#include "sample_elf.h"
#include "symbols/elf_image.h"

/* This program as its own sample: what the loader says is what the file must say. */
static int see_self(struct dl_phdr_info *found, size_t size, void *context)
{
	(void)size;
	*(struct dl_phdr_info *)context = *found;
	return 1; /* the first one is the program */
}

static struct elf_image *open_image(const void *bytes, size_t size, int *ret_fd)
{
	struct elf_image *image = NULL;

	*ret_fd = sample_elf_file(bytes, size);
	(void)elf_image_new(&image, *ret_fd);
	return image;
}

static void expect_code(struct elf_image *image, const struct dl_phdr_info *self,
			const ElfW(Phdr) * header)
{
	struct view code = elf_image_bytes_at(image, header->p_vaddr + 100, 1000);
	uint64_t address;

	assert_int_equal(code.size, 1000);
	assert_memory_equal(code.bytes, (char *)self->dlpi_addr + header->p_vaddr + 100, 1000);
	assert_ptr_equal(elf_image_bytes_at(image, header->p_vaddr + 108, 16).bytes,
			 code.bytes + 8);
	assert_true(elf_image_address_of(image, header->p_offset + 5, &address));
	assert_int_equal(address, header->p_vaddr + 5);
}

static void test_own_segments(void **state)
{
	struct dl_phdr_info self;
	struct elf_image *image = NULL;
	const struct elf_segment *segments;
	uint32_t count, loads = 0;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	dl_iterate_phdr(see_self, &self);
	assert_int_equal(elf_image_new(&image, fd), 0);
	segments = elf_image_segments(image, &count);
	for (int i = 0; i < self.dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &self.dlpi_phdr[i];

		if (header->p_type != PT_LOAD)
			continue;
		assert_int_equal(segments[loads].address, header->p_vaddr);
		assert_int_equal(segments[loads].flags, header->p_flags);
		if (header->p_flags & PF_X)
			expect_code(image, &self, header);
		loads++;
	}
	assert_int_equal(loads, count);
	assert_int_equal(elf_image_bytes_at(image, 1ull << 60, 8).size, 0);
	elf_image_free(&image);
	close(fd);
}

static void test_own_sections(void **state)
{
	struct dl_phdr_info self;
	struct elf_image *image = NULL;
	struct elf_segment segment;
	struct elf_section section;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	dl_iterate_phdr(see_self, &self);
	assert_int_equal(elf_image_new(&image, fd), 0);
	assert_true(elf_image_program_header(image, PT_GNU_EH_FRAME, &segment));
	assert_true(elf_image_section(image, ".eh_frame_hdr", &section));
	assert_int_equal(section.address, segment.address);
	assert_int_equal(section.bytes.size, segment.file_size);
	assert_memory_equal(section.bytes.bytes, (char *)self.dlpi_addr + segment.address,
			    segment.size);
	assert_true(elf_image_section(image, ".bss", &section));
	assert_int_equal(section.type, SHT_NOBITS);
	assert_int_equal(section.bytes.size, 0);
	assert_true(elf_image_section(image, ".symtab", &section));
	assert_int_equal(section.entry_size, sizeof(Elf64_Sym));
	assert_true(elf_image_section_at(image, section.link, &section));
	assert_int_equal(section.type, SHT_STRTAB);
	assert_false(elf_image_section(image, ".no_such", &section));
	assert_false(elf_image_section_at(image, 4000, &section));
	assert_true(elf_image_section(image, ".text", &section));
	assert_int_equal(elf_image_section_start(image, ".text", 64).size, 64);
	assert_memory_equal(elf_image_section_start(image, ".text", 64).bytes, section.bytes.bytes,
			    64);
	assert_true(elf_image_section(image, ".interp", &section));
	assert_int_equal(elf_image_section_start(image, ".interp", 4096).size, section.bytes.size);
	assert_int_equal(elf_image_section_start(image, ".bss", 64).size, 0);
	assert_int_equal(elf_image_section_start(image, ".no_such", 64).size, 0);
	assert_true(elf_image_memory_bytes(image) > section.bytes.size);
	elf_image_free(&image);
	close(fd);
}

static void test_build_id(void **state)
{
	struct sample_elf elf;
	struct elf_image *image;
	int fd;

	(void)state;
	sample_elf_begin(&elf, NULL);
	sample_elf_add_note(&elf, "X", 3, "no", 2);
	sample_elf_add_note(&elf, "GNU", NT_GNU_BUILD_ID, "\1\2\3\4\5", 5);
	image = open_image(elf.bytes, sizeof(elf.bytes), &fd);
	assert_non_null(image);
	assert_int_equal(elf_image_machine(image), MACHINE_X86_64);
	assert_view(elf_image_build_id(image), "\1\2\3\4\5");
	elf_image_free(&image);
	close(fd);
}

static void expect_refused(struct sample_elf *elf)
{
	struct elf_image *image = NULL;
	int fd = sample_elf_file(elf->bytes, sizeof(elf->bytes));

	assert_int_equal(elf_image_new(&image, fd), -EINVAL);
	assert_null(image);
	close(fd);
}

static void test_refused(void **state)
{
	Elf64_Ehdr *header;
	struct sample_elf elf;
	struct elf_image *image = NULL;

	(void)state;
	header = (Elf64_Ehdr *)elf.bytes;
	sample_elf_begin(&elf, ".text");
	header->e_machine = EM_386;
	expect_refused(&elf);
	sample_elf_begin(&elf, ".text");
	header->e_ident[EI_CLASS] = ELFCLASS32;
	expect_refused(&elf);
	sample_elf_begin(&elf, ".text");
	header->e_ident[EI_DATA] = ELFDATA2MSB;
	expect_refused(&elf);
	sample_elf_begin(&elf, ".text");
	header->e_shnum = 0; /* the count would be in section 0 */
	expect_refused(&elf);
	sample_elf_begin(&elf, ".text");
	header->e_shnum = 4097;
	expect_refused(&elf);
	sample_elf_begin(&elf, ".text");
	header->e_phnum = 257;
	expect_refused(&elf);
	assert_int_equal(elf_image_new(&image, -1), -EIO);
}

static void test_arm64(void **state)
{
	struct sample_elf elf;
	struct elf_image *image;
	int fd;

	(void)state;
	sample_elf_begin(&elf, NULL);
	((Elf64_Ehdr *)elf.bytes)->e_machine = EM_AARCH64;
	image = open_image(elf.bytes, sizeof(elf.bytes), &fd);
	assert_int_equal(elf_image_machine(image), MACHINE_ARM64);
	elf_image_free(&image);
	close(fd);
}

/* The only section, made of `plain` deflated, claiming `claimed` bytes. */
static size_t pack_section(struct sample_elf *elf, struct view plain, uint64_t claimed,
			   uint32_t type)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	Elf64_Shdr *section = (Elf64_Shdr *)(elf->bytes + 640) + 2;
	Elf64_Chdr header = {.ch_type = type, .ch_size = claimed, .ch_addralign = 1};
	size_t packed;

	sample_elf_begin(elf, ".debug_x");
	memcpy(elf->bytes + 256, &header, sizeof(header));
	packed = libdeflate_zlib_compress(compressor, plain.bytes, plain.size,
					  elf->bytes + 256 + sizeof(header), 256 - sizeof(header));
	libdeflate_free_compressor(compressor);
	assert_int_not_equal(packed, 0);
	section->sh_flags = SHF_COMPRESSED;
	section->sh_size = sizeof(header) + packed;
	return packed;
}

static bool read_packed(struct sample_elf *elf, char *ret, size_t *ret_size)
{
	struct elf_section section;
	struct elf_image *image;
	bool is_read;
	int fd;

	image = open_image(elf->bytes, sizeof(elf->bytes), &fd);
	assert_non_null(image);
	is_read = elf_image_section(image, ".debug_x", &section);
	if (is_read) {
		memcpy(ret, section.bytes.bytes, section.bytes.size);
		*ret_size = section.bytes.size;
	}
	elf_image_free(&image);
	close(fd);
	return is_read;
}

static void test_compressed(void **state)
{
	static char plain[50000], got[50000];
	struct sample_elf elf;
	size_t size = 0, packed;

	(void)state;
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (char)(i % 7);
	packed = pack_section(&elf, view_of(plain, sizeof(plain)), sizeof(plain), ELFCOMPRESS_ZLIB);
	assert_true(read_packed(&elf, got, &size));
	assert_int_equal(size, sizeof(plain));
	assert_memory_equal(got, plain, size);
	/* Claims that are not so: too little, too much, more than deflate can do, another kind. */
	pack_section(&elf, view_of(plain, sizeof(plain)), sizeof(plain) - 1, ELFCOMPRESS_ZLIB);
	assert_false(read_packed(&elf, got, &size));
	pack_section(&elf, view_of(plain, sizeof(plain)), sizeof(plain) + 1, ELFCOMPRESS_ZLIB);
	assert_false(read_packed(&elf, got, &size));
	pack_section(&elf, view_of(plain, sizeof(plain)), packed * 2000, ELFCOMPRESS_ZLIB);
	assert_false(read_packed(&elf, got, &size));
	pack_section(&elf, view_of(plain, sizeof(plain)), UINT64_MAX, ELFCOMPRESS_ZLIB);
	assert_false(read_packed(&elf, got, &size));
	pack_section(&elf, view_of(plain, sizeof(plain)), sizeof(plain), 77);
	assert_false(read_packed(&elf, got, &size));
}

static void look_at_everything(struct elf_image *image)
{
	struct elf_section section;
	struct elf_segment segment;
	uint64_t address;

	(void)elf_image_section(image, ".eh_frame", &section);
	for (uint32_t i = 0; i < 8; i++)
		(void)elf_image_section_at(image, i, &section);
	(void)elf_image_build_id(image);
	(void)elf_image_address_of(image, 100, &address);
	if (elf_image_program_header(image, PT_NOTE, &segment))
		(void)elf_image_bytes_at(image, segment.address, 64);
	(void)elf_image_bytes_at(image, 0, 100000);
}

/* Cut at every offset, and with every byte made strange: it ends, and reads nothing beyond. */
static void test_hostile(void **state)
{
	struct sample_elf elf, broken;
	struct elf_image *image;
	int fd;

	(void)state;
	sample_elf_begin(&elf, ".eh_frame");
	sample_elf_add_note(&elf, "GNU", NT_GNU_BUILD_ID, "\1\2\3\4\5", 5);
	for (size_t size = 0; size < sizeof(elf.bytes); size += 3) {
		image = open_image(elf.bytes, size, &fd);
		if (image)
			look_at_everything(image);
		elf_image_free(&image);
		close(fd);
	}
	for (size_t i = 0; i < 2 * sizeof(elf.bytes); i++) {
		broken = elf;
		broken.bytes[i / 2] = i % 2 ? 0xff : (unsigned char)(broken.bytes[i / 2] ^ 0x41);
		image = open_image(broken.bytes, sizeof(broken.bytes), &fd);
		if (image)
			look_at_everything(image);
		elf_image_free(&image);
		close(fd);
	}
}

static void test_file_that_shrinks(void **state)
{
	struct elf_section section;
	struct sample_elf elf;
	struct elf_image *image;
	int fd;

	(void)state;
	sample_elf_begin(&elf, ".text");
	image = open_image(elf.bytes, sizeof(elf.bytes), &fd);
	assert_true(elf_image_section(image, ".shstrtab", &section));
	assert_int_equal(ftruncate(fd, 100), 0);
	assert_false(elf_image_section(image, ".text", &section));
	elf_image_free(&image);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_segments), cmocka_unit_test(test_own_sections),
		cmocka_unit_test(test_build_id),     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_arm64),        cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_hostile),      cmocka_unit_test(test_file_that_shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
