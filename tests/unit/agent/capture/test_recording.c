/* What is written comes back, without what was reserved and not used; what is no recording is
 * refused, what is cut off ends there. */
#include "cmocka_test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "capture/recording.h"
#include "shared/datagram_record.h"
#include "shared/record.h"

static char path[] = "/tmp/limpet-test-recording-XXXXXX";

static int begin(void **state)
{
	(void)state;
	(void)strcpy(path + strlen(path) - 6, "XXXXXX");
	return close(mkstemp(path));
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_two(void)
{
	struct recording_writer *writer;
	struct connection_end_record gone = {
		.header = {.kind = RECORD_CONNECTION_END, .size = sizeof(gone), .time_ns = 5}};
	size_t size = sizeof(struct segment_record) + 128;
	struct segment_record *segment = calloc(1, size);

	segment->header = (struct record_header){.kind = RECORD_SEGMENT, .size = (uint32_t)size};
	segment->captured = segment->length = 5;
	memcpy(segment->bytes, "hello", 5);
	assert_int_equal(recording_writer_new(&writer, path, 1234), 0);
	recording_writer_add(writer, view_of(segment, size));
	recording_writer_add(writer, view_of(&gone, sizeof(gone)));
	/* No record at all. */
	recording_writer_add(writer, view_of(&gone, 10));
	gone.header.size = sizeof(gone) + 1;
	recording_writer_add(writer, view_of(&gone, sizeof(gone)));
	recording_writer_free(&writer);
	assert_null(writer);
	free(segment);
}

static void there_and_back(void **state)
{
	struct recording_reader *reader;
	const struct segment_record *segment;
	struct view record;
	struct stat status;

	(void)state;
	write_two();
	assert_int_equal(stat(path, &status), 0);
	/* header, segment with 5 bytes padded to 8, end */
	assert_int_equal(status.st_size, 24 + 88 + 8 + 72);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(recording_reader_new(&reader, path), 0);
	assert_int_equal(recording_reader_unix_offset_ns(reader), 1234);
	assert_int_equal(recording_reader_next(reader, &record), 1);
	assert_int_equal(record.size, 88 + 5);
	segment = (const void *)record.bytes;
	assert_int_equal(segment->header.size, 88 + 5);
	assert_memory_equal(segment->bytes, "hello", 5);
	assert_int_equal(recording_reader_next(reader, &record), 1);
	assert_int_equal(record.size, 72);
	assert_int_equal(recording_reader_next(reader, &record), 0);
	recording_reader_free(&reader);
	assert_null(reader);
}

/* Reserved for 2048 bytes, and 5 of them used. */
static void datagrams(void **state)
{
	size_t size = sizeof(struct datagram_record) + 2048;
	struct datagram_record *datagram = calloc(1, size);
	const struct datagram_record *back;
	struct recording_writer *writer;
	struct recording_reader *reader;
	struct view record;
	struct stat status;

	(void)state;
	datagram->header = (struct record_header){.kind = RECORD_DATAGRAM, .size = (uint32_t)size};
	datagram->captured = 5;
	datagram->length = 77;
	memcpy(datagram->bytes, "hello", 5);
	assert_int_equal(recording_writer_new(&writer, path, 1234), 0);
	recording_writer_add(writer, view_of(datagram, size));
	/* More than there is: as it came, the reader's decoder refuses it. */
	datagram->captured = 2049;
	recording_writer_add(writer, view_of(datagram, size));
	recording_writer_free(&writer);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 24 + 104 + 8 + 104 + 2048);
	assert_int_equal(recording_reader_new(&reader, path), 0);
	assert_int_equal(recording_reader_next(reader, &record), 1);
	assert_int_equal(record.size, 104 + 5);
	back = (const void *)record.bytes;
	assert_int_equal(back->header.size, 104 + 5);
	assert_int_equal(back->length, 77);
	assert_memory_equal(back->bytes, "hello", 5);
	assert_int_equal(recording_reader_next(reader, &record), 1);
	assert_int_equal(record.size, 104 + 2048);
	assert_int_equal(recording_reader_next(reader, &record), 0);
	recording_reader_free(&reader);
	free(datagram);
}

static void cut_anywhere(void **state)
{
	struct stat status;

	(void)state;
	write_two();
	assert_int_equal(stat(path, &status), 0);
	for (off_t size = status.st_size - 1; size >= 0; size--) {
		struct recording_reader *reader;
		struct view record;
		int more, count = 0;

		assert_int_equal(truncate(path, size), 0);
		if (size < 24) {
			assert_int_equal(recording_reader_new(&reader, path), -EINVAL);
			continue;
		}
		assert_int_equal(recording_reader_new(&reader, path), 0);
		while ((more = recording_reader_next(reader, &record)) > 0)
			count++;
		assert_int_equal(count, size >= 24 + 96);
		assert_int_equal(more, size == 24 || size == 24 + 96 ? 0 : -EINVAL);
		recording_reader_free(&reader);
	}
}

static void refuse(size_t offset, uint32_t value)
{
	struct recording_reader *reader = NULL;
	struct view record;
	FILE *file;
	int err;

	write_two();
	file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
	assert_int_equal(fwrite(&value, sizeof(value), 1, file), 1);
	assert_int_equal(fclose(file), 0);
	err = recording_reader_new(&reader, path);
	if (err == 0)
		err = recording_reader_next(reader, &record);
	assert_int_equal(err, -EINVAL);
	recording_reader_free(&reader);
}

static void not_a_recording(void **state)
{
	struct recording_reader *reader;
	struct recording_writer *writer;

	(void)state;
	refuse(0, 0);                   /* magic */
	refuse(8, RECORD_VERSION + 1);  /* version */
	refuse(8, 0);                   /* version */
	refuse(24 + 4, 15);             /* a record smaller than its header */
	refuse(24 + 4, 1u << 20);       /* larger than any */
	refuse(24 + 4, UINT32_MAX);     /* padding must not wrap */
	refuse(24 + 4, (1u << 20) - 8); /* allowed, but not there */
	assert_int_equal(recording_reader_new(&reader, "/nonexistent/file"), -ENOENT);
	assert_int_equal(recording_reader_new(&reader, "/tmp"), -EINVAL);
	assert_int_equal(recording_writer_new(&writer, "/nonexistent/file", 0), -ENOENT);
}

/* Version 2 only added kinds of records. */
static void the_version_before(void **state)
{
	struct recording_header header;
	struct recording_reader *reader;
	struct recording_writer *writer;
	FILE *file;

	(void)state;
	assert_int_equal(recording_writer_new(&writer, path, 77), 0);
	recording_writer_free(&writer);
	file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(fread(&header, sizeof(header), 1, file), 1);
	assert_int_equal(header.version, RECORD_VERSION);
	header.version = RECORD_VERSION - 1;
	rewind(file);
	assert_int_equal(fwrite(&header, sizeof(header), 1, file), 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(recording_reader_new(&reader, path), 0);
	assert_int_equal(recording_reader_unix_offset_ns(reader), 77);
	recording_reader_free(&reader);
}

static void a_full_disk_ends_it(void **state)
{
	struct recording_writer *writer;
	char record[4096] = {0};
	struct record_header *header = (void *)record;

	(void)state;
	header->kind = RECORD_PROCESS_DESCRIPTION;
	header->size = sizeof(record);
	if (recording_writer_new(&writer, "/dev/full", 0) < 0)
		skip();
	for (int i = 0; i < 10; i++)
		recording_writer_add(writer, view_of(record, sizeof(record)));
	recording_writer_free(&writer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(there_and_back, begin, end),
		cmocka_unit_test_setup_teardown(datagrams, begin, end),
		cmocka_unit_test_setup_teardown(cut_anywhere, begin, end),
		cmocka_unit_test_setup_teardown(not_a_recording, begin, end),
		cmocka_unit_test_setup_teardown(the_version_before, begin, end),
		cmocka_unit_test(a_full_disk_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
