/* Points are told when a sample comes, so that they stand in the recording among the traffic of
 * their time; everything else follows when it is known. */
#include "profile/profiler.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "profile/python_frames.h"
#include "profile/sample_collector.h"
#include "profile/stack_builder.h"

#define KALLSYMS       "/proc/kallsyms"
#define FINISH_WAIT_NS (3 * NS_PER_S)

struct profiler {
	struct profiler_sink sink;
	struct drops *drops;
	struct sample_collector *collector; /* NULL with the next: a replay */
	struct sample_unwinder *unwinder;
	struct stack_builder *stacks;
	struct python_frames *python; /* NULL: a replay */
	struct profile_builder *builder;
	uint64_t frequency_hz;
	uint32_t next_point;
	uint64_t lost;
};

static void tell(const struct profiler *profiler, const void *record, size_t size)
{
	if (profiler->sink.on_record)
		profiler->sink.on_record(profiler->sink.self, view_of(record, size));
}

static void on_record(void *self, struct view record)
{
	const struct profiler *profiler = self;

	profiler->sink.on_record(profiler->sink.self, record);
}

static void on_told(void *self, struct sample *sample)
{
	struct profiler *profiler = self;
	const struct profile_sample_record *from = &sample->record;
	bool is_off_cpu = from->flags & SAMPLE_IS_OFF_CPU;
	struct profile_point_record point = {
		.header = {.kind = RECORD_PROFILE_POINT,
			   .size = sizeof(point),
			   .time_ns = from->header.time_ns},
		.weight_ns = is_off_cpu ? from->blocked_ns : NS_PER_S / profiler->frequency_hz,
		.context = from->context,
		.point = profiler->next_point++,
		.tgid = from->tgid,
		.tid = from->tid,
		.frequency_hz = (uint32_t)profiler->frequency_hz,
		.flags = is_off_cpu ? POINT_IS_OFF_CPU : 0,
	};

	memcpy(point.name, from->name, sizeof(point.name));
	python_frames_resolve(profiler->python, sample);
	sample->point = point.point;
	tell(profiler, &point, sizeof(point));
	profile_builder_take_point(profiler->builder, &point);
}

static void on_sample(void *self, struct sample **sample)
{
	sample_unwinder_take(((struct profiler *)self)->unwinder, sample);
}

static void on_unwound(void *self, const struct sample *sample,
		       const struct unwound_sample *unwound)
{
	struct profiler *profiler = self;
	struct profile_unwound_record record = {
		.header = {.kind = RECORD_PROFILE_UNWOUND,
			   .size = sizeof(record),
			   .time_ns = clock_monotonic_ns()},
		.point = sample->point,
		.stack = NO_STACK,
	};

	if (unwound) {
		struct built_stack built = stack_builder_add(profiler->stacks, sample, unwound);

		record.stack = built.stack;
		record.is_cut = built.loss;
	}
	tell(profiler, &record, sizeof(record));
	profile_builder_take_stack(profiler->builder, &record);
}

static int new_live_stages(struct profiler *profiler, const struct settings *settings,
			   struct image_table *images)
{
	struct sample_collector_sink collected = {profiler, on_told, on_sample};
	struct sample_unwinder_settings unwinding = {settings->crash.debug_root, images, on_unwound,
						     profiler};
	int err = sample_unwinder_new(&profiler->unwinder, &unwinding, profiler->drops);

	if (err == 0)
		err = python_frames_new(&profiler->python, profiler->stacks);
	if (err == 0)
		err = sample_collector_new(&profiler->collector, &collected, profiler->drops);
	return err;
}

int profiler_new(struct profiler **ret, const struct settings *settings, struct image_table *images,
		 const struct profiler_sink *sink, struct drops *drops)
{
	_cleanup_(profiler_free) struct profiler *profiler = calloc(1, sizeof(*profiler));
	struct process_profiles_sink profiles = {sink->self, sink->resource_of, sink->on_profile};
	bool is_live = settings->command != COMMAND_REPLAY && settings->profile.frequency_hz;
	int err;

	if (!profiler)
		return -ENOMEM;
	profiler->sink = *sink;
	profiler->drops = drops;
	profiler->frequency_hz = settings->profile.frequency_hz;
	err = stack_builder_new(&profiler->stacks, is_live ? KALLSYMS : NULL,
				is_live && sink->on_record ? on_record : NULL, profiler);
	if (err == 0)
		err = profile_builder_new(&profiler->builder,
					  stack_builder_dictionary(profiler->stacks), &profiles,
					  drops);
	if (err == 0 && is_live)
		err = new_live_stages(profiler, settings, images);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(profiler);
	return 0;
}

void profiler_free(struct profiler **profiler)
{
	if (!*profiler)
		return;
	sample_collector_free(&(*profiler)->collector);
	sample_unwinder_free(&(*profiler)->unwinder);
	python_frames_free(&(*profiler)->python);
	profile_builder_free(&(*profiler)->builder);
	stack_builder_free(&(*profiler)->stacks);
	free(*profiler);
	*profiler = NULL;
}

void profiler_take_sample(struct profiler *profiler, struct view bytes)
{
	if (profiler->collector)
		sample_collector_take(profiler->collector, bytes);
}

static bool take_recorded(struct profiler *profiler, const struct event *event)
{
	const void *record = event->bytes.bytes;
	size_t size = event->bytes.size;

	switch (event->kind) {
	case RECORD_PROFILE_POINT:
		if (size >= sizeof(struct profile_point_record))
			profile_builder_take_point(profiler->builder, record);
		return size >= sizeof(struct profile_point_record);
	case RECORD_PROFILE_UNWOUND:
		if (size >= sizeof(struct profile_unwound_record))
			profile_builder_take_stack(profiler->builder, record);
		return size >= sizeof(struct profile_unwound_record);
	case RECORD_PROFILE_LOSS:
		if (size >= sizeof(struct profile_loss_record))
			profile_builder_take_loss(profiler->builder, record);
		return size >= sizeof(struct profile_loss_record);
	default:
		return stack_builder_take_record(profiler->stacks, event->bytes);
	}
}

void profiler_take(struct profiler *profiler, const struct event *event)
{
	switch (event->kind) {
	case RECORD_PROFILE_POINT:
	case RECORD_PROFILE_UNWOUND:
	case RECORD_PROFILE_LOSS:
	case RECORD_PROFILE_IMAGE:
	case RECORD_PROFILE_FRAME:
	case RECORD_PROFILE_STACK:
		if (profiler->collector || !take_recorded(profiler, event))
			drops_count(profiler->drops, DROP_RECORD_MALFORMED);
		break;
	default:
		break;
	}
}

void profiler_executes(struct profiler *profiler, uint32_t tgid, uint64_t time_ns)
{
	if (profiler->unwinder)
		sample_unwinder_flush(profiler->unwinder, tgid, time_ns);
}

void profiler_take_request(struct profiler *profiler, const struct served_request *request)
{
	profile_builder_take_request(profiler->builder, request);
}

void profiler_set_python(struct profiler *profiler, uint32_t tgid, int minor)
{
	if (profiler->python)
		python_frames_set_process(profiler->python, tgid, minor);
}

void profiler_set_lost(struct profiler *profiler, uint64_t total, uint64_t now_ns)
{
	struct profile_loss_record record = {
		.header = {.kind = RECORD_PROFILE_LOSS, .size = sizeof(record), .time_ns = now_ns},
		.loss = PROFILE_LOST_RING,
		.count = total - profiler->lost,
	};

	if (total <= profiler->lost)
		return;
	profiler->lost = total;
	tell(profiler, &record, sizeof(record));
	profile_builder_take_loss(profiler->builder, &record);
}

void profiler_tick(struct profiler *profiler, uint64_t now_ns)
{
	if (profiler->collector) {
		sample_collector_tick(profiler->collector, now_ns);
		sample_unwinder_tick(profiler->unwinder, now_ns);
	}
	profile_builder_tick(profiler->builder, now_ns);
}

int profiler_fd(const struct profiler *profiler)
{
	return profiler->unwinder ? sample_unwinder_fd(profiler->unwinder) : -1;
}

void profiler_end_samples(struct profiler *profiler)
{
	if (!profiler->collector)
		return;
	sample_collector_finish(profiler->collector);
	sample_unwinder_finish(profiler->unwinder, clock_monotonic_ns() + FINISH_WAIT_NS);
}

void profiler_finish(struct profiler *profiler)
{
	profile_builder_finish(profiler->builder);
}

void profiler_set_unix_offset(struct profiler *profiler, uint64_t unix_offset_ns)
{
	profile_builder_set_unix_offset(profiler->builder, unix_offset_ns);
}

void profiler_look(const struct profiler *profiler,
		   void (*on_profile)(void *self, const struct profile *profile), void *self)
{
	profile_builder_look(profiler->builder, on_profile, self);
}

struct profile_builder_counts profiler_counts(const struct profiler *profiler)
{
	return profile_builder_counts(profiler->builder);
}
