/* The life of a process as the image table sees it: mapped, forked, exec'ed, ended, its id used
 * again, too many. */
#include "cmocka_test.h"
#include <sys/wait.h>
#include "base/clock.h"
#include "image_stage.h"
#include "process/image_table.h"
#include "process/process_maps.h"

static struct fake_proc fake;
static struct drops drops;
static struct image_table *table;

static void begin_with(size_t max_mappings, bool reads_files)
{
	struct image_table_settings settings = {
		.max_mappings = max_mappings, .reads_files = reads_files, .proc_root = fake.proc};

	drops = (struct drops){0};
	assert_int_equal(image_table_new(&table, &settings, &drops), 0);
}

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	begin_with(1000, true);
	return 0;
}

static int end(void **state)
{
	(void)state;
	image_table_free(&table);
	assert_null(table);
	fake_proc_end(&fake);
	return 0;
}

static bool map(pid_t tgid, uint64_t start, const char *path, uint64_t time_ns)
{
	struct image_record record = image_stage_record(tgid, start, "aaaaa", 0);
	const struct image_mapping *mapping = NULL;
	bool is_file;

	record.header.time_ns = time_ns;
	is_file = image_table_take(table, &record, view_of_text(path), &mapping);
	assert_int_equal(mapping != NULL, is_file);
	if (mapping) {
		assert_int_equal(mapping->start, start);
		assert_view(mapping->image->path, path);
	}
	return is_file;
}

static void exec(pid_t tgid, uint64_t time_ns)
{
	struct image_record record = {
		.action = IMAGE_EXEC, .tgid = (uint32_t)tgid, .header.time_ns = time_ns};

	assert_false(image_table_take(table, &record, view_of(NULL, 0), NULL));
}

static void fork_to(pid_t parent, pid_t tgid, uint64_t time_ns)
{
	struct image_record record = {.action = IMAGE_FORK,
				      .tgid = (uint32_t)tgid,
				      .parent_tgid = (uint32_t)parent,
				      .header.time_ns = time_ns};

	assert_false(image_table_take(table, &record, view_of(NULL, 0), NULL));
}

static uint32_t count_of(pid_t tgid)
{
	const struct image_mapping *mappings;
	uint32_t count = image_table_find(table, tgid, &mappings);

	assert_int_equal(mappings != NULL, count > 0);
	return count;
}

static void assert_counts(size_t processes, size_t exited, size_t mappings, size_t images)
{
	struct image_table_counts counts = image_table_count(table);

	assert_int_equal(counts.processes, processes);
	assert_int_equal(counts.exited, exited);
	assert_int_equal(counts.mappings, mappings);
	assert_int_equal(counts.images, images);
}

static void test_a_life(void **state)
{
	(void)state;
	assert_false(image_table_has(table, 10));
	assert_int_equal(count_of(10), 0);
	exec(10, 100);
	assert_true(image_table_has(table, 10));
	assert_true(map(10, 0x1000, "/bin/shop", 101));
	assert_true(map(10, 0x5000, "/lib/x", 102));
	assert_false(map(10, 0x9000, "//anon", 103));
	assert_counts(1, 0, 3, 2);
	fork_to(10, 11, 110);
	assert_int_equal(count_of(11), 3);
	assert_counts(2, 0, 3, 2);
	assert_true(map(11, 0xb000, "/lib/y", 111));
	assert_int_equal(count_of(10), 3);
	assert_int_equal(count_of(11), 4);
	assert_counts(2, 0, 7, 3);
	exec(11, 120);
	assert_int_equal(count_of(11), 0);
	assert_counts(2, 0, 7, 3); /* kept until the next tick */
	image_table_exited(table, 10, 130);
	assert_int_equal(count_of(10), 3);
	image_table_exited(table, 11, 140);
	assert_counts(2, 2, 7, 3);
	image_table_tick(table, 129 + IMAGE_GRACE_NS);
	assert_counts(2, 2, 3, 2);
	image_table_tick(table, 130 + IMAGE_GRACE_NS);
	assert_counts(1, 1, 0, 0);
	image_table_tick(table, 140 + IMAGE_GRACE_NS);
	assert_counts(0, 0, 0, 0);
}

/* Perf's records of before a reading of /proc come after it. */
static void test_old_news(void **state)
{
	(void)state;
	exec(10, 100);
	assert_true(map(10, 0x1000, "/bin/shop", 100));
	exec(10, 90);
	assert_int_equal(count_of(10), 1);
	assert_false(map(10, 0x5000, "/lib/x", 99));
	assert_int_equal(count_of(10), 1);
	image_table_exited(table, 10, 200);
	assert_true(map(10, 0x5000, "/lib/x", 200)); /* late, but from its life */
	assert_int_equal(count_of(10), 2);
	assert_counts(1, 1, 2, 2);
}

static void test_id_used_again(void **state)
{
	(void)state;
	exec(10, 100);
	assert_true(map(10, 0x1000, "/bin/shop", 100));
	exec(20, 100);
	assert_true(map(20, 0x1000, "/bin/other", 100));
	image_table_exited(table, 10, 200);
	fork_to(20, 10, 300);
	assert_int_equal(count_of(10), 1);
	assert_counts(2, 0, 1, 1);
	image_table_tick(table, 300 + IMAGE_GRACE_NS); /* neither id belongs to anybody here */
	image_table_exited(table, 20, 400);
	image_table_exited(table, 10, 400);
	assert_counts(2, 2, 1, 1);
}

static void test_end_first(void **state)
{
	(void)state;
	image_table_exited(table, 10, 200);
	assert_counts(1, 1, 0, 0);
	assert_true(map(10, 0x1000, "/bin/shop", 190));
	assert_counts(1, 1, 1, 1);
	image_table_tick(table, 200 + IMAGE_GRACE_NS);
	assert_counts(0, 0, 0, 0);
}

/* Ended, and its id free. */
static pid_t gone_child(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return child;
}

/* The word of its end was lost: it is asked after. */
static void test_end_lost(void **state)
{
	pid_t child = gone_child();

	(void)state;
	exec(child, 100);
	exec(getpid(), 100);
	image_table_tick(table, 1000);
	assert_counts(2, 1, 0, 0);
	image_table_tick(table, clock_monotonic_ns() + IMAGE_GRACE_NS);
	assert_false(image_table_has(table, child));
	assert_true(image_table_has(table, getpid()));
}

/* It ended within a long turn: what is asked after is gone now, not since the turn began. */
static void test_end_within_a_turn(void **state)
{
	uint64_t turn_ns = clock_monotonic_ns(), mapped_ns;
	pid_t child = gone_child();

	(void)state;
	mapped_ns = clock_monotonic_ns();
	assert_true(mapped_ns > turn_ns);
	exec(child, mapped_ns - 1);
	assert_true(map(child, 0x1000, "/bin/shop", mapped_ns));
	image_table_tick(table, turn_ns);
	assert_true(map(child, 0x2000, "/lib/libshop.so", mapped_ns));
	assert_int_equal(count_of(child), 2);
}

static void test_full(void **state)
{
	(void)state;
	image_table_free(&table);
	begin_with(4, true);
	exec(10, 100);
	for (uint64_t i = 1; i <= 4; i++)
		assert_true(map(10, i * 0x10000, "/lib/x", 100));
	assert_false(map(20, 0x1000, "/lib/x", 100));
	assert_int_equal(drops_get(&drops, DROP_IMAGES_FULL), 1);
	/* Those that have ended make room. */
	image_table_exited(table, 10, 200);
	assert_true(map(20, 0x1000, "/lib/x", 300));
	assert_false(image_table_has(table, 10));
	assert_int_equal(drops_get(&drops, DROP_IMAGES_FULL), 1);
	for (pid_t pid = 100; pid < 200; pid++)
		exec(pid, 100);
	assert_int_equal(image_table_count(table).processes, 64);
	assert_int_equal(drops_get(&drops, DROP_IMAGES_FULL), 1 + 37);
}

/* A program replaced by one with the same libraries: their files stay open. */
static void test_exec_keeps_files(void **state)
{
	const struct image_mapping *mappings;
	const struct image *image;

	(void)state;
	image_stage_add(&fake, 42);
	(void)image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	for (uint64_t round = 1; round < 100; round++) {
		exec(42, round * 10);
		assert_true(map(42, 0x1000, "/lib/x", round * 10 + 1));
		assert_int_equal(image_table_find(table, 42, &mappings), 1);
		if (round == 1)
			image = mappings[0].image;
		assert_ptr_equal(mappings[0].image, image);
	}
	image_table_tick(table, 10000);
	assert_int_equal(image->references, 1);
	assert_int_equal(image_table_count(table).mappings, 1);
}

static void test_files_and_jit(void **state)
{
	const struct image_mapping *mappings;
	unsigned int before;
	int fd;

	(void)state;
	image_stage_add(&fake, 42);
	(void)image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	before = image_stage_open_files();
	exec(42, 100);
	assert_true(map(42, 0x1000, "/lib/x", 101));
	assert_int_equal(image_stage_open_files(), before + 1);
	assert_int_equal(image_table_find(table, 42, &mappings), 1);
	fd = image_table_fd(table, 42, &mappings[0]);
	assert_true(fd >= 0);
	assert_int_equal(fd, mappings[0].image->file.fd);
	assert_int_equal(image_table_perf_map_fd(table, 42, 1), -1);
	assert_false(map(42, 0x8000, "", 102));
	assert_int_equal(image_table_find(table, 42, &mappings), 2);
	assert_int_equal(image_table_fd(table, 42, &mappings[1]), -1);
	fake_proc_write(&fake, "proc/42/root/tmp/perf-7.map", "1 1 f\n", 6);
	assert_int_equal(image_table_perf_map_fd(table, 42, clock_monotonic_ns()), -1);
	fd = image_table_perf_map_fd(table, 42, clock_monotonic_ns() + NS_PER_S);
	assert_true(fd >= 0);
	image_table_exited(table, 42, 200);
	assert_int_equal(image_table_perf_map_fd(table, 42, UINT64_MAX), fd);
	assert_int_equal(image_table_perf_map_fd(table, 43, 1), -1);
	image_table_tick(table, 200 + IMAGE_GRACE_NS);
	assert_int_equal(image_stage_open_files(), before);
}

static void assert_perf_map(uint64_t now_ns, const char *text)
{
	char read[64] = "";
	int fd = image_table_perf_map_fd(table, 42, now_ns);

	assert_int_equal(pread(fd, read, sizeof(read) - 1, 0), strlen(text));
	assert_string_equal(read, text);
}

/* A new file in the old one's place is found, a missing one takes nothing away. */
static void test_another_perf_map(void **state)
{
	uint64_t now_ns = clock_monotonic_ns() + NS_PER_S;
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/42/root/tmp/perf-7.map", fake.proc);
	image_stage_add(&fake, 42);
	fake_proc_write(&fake, "proc/42/root/tmp/perf-7.map", "1 1 old\n", 8);
	exec(42, 100);
	assert_false(map(42, 0x8000, "", 102));
	assert_perf_map(now_ns, "1 1 old\n");
	assert_int_equal(unlink(path), 0);
	assert_perf_map(now_ns + NS_PER_S, "1 1 old\n");
	fake_proc_write(&fake, "proc/42/root/tmp/perf-7.map", "1 1 newer\n", 10);
	assert_perf_map(now_ns + 2 * NS_PER_S - 1, "1 1 old\n");
	assert_perf_map(now_ns + 2 * NS_PER_S, "1 1 newer\n");
	exec(42, now_ns + 2 * NS_PER_S);
	assert_int_equal(image_table_perf_map_fd(table, 42, now_ns + 9 * NS_PER_S), -1);
}

static void feed(void *self, struct view bytes)
{
	const struct image_record *record;
	struct view path;

	(void)self;
	assert_int_equal(image_record_decode(bytes, &record, &path), 0);
	(void)image_table_take(table, record, path, NULL);
}

/* Us, from the real /proc: every file open, its base where the linker put it. */
static void test_us(void **state)
{
	struct image_table_settings settings = {
		.max_mappings = 1000, .reads_files = true, .proc_root = "/proc"};
	const struct image_mapping *mappings;
	uint32_t count, found = 0;

	(void)state;
	image_table_free(&table);
	assert_int_equal(image_table_new(&table, &settings, &drops), 0);
	assert_true(process_maps_read("/proc", getpid(), 1, feed, NULL) > 3);
	count = image_table_find(table, getpid(), &mappings);
	assert_true(count > 3);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t address, size;

		image_table_extent(mappings, count, i, &address, &size);
		assert_true(address <= mappings[i].start && address + size >= mappings[i].end);
		if (!mappings[i].image)
			continue;
		assert_true(mappings[i].image->file.fd >= 0);
		found += memcmp((const void *)address, ELFMAG, SELFMAG) == 0;
	}
	assert_true(found > 3);
}

static void test_replay(void **state)
{
	(void)state;
	image_table_free(&table);
	begin_with(100, false);
	exec(10, 100);
	assert_true(map(10, 0x1000, "/bin/shop", 101));
	image_table_tick(table, 1000);
	assert_counts(1, 0, 1, 1);
	assert_int_equal(image_table_count(table).files, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_life, begin, end),
		cmocka_unit_test_setup_teardown(test_old_news, begin, end),
		cmocka_unit_test_setup_teardown(test_id_used_again, begin, end),
		cmocka_unit_test_setup_teardown(test_end_first, begin, end),
		cmocka_unit_test_setup_teardown(test_end_lost, begin, end),
		cmocka_unit_test_setup_teardown(test_end_within_a_turn, begin, end),
		cmocka_unit_test_setup_teardown(test_full, begin, end),
		cmocka_unit_test_setup_teardown(test_files_and_jit, begin, end),
		cmocka_unit_test_setup_teardown(test_another_perf_map, begin, end),
		cmocka_unit_test_setup_teardown(test_exec_keeps_files, begin, end),
		cmocka_unit_test_setup_teardown(test_us, begin, end),
		cmocka_unit_test_setup_teardown(test_replay, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
