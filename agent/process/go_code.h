/*
 * Where a call of a Go function can be seen to begin and to return. Go moves its stacks, which
 * return probes do not survive: each return instruction of the body is a place of its own. The body
 * is walked through from end to end, and must be understood wholly: every jump ends at an
 * instruction of the body, none leaves it. Of what is not understood nothing is said, so it gets no
 * probe.
 */
#ifndef PROCESS_GO_CODE_H
#define PROCESS_GO_CODE_H

#include <stdint.h>
#include "base/view.h"

#define MAX_GO_RETURNS    32
#define MAX_GO_BODY_BYTES 16384

/* As offsets into the body. */
struct go_code {
	uint32_t
		entry; /* where arguments and stack are as at the beginning, and a probe is cheap */
	uint32_t returns_count;
	uint32_t returns[MAX_GO_RETURNS]; /* ascending */
};

/* -EOPNOTSUPP: not understood, or it leaves in another way; -ENOENT: it does not return; -E2BIG.
 * The body may end in padding. */
int go_code_read_x86(struct view body, struct go_code *ret);
int go_code_read_arm64(struct view body, struct go_code *ret);

/* The entry alone, whatever the body is. */
uint32_t go_code_entry(int fd, uint64_t file_offset);

/* That of this machine; of a function of a file. */
int go_code_read(int fd, uint64_t file_offset, uint64_t size_bytes, struct go_code *ret);

#endif
