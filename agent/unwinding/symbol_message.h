/*
 * What travels over the socket between the agent and the symbol process (SOCK_SEQPACKET). A request
 * carries its descriptors: the job's bytes as a memory file, then the job's files. A reply is its
 * head and then the answer in pieces. The first reply of a child says that it is in its sandbox and
 * ready, or why not.
 */
#ifndef UNWINDING_SYMBOL_MESSAGE_H
#define UNWINDING_SYMBOL_MESSAGE_H

#include <stdint.h>

#define MAX_REPLY_PIECE_BYTES 32768

/* The value of the shared word while the perf map is read; no image has this key. */
#define KEY_PERF_MAP UINT64_MAX

/* The id of the first reply. */
#define ID_READY UINT64_MAX

struct symbol_request {
	uint64_t id;
	uint64_t size_bytes; /* of the memory file */
};

struct symbol_reply {
	uint64_t id;
	uint32_t size_bytes; /* of the answer, which follows */
	int32_t error;       /* 0, or -errno and no answer */
};

#endif
