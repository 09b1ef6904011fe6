/* The wiring between the room of profiles, the table of processes and the assembler. */
#include "profile_stage.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "profile/profiler.h"

#define MAX_PYTHONS 1024

struct profile_stage {
	struct profiler *profiler;
	struct hash_map *pythons; /* tgid → struct python_runtime */
	struct profile_stage_python watch;
	struct profile_stage_ground ground;
};

static void on_record(void *self, struct view record)
{
	struct profile_stage *stage = self;

	live_recording_add_made(*stage->ground.recording, record);
}

static struct resource *resource_of(void *self, uint32_t tgid)
{
	struct profile_stage *stage = self;

	return process_table_resource(stage->ground.processes, (pid_t)tgid);
}

static void on_profile(void *self, struct profile **profile)
{
	struct profile_stage *stage = self;

	metadata_stage_take_profile(stage->ground.metadata, profile);
}

static void on_served(void *self, const struct served_request *request)
{
	profiler_take_request(((struct profile_stage *)self)->profiler, request);
}

static int check_settings(const struct settings *settings)
{
	if (settings->command == COMMAND_AGENT) {
		log_error(
			"--profile: cannot profile a whole host; use it with limpet run or limpet attach");
		return -EINVAL;
	}
	if (!settings->crash.enabled) {
		log_error(
			"--profile: samples are unwound with what crashes are unwound with; leave out --crashes=off");
		return -EINVAL;
	}
	return 0;
}

int profile_stage_new(struct profile_stage **ret, const struct profile_stage_ground *ground)
{
	_cleanup_(profile_stage_free) struct profile_stage *stage = NULL;
	const struct settings *settings = ground->settings;
	struct profiler_sink profiles = {.resource_of = resource_of, .on_profile = on_profile};
	struct served_watch watch = {.on_served = on_served};
	bool is_replay = settings->command == COMMAND_REPLAY;
	int err;

	*ret = NULL;
	if (!is_replay && !settings->profile.frequency_hz)
		return 0;
	err = is_replay ? 0 : check_settings(settings);
	if (err < 0)
		return err;
	stage = calloc(1, sizeof(*stage));
	if (!stage)
		return -ENOMEM;
	stage->ground = *ground;
	profiles.self = watch.self = stage;
	if (!is_replay && settings->capture.record_file)
		profiles.on_record = on_record;
	err = hash_map_new(&stage->pythons, sizeof(uint32_t), sizeof(struct python_runtime),
			   MAX_PYTHONS);
	if (err < 0)
		return err;
	err = profiler_new(&stage->profiler, settings, ground->images, &profiles, ground->drops);
	if (err < 0)
		return err;
	assembler_watch_requests(ground->assembler, &watch);
	*ret = TAKE_PTR(stage);
	return 0;
}

void profile_stage_free(struct profile_stage **stage)
{
	if (!*stage)
		return;
	profiler_free(&(*stage)->profiler);
	hash_map_free(&(*stage)->pythons);
	free(*stage);
	*stage = NULL;
}

void profile_stage_take_sample(struct profile_stage *stage, struct view bytes)
{
	if (stage)
		profiler_take_sample(stage->profiler, bytes);
}

struct drops *profile_stage_drops(const struct profile_stage *stage)
{
	return stage->ground.drops;
}

void profile_stage_note_lost(struct profile_stage *stage, uint64_t now_ns)
{
	profiler_set_lost(stage->profiler, drops_get(stage->ground.drops, DROP_PROFILE_RING_FULL),
			  now_ns);
}

void profile_stage_watch_python(struct profile_stage *stage,
				const struct profile_stage_python *watch)
{
	stage->watch = *watch;
}

static void set_python(struct profile_stage *stage, uint32_t tgid,
		       const struct python_runtime *runtime)
{
	struct python_runtime *known = hash_map_add(stage->pythons, &tgid, NULL);

	if (!known)
		return;
	*known = *runtime;
	profiler_set_python(stage->profiler, tgid, (int)runtime->minor);
	if (stage->watch.tell)
		stage->watch.tell(stage->watch.self, tgid, runtime);
}

static void forget_python(struct profile_stage *stage, uint32_t tgid)
{
	if (!hash_map_remove(stage->pythons, &tgid))
		return;
	profiler_set_python(stage->profiler, tgid, 0);
	if (stage->watch.tell)
		stage->watch.tell(stage->watch.self, tgid, NULL);
}

static void take_mapping(struct profile_stage *stage, const struct image_record *record)
{
	const struct image_mapping *mappings;
	uint32_t count = image_table_find(stage->ground.images, (pid_t)record->tgid, &mappings);
	struct python_runtime runtime;
	uint64_t base;
	int fd;

	for (uint32_t i = 0; i < count; i++) {
		const struct image *image = mappings[i].image;

		if (mappings[i].start != record->start || !image || !image->file.has_layout)
			continue;
		fd = image_table_fd(stage->ground.images, (pid_t)record->tgid, &mappings[i]);
		if (fd >= 0 &&
		    elf_layout_base(&image->file.layout, mappings[i].start, mappings[i].file_offset,
				    &base) &&
		    python_runtime_find(fd, image->path, &image->file.layout, base, &runtime) == 0)
			set_python(stage, record->tgid, &runtime);
	}
}

void profile_stage_before(struct profile_stage *stage, const struct event *event)
{
	if (stage && event->kind == RECORD_IMAGE && event->image->action == IMAGE_EXEC)
		profiler_executes(stage->profiler, event->image->tgid, event->time_ns);
}

static void take_image(struct profile_stage *stage, const struct event *event)
{
	const struct image_record *record = event->image;
	const struct python_runtime *known;
	struct python_runtime copy;

	if (record->action == IMAGE_EXEC) {
		forget_python(stage, record->tgid);
	} else if (record->action == IMAGE_FORK) {
		known = hash_map_find(stage->pythons, &record->parent_tgid);
		if (!known)
			return;
		copy = *known;
		set_python(stage, record->tgid, &copy);
	} else if (stage->ground.images && python_runtime_is_python(event->bytes)) {
		take_mapping(stage, record);
	}
}

void profile_stage_take(struct profile_stage *stage, const struct event *event)
{
	if (!stage)
		return;
	if (event->kind == RECORD_IMAGE && stage->ground.settings->command != COMMAND_REPLAY)
		take_image(stage, event);
	else if (event->kind == RECORD_PROCESS_EXIT)
		forget_python(stage, event->exit->tgid);
	profiler_take(stage->profiler, event);
}

void profile_stage_tick(struct profile_stage *stage, uint64_t now_ns)
{
	if (stage)
		profiler_tick(stage->profiler, now_ns);
}

int profile_stage_fd(const struct profile_stage *stage)
{
	return stage ? profiler_fd(stage->profiler) : -1;
}

void profile_stage_end_samples(struct profile_stage *stage)
{
	if (stage)
		profiler_end_samples(stage->profiler);
}

void profile_stage_finish(struct profile_stage *stage)
{
	if (stage)
		profiler_finish(stage->profiler);
}

void profile_stage_set_unix_offset(struct profile_stage *stage, uint64_t unix_offset_ns)
{
	if (stage)
		profiler_set_unix_offset(stage->profiler, unix_offset_ns);
}

void profile_stage_look(const struct profile_stage *stage,
			void (*visit)(void *self, const struct profile *profile), void *self)
{
	if (stage)
		profiler_look(stage->profiler, visit, self);
}

void profile_stage_print(const struct profile_stage *stage)
{
	struct profile_builder_counts counts;

	if (!stage)
		return;
	counts = profiler_counts(stage->profiler);
	if (!counts.samples && !drops_get(stage->ground.drops, DROP_PROFILE_RING_FULL))
		return;
	log_info(
		"%llu samples, %llu of them waits; %llu unwound, %llu to the end, %llu within requests; %llu lost",
		(unsigned long long)counts.samples, (unsigned long long)counts.off_cpu,
		(unsigned long long)counts.unwound, (unsigned long long)counts.whole,
		(unsigned long long)counts.linked,
		(unsigned long long)(counts.samples - counts.unwound +
				     drops_get(stage->ground.drops, DROP_PROFILE_RING_FULL)));
}
