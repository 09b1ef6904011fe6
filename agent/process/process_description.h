/*
 * A process and its resource as one flat block of bytes, so that a recording can carry what /proc
 * said when it was made. A recording may come from anywhere: decoding is bounded and total.
 */
#ifndef PROCESS_PROCESS_DESCRIPTION_H
#define PROCESS_PROCESS_DESCRIPTION_H

#include <stdint.h>
#include <sys/types.h>
#include "base/byte_buffer.h"
#include "model/resource.h"
#include "process/elf_language.h"
#include "shared/limits.h"

#define MAX_PROCESS_DESCRIPTION_BYTES 131072

struct process_description {
	pid_t tgid;
	uint32_t uid;
	uint64_t start_boottime_ns;
	enum process_runtime runtime;
	char name[TASK_NAME_BYTES];
	struct resource *resource; /* encode: borrowed; decode: one reference of the description */
};

/* Appends the block. -E2BIG when it would be larger than the cap, buffer untouched. */
int process_description_encode(const struct process_description *description,
			       struct byte_buffer *buffer);

/* -EINVAL for anything encode would not have written, -ENOMEM; nothing to free then. */
int process_description_decode(struct view block, struct process_description *ret);

void process_description_done(struct process_description *description);

#endif
