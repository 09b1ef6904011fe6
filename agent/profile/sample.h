/* A sample as the kernel told it, with the pages of its stack: secrets, which are gone as soon as
 * they are handed to whoever unwinds them. */
#ifndef PROFILE_SAMPLE_H
#define PROFILE_SAMPLE_H

#include "model/event.h"
#include "shared/profile_record.h"
#include "unwinding/unwind_job.h"

/* A frame of Python, the innermost first. */
struct sample_python {
	uint32_t frame; /* of the dictionary; NO_PYTHON_FRAME: it only stands for the call */
	bool is_entry;  /* C called it */
};

#define NO_PYTHON_FRAME UINT32_MAX

struct sample {
	struct profile_sample_record record;
	struct sample_python python[MAX_PYTHON_SAMPLES];
	uint32_t python_count;
	uint32_t point; /* its number in the profile (profile_builder.h) */
	uint32_t pages_count;
	struct job_page pages[MAX_SAMPLE_PAGES]; /* their bytes are the sample's */
};

/* NULL: no memory. */
struct sample *sample_new(void);
void sample_free(struct sample **sample);

/* False: no memory, or no room. */
bool sample_add_page(struct sample *sample, const struct stack_page_record *page);
void sample_drop_pages(struct sample *sample);

#endif
