/* Which file under the debug root belongs to a program, and which only says so. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "cmocka_test.h"
#include "sample_elf.h"
#include "symbol_elf.h"
#include "symbols/separate_debug.h"

static char root[64];

static void write_file(const char *name, struct view bytes)
{
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, bytes.bytes, bytes.size) == (ssize_t)bytes.size);
	close(fd);
}

static struct view file_with_id(struct symbol_elf *elf, const char *id)
{
	symbol_elf_begin(elf);
	if (id)
		symbol_elf_add_build_id(elf, id);
	return symbol_elf_end(elf);
}

static struct view file_with_link(struct symbol_elf *elf, const char *id, struct view link)
{
	symbol_elf_begin(elf);
	if (id)
		symbol_elf_add_build_id(elf, id);
	(void)symbol_elf_add(elf, ".gnu_debuglink", SHT_PROGBITS, 0, link);
	return symbol_elf_end(elf);
}

/* "name\0", padded, and the checksum of these bytes. */
static struct view link_to(const char *name, struct view bytes, char ret[64])
{
	uint32_t checksum = (uint32_t)crc32(0, (const uint8_t *)bytes.bytes, (uint32_t)bytes.size);
	size_t at = (strlen(name) + 4) & ~(size_t)3;

	memset(ret, 0, 64);
	strcpy(ret, name);
	memcpy(ret + at, &checksum, 4);
	return view_of(ret, at + 4);
}

static int open_debug(struct view file)
{
	struct elf_image *image = NULL, *debug = NULL;
	int fd = sample_elf_file(file.bytes, file.size), debug_fd = -7, err;

	assert_int_equal(elf_image_new(&image, fd), 0);
	err = separate_debug_open(image, root, &debug_fd, &debug);
	assert_int_equal(err == 0, debug != NULL);
	assert_int_equal(err == 0, debug_fd >= 0);
	if (debug_fd >= 0)
		close(debug_fd);
	elf_image_free(&debug);
	elf_image_free(&image);
	close(fd);
	return err;
}

static void test_by_build_id(void **state)
{
	static struct symbol_elf program, debug;

	(void)state;
	(void)file_with_id(&program, "\x01\xab\xcd\xef");
	assert_int_equal(open_debug(view_of(program.bytes, SYMBOL_ELF_BYTES)), -ENOENT);
	write_file(".build-id/01/abcdef.debug", file_with_id(&debug, "\x01\xab\xcd\xef"));
	assert_int_equal(open_debug(view_of(program.bytes, SYMBOL_ELF_BYTES)), 0);
	/* A file by that name with another id, with none, and one that is no ELF file. */
	write_file(".build-id/01/abcdef.debug", file_with_id(&debug, "\x01\xab\xcd\xee"));
	assert_int_equal(open_debug(view_of(program.bytes, SYMBOL_ELF_BYTES)), -ENOENT);
	write_file(".build-id/01/abcdef.debug", file_with_id(&debug, NULL));
	assert_int_equal(open_debug(view_of(program.bytes, SYMBOL_ELF_BYTES)), -ENOENT);
	write_file(".build-id/01/abcdef.debug", VIEW_LITERAL("nothing"));
	assert_int_equal(open_debug(view_of(program.bytes, SYMBOL_ELF_BYTES)), -ENOENT);
}

static void test_by_link(void **state)
{
	static struct symbol_elf program, debug;
	char link[64];

	(void)state;
	(void)file_with_id(&debug, NULL);
	write_file("shop.debug", view_of(debug.bytes, SYMBOL_ELF_BYTES));
	(void)link_to("shop.debug", view_of(debug.bytes, SYMBOL_ELF_BYTES), link);
	assert_int_equal(open_debug(file_with_link(&program, NULL, view_of(link, 16))), 0);
	link[12] ^= 1; /* another checksum */
	assert_int_equal(open_debug(file_with_link(&program, NULL, view_of(link, 16))), -ENOENT);
	link[12] ^= 1;
	/* A program with a build-id wants the same in the file, whatever the checksum says. */
	assert_int_equal(
		open_debug(file_with_link(&program, "\x05\x06\x07\x08", view_of(link, 16))),
		-ENOENT);
	write_file("shop.debug", file_with_id(&debug, "\x05\x06\x07\x08"));
	assert_int_equal(
		open_debug(file_with_link(&program, "\x05\x06\x07\x08", view_of(link, 16))), 0);
}

static void test_hostile_links(void **state)
{
	static struct symbol_elf program, debug;
	static const char *const names[] = {"../shop.debug", "/etc/passwd", "..", ".", "a/b", ""};
	char link[64], path[256];
	struct view bytes;

	(void)state;
	bytes = view_of(debug.bytes, SYMBOL_ELF_BYTES);
	(void)file_with_id(&debug, NULL);
	write_file("shop.debug", bytes);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(
			open_debug(file_with_link(&program, NULL, link_to(names[i], bytes, link))),
			-ENOENT);
	(void)link_to("shop.debug", bytes, link);
	for (size_t size = 0; size < 16; size++)
		assert_int_equal(open_debug(file_with_link(&program, NULL, view_of(link, size))),
				 -ENOENT);
	/* What would block when opened is not opened. */
	(void)snprintf(path, sizeof(path), "%s/pipe.debug", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(
		open_debug(file_with_link(&program, NULL, link_to("pipe.debug", bytes, link))),
		-ENOENT);
}

static int make_root(void **state)
{
	char path[256];

	(void)state;
	strcpy(root, "/tmp/limpet-debug-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/.build-id", root);
	if (mkdir(path, 0700) != 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/.build-id/01", root);
	return mkdir(path, 0700);
}

static int remove_root(void **state)
{
	static const char *const names[] = {".build-id/01/abcdef.debug",
					    "shop.debug",
					    "pipe.debug",
					    ".build-id/01",
					    ".build-id",
					    "."};
	char path[256];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		if (unlink(path) != 0 && rmdir(path) != 0)
			(void)rmdir(root);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_build_id),
		cmocka_unit_test(test_by_link),
		cmocka_unit_test(test_hostile_links),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
