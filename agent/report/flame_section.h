/*
 * What was sampled, for the page: one tree of calls per operation, and one per request that is
 * shown. It keeps all profiles of the run as one until the page is written; on the page are the
 * boxes that are wide enough to be seen, fewer where there is little room.
 */
#ifndef REPORT_FLAME_SECTION_H
#define REPORT_FLAME_SECTION_H

#include "exporters/json_writer.h"
#include "model/profile.h"
#include "overview/span_operations.h"
#include "report/kept_traces.h"

#define MAX_FLAME_BYTES 800000u

struct flame_section {
	struct profile *profile; /* NULL: nothing was sampled */
	struct span_operations *operations;
	const struct kept_traces *traces; /* borrowed */
	size_t max_page_bytes;            /* with this section the page is at most so large */
};

int flame_section_init(struct flame_section *section, const struct kept_traces *traces,
		       size_t max_page_bytes);
void flame_section_done(struct flame_section *section);

void flame_section_add_segment(struct flame_section *section, const struct segment *segment);
int flame_section_add_profile(struct flame_section *section, const struct profile *profile);

/* The value of the page's "profile"; there is one. */
void flame_section_append(struct json_writer *writer, const void *section);

#endif
