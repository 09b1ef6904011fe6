/*
 * The mappings of a crashed process as the symbol process and the report want them: the same files
 * in the same order in the job and in the crash. Capture thread.
 */
#ifndef CRASH_CRASH_IMAGES_H
#define CRASH_CRASH_IMAGES_H

#include "unwinding/unwind_job.h"
#include "process/image_table.h"

struct crash_images {
	struct job_mapping *mappings; /* in the crash's arena, as are the next two */
	uint32_t mappings_count;
	struct job_image *images;   /* descriptors borrowed from the image store */
	struct crash_image *places; /* the same files */
	uint32_t images_count;
	uint32_t executable; /* index of the program itself, or NO_IMAGE */
};

/*
 * Fills crash->images too; files that are not open are opened now. executable_path: the program's,
 * as its process sees it; may be empty, then process_name decides. What does not fit is left out.
 */
void crash_images_collect(struct crash_images *ret, struct image_table *table,
			  struct view executable_path, struct crash *crash);

/* The same of any process; nothing of a crash. Empty when nothing is known of it, or the arena is
 * full. */
void crash_images_gather(struct crash_images *ret, struct image_table *table, pid_t tgid,
			 struct arena *arena);

/* The mapping of an address, NULL when it is outside all. */
const struct job_mapping *crash_images_find(const struct crash_images *images, uint64_t address);

/* Is this file the program's own, rather than a library of the system's? */
bool crash_images_is_in_app(const struct crash_images *images, const struct crash *crash,
			    uint32_t image);

#endif
