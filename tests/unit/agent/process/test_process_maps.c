/* Lines of /proc/PID/maps, whole, cut and wrong; whole texts as records; a folder that looks like
 * /proc; us. */
#include "cmocka_test.h"
#include <errno.h>
#include "fake_proc.h"
#include "process/process_maps.h"

static const char text[] =
	"55d0c2a00000-55d0c2a01000 r--p 00000000 fe:01 1234                       /usr/bin/shop\n"
	"55d0c2a01000-55d0c2a05000 r-xp 00001000 fe:01 1234                       /usr/bin/shop\n"
	"7f0000000000-7f0000001000 rwxp 00000000 00:00 0 \n"
	"7f0000002000-7f0000003000 r-xp 00000000 fe:01 77                         /tmp/a b\\012c (deleted)\n"
	"7f0000003000-7f0000004000 r-xs 0000000a fe:01 78                         /tmp/with\\040blank\n"
	"not a line at all\n"
	"7ffd0a5fe000-7ffd0a600000 r-xp 00000000 00:00 0                          [vdso]\n"
	"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

static unsigned int records_count;
static struct image_record records[16];
static char paths[16][64];

static void on_record(void *self, struct view bytes)
{
	const struct image_record *record;
	struct view path;

	assert_ptr_equal(self, records);
	assert_int_equal(image_record_decode(bytes, &record, &path), 0);
	if (records_count < 16) {
		memcpy(&records[records_count], record, sizeof(*record));
		snprintf(paths[records_count], sizeof(paths[0]), "%.*s", VIEW_FORMAT(path));
	}
	records_count++;
}

static void check_text_records(void)
{
	static const char *const expected[] = {
		"",      "/usr/bin/shop", "//anon", "/tmp/a b\nc (deleted)", "/tmp/with\\040blank",
		"[vdso]"};

	assert_int_equal(records_count, 6);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(records[i].tgid, 42);
		assert_int_equal(records[i].action, i ? IMAGE_MAPPED : IMAGE_EXEC);
		assert_int_equal(records[i].build_id_size, 0);
		assert_string_equal(paths[i], expected[i]);
	}
	assert_int_equal(records[1].start, 0x55d0c2a01000);
	assert_int_equal(records[1].end, 0x55d0c2a05000);
	assert_int_equal(records[1].file_offset, 0x1000);
	assert_int_equal(records[1].device_major, 0xfe);
	assert_int_equal(records[1].device_minor, 1);
	assert_int_equal(records[1].inode, 1234);
	assert_int_equal(records[4].file_offset, 10);
}

static void test_text(void **state)
{
	(void)state;
	records_count = 0;
	assert_int_equal(process_maps_parse(view_of_text(text), 42, 99, on_record, records), 5);
	check_text_records();
	assert_int_equal(records[0].header.time_ns, 99);
}

/* Never more than what stands in whole lines, and the last one only when its path was all that was
 * cut. */
static void test_every_cut(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		struct view copy = exact_copy(view_of(text, cut));
		int count;

		records_count = 0;
		count = process_maps_parse(copy, 42, 1, on_record, records);
		assert_int_equal(records_count, count + 1);
		assert_true(count <= 6);
		free_copy(copy);
	}
}

static void assert_line(const char *line, int expected)
{
	struct view copy = exact_copy(view_of_text(line));
	struct process_mapping mapping;
	char path[MAX_IMAGE_PATH_BYTES];

	if (process_maps_parse_line(copy, path, &mapping) != expected)
		fail_msg("%s", line);
	free_copy(copy);
}

static void test_lines(void **state)
{
	(void)state;
	assert_line("1000-2000 r-xp 00000000 00:00 0", 0);
	assert_line("", -EINVAL);
	assert_line("1000-2000 r-xp 00000000 00:00", -EINVAL);
	assert_line("1000-1000 r-xp 00000000 00:00 0", -EINVAL);
	assert_line("2000-1000 r-xp 00000000 00:00 0", -EINVAL);
	assert_line("1000 r-xp 00000000 00:00 0", -EINVAL);
	assert_line("1000-2000 r-x 00000000 00:00 0", -EINVAL);
	assert_line("1000-2000 r-xp 0000000g 00:00 0", -EINVAL);
	assert_line("1000-2000 r-xp 00000000 00 0", -EINVAL);
	assert_line("1000-2000 r-xp 00000000 100000000:00 0", -EINVAL);
	assert_line("1000-2000 r-xp 00000000 00:00 x", -EINVAL);
	assert_line("1000-2000 r-xp 00000000 00:00 99999999999999999999", -EINVAL);
	assert_line("11111111111111111-22222222222222222 r-xp 00000000 00:00 0", -EINVAL);
}

static void test_long_paths(void **state)
{
	static const char begin[] = "1000-2000 r-xp 00000000 00:00 1 ";
	static char line[3 * MAX_IMAGE_PATH_BYTES + 256], path[MAX_IMAGE_PATH_BYTES];
	struct process_mapping mapping;
	size_t size = sizeof(begin) - 1;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, begin, size);
	line[size] = '/';
	assert_int_equal(process_maps_parse_line(view_of(line, sizeof(line)), path, &mapping), 0);
	assert_int_equal(mapping.path.size, MAX_IMAGE_PATH_BYTES);
	for (size_t i = size + 1; i + 4 <= sizeof(line); i += 4)
		memcpy(line + i, "\\012", 4);
	assert_int_equal(process_maps_parse_line(view_of(line, sizeof(line)), path, &mapping), 0);
	assert_true(mapping.path.size > 3000 && mapping.path.size <= MAX_IMAGE_PATH_BYTES);
	assert_int_equal(mapping.path.bytes[1], '\n');
}

static void test_too_many(void **state)
{
	static char many[(MAX_MAPS_MAPPINGS + 10) * 40];
	size_t size = 0;

	(void)state;
	for (unsigned int i = 0; i < MAX_MAPS_MAPPINGS + 10; i++)
		size += (size_t)sprintf(many + size, "%x-%x r-xp 0 0:0 0\n", i + 1, i + 2);
	records_count = 0;
	assert_int_equal(process_maps_parse(view_of(many, size), 1, 1, on_record, records),
			 MAX_MAPS_MAPPINGS);
}

static bool is_42(void *self, pid_t pid)
{
	assert_ptr_equal(self, records);
	return pid == 42;
}

static void test_files(void **state)
{
	struct fake_proc fake;
	char path[128];

	(void)state;
	fake_proc_begin(&fake);
	for (int pid = 41; pid <= 43; pid++) {
		snprintf(path, sizeof(path), "%s/%d", fake.proc, pid);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	fake_proc_write(&fake, "proc/42/maps", text, sizeof(text) - 1);
	fake_proc_write(&fake, "proc/43/maps", "", 0);
	records_count = 0;
	assert_int_equal(process_maps_read(fake.proc, 41, 1, on_record, records), -ENOENT);
	assert_int_equal(process_maps_read(fake.proc, 43, 1, on_record, records), 0);
	assert_int_equal(records_count, 0);
	assert_int_equal(process_maps_read(fake.proc, 42, 1, on_record, records), 5);
	check_text_records();
	records_count = 0;
	assert_int_equal(process_maps_read_all(fake.proc, NULL, on_record, records), 1);
	check_text_records();
	assert_int_equal(process_maps_read_all(fake.proc, is_42, on_record, records), 1);
	assert_int_equal(process_maps_read_all("/nowhere", is_42, on_record, records), -ENOENT);
	fake_proc_end(&fake);
}

static void test_us(void **state)
{
	(void)state;
	records_count = 0;
	assert_true(process_maps_read("/proc", getpid(), 1, on_record, records) > 3);
	assert_int_equal(records[0].action, IMAGE_EXEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),     cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_lines),    cmocka_unit_test(test_long_paths),
		cmocka_unit_test(test_too_many), cmocka_unit_test(test_files),
		cmocka_unit_test(test_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
