/*
 * One perf side-band record, decoded: what of it matters to the image index. The events are opened
 * with sample_id_all and PERF_SAMPLE_TIME alone, so the last eight bytes of every record are its
 * time. Pure; the kernel wrote the bytes, nothing is taken for granted all the same.
 */
#ifndef CAPTURE_SIDE_BAND_H
#define CAPTURE_SIDE_BAND_H

#include <linux/types.h>
#include "base/view.h"
#include "process/image_record.h"

enum side_band_kind {
	SIDE_BAND_OTHER,     /* nothing for us: a thread, a renaming, an exit */
	SIDE_BAND_IMAGE,     /* `record` and `path` are set */
	SIDE_BAND_LOST,      /* `lost` records found no room */
	SIDE_BAND_MALFORMED, /* not what the kernel writes */
};

struct side_band {
	enum side_band_kind kind;
	uint64_t time_ns;
	uint64_t lost;
	struct view path;           /* in the bytes given */
	struct image_record record; /* without header.size and path; last, for what it ends with */
};

/* bytes: one record, as long as its header says; aligned to 8. */
void side_band_decode(struct view bytes, struct side_band *ret);

#endif
