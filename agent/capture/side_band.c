/*
 * PERF_RECORD_MMAP2, COMM, FORK and LOST as perf_event_open(2) lays them out. Everything else, and
 * all that is not about executable memory or a whole process, is SIDE_BAND_OTHER.
 */
#include "capture/side_band.h"

#include <linux/perf_event.h>
#include <sys/mman.h>

#define TIME_BYTES 8 /* the trailer of every record */

struct mmap2_body {
	uint32_t pid, tid;
	uint64_t address, length, page_offset;
	union {
		struct {
			uint32_t device_major, device_minor;
			uint64_t inode, inode_generation;
		};
		struct {
			uint8_t build_id_size, reserved[3];
			uint8_t build_id[20];
		};
	};
	uint32_t protection, flags;
	char path[];
};

struct task_body {
	uint32_t pid, ppid, tid, ptid;
	uint64_t time_ns;
};

struct comm_body {
	uint32_t pid, tid;
	char name[];
};

struct lost_body {
	uint64_t id, lost;
};

_Static_assert(sizeof(struct mmap2_body) == 64, "perf's layout");
_Static_assert(sizeof(struct task_body) == 24, "perf's layout");
_Static_assert(sizeof(struct lost_body) == 16, "perf's layout");

/* Kernel threads have no pid we could see, processes of other pid namespaces are 0 or -1. */
static bool is_process(uint32_t pid)
{
	return pid > 0 && pid <= INT32_MAX;
}

static enum side_band_kind decode_mmap2(struct view body, uint16_t misc, struct side_band *ret)
{
	const struct mmap2_body *mmap2 = (const void *)body.bytes;
	struct image_record *record = &ret->record;

	if (body.size <= sizeof(*mmap2))
		return SIDE_BAND_MALFORMED;
	if (!is_process(mmap2->pid) || !(mmap2->protection & PROT_EXEC))
		return SIDE_BAND_OTHER;
	if (mmap2->length == 0 || mmap2->address + mmap2->length < mmap2->address)
		return SIDE_BAND_MALFORMED;
	if (misc & PERF_RECORD_MISC_MMAP_BUILD_ID) {
		if (mmap2->build_id_size > sizeof(mmap2->build_id))
			return SIDE_BAND_MALFORMED;
		record->build_id_size = mmap2->build_id_size;
		memcpy(record->build_id, mmap2->build_id, mmap2->build_id_size);
	} else {
		record->device_major = mmap2->device_major;
		record->device_minor = mmap2->device_minor;
		record->inode = mmap2->inode;
	}
	record->action = IMAGE_MAPPED;
	record->tgid = mmap2->pid;
	record->start = mmap2->address;
	record->end = mmap2->address + mmap2->length;
	record->file_offset = mmap2->page_offset;
	ret->path = view_of(mmap2->path, strnlen(mmap2->path, body.size - sizeof(*mmap2)));
	return SIDE_BAND_IMAGE;
}

static enum side_band_kind decode_comm(struct view body, uint16_t misc, struct side_band *ret)
{
	const struct comm_body *comm = (const void *)body.bytes;

	if (body.size < sizeof(*comm))
		return SIDE_BAND_MALFORMED;
	if (!(misc & PERF_RECORD_MISC_COMM_EXEC) || !is_process(comm->pid))
		return SIDE_BAND_OTHER;
	ret->record.action = IMAGE_EXEC;
	ret->record.tgid = comm->pid;
	return SIDE_BAND_IMAGE;
}

static enum side_band_kind decode_fork(struct view body, struct side_band *ret)
{
	const struct task_body *task = (const void *)body.bytes;

	if (body.size < sizeof(*task))
		return SIDE_BAND_MALFORMED;
	/* A new thread shares what its process has. */
	if (task->pid == task->ppid || task->tid != task->pid || !is_process(task->pid) ||
	    !is_process(task->ppid))
		return SIDE_BAND_OTHER;
	ret->record.action = IMAGE_FORK;
	ret->record.tgid = task->pid;
	ret->record.parent_tgid = task->ppid;
	return SIDE_BAND_IMAGE;
}

static enum side_band_kind decode_lost(struct view body, struct side_band *ret)
{
	const struct lost_body *lost = (const void *)body.bytes;

	if (body.size < sizeof(*lost))
		return SIDE_BAND_MALFORMED;
	ret->lost = lost->lost;
	return SIDE_BAND_LOST;
}

void side_band_decode(struct view bytes, struct side_band *ret)
{
	const struct perf_event_header *header = (const void *)bytes.bytes;
	struct view body;

	memset(ret, 0, sizeof(*ret));
	ret->kind = SIDE_BAND_MALFORMED;
	if (bytes.size < sizeof(*header) + TIME_BYTES || header->size != bytes.size ||
	    bytes.size % 8 != 0)
		return;
	memcpy(&ret->time_ns, bytes.bytes + bytes.size - TIME_BYTES, TIME_BYTES);
	body = view_of(bytes.bytes + sizeof(*header), bytes.size - sizeof(*header) - TIME_BYTES);
	switch (header->type) {
	case PERF_RECORD_MMAP2:
		ret->kind = decode_mmap2(body, header->misc, ret);
		break;
	case PERF_RECORD_COMM:
		ret->kind = decode_comm(body, header->misc, ret);
		break;
	case PERF_RECORD_FORK:
		ret->kind = decode_fork(body, ret);
		break;
	case PERF_RECORD_LOST:
		ret->kind = decode_lost(body, ret);
		break;
	default:
		ret->kind = SIDE_BAND_OTHER;
	}
	ret->record.header.time_ns = ret->time_ns;
}
