/*
 * The image index on its own, for test_images.py: perf's events of the processes it is told to
 * watch and their children go into a table, commands on stdin look at it. Answers end with a line
 * "end". watch PID    the events of PID and of its children count from now on scan PID     what
 * /proc/PID/maps says, into the table dump PID     the mappings: "START END OFFSET BASE SIZE
 * BUILD_ID FD KEY PATH", FD the build-id read through it exited PID   as the lead does it;   later
 * SECONDS   the table's clock goes forward jit PID      "perf_map DEVICE:INODE" or "perf_map -"
 *   stall N      N seconds without looking: events are lost
 *   counts       of the table, the events and their cost
 *   bench P M    memory and time of P processes with M mappings each, made up
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "capture/image_events.h"
#include "process/image_table.h"
#include "process/libc_abort.h"
#include "process/process_maps.h"

static struct hash_map *wanted;
static struct image_table *table;
static struct image_events *events;
static struct drops drops;
static uint64_t later_ns, records, spent_ns, rescans;

static bool is_wanted(void *self, pid_t tgid)
{
	(void)self;
	return hash_map_find(wanted, &tgid) != NULL;
}

static void on_record(void *self, struct view bytes)
{
	const struct image_record *record;
	uint64_t begin_ns = clock_monotonic_ns();
	struct view path;
	pid_t tgid;

	(void)self;
	if (image_record_decode(bytes, &record, &path) < 0) {
		printf("refused a record\n");
		return;
	}
	tgid = (pid_t)record->tgid;
	if (record->action == IMAGE_FORK)
		(void)hash_map_add(wanted, &tgid, NULL);
	(void)image_table_take(table, record, path, NULL);
	records++;
	spent_ns += clock_monotonic_ns() - begin_ns;
}

/* Their ids are given to others soon. */
static void forget_dead(void)
{
	void *cursor = NULL, *value;

	while ((value = hash_map_next(wanted, &cursor)) != NULL) {
		pid_t pid = *(const pid_t *)hash_map_key(wanted, value);

		if (kill(pid, 0) < 0 && errno == ESRCH)
			(void)hash_map_remove(wanted, &pid);
	}
}

static void on_lost(void *self)
{
	rescans++;
	(void)process_maps_read_all("/proc", is_wanted, on_record, self);
}

static void print_hex(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		printf("%02x", bytes[i]);
	if (size == 0)
		printf("-");
}

static void print_mapping(pid_t pid, const struct image_mapping *mappings, uint32_t count,
			  uint32_t index)
{
	const struct image_mapping *mapping = &mappings[index];
	static const struct image anonymous = {.path = VIEW_LITERAL("//anon")};
	const struct image *image = mapping->image ? mapping->image : &anonymous;
	struct image_file file = {.fd = -1};
	int fd = image_table_fd(table, pid, mapping);
	uint64_t base, size;

	image_table_extent(mappings, count, index, &base, &size);
	printf("%llx %llx %llx %llx %llx ", (unsigned long long)mapping->start,
	       (unsigned long long)mapping->end, (unsigned long long)mapping->file_offset,
	       (unsigned long long)base, (unsigned long long)size);
	print_hex(image->file.build_id, image->file.build_id_size);
	printf(" ");
	if (fd < 0 || image_file_examine(fd, &file) < 0)
		printf("none");
	else
		print_hex(file.build_id, file.build_id_size);
	printf(" %llx %.*s\n", (unsigned long long)image->key, VIEW_FORMAT(image->path));
}

static void dump(pid_t pid)
{
	const struct image_mapping *mappings;
	uint32_t count = image_table_find(table, pid, &mappings);

	for (uint32_t i = 0; i < count; i++)
		print_mapping(pid, mappings, count, i);
}

static void show_jit(pid_t pid)
{
	int fd = image_table_perf_map_fd(table, pid, clock_monotonic_ns() + later_ns);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		printf("perf_map -\n");
	else
		printf("perf_map %llu:%llu\n", (unsigned long long)status.st_dev,
		       (unsigned long long)status.st_ino);
}

static void show_counts(void)
{
	struct image_table_counts counts = image_table_count(table);
	uint64_t offset;

	printf("processes %zu\nexited %zu\nmappings %zu\nimages %zu\nfiles %zu\n", counts.processes,
	       counts.exited, counts.mappings, counts.images, counts.files);
	printf("records %llu\nspent_ns %llu\nrescans %llu\nlost %llu\nfull %llu\nbuild_ids %d\n",
	       (unsigned long long)records, (unsigned long long)spent_ns,
	       (unsigned long long)rescans,
	       (unsigned long long)drops_get(&drops, DROP_IMAGE_EVENTS_LOST),
	       (unsigned long long)drops_get(&drops, DROP_IMAGES_FULL),
	       image_events_has_build_ids(events));
	if (libc_abort_calibrate(&offset) == 0)
		printf("raise_pc %llx\n", (unsigned long long)offset);
}

static size_t used_bytes(void)
{
	struct mallinfo2 now = mallinfo2();

	return now.uordblks + now.hblkhd;
}

/* Every process has the same files, as processes do, at addresses of its own. */
static void bench(uint32_t processes, uint32_t mappings)
{
	struct image_table_settings settings = {.max_mappings = (size_t)processes * mappings,
						.proc_root = "/nowhere"};
	union image_record_buffer buffer;
	size_t before = used_bytes();
	struct image_table *made;
	uint64_t begin_ns;

	if (image_table_new(&made, &settings, &drops) < 0)
		return;
	begin_ns = clock_monotonic_ns();
	for (uint32_t i = 0; i < processes * mappings; i++) {
		char path[64];
		uint64_t start =
			0x7f0000000000ull + i / mappings * 0x100000ull + i % mappings * 0x10000ull;
		struct view bytes;

		(void)snprintf(path, sizeof(path), "/usr/lib/x86_64-linux-gnu/libsample%u.so.1",
			       i % mappings);
		buffer.record = (struct image_record){.action = IMAGE_MAPPED,
						      .tgid = 100 + i / mappings,
						      .start = start,
						      .end = start + 0x1000,
						      .build_id_size = 20};
		memcpy(buffer.record.build_id, &(uint32_t){i % mappings}, 4);
		bytes = image_record_finish(&buffer, view_of_text(path));
		(void)image_table_take(made, (const void *)bytes.bytes,
				       view_of(buffer.record.path, buffer.record.path_size), NULL);
	}
	printf("take_ns %.1f\n",
	       (double)(clock_monotonic_ns() - begin_ns) / (double)(processes * mappings));
	printf("bytes %zu\nmappings %zu\n", used_bytes() - before,
	       image_table_count(made).mappings);
	image_table_free(&made);
}

static void obey(const char *word, uint32_t first, uint32_t second)
{
	pid_t pid = (pid_t)first;

	(void)image_events_drain(events);
	if (strcmp(word, "stall") == 0) {
		(void)sleep(first);
		(void)image_events_drain(events);
	}
	if (strcmp(word, "watch") == 0)
		(void)hash_map_add(wanted, &pid, NULL);
	else if (strcmp(word, "scan") == 0)
		printf("mappings %d\n",
		       process_maps_read("/proc", pid, clock_monotonic_ns(), on_record, NULL));
	else if (strcmp(word, "dump") == 0)
		dump(pid);
	else if (strcmp(word, "exited") == 0)
		image_table_exited(table, pid, clock_monotonic_ns());
	else if (strcmp(word, "later") == 0)
		later_ns += first * NS_PER_S;
	else if (strcmp(word, "jit") == 0)
		show_jit(pid);
	else if (strcmp(word, "counts") == 0)
		show_counts();
	else if (strcmp(word, "bench") == 0)
		bench(first, second);
	image_table_tick(table, clock_monotonic_ns() + later_ns);
	printf("end\n");
	(void)fflush(stdout);
}

static int begin(void)
{
	struct image_events_callbacks callbacks = {
		.is_wanted = is_wanted, .on_record = on_record, .on_lost = on_lost};
	struct image_table_settings settings = {
		.max_mappings = 65536, .reads_files = true, .proc_root = "/proc"};
	int err = hash_map_new(&wanted, sizeof(pid_t), 1, 65536);

	if (err == 0)
		err = image_table_new(&table, &settings, &drops);
	if (err == 0)
		err = image_events_new(&events, &callbacks, &drops);
	printf("started %d\nend\n", err);
	(void)fflush(stdout);
	return err;
}

int main(void)
{
	char line[256], word[16];
	unsigned int first = 0, second = 0;
	int code = begin() < 0;

	while (code == 0) {
		struct pollfd waiting[] = {{.fd = STDIN_FILENO, .events = POLLIN},
					   {.fd = image_events_fd(events), .events = POLLIN}};

		(void)poll(waiting, 2, 20);
		if (!(waiting[0].revents & (POLLIN | POLLHUP))) {
			(void)image_events_drain(events);
			forget_dead();
			image_table_tick(table, clock_monotonic_ns() + later_ns);
			continue;
		}
		if (!fgets(line, sizeof(line), stdin))
			break;
		if (sscanf(line, "%15s %u %u", word, &first, &second) >= 1)
			obey(word, first, second);
	}
	image_events_free(&events);
	image_table_free(&table);
	hash_map_free(&wanted);
	return code;
}
