/*
 * A job on its way to the symbol process: its bytes in a memory file, its files as descriptors of
 * our own, so that nothing of the crash need live on. Sent in one small message, again when that is
 * needed, with /dev/null in place of files that must not be shown.
 */
#ifndef UNWINDING_WAITING_JOB_H
#define UNWINDING_WAITING_JOB_H

#include "unwinding/unwind_job.h"

struct waiting_job {
	struct waiting_job *next;
	uint64_t id;
	uint64_t size_bytes;
	uint32_t attempts;
	int bytes_fd; /* the memory file */
	uint32_t files_count;
	int fds[MAX_JOB_FILES];
	uint64_t keys[MAX_JOB_FILES]; /* of the images, by descriptor; or KEY_PERF_MAP */
	bool is_hidden[MAX_JOB_FILES];
};

/* -EINVAL, -EMSGSIZE as unwind_job_encode; -EMFILE and the like. */
int waiting_job_new(struct waiting_job **ret, const struct unwind_job *job);
void waiting_job_free(struct waiting_job **waiting);

/* Never blocks. null_fd stands in for hidden files. 0 or -errno; -EAGAIN: try later. */
int waiting_job_send(const struct waiting_job *waiting, int socket_fd, int null_fd);

#endif
