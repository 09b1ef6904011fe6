/* Most jobs have fewer files than there is room for; only the others are looked at closely. */
#include "unwinding/job_files.h"

#include <string.h>

static const struct job_mapping *find_mapping(const struct unwind_job *job, uint64_t address)
{
	uint32_t low = 0, high = job->mappings_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (job->mappings[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == job->mappings_count || job->mappings[low].start > address)
		return NULL;
	return &job->mappings[low];
}

static void mark_address(const struct unwind_job *job, uint64_t address, bool *is_wanted)
{
	const struct job_mapping *mapping = find_mapping(job, address);

	if (mapping && mapping->image < job->images_count && mapping->image < MAX_CRASH_IMAGES)
		is_wanted[mapping->image] = true;
}

static void mark_thread(const struct unwind_job *job, const struct job_thread *thread,
			bool *is_wanted)
{
	for (uint32_t i = 0; i < REGISTERS_COUNT; i++)
		mark_address(job, thread->registers[i], is_wanted);
	for (uint32_t i = 0; i < thread->pages_count && !thread->is_pc_only; i++) {
		for (uint32_t at = 0; at < STACK_PAGE_BYTES; at += sizeof(uint64_t)) {
			uint64_t word;

			memcpy(&word, thread->pages[i].bytes + at, sizeof(word));
			mark_address(job, word, is_wanted);
		}
	}
}

static void add_file(struct job_files *files, int fd, uint32_t image)
{
	files->fds[files->count] = fd;
	files->images[files->count++] = image;
}

void job_files_choose(const struct unwind_job *job, struct job_files *ret)
{
	bool is_wanted[MAX_CRASH_IMAGES] = {false}, is_crowded;
	/* More is refused by the encoder, but this may be asked first. */
	uint32_t images_count =
		job->images_count < MAX_CRASH_IMAGES ? job->images_count : MAX_CRASH_IMAGES;
	uint32_t open_count = 0, room;

	ret->count = 0;
	if (job->perf_map_fd >= 0)
		add_file(ret, job->perf_map_fd, NO_IMAGE);
	for (uint32_t i = 0; i < images_count; i++)
		open_count += job->images[i].fd >= 0;
	room = MAX_JOB_FILES - ret->count;
	is_crowded = open_count > room;
	for (uint32_t i = 0; i < job->threads_count && is_crowded; i++)
		mark_thread(job, &job->threads[i], is_wanted);
	/* What room the wanted leave goes to the others, in order. */
	for (uint32_t i = 0; i < images_count && is_crowded; i++)
		if (is_wanted[i] && job->images[i].fd >= 0 && room)
			room--;
	for (uint32_t i = 0; i < images_count && ret->count < MAX_JOB_FILES; i++) {
		if (job->images[i].fd < 0)
			continue;
		if (is_crowded && !is_wanted[i] && !room)
			continue;
		if (is_crowded && !is_wanted[i])
			room--;
		add_file(ret, job->images[i].fd, i);
	}
}
