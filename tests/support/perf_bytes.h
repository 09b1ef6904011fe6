/* Side-band records and rings of them as the kernel writes them, for tests of agent/capture. */
#ifndef SUPPORT_PERF_BYTES_H
#define SUPPORT_PERF_BYTES_H

#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>

struct perf_bytes {
	_Alignas(8) char bytes[8192];
	size_t size;
};

/* body is padded to 8; the time ends the record. */
static inline struct view perf_bytes_add(struct perf_bytes *out, uint32_t type, uint16_t misc,
					 const void *body, size_t size, uint64_t time_ns)
{
	struct perf_event_header header = {.type = type, .misc = misc};
	char *at = out->bytes + out->size;
	size_t padded = (size + 7) & ~(size_t)7;

	header.size = (uint16_t)(sizeof(header) + padded + 8);
	memset(at, 0, header.size);
	memcpy(at, &header, sizeof(header));
	memcpy(at + sizeof(header), body, size);
	memcpy(at + sizeof(header) + padded, &time_ns, 8);
	out->size += header.size;
	return view_of(at, header.size);
}

struct mmap2_sample {
	uint32_t pid, tid;
	uint64_t address, length, page_offset;
	union {
		struct {
			uint32_t device_major, device_minor;
			uint64_t inode, generation;
		};
		struct {
			uint8_t build_id_size, reserved[3], build_id[20];
		};
	};
	uint32_t protection, flags;
	char path[64];
};

static inline struct view perf_bytes_add_mmap2(struct perf_bytes *out,
					       const struct mmap2_sample *sample, uint16_t misc,
					       uint64_t time_ns)
{
	return perf_bytes_add(out, PERF_RECORD_MMAP2, misc, sample,
			      offsetof(struct mmap2_sample, path) + strlen(sample->path) + 1,
			      time_ns);
}

#endif
