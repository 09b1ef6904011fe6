/* Recordings: write what came from the ring, read it back with every length checked. */
#include "capture/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "shared/datagram_record.h"
#include "shared/limits.h"
#include "shared/record.h"

/* Version 2 only added kinds. */
#define OLDEST_VERSION 1

struct recording_writer {
	FILE *file;
	bool is_failed;
};

struct recording_reader {
	FILE *file;
	uint64_t unix_offset_ns;
	char *record;
};

static size_t padded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

int recording_writer_new(struct recording_writer **ret, const char *path, uint64_t unix_offset_ns)
{
	struct recording_header header = {.magic = RECORDING_MAGIC,
					  .version = RECORD_VERSION,
					  .unix_offset_ns = unix_offset_ns};
	_cleanup_(recording_writer_free) struct recording_writer *writer =
		calloc(1, sizeof(*writer));
	_cleanup_(cleanup_close) int fd = -1;

	if (!writer)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	writer->file = fdopen(fd, "w");
	if (!writer->file)
		return -errno;
	(void)TAKE_FD(fd);
	if (fwrite(&header, sizeof(header), 1, writer->file) != 1)
		return -EIO;
	*ret = TAKE_PTR(writer);
	return 0;
}

void recording_writer_free(struct recording_writer **writer)
{
	if (!*writer)
		return;
	if ((*writer)->file && fclose((*writer)->file) != 0 && !(*writer)->is_failed)
		log_error("recording: cannot finish the file: %s", strerror(errno));
	free(*writer);
	*writer = NULL;
}

/* What of a record is used: those with bytes are reserved in a few sizes only. */
static uint32_t used_size(struct view record)
{
	const struct record_header *header = (const void *)record.bytes;
	const struct segment_record *segment = (const void *)record.bytes;
	const struct datagram_record *datagram = (const void *)record.bytes;

	if (header->kind == RECORD_SEGMENT && record.size >= sizeof(*segment) &&
	    segment->captured <= record.size - sizeof(*segment))
		return (uint32_t)sizeof(*segment) + segment->captured;
	if (header->kind == RECORD_DATAGRAM && record.size >= sizeof(*datagram) &&
	    datagram->captured <= record.size - sizeof(*datagram))
		return (uint32_t)sizeof(*datagram) + datagram->captured;
	return header->size;
}

void recording_writer_add(struct recording_writer *writer, struct view record)
{
	static const char padding[8];
	struct record_header header;
	size_t size;

	if (writer->is_failed || record.size < sizeof(header))
		return;
	memcpy(&header, record.bytes, sizeof(header));
	header.size = used_size(record);
	if (header.size < sizeof(header) || header.size > record.size)
		return;
	size = header.size - sizeof(header);
	if (fwrite(&header, sizeof(header), 1, writer->file) != 1 ||
	    (size && fwrite(record.bytes + sizeof(header), size, 1, writer->file) != 1) ||
	    (padded(size) > size && fwrite(padding, padded(size) - size, 1, writer->file) != 1)) {
		writer->is_failed = true;
		log_error("recording: cannot write: %s; the recording ends here", strerror(errno));
	}
}

int recording_reader_new(struct recording_reader **ret, const char *path)
{
	_cleanup_(recording_reader_free) struct recording_reader *reader =
		calloc(1, sizeof(*reader));
	struct recording_header header;

	if (!reader)
		return -ENOMEM;
	reader->record = malloc(MAX_RECORD_BYTES);
	if (!reader->record)
		return -ENOMEM;
	reader->file = fopen(path, "re");
	if (!reader->file)
		return -errno;
	if (fread(&header, sizeof(header), 1, reader->file) != 1 ||
	    memcmp(header.magic, RECORDING_MAGIC, sizeof(header.magic)) != 0 ||
	    header.version < OLDEST_VERSION || header.version > RECORD_VERSION)
		return -EINVAL;
	reader->unix_offset_ns = header.unix_offset_ns;
	*ret = TAKE_PTR(reader);
	return 0;
}

void recording_reader_free(struct recording_reader **reader)
{
	if (!*reader)
		return;
	if ((*reader)->file)
		(void)fclose((*reader)->file);
	free((*reader)->record);
	free(*reader);
	*reader = NULL;
}

uint64_t recording_reader_unix_offset_ns(const struct recording_reader *reader)
{
	return reader->unix_offset_ns;
}

int recording_reader_next(struct recording_reader *reader, struct view *ret_record)
{
	struct record_header header;
	size_t got = fread(&header, 1, sizeof(header), reader->file);
	size_t rest;

	if (got == 0)
		return 0;
	if (got != sizeof(header) || header.size < sizeof(header) ||
	    header.size > MAX_RECORD_BYTES - 8)
		return -EINVAL;
	rest = padded(header.size - sizeof(header));
	memcpy(reader->record, &header, sizeof(header));
	if (rest && fread(reader->record + sizeof(header), rest, 1, reader->file) != 1)
		return -EINVAL;
	*ret_record = view_of(reader->record, header.size);
	return 1;
}
