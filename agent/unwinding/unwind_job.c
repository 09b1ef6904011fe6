/*
 * A job as bytes: header, images, mappings, threads with their pages. What the agent gives is put
 * in order here (mappings that overlap are left out, threads whose memory may not be looked at have
 * none); what the child reads is checked again, so that everything behind the decoder may rely on
 * it.
 */
#include "unwinding/unwind_job.h"

#include <errno.h>
#include "unwinding/job_bytes.h"
#include "unwinding/job_files.h"

#define JOB_MAGIC        0x32424a4cu /* "LJB2" */
#define MAX_PATH_BYTES   4096
#define MAX_TYPE_BYTES   256
#define MAX_MAPPINGS     65536
#define IMAGE_MIN_BYTES  (4 + 1 + MAX_BUILD_ID_BYTES + 8 + 4)
#define MAPPING_BYTES    (3 * 8 + 4)
#define THREAD_MIN_BYTES (4 + 1 + REGISTERS_COUNT * 8 + 4)
#define PAGE_BYTES       (8 + STACK_PAGE_BYTES)

enum thread_flags { THREAD_IS_CRASHED = 1, THREAD_IS_TRUNCATED = 2, THREAD_IS_PC_ONLY = 4 };

static void put_images(const struct unwind_job *job, struct byte_buffer *out)
{
	struct job_files files;
	uint32_t next;

	job_files_choose(job, &files);
	next = files.count && files.images[0] == NO_IMAGE;
	job_bytes_put_u32(out, job->images_count);
	for (uint32_t i = 0; i < job->images_count; i++) {
		const struct job_image *image = &job->images[i];
		struct view path = view_take(image->path, MAX_PATH_BYTES);
		bool has_file = next < files.count && files.images[next] == i;

		job_bytes_put_u32(out, (uint32_t)path.size);
		byte_buffer_append(out, path);
		job_bytes_put_u8(out, image->build_id_size);
		job_bytes_put(out, image->build_id, MAX_BUILD_ID_BYTES);
		job_bytes_put_u64(out, image->key);
		job_bytes_put_u32(out, has_file ? next++ : UINT32_MAX);
	}
}

static void put_type_name(const struct unwind_job *job, struct byte_buffer *out)
{
	struct view name = view_take(job->type_name, MAX_TYPE_BYTES);

	job_bytes_put_u32(out, (uint32_t)name.size);
	byte_buffer_append(out, name);
}

static bool is_mapping_usable(const struct unwind_job *job, const struct job_mapping *mapping,
			      uint64_t previous_end)
{
	return mapping->start >= previous_end && mapping->end > mapping->start &&
	       (mapping->image == NO_IMAGE || mapping->image < job->images_count);
}

static void put_mappings(const struct unwind_job *job, struct byte_buffer *out)
{
	size_t count_offset = out->size;
	uint64_t previous_end = 0;
	uint32_t count = 0;

	job_bytes_put_u32(out, 0);
	for (uint32_t i = 0; i < job->mappings_count; i++) {
		const struct job_mapping *mapping = &job->mappings[i];

		if (!is_mapping_usable(job, mapping, previous_end))
			continue;
		job_bytes_put_u64(out, mapping->start);
		job_bytes_put_u64(out, mapping->end);
		job_bytes_put_u64(out, mapping->file_offset);
		job_bytes_put_u32(out, mapping->image);
		previous_end = mapping->end;
		count++;
	}
	if (!out->is_failed)
		memcpy(out->bytes + count_offset, &count, sizeof(count));
}

static void put_thread(const struct job_thread *thread, struct byte_buffer *out)
{
	uint32_t pages = thread->is_pc_only ? 0 : thread->pages_count;

	job_bytes_put_u32(out, thread->tid);
	job_bytes_put_u8(out, (thread->is_crashed ? THREAD_IS_CRASHED : 0) |
				      (thread->is_truncated ? THREAD_IS_TRUNCATED : 0) |
				      (thread->is_pc_only ? THREAD_IS_PC_ONLY : 0));
	job_bytes_put(out, thread->registers, sizeof(thread->registers));
	job_bytes_put_u32(out, pages);
	for (uint32_t i = 0; i < pages; i++) {
		job_bytes_put_u64(out, thread->pages[i].address);
		job_bytes_put(out, thread->pages[i].bytes, STACK_PAGE_BYTES);
	}
}

int unwind_job_encode(const struct unwind_job *job, struct byte_buffer *out)
{
	if (job->threads_count > MAX_CRASH_THREADS || job->images_count > MAX_CRASH_IMAGES ||
	    job->mappings_count > MAX_MAPPINGS)
		return -EINVAL;
	for (uint32_t i = 0; i < job->threads_count; i++)
		if (job->threads[i].pages_count > MAX_STACK_PAGES)
			return -EINVAL;
	for (uint32_t i = 0; i < job->images_count; i++)
		if (job->images[i].build_id_size > MAX_BUILD_ID_BYTES)
			return -EINVAL;
	job_bytes_put_u32(out, JOB_MAGIC);
	job_bytes_put_u64(out, job->id);
	job_bytes_put_u8(out, job->is_arm64);
	job_bytes_put_u8(out, job->is_profile);
	job_bytes_put_u32(out, job->perf_map_fd >= 0 ? 0 : UINT32_MAX);
	put_images(job, out);
	put_mappings(job, out);
	job_bytes_put_u32(out, job->threads_count);
	for (uint32_t i = 0; i < job->threads_count; i++)
		put_thread(&job->threads[i], out);
	put_type_name(job, out);
	return out->is_failed ? -EMSGSIZE : 0;
}

/* What the bytes come with. */
struct received_files {
	const int *fds;
	uint32_t count;
};

static int read_file(struct job_bytes *reader, const struct received_files *files)
{
	uint32_t index = job_bytes_u32(reader);

	if (index == UINT32_MAX)
		return -1;
	if (index >= files->count) {
		reader->is_failed = true;
		return -1;
	}
	return files->fds[index];
}

static int read_images(struct job_bytes *reader, const struct received_files *files,
		       struct arena *arena, struct unwind_job *job)
{
	uint32_t count = job_bytes_count(reader, MAX_CRASH_IMAGES, IMAGE_MIN_BYTES);
	struct job_image *images = arena_allocate(arena, count * sizeof(*images));

	if (!images)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t path_size = job_bytes_u32(reader);

		if (path_size > MAX_PATH_BYTES)
			reader->is_failed = true;
		images[i].path = job_bytes_view(reader, path_size);
		images[i].build_id_size = job_bytes_u8(reader);
		job_bytes_copy(reader, images[i].build_id, MAX_BUILD_ID_BYTES);
		images[i].key = job_bytes_u64(reader);
		images[i].fd = read_file(reader, files);
		if (images[i].build_id_size > MAX_BUILD_ID_BYTES)
			reader->is_failed = true;
	}
	job->images = images;
	job->images_count = count;
	return 0;
}

static int read_mappings(struct job_bytes *reader, struct arena *arena, struct unwind_job *job)
{
	uint32_t count = job_bytes_count(reader, MAX_MAPPINGS, MAPPING_BYTES);
	struct job_mapping *mappings = arena_allocate(arena, count * sizeof(*mappings));
	uint64_t previous_end = 0;

	if (!mappings)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		mappings[i].start = job_bytes_u64(reader);
		mappings[i].end = job_bytes_u64(reader);
		mappings[i].file_offset = job_bytes_u64(reader);
		mappings[i].image = job_bytes_u32(reader);
		if (!is_mapping_usable(job, &mappings[i], previous_end))
			reader->is_failed = true;
		previous_end = mappings[i].end;
	}
	job->mappings = mappings;
	job->mappings_count = count;
	return 0;
}

static int read_pages(struct job_bytes *reader, struct arena *arena, struct job_thread *thread)
{
	uint32_t count = job_bytes_count(reader, MAX_STACK_PAGES, PAGE_BYTES);
	struct job_page *pages = arena_allocate(arena, count * sizeof(*pages));

	if (!pages)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		pages[i].address = job_bytes_u64(reader);
		pages[i].bytes = (const uint8_t *)job_bytes_view(reader, STACK_PAGE_BYTES).bytes;
		if (pages[i].address % STACK_PAGE_BYTES)
			reader->is_failed = true;
	}
	if (count && thread->is_pc_only)
		reader->is_failed = true;
	thread->pages = pages;
	thread->pages_count = count;
	return 0;
}

static int read_threads(struct job_bytes *reader, struct arena *arena, struct unwind_job *job)
{
	uint32_t count = job_bytes_count(reader, MAX_CRASH_THREADS, THREAD_MIN_BYTES);
	struct job_thread *threads = arena_allocate(arena, count * sizeof(*threads));

	if (!threads)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		struct job_thread *thread = &threads[i];
		uint8_t flags;
		int r;

		thread->tid = job_bytes_u32(reader);
		flags = job_bytes_u8(reader);
		thread->is_crashed = flags & THREAD_IS_CRASHED;
		thread->is_truncated = flags & THREAD_IS_TRUNCATED;
		thread->is_pc_only = flags & THREAD_IS_PC_ONLY;
		job_bytes_copy(reader, thread->registers, sizeof(thread->registers));
		r = read_pages(reader, arena, thread);
		if (r < 0)
			return r;
	}
	job->threads = threads;
	job->threads_count = count;
	return 0;
}

static void read_type_name(struct job_bytes *reader, struct unwind_job *job)
{
	uint32_t size = job_bytes_u32(reader);

	if (size > MAX_TYPE_BYTES)
		reader->is_failed = true;
	job->type_name = job_bytes_view(reader, size);
}

int unwind_job_decode(struct view bytes, const int *fds, uint32_t fds_count, struct arena *arena,
		      struct unwind_job *ret)
{
	struct job_bytes reader = {.rest = bytes};
	struct received_files files = {fds, fds_count};
	struct unwind_job job = {0};
	int r;

	if (job_bytes_u32(&reader) != JOB_MAGIC)
		return -EBADMSG;
	job.id = job_bytes_u64(&reader);
	job.is_arm64 = job_bytes_u8(&reader);
	job.is_profile = job_bytes_u8(&reader);
	job.perf_map_fd = read_file(&reader, &files);
	r = read_images(&reader, &files, arena, &job);
	if (r == 0)
		r = read_mappings(&reader, arena, &job);
	if (r == 0)
		r = read_threads(&reader, arena, &job);
	if (r < 0)
		return r;
	read_type_name(&reader, &job);
	if (reader.is_failed || reader.rest.size)
		return -EBADMSG;
	*ret = job;
	return 0;
}
