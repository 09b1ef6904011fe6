/* Build ids from a file made for the test, from this program, and from files that lie. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include "process/build_id.h"
#include "sample_elf.h"

static struct sample_elf sample_with_ids(void)
{
	struct sample_elf elf;

	sample_elf_begin(&elf, NULL);
	sample_elf_add_note(&elf, "GNU", NT_GNU_ABI_TAG, "\0\0\0\0", 4);
	sample_elf_add_note(&elf, "GNU", NT_GNU_BUILD_ID, "\xde\xad\xbe\xef\x01", 5);
	sample_elf_add_note(&elf, "Go", 4, "abc/def", 7);
	return elf;
}

static void test_ids_of_a_file(void **state)
{
	struct sample_elf elf = sample_with_ids();
	int fd = sample_elf_file(elf.bytes, sizeof(elf.bytes));
	struct build_id ids;

	(void)state;
	assert_int_equal(build_id_read(fd, &ids), 0);
	assert_string_equal(ids.gnu, "deadbeef01");
	assert_string_equal(ids.go, "abc/def");
	assert_int_equal(strlen(ids.htlhash), 32);
	close(fd);
}

/* Values from: { head -c 4096 F; tail -c 4096 F; printf '%016x' SIZE | xxd -r -p; } | sha256sum |
 * cut -c1-32 */
static void test_htlhash(void **state)
{
	static const char *const expected[] = {
		"af5570f5a1810b7af78caf4bc70a660f", "4f23bfbb07d6705019c4ebd4349cbe8f",
		"6865a1b66c266141eab11b0d17e84af5", "c00e9c28a55be2ed377206b59e9de4d5"};
	static const size_t sizes[] = {0, 100, 4096, 10000};
	static char bytes[10000];
	struct build_id ids;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)('a' + i % 23);
	for (size_t i = 0; i < 4; i++) {
		int fd = sample_elf_file(bytes, sizes[i]);

		assert_int_equal(build_id_read(fd, &ids), 0);
		assert_string_equal(ids.htlhash, expected[i]);
		assert_string_equal(ids.gnu, "");
		close(fd);
	}
}

static void test_this_program(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct build_id ids;

	(void)state;
	assert_int_equal(build_id_read(fd, &ids), 0);
	assert_int_equal(strlen(ids.gnu), 40);
	assert_string_equal(ids.go, "");
	close(fd);
}

static void test_not_a_regular_file(void **state)
{
	struct build_id ids;
	int pair[2], fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(build_id_read(fd, &ids), -EINVAL);
	close(fd);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(build_id_read(pair[0], &ids), -EINVAL);
	close(pair[0]);
	close(pair[1]);
	assert_int_equal(build_id_read(-1, &ids), -EINVAL);
}

static void test_every_cut(void **state)
{
	struct sample_elf elf = sample_with_ids();
	struct build_id ids;

	(void)state;
	for (size_t cut = 0; cut < sizeof(elf.bytes); cut++) {
		int fd = sample_elf_file(elf.bytes, cut);

		assert_int_equal(build_id_read(fd, &ids), 0);
		assert_int_equal(strlen(ids.htlhash), 32);
		close(fd);
	}
}

static void test_every_byte_wrong(void **state)
{
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
	struct build_id ids;

	(void)state;
	for (size_t at = 0; at < 360; at++) {
		for (size_t v = 0; v < sizeof(values); v++) {
			struct sample_elf elf = sample_with_ids();
			int fd;

			elf.bytes[at] = values[v];
			fd = sample_elf_file(elf.bytes, sizeof(elf.bytes));
			assert_int_equal(build_id_read(fd, &ids), 0);
			assert_true(strlen(ids.gnu) < BUILD_ID_HEX_BYTES);
			close(fd);
		}
	}
}

static void test_id_too_long_or_unprintable(void **state)
{
	struct sample_elf elf;
	struct build_id ids;
	char bytes[GO_BUILD_ID_BYTES] = {1};
	int fd;

	(void)state;
	sample_elf_begin(&elf, NULL);
	sample_elf_add_note(&elf, "GNU", NT_GNU_BUILD_ID, bytes, 65);
	sample_elf_add_note(&elf, "Go", 4, "a\x1b[31m", 6);
	fd = sample_elf_file(elf.bytes, sizeof(elf.bytes));
	assert_int_equal(build_id_read(fd, &ids), 0);
	assert_string_equal(ids.gnu, "");
	assert_string_equal(ids.go, "");
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_of_a_file),
		cmocka_unit_test(test_htlhash),
		cmocka_unit_test(test_this_program),
		cmocka_unit_test(test_not_a_regular_file),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_byte_wrong),
		cmocka_unit_test(test_id_too_long_or_unprintable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
