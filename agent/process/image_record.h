/*
 * Image records (shared/record.h) as bytes: built from perf's side-band events and from
 * /proc/PID/maps, checked when they come back from a recording. The one place that knows their
 * limits.
 */
#ifndef PROCESS_IMAGE_RECORD_H
#define PROCESS_IMAGE_RECORD_H

#include <linux/types.h>
#include "base/view.h"
#include "shared/record.h"

#define MAX_IMAGE_PATH_BYTES   4096 /* the kernel names nothing longer */
#define MAX_IMAGE_RECORD_BYTES (sizeof(struct image_record) + MAX_IMAGE_PATH_BYTES)

/* Room for the largest one. The caller fills in the fields of `record`; header.kind, header.size,
 * path_size and the path are image_record_finish's. */
union image_record_buffer {
	struct image_record record;
	uint8_t bytes[MAX_IMAGE_RECORD_BYTES];
};

/* The whole record, a multiple of 8 bytes; the path is cut to its limit. */
struct view image_record_finish(union image_record_buffer *buffer, struct view path);

/* -EINVAL: not an image record, or one that contradicts itself. Aligned to 8; both outputs lie in
 * it. */
int image_record_decode(struct view bytes, const struct image_record **ret, struct view *ret_path);

#endif
