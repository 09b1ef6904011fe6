/*
 * A batch per process gathers for a while, so that mappings as young as its samples are known, also
 * of one that has ended meanwhile, and a job is worth its cost. Batches under way keep their
 * samples, without the pages: those travel in the job.
 */
#include "profile/sample_unwinder.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "unwinding/symbol_process.h"

#define MAX_BATCH_SAMPLES MAX_CRASH_THREADS
#define MAX_PROCESSES     1024
#define MAX_JOBS          64
#define MAX_BATCH_BYTES   (4u << 20) /* of mappings and paths */
#define MAX_PAGES         8192       /* in batches and jobs: 32 MiB */
#define MAX_SYMBOL_MEMORY (1ull << 30)
#define JOB_TIMEOUT_MS    10000
#define GATHERING_NS      (250 * NS_PER_MS)

struct batch {
	uint32_t tgid;
	uint64_t process_start_ns;
	uint64_t since_ns;
	uint64_t job_id;
	uint32_t pages_count;
	uint32_t count;
	struct sample *samples[MAX_BATCH_SAMPLES];
	struct crash_images images;
	struct arena arena;
};

struct process_key {
	uint64_t start_ns;
	uint32_t tgid;
	uint32_t reserved;
};

struct sample_unwinder {
	struct sample_unwinder_settings settings;
	struct symbol_process *symbols;
	struct hash_map *gathering; /* struct process_key → struct batch * */
	struct batch *jobs[MAX_JOBS];
	uint64_t next_job;
	uint32_t pages_count;
	struct drops *drops;
};

static struct batch *batch_new(uint32_t tgid, uint64_t process_start_ns)
{
	struct batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return NULL;
	batch->tgid = tgid;
	batch->process_start_ns = process_start_ns;
	batch->since_ns = clock_monotonic_ns();
	arena_init(&batch->arena, MAX_BATCH_BYTES);
	return batch;
}

static void batch_free(struct batch **batch)
{
	if (!*batch)
		return;
	for (uint32_t i = 0; i < (*batch)->count; i++)
		sample_free(&(*batch)->samples[i]);
	arena_done(&(*batch)->arena);
	free(*batch);
	*batch = NULL;
}

/* Back to who wants them, unwound or not. */
static void give_back(struct sample_unwinder *unwinder, struct batch *batch,
		      const struct unwind_answer *answer)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		struct unwound_sample unwound = {.images = &batch->images};
		bool is_unwound = answer && i < answer->threads_count;

		if (is_unwound) {
			unwound.frames = answer->threads[i].frames;
			unwound.frames_count = answer->threads[i].frames_count;
			unwound.is_truncated = answer->threads[i].is_truncated;
			unwound.is_complete = answer->threads[i].is_complete;
		} else {
			drops_count(unwinder->drops, DROP_PROFILE_BACKLOG);
		}
		unwinder->settings.on_unwound(unwinder->settings.self, batch->samples[i],
					      is_unwound ? &unwound : NULL);
	}
	unwinder->pages_count -= batch->pages_count;
}

static void on_answer(void *self, uint64_t job_id, const struct unwind_answer *answer)
{
	struct sample_unwinder *unwinder = self;
	_cleanup_(batch_free) struct batch *batch = unwinder->jobs[job_id % MAX_JOBS];

	if (!batch || batch->job_id != job_id) {
		batch = NULL; /* not ours to free */
		return;
	}
	unwinder->jobs[job_id % MAX_JOBS] = NULL;
	give_back(unwinder, batch, answer);
}

int sample_unwinder_new(struct sample_unwinder **ret,
			const struct sample_unwinder_settings *settings, struct drops *drops)
{
	_cleanup_(sample_unwinder_free) struct sample_unwinder *unwinder =
		calloc(1, sizeof(*unwinder));
	struct symbol_process_settings symbols = {
		.max_jobs = MAX_JOBS,
		.max_memory_bytes = MAX_SYMBOL_MEMORY,
		.job_timeout_ms = JOB_TIMEOUT_MS,
		.debug_root = settings->debug_root,
	};
	int err;

	if (!unwinder)
		return -ENOMEM;
	unwinder->settings = *settings;
	unwinder->drops = drops;
	err = hash_map_new(&unwinder->gathering, sizeof(struct process_key), sizeof(struct batch *),
			   MAX_PROCESSES);
	if (err == 0)
		err = symbol_process_new(&unwinder->symbols, &symbols, on_answer, unwinder);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(unwinder);
	return 0;
}

void sample_unwinder_free(struct sample_unwinder **unwinder)
{
	void *cursor = NULL;
	struct batch **batch;

	if (!*unwinder)
		return;
	symbol_process_free(&(*unwinder)->symbols);
	while ((*unwinder)->gathering && (batch = hash_map_next((*unwinder)->gathering, &cursor)))
		batch_free(batch);
	hash_map_free(&(*unwinder)->gathering);
	for (uint32_t i = 0; i < MAX_JOBS; i++)
		batch_free(&(*unwinder)->jobs[i]);
	free(*unwinder);
	*unwinder = NULL;
}

static void fill_threads(const struct batch *batch, struct job_thread *threads)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		const struct sample *sample = batch->samples[i];

		threads[i] = (struct job_thread){
			.tid = sample->record.tid,
			.is_pc_only =
				sample->record.flags & (SAMPLE_IS_NOT_DUMPABLE | SAMPLE_IS_COMPAT),
			.is_truncated = sample->record.flags & SAMPLE_IS_TRUNCATED,
			.pages = sample->pages,
			.pages_count = sample->pages_count,
		};
		memcpy(threads[i].registers, sample->record.registers,
		       sizeof(threads[i].registers));
	}
}

static int submit(struct sample_unwinder *unwinder, struct batch *batch, uint64_t now_ns)
{
	static struct job_thread threads[MAX_BATCH_SAMPLES];
	struct image_table *images = unwinder->settings.images;
	struct unwind_job job = {
		.id = batch->job_id,
#if defined(__aarch64__)
		.is_arm64 = true,
#endif
		.is_profile = true,
		.perf_map_fd = image_table_perf_map_fd(images, (pid_t)batch->tgid, now_ns),
		.threads = threads,
		.threads_count = batch->count,
	};

	crash_images_gather(&batch->images, images, (pid_t)batch->tgid, &batch->arena);
	fill_threads(batch, threads);
	job.mappings = batch->images.mappings;
	job.mappings_count = batch->images.mappings_count;
	job.images = batch->images.images;
	job.images_count = batch->images.images_count;
	return symbol_process_submit(unwinder->symbols, &job);
}

/* Takes the batch. Its memory of stacks ends here, whatever comes. */
static void hand_over(struct sample_unwinder *unwinder, struct batch *taken, uint64_t now_ns)
{
	_cleanup_(batch_free) struct batch *batch = taken;
	struct batch **place = &unwinder->jobs[unwinder->next_job % MAX_JOBS];
	int err = -EAGAIN;

	batch->job_id = unwinder->next_job;
	if (!*place)
		err = submit(unwinder, batch, now_ns);
	for (uint32_t i = 0; i < batch->count; i++)
		sample_drop_pages(batch->samples[i]);
	if (err < 0) {
		give_back(unwinder, batch, NULL);
		return;
	}
	unwinder->next_job++;
	*place = TAKE_PTR(batch);
}

static void hand_over_entry(struct sample_unwinder *unwinder, struct batch **entry, uint64_t now_ns)
{
	struct batch *batch = *entry;
	struct process_key key;

	memcpy(&key, hash_map_key(unwinder->gathering, entry), sizeof(key));
	(void)hash_map_remove(unwinder->gathering, &key);
	hand_over(unwinder, batch, now_ns);
}

static struct batch **find_or_add(struct sample_unwinder *unwinder, const struct sample *sample)
{
	struct process_key key = {sample->record.process_start_ns, sample->record.tgid, 0};
	struct batch **entry = hash_map_find(unwinder->gathering, &key);

	if (entry)
		return entry;
	if (hash_map_count(unwinder->gathering) == MAX_PROCESSES)
		hand_over_entry(unwinder, hash_map_oldest(unwinder->gathering),
				sample->record.header.time_ns);
	entry = hash_map_add(unwinder->gathering, &key, NULL);
	if (!entry)
		return NULL;
	*entry = batch_new(key.tgid, key.start_ns);
	if (!*entry) {
		(void)hash_map_remove(unwinder->gathering, &key);
		return NULL;
	}
	return entry;
}

void sample_unwinder_take(struct sample_unwinder *unwinder, struct sample **taken)
{
	_cleanup_(sample_free) struct sample *sample = TAKE_PTR(*taken);
	struct batch **entry = NULL;
	struct batch *batch;

	if (unwinder->pages_count + sample->pages_count <= MAX_PAGES)
		entry = find_or_add(unwinder, sample);
	if (!entry) {
		drops_count(unwinder->drops, DROP_PROFILE_BACKLOG);
		unwinder->settings.on_unwound(unwinder->settings.self, sample, NULL);
		return;
	}
	batch = *entry;
	batch->pages_count += sample->pages_count;
	unwinder->pages_count += sample->pages_count;
	batch->samples[batch->count++] = TAKE_PTR(sample);
	if (batch->count == MAX_BATCH_SAMPLES)
		hand_over_entry(unwinder, entry, clock_monotonic_ns());
}

/* Those of before stay in the batch; those of since then are a new one's, which returns. */
static struct batch *split(struct batch *batch, uint64_t executed_ns)
{
	_cleanup_(batch_free) struct batch *later = batch_new(batch->tgid, batch->process_start_ns);
	uint32_t kept = 0;

	if (!later)
		return NULL;
	for (uint32_t i = 0; i < batch->count; i++) {
		struct sample *sample = batch->samples[i];

		if (sample->record.header.time_ns < executed_ns) {
			batch->samples[kept++] = sample;
			continue;
		}
		later->samples[later->count++] = sample;
		later->pages_count += sample->pages_count;
	}
	batch->count = kept;
	batch->pages_count -= later->pages_count;
	return TAKE_PTR(later);
}

void sample_unwinder_flush(struct sample_unwinder *unwinder, uint32_t tgid, uint64_t executed_ns)
{
	struct batch **entry, *later;
	void *cursor = NULL;

	while ((entry = hash_map_next(unwinder->gathering, &cursor))) {
		if ((*entry)->tgid != tgid)
			continue;
		later = split(*entry, executed_ns);
		if (!later)
			continue;
		if ((*entry)->count)
			hand_over(unwinder, *entry, executed_ns);
		else
			batch_free(entry);
		*entry = later;
	}
}

void sample_unwinder_tick(struct sample_unwinder *unwinder, uint64_t now_ns)
{
	struct batch **entry;
	void *cursor = NULL;

	while ((entry = hash_map_next(unwinder->gathering, &cursor)))
		if (now_ns >= (*entry)->since_ns + GATHERING_NS)
			hand_over_entry(unwinder, entry, now_ns);
	symbol_process_poll(unwinder->symbols, now_ns);
}

int sample_unwinder_fd(const struct sample_unwinder *unwinder)
{
	return symbol_process_fd(unwinder->symbols);
}

void sample_unwinder_finish(struct sample_unwinder *unwinder, uint64_t deadline_ns)
{
	struct pollfd answers = {.fd = symbol_process_fd(unwinder->symbols), .events = POLLIN};
	struct batch **entry;
	void *cursor = NULL;
	uint64_t now_ns;

	while ((entry = hash_map_next(unwinder->gathering, &cursor)))
		hand_over_entry(unwinder, entry, clock_monotonic_ns());
	for (;;) {
		now_ns = clock_monotonic_ns();
		symbol_process_poll(unwinder->symbols, now_ns);
		if (symbol_process_waiting(unwinder->symbols) == 0 || now_ns >= deadline_ns)
			break;
		(void)poll(&answers, 1, 20);
	}
	for (uint32_t i = 0; i < MAX_JOBS; i++) {
		_cleanup_(batch_free) struct batch *late = TAKE_PTR(unwinder->jobs[i]);

		if (late)
			give_back(unwinder, late, NULL);
	}
}
