/*
 * Building and checking image records. A record is the fixed part, the path, and zeros up to a
 * multiple of 8: they are laid one after the other in recordings.
 */
#include "process/image_record.h"

#include <errno.h>

struct view image_record_finish(union image_record_buffer *buffer, struct view path)
{
	struct image_record *record = &buffer->record;
	size_t size;

	path = view_take(path, MAX_IMAGE_PATH_BYTES);
	size = (sizeof(*record) + path.size + 7) & ~(size_t)7;
	record->header.kind = RECORD_IMAGE;
	record->header.reserved = 0;
	record->header.size = (uint32_t)size;
	record->path_size = (uint16_t)path.size;
	if (path.size)
		memcpy(buffer->bytes + sizeof(*record), path.bytes, path.size);
	memset(buffer->bytes + sizeof(*record) + path.size, 0, size - sizeof(*record) - path.size);
	return view_of(buffer->bytes, size);
}

static bool is_consistent(const struct image_record *record)
{
	switch (record->action) {
	case IMAGE_MAPPED:
		return record->start < record->end;
	case IMAGE_EXEC:
		return true;
	case IMAGE_FORK:
		return record->tgid != record->parent_tgid;
	default:
		return false;
	}
}

int image_record_decode(struct view bytes, const struct image_record **ret, struct view *ret_path)
{
	const struct image_record *record = (const void *)bytes.bytes;

	if (bytes.size < sizeof(*record) || record->header.kind != RECORD_IMAGE ||
	    record->header.size < sizeof(*record) || record->header.size > bytes.size ||
	    record->path_size > record->header.size - sizeof(*record) ||
	    record->path_size > MAX_IMAGE_PATH_BYTES ||
	    record->build_id_size > MAX_BUILD_ID_BYTES || record->tgid == 0 ||
	    record->tgid > INT32_MAX || !is_consistent(record))
		return -EINVAL;
	*ret = record;
	*ret_path = view_of(bytes.bytes + sizeof(*record), record->path_size);
	return 0;
}
