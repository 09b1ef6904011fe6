/*
 * Which of a job's files travel: descriptors in one message are few, and a browser maps more files
 * than that. Those that the threads' program counters and the words on their stacks point into go
 * first: no other can be in a stack.
 */
#ifndef UNWINDING_JOB_FILES_H
#define UNWINDING_JOB_FILES_H

#include "unwinding/unwind_job.h"

struct job_files {
	uint32_t count;
	int fds[MAX_JOB_FILES];         /* borrowed */
	uint32_t images[MAX_JOB_FILES]; /* by descriptor: index of the image; NO_IMAGE: perf map */
};

/* The perf map first, then images by their index. */
void job_files_choose(const struct unwind_job *job, struct job_files *ret);

#endif
