/*
 * Jobs and answers from hostile bytes: what the decoders take has to come out of the encoders the
 * same. The first byte chooses which of the two it is.
 */
// fuzz-sources: agent/unwinding/unwind_job.c agent/unwinding/unwind_answer.c
// fuzz-sources: agent/unwinding/job_files.c agent/base/arena.c
// fuzz-sources: agent/base/byte_buffer.c agent/base/view.c agent/base/utf8.c
#include <assert.h>
#include "unwinding/unwind_job.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_job(struct view bytes)
{
	static const int fds[] = {3, 4, 5, 6};
	struct byte_buffer again;
	struct unwind_job job, same;
	struct arena arena;

	arena_init(&arena, 1 << 22);
	byte_buffer_init(&again, MAX_JOB_BYTES);
	if (unwind_job_decode(bytes, fds, 4, &arena, &job) == 0) {
		assert(unwind_job_encode(&job, &again) == 0);
		assert(unwind_job_decode(byte_buffer_view(&again), fds, 4, &arena, &same) == 0 ||
		       arena.is_full || job.images_count > 3);
	}
	byte_buffer_done(&again);
	arena_done(&arena);
}

static void check_answer(struct view bytes)
{
	static struct unwind_answer answer, same;
	struct byte_buffer again;
	struct arena arena;

	arena_init(&arena, 1 << 22);
	byte_buffer_init(&again, MAX_ANSWER_BYTES);
	if (unwind_answer_decode(bytes, &arena, &answer) == 0) {
		assert(unwind_answer_encode(&answer, &again) == 0);
		assert(unwind_answer_decode(byte_buffer_view(&again), &arena, &same) == 0 ||
		       arena.is_full);
	}
	byte_buffer_done(&again);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!size)
		return 0;
	if (bytes[0] & 1)
		check_job(view_of(bytes + 1, size - 1));
	else
		check_answer(view_of(bytes + 1, size - 1));
	return 0;
}
