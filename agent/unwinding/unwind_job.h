/*
 * What the capture thread gives the symbol process and what comes back, as plain bytes: a job is
 * the threads, pages and mappings of one crash with the files as descriptors; an answer is frames.
 * Both sides check every length: an answer comes from a process that read hostile files.
 */
#ifndef UNWINDING_UNWIND_JOB_H
#define UNWINDING_UNWIND_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include "base/byte_buffer.h"
#include "model/crash.h"

#define MAX_JOB_BYTES    (8u << 20)
#define MAX_ANSWER_BYTES (4u << 20)
#define MAX_JOB_FILES    250 /* descriptors in one message (SCM_MAX_FD is 253) */

struct job_page {
	uint64_t address;
	const uint8_t *bytes; /* STACK_PAGE_BYTES; borrowed */
};

struct job_thread {
	uint32_t tid;
	bool is_crashed;
	bool is_truncated;
	bool is_pc_only; /* no memory may be looked at */
	uint64_t registers[REGISTERS_COUNT];
	const struct job_page *pages; /* any order */
	uint32_t pages_count;
};

struct job_mapping {
	uint64_t start;
	uint64_t end;
	uint64_t file_offset;
	uint32_t image; /* index into images, or NO_IMAGE */
};

struct job_image {
	struct view path; /* for messages, and to tell the program's own code from the system's */
	uint8_t build_id[MAX_BUILD_ID_BYTES];
	uint8_t build_id_size;
	uint64_t key; /* the same for the same file as long as the agent runs: of the cache */
	int fd;       /* borrowed; -1: the file could not be opened, or is known to be poison */
};

struct unwind_job {
	uint64_t id;
	bool is_arm64;
	bool is_profile; /* samples: no frame is guessed, every one is named, no file is identified
			  */
	int perf_map_fd; /* borrowed; perf-PID.map for JIT code, -1: none */
	const struct job_thread *threads; /* the crashed one first */
	uint32_t threads_count;
	const struct job_mapping *mappings; /* by address */
	uint32_t mappings_count;
	const struct job_image *images;
	uint32_t images_count;
	struct view type_name; /* of a C++ class, mangled: to be made readable; empty: none */
};

/* The answer, decoded into the crash's arena. */
struct unwind_answer_image {
	uint8_t build_id[MAX_BUILD_ID_BYTES]; /* as read from the file: the kernel's is compared */
	uint8_t build_id_size;
	uint8_t text_hash[16];
	bool has_text_hash;
};
struct unwind_answer {
	uint64_t id;
	uint32_t threads_count; /* as in the job */
	struct {
		struct crash_frame *frames;
		uint32_t frames_count;
		bool is_truncated;
		bool is_complete; /* the last frame is the first function of the thread */
	} threads[MAX_CRASH_THREADS];
	struct unwind_answer_image *images; /* as in the job */
	uint32_t images_count;
	struct view type_name; /* as people write it; empty: none was asked for */
};

/* -EINVAL: more than the limits allow. -EMSGSIZE: out is full. Mappings that overlap the one before
 * them are left out. Files are numbered as job_files_choose has them. */
int unwind_job_encode(const struct unwind_job *job, struct byte_buffer *out);
/* Views and arrays lie in the arena or in `bytes`; descriptors are indices into fds (-1 stays). */
int unwind_job_decode(struct view bytes, const int *fds, uint32_t fds_count, struct arena *arena,
		      struct unwind_job *ret);

/* In unwind_answer.c. Texts of a decoded answer are printable UTF-8. */
int unwind_answer_encode(const struct unwind_answer *answer, struct byte_buffer *out);
int unwind_answer_decode(struct view bytes, struct arena *arena, struct unwind_answer *ret);

#endif
