/* A file that claims to be a recording: read to its end or refused, every record within it. */
// fuzz-sources: agent/capture/recording.c agent/capture/event_decoder.c agent/base/log.c
// fuzz-sources: agent/base/clock.c agent/base/view.c agent/base/utf8.c
#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "capture/event_decoder.h"
#include "capture/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int fd = -1;
	struct recording_reader *reader;
	struct view record;
	char path[64];
	size_t left = size;

	if (fd < 0)
		fd = memfd_create("recording", 0);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, bytes, size, 0) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (recording_reader_new(&reader, path) < 0)
		return 0;
	while (recording_reader_next(reader, &record) > 0) {
		struct event event;

		assert(((uintptr_t)record.bytes & 7) == 0);
		assert(record.size >= 16 && record.size <= left);
		left -= record.size;
		(void)event_decoder_decode(record, &event);
	}
	recording_reader_free(&reader);
	return 0;
}
