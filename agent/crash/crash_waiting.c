/* One slot per crash; its job's number is the slot's and a count, so that a late answer finds
 * nobody. */
#include "crash/crash_waiting.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "crash/abort_places.h"
#include "crash/crash_builder.h"
#include "crash/crash_limiter.h"
#include "crash/minidump.h"
#include "crash/native_registers.h"
#include "unwinding/symbol_process.h"

#define MAX_WAITING       64
#define MAX_SYMBOL_MEMORY (1ull << 30)
#define JOB_TIMEOUT_MS    5000
#define WAIT_NS           (20 * NS_PER_S) /* two jobs that overran, and their queue */
#define LINK_WAIT_NS      (2 * NS_PER_S)
#define SEGMENTS_WAIT_NS  (60 * NS_PER_MS) /* what the process served last settles */

struct slot {
	struct raw_crash *raw; /* NULL: free */
	struct crash *crash;
	struct crash_images images;
	uint64_t job_id;
	uint64_t since_ns; /* its end, by record time */
	uint64_t seen_ns;  /* 0: at the next tick. Its end may be long ago, before this agent */
	bool is_answered;
};

struct crash_waiting {
	const struct settings *settings;
	struct image_table *images;
	struct crash_links *links;
	struct crash_waiting_sink sink;
	struct drops *drops;
	struct crash_limiter *limiter;
	struct symbol_process *symbols;
	struct abort_places abort_places;
	struct slot slots[MAX_WAITING];
	uint32_t count;
	uint64_t next_job;
	uint64_t now_ns;
	bool is_hurried;
};

static void on_answer(void *self, uint64_t job_id, const struct unwind_answer *answer)
{
	struct crash_waiting *waiting = self;
	struct slot *slot = &waiting->slots[job_id % MAX_WAITING];

	if (!slot->raw || slot->job_id != job_id || slot->is_answered)
		return;
	if (!answer)
		drops_count(waiting->drops, DROP_SYMBOLS_FAILED);
	crash_builder_take_answer(slot->crash, &slot->images, answer);
	slot->is_answered = true;
}

int crash_waiting_new(struct crash_waiting **ret, const struct settings *settings,
		      struct image_table *images, struct crash_links *links,
		      const struct crash_waiting_sink *sink, struct drops *drops)
{
	_cleanup_(crash_waiting_free) struct crash_waiting *waiting = calloc(1, sizeof(*waiting));
	struct symbol_process_settings symbols = {
		.max_jobs = MAX_WAITING,
		.max_memory_bytes = MAX_SYMBOL_MEMORY,
		.job_timeout_ms = JOB_TIMEOUT_MS,
		.debug_root = settings->crash.debug_root,
	};
	int err;

	if (!waiting)
		return -ENOMEM;
	waiting->settings = settings;
	waiting->images = images;
	waiting->links = links;
	waiting->sink = *sink;
	waiting->drops = drops;
	waiting->abort_places.learn = sink->learn_abort_place;
	waiting->abort_places.self = sink->learn_self;
	err = crash_limiter_new(&waiting->limiter, settings->crash.burst,
				settings->crash.interval_ms * NS_PER_MS);
	if (err == 0)
		err = symbol_process_new(&waiting->symbols, &symbols, on_answer, waiting);
	if (err < 0)
		return err;
	abort_places_begin(&waiting->abort_places);
	*ret = TAKE_PTR(waiting);
	return 0;
}

static void free_slot(struct crash_waiting *waiting, struct slot *slot)
{
	raw_crash_free(&slot->raw);
	crash_free(&slot->crash);
	*slot = (struct slot){0};
	waiting->count--;
}

void crash_waiting_free(struct crash_waiting **waiting)
{
	if (!*waiting)
		return;
	symbol_process_free(&(*waiting)->symbols);
	for (uint32_t i = 0; i < MAX_WAITING; i++)
		if ((*waiting)->slots[i].raw)
			free_slot(*waiting, &(*waiting)->slots[i]);
	crash_limiter_free(&(*waiting)->limiter);
	free(*waiting);
	*waiting = NULL;
}

/* Alike is what happened at the same place of the same program. */
static bool is_admitted(struct crash_waiting *waiting, const struct slot *slot)
{
	const struct crash *crash = slot->crash;
	struct crash_limiter_key key = {.signal = crash->signal, .kind = crash->kind};
	const struct job_mapping *mapping;
	uint64_t pc;

	/* Then the exception says what it is like (exceptions/exception_limiter.h). */
	if (slot->raw->has_exception)
		return true;
	if (slot->images.executable != NO_IMAGE)
		key.executable = slot->images.images[slot->images.executable].key;
	if (crash->threads_count) {
		pc = crash->threads[0].registers[PROGRAM_COUNTER];
		mapping = crash_images_find(&slot->images, pc);
		key.offset = mapping ? pc - mapping->start + mapping->file_offset : pc;
		if (mapping && mapping->image != NO_IMAGE)
			key.image = slot->images.images[mapping->image].key;
	}
	return crash_limiter_admit(waiting->limiter, &key, waiting->now_ns,
				   &slot->crash->suppressed_count);
}

static int find_perf_map(struct crash_waiting *waiting, const struct raw_crash *raw)
{
	return raw->is_another ? -1
			       : image_table_perf_map_fd(waiting->images, (pid_t)raw->tgid,
							 waiting->now_ns);
}

static void submit(struct crash_waiting *waiting, struct slot *slot)
{
	const struct cpp_throw_record *thrown = slot->raw->thrown;
	uint32_t threads_count = 0;
	struct job_thread *threads = crash_builder_threads(slot->raw, slot->crash, &threads_count);
	struct unwind_job job = {
		.id = slot->job_id,
#if defined(__aarch64__)
		.is_arm64 = true,
#endif
		.perf_map_fd = find_perf_map(waiting, slot->raw),
		.threads = threads,
		.threads_count = threads_count,
		.mappings = slot->images.mappings,
		.mappings_count = slot->images.mappings_count,
		.images = slot->images.images,
		.images_count = slot->images.images_count,
		.type_name = thrown ? view_of(thrown->name, thrown->name_size) : (struct view){0},
	};

	if (threads && symbol_process_submit(waiting->symbols, &job) == 0)
		return;
	if (threads)
		drops_count(waiting->drops, DROP_SYMBOLS_FAILED);
	crash_builder_take_answer(slot->crash, &slot->images, NULL);
	slot->is_answered = true;
}

static struct slot *take_slot(struct crash_waiting *waiting)
{
	for (uint32_t i = 0; i < MAX_WAITING; i++) {
		struct slot *slot = &waiting->slots[i];

		if (slot->raw)
			continue;
		slot->job_id = waiting->next_job++ * MAX_WAITING + i;
		waiting->count++;
		return slot;
	}
	return NULL;
}

static struct view executable_path(const struct crash *crash)
{
	return attribute_string(&crash->resource->attributes, "process.executable.path");
}

void crash_waiting_add(struct crash_waiting *waiting, struct raw_crash **raw, struct crash **crash)
{
	struct slot *slot = take_slot(waiting);

	if (!slot) {
		drops_count(waiting->drops, DROP_CRASH_TABLE_FULL);
		waiting->sink.on_left_out(waiting->sink.self, *raw);
		raw_crash_free(raw);
		crash_free(crash);
		return;
	}
	slot->raw = TAKE_PTR(*raw);
	slot->crash = TAKE_PTR(*crash);
	slot->since_ns = slot->raw->death_ns;
	slot->images = (struct crash_images){.executable = NO_IMAGE};
	if (!slot->raw->is_another)
		crash_images_collect(&slot->images, waiting->images, executable_path(slot->crash),
				     slot->crash);
	if (slot->raw->threads_count && !slot->raw->is_another)
		abort_places_take(&waiting->abort_places, waiting->images,
				  &slot->raw->threads[0]->record);
	if (!is_admitted(waiting, slot)) {
		drops_count(waiting->drops, DROP_CRASH_SUPPRESSED);
		waiting->sink.on_left_out(waiting->sink.self, slot->raw);
		free_slot(waiting, slot);
		return;
	}
	submit(waiting, slot);
}

static void hand_on(struct crash_waiting *waiting, struct slot *slot)
{
	struct crash *crash;

	if (!slot->is_answered) {
		drops_count(waiting->drops, DROP_SYMBOLS_FAILED);
		crash_builder_take_answer(slot->crash, &slot->images, NULL);
	}
	crash_builder_finish(slot->crash, slot->raw, &slot->images);
	if (waiting->settings->crash.minidump && !slot->crash->is_metadata_only)
		(void)minidump_write(slot->crash, slot->raw);
	crash = TAKE_PTR(slot->crash);
	waiting->sink.on_ready(waiting->sink.self, slot->raw, &crash);
	free_slot(waiting, slot);
}

/* Are its segments here: the one that was broken, and all others? */
static bool are_segments_here(const struct crash_waiting *waiting, const struct slot *slot)
{
	uint64_t since_ns = slot->since_ns;

	if (waiting->is_hurried)
		return true;
	return waiting->now_ns > since_ns + SEGMENTS_WAIT_NS &&
	       ((!crash_links_is_awaited(waiting->links, slot->raw->token) &&
		 !(slot->raw->has_exception &&
		   waiting->sink.awaits_link(waiting->sink.self, slot->raw->tgid))) ||
		waiting->now_ns > since_ns + LINK_WAIT_NS);
}

void crash_waiting_tick(struct crash_waiting *waiting, uint64_t now_ns)
{
	waiting->now_ns = now_ns;
	symbol_process_poll(waiting->symbols, clock_monotonic_ns());
	for (uint32_t i = 0; i < MAX_WAITING && waiting->count; i++) {
		struct slot *slot = &waiting->slots[i];

		if (!slot->raw)
			continue;
		if (!slot->seen_ns)
			slot->seen_ns = now_ns;
		if ((slot->is_answered && are_segments_here(waiting, slot)) ||
		    now_ns > slot->seen_ns + WAIT_NS)
			hand_on(waiting, slot);
	}
}

int crash_waiting_fd(const struct crash_waiting *waiting)
{
	return symbol_process_fd(waiting->symbols);
}

bool crash_waiting_is_busy(const struct crash_waiting *waiting)
{
	return waiting->count > 0;
}

void crash_waiting_hurry(struct crash_waiting *waiting)
{
	waiting->is_hurried = true;
}

void crash_waiting_finish(struct crash_waiting *waiting)
{
	for (uint32_t i = 0; i < MAX_WAITING; i++)
		if (waiting->slots[i].raw)
			hand_on(waiting, &waiting->slots[i]);
}
