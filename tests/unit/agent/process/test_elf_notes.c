/* Walking notes and sections of files within the caps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "process/elf_notes.h"
#include "sample_elf.h"

struct seen {
	int count, stop_at;
	char text[8192];
};

static bool see(const struct elf_note *note, void *context)
{
	struct seen *seen = context;

	sprintf(seen->text + strlen(seen->text), "%.*s/%u/%zu ", VIEW_FORMAT(note->owner),
		note->type, note->bytes.size);
	return ++seen->count == seen->stop_at;
}

static bool visit(const void *bytes, size_t size, struct seen *seen)
{
	int fd = sample_elf_file(bytes, size);
	bool is_stopped = elf_notes_visit(fd, see, seen);

	close(fd);
	return is_stopped;
}

static void test_order_and_stop(void **state)
{
	struct seen seen = {0}, first = {.stop_at = 1};
	struct sample_elf elf;

	(void)state;
	sample_elf_begin(&elf, NULL);
	sample_elf_add_note(&elf, "GNU", 3, "12345", 5);
	sample_elf_add_note(&elf, "X", 9, "", 0);
	assert_false(visit(elf.bytes, sizeof(elf.bytes), &seen));
	assert_string_equal(seen.text, "GNU/3/5 X/9/0 ");
	assert_true(visit(elf.bytes, sizeof(elf.bytes), &first));
	assert_string_equal(first.text, "GNU/3/5 ");
}

static void test_caps(void **state)
{
	static unsigned char large[200000];
	struct seen seen = {0};
	struct sample_elf elf;
	Elf64_Phdr *segment = (Elf64_Phdr *)(large + sizeof(Elf64_Ehdr));

	(void)state;
	sample_elf_begin(&elf, NULL);
	memcpy(large, elf.bytes, sizeof(elf.bytes));
	segment->p_offset = 1024;
	segment->p_filesz = 65536; /* empty notes without an end: stops after the cap */
	(void)visit(large, sizeof(large), &seen);
	assert_int_equal(seen.count, 256);
	seen = (struct seen){0};
	segment->p_filesz = 65537;
	assert_false(visit(large, sizeof(large), &seen));
	assert_int_equal(seen.count, 0);
	segment->p_filesz = 4096;
	segment->p_offset = UINT64_MAX - 8;
	assert_false(visit(large, sizeof(large), &seen));
	assert_int_equal(seen.count, 0);
}

static void test_sections(void **state)
{
	struct sample_elf elf;
	int fd;

	(void)state;
	sample_elf_begin(&elf, ".go.buildinfo");
	fd = sample_elf_file(elf.bytes, sizeof(elf.bytes));
	assert_true(elf_notes_has_section(fd, ".go.buildinfo"));
	assert_true(elf_notes_has_section(fd, ".shstrtab"));
	assert_false(elf_notes_has_section(fd, ".go.build"));
	assert_false(elf_notes_has_section(fd, ".a.name.longer.than.any.name.looked.for"));
	close(fd);
	fd = sample_elf_file("not ELF", 7);
	assert_false(elf_notes_has_section(fd, ".text"));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_and_stop),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
