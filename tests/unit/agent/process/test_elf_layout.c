/* Program headers made for the test, our own file against where it is loaded, and files that lie.
 */
#include "cmocka_test.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include "process/elf_layout.h"
#include "sample_elf.h"

struct sample {
	Elf64_Ehdr header;
	Elf64_Phdr segments[4];
};

/* As a linker does it: headers, code that begins in the middle of a page, variables. */
static struct sample make_sample(uint64_t low)
{
	struct sample sample = {.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
						       ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
					   .e_phoff = sizeof(Elf64_Ehdr),
					   .e_phentsize = sizeof(Elf64_Phdr),
					   .e_phnum = 4}};

	sample.segments[0] = (Elf64_Phdr){.p_type = PT_LOAD,
					  .p_flags = PF_R,
					  .p_vaddr = low,
					  .p_filesz = 0x640,
					  .p_memsz = 0x640};
	sample.segments[1] = (Elf64_Phdr){.p_type = PT_LOAD,
					  .p_flags = PF_R | PF_X,
					  .p_vaddr = low + 0x1640,
					  .p_offset = 0x640,
					  .p_filesz = 0x2000,
					  .p_memsz = 0x2000};
	sample.segments[2] = (Elf64_Phdr){.p_type = PT_LOAD,
					  .p_flags = PF_R | PF_W,
					  .p_vaddr = low + 0x5d00,
					  .p_offset = 0x2d00,
					  .p_filesz = 0x100,
					  .p_memsz = 0x1000};
	sample.segments[3] = (Elf64_Phdr){.p_type = PT_NOTE, .p_vaddr = UINT64_MAX};
	return sample;
}

static int read_sample(const struct sample *sample, struct elf_layout *ret)
{
	int fd = sample_elf_file(sample, sizeof(*sample));
	int err = elf_layout_read(fd, ret);

	close(fd);
	return err;
}

static void check_layout(uint64_t low)
{
	struct sample sample = make_sample(low);
	struct elf_layout layout;
	uint64_t address;

	assert_int_equal(read_sample(&sample, &layout), 0);
	assert_int_equal(layout.low, low);
	assert_int_equal(layout.size, 0x7000);
	assert_int_equal(layout.segments_count, 1);
	/* The page of file offset 0 is mapped where 0x1000 was linked. */
	assert_true(elf_layout_base(&layout, 0x7f0000001000, 0, &address));
	assert_int_equal(address, 0x7f0000000000);
	assert_true(elf_layout_base(&layout, 0x7f0000003000, 0x2000, &address));
	assert_int_equal(address, 0x7f0000000000);
	assert_false(elf_layout_base(&layout, 0x7f0000003000, 0x3000, &address));
	assert_false(elf_layout_base(&layout, 0x800, 0, &address));
}

static void test_bases(void **state)
{
	(void)state;
	check_layout(0);
	check_layout(0x400000);
}

static int take_first(struct dl_phdr_info *program, size_t size, void *context)
{
	(void)size;
	*(struct dl_phdr_info *)context = *program;
	return 1;
}

static void test_own_program(void **state)
{
	struct dl_phdr_info program;
	struct elf_layout layout;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint64_t address;

	(void)state;
	(void)dl_iterate_phdr(take_first, &program);
	assert_int_equal(elf_layout_read(fd, &layout), 0);
	for (int i = 0; i < program.dlpi_phnum; i++) {
		const Elf64_Phdr *segment = &program.dlpi_phdr[i];

		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		assert_true(elf_layout_base(&layout,
					    (program.dlpi_addr + segment->p_vaddr) & ~0xfffull,
					    segment->p_offset & ~0xfffull, &address));
		assert_int_equal(address, program.dlpi_addr + layout.low);
	}
	close(fd);
}

static void test_refused(void **state)
{
	struct sample sample = make_sample(0);
	struct elf_layout layout;

	(void)state;
	sample.header.e_ident[EI_CLASS] = ELFCLASS32;
	assert_int_equal(read_sample(&sample, &layout), -EINVAL);
	sample = make_sample(0);
	sample.header.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_int_equal(read_sample(&sample, &layout), -EINVAL);
	sample = make_sample(0);
	sample.header.e_phnum = 5; /* beyond the end */
	assert_int_equal(read_sample(&sample, &layout), -EINVAL);
	sample.header.e_phnum = 257;
	assert_int_equal(read_sample(&sample, &layout), -EINVAL);
	sample = make_sample(0);
	sample.header.e_phoff = UINT64_MAX;
	assert_int_equal(read_sample(&sample, &layout), -EINVAL);
	sample = make_sample(0);
	sample.segments[1].p_flags = PF_R;
	assert_int_equal(read_sample(&sample, &layout), -EINVAL);
	assert_int_equal(elf_layout_read(-1, &layout), -EIO);
}

static void test_every_byte_wrong(void **state)
{
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
	struct elf_layout layout;
	uint64_t address;

	(void)state;
	for (size_t at = 0; at < sizeof(struct sample); at++) {
		for (size_t v = 0; v < sizeof(values); v++) {
			struct sample sample = make_sample(0x400000);

			((unsigned char *)&sample)[at] = values[v];
			if (read_sample(&sample, &layout) == 0)
				(void)elf_layout_base(&layout, 0x7f0000001000, 0, &address);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bases),
		cmocka_unit_test(test_own_program),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_every_byte_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
