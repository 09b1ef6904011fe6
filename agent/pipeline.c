/*
 * The one file to read: every stage in the order of the flow. A record becomes an event; events of
 * connections become exchanges, exchanges spans, spans segments; records of a dying process become
 * a crash, tied to the segment it broke. A kept segment and a crash are scrubbed, last of all, and
 * offered to every destination.
 */
#include "pipeline.h"

#include <errno.h>
#include <malloc.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "capture/event_decoder.h"
#include "connection/connection_table.h"
#include "connection_progress.h"
#include "destinations.h"
#include "discovery_stage.h"
#include "error_stage.h"
#include "live_recording.h"
#include "metadata_stage.h"
#include "process/image_table.h"
#include "process/runtime_flags.h"
#include "processors/scrubber.h"
#include "profile_stage.h"
#include "tracing/assembler.h"

#define TRIM_PROCESSES      256 /* gone since memory was last given back */
#define LINK_PATIENCE_TURNS 50  /* with traffic that never ends */

struct pipeline {
	struct pipeline_control control;
	struct pipeline_observer observer;
	struct live_recording *recording; /* NULL: none is made */
	struct process_table *processes;
	struct connection_table *connections;
	struct assembler *assembler;
	struct image_table *images;
	struct metadata_stage *metadata;
	struct error_stage *errors;    /* crashes and exceptions; NULL: not wanted */
	struct profile_stage *profile; /* NULL: not wanted */
	struct destinations *destinations;
	struct drops *drops;
	struct totals_errors errors_count;
	uint32_t gone_processes;
	uint64_t traffic_ns;   /* up to which traffic was read */
	uint32_t behind_turns; /* in a row that left traffic in the ring */
	bool can_wait;         /* a replay: nothing is lost for want of room in a queue */
};

/* An item leaves the capture thread. Nothing may be added to it after the scrubber. */
static void offer(void *self, struct item **item)
{
	struct pipeline *pipeline = self;
	enum drop_reason reason;
	const char *dsn;

	if (!metadata_stage_admits(pipeline->metadata, *item, &reason, &dsn)) {
		destinations_refuse(pipeline->destinations, reason, item);
		return;
	}
	if ((*item)->kind == ITEM_SEGMENT)
		scrubber_scrub((*item)->segment);
	else if ((*item)->kind == ITEM_CRASH)
		scrubber_scrub_crash((*item)->crash);
	if (pipeline->can_wait)
		destinations_wait(pipeline->destinations);
	destinations_offer(pipeline->destinations, *item, dsn);
	item_release(item);
}

static void deliver(void *self, struct segment **segment)
{
	struct pipeline *pipeline = self;

	if (discovery_stage_sends_segment(pipeline->control.discovery, *segment))
		metadata_stage_take_segment(pipeline->metadata, segment);
	else
		segment_free(segment);
}

static void deliver_crash(void *self, struct crash **crash)
{
	struct pipeline *pipeline = self;

	if (!discovery_stage_sends_crash(pipeline->control.discovery, *crash)) {
		crash_free(crash);
		return;
	}
	if ((*crash)->kind == CRASH_EXCEPTION)
		pipeline->errors_count.exceptions_count++;
	else
		pipeline->errors_count.crashes_count++;
	metadata_stage_take_crash(pipeline->metadata, crash);
}

static void deliver_session(void *self, struct session_report **report)
{
	metadata_stage_take_session(((struct pipeline *)self)->metadata, report);
}

static void on_finished(void *self, const struct segment *segment)
{
	struct pipeline *pipeline = self;
	/* Only looked at: nothing of it is written, nobody keeps it. */
	struct item item = {
		.references = 1, .kind = ITEM_SEGMENT, .segment = (struct segment *)segment};

	discovery_stage_see(pipeline->control.discovery, segment);
	if (pipeline->errors)
		error_stage_take_segment(pipeline->errors, segment);
	if (pipeline->observer.on_segment)
		pipeline->observer.on_segment(pipeline->observer.self, segment);
	if (!segment->sampling.is_sampled)
		destinations_count_drop(pipeline->destinations, DROP_SAMPLED, &item);
}

static void on_request(void *self, struct exchange *exchange, const struct message *message)
{
	assembler_take_request(((struct pipeline *)self)->assembler, exchange, message);
}

static void on_response(void *self, struct exchange *exchange, const struct message *message)
{
	assembler_take_response(((struct pipeline *)self)->assembler, exchange, message);
}

static void on_body(void *self, struct exchange *exchange, enum message_kind kind,
		    struct view bytes)
{
	assembler_take_body(((struct pipeline *)self)->assembler, exchange, kind, bytes);
}

static void on_finish(void *self, struct exchange *exchange)
{
	assembler_take_finish(((struct pipeline *)self)->assembler, exchange);
}

static void set_mode(void *self, const struct connection_identity *connection,
		     enum capture_mode mode)
{
	struct pipeline *pipeline = self;

	if (pipeline->control.set_mode)
		pipeline->control.set_mode(pipeline->control.self, connection, mode);
}

static void ask_progress(void *self, const struct connection_identity *connection)
{
	struct pipeline *pipeline = self;
	struct connection_end_record record;

	if (connection_progress_ask(&pipeline->control, connection, &record))
		pipeline_take_record(pipeline, view_of(&record, sizeof(record)));
}

static void forget(void *self, const struct connection_identity *connection)
{
	struct pipeline *pipeline = self;

	if (pipeline->control.forget)
		pipeline->control.forget(pipeline->control.self, connection);
}

static void learn_abort_place(void *self, uint64_t pc_offset, uint64_t message_offset)
{
	struct pipeline *pipeline = self;

	if (pipeline->control.learn_abort_place)
		pipeline->control.learn_abort_place(pipeline->control.self, pc_offset,
						    message_offset);
}

static void on_linked(void *self, uint64_t token, const struct segment *segment, const char *source)
{
	error_stage_take_link(((struct pipeline *)self)->errors, token, segment, source);
}

static void on_unlinked(void *self, uint64_t token)
{
	error_stage_take_unlinked(((struct pipeline *)self)->errors, token);
}

static int new_error_stages(struct pipeline *pipeline, const struct settings *settings)
{
	struct image_table_settings images = {.max_mappings = settings->crash.max_images,
					      .reads_files = settings->command != COMMAND_REPLAY,
					      .proc_root = "/proc"};
	struct error_stage_sink sink = {pipeline, deliver_crash, deliver_session,
					learn_abort_place};
	struct error_stage_ground ground;
	int err = image_table_new(&pipeline->images, &images, pipeline->drops);

	if (err < 0)
		return err;
	ground = (struct error_stage_ground){settings, pipeline->processes, pipeline->images,
					     pipeline->assembler, pipeline->drops};
	return error_stage_new(&pipeline->errors, &ground, &sink);
}

static int new_stages(struct pipeline *pipeline, const struct settings *settings)
{
	struct connection_table_settings connections = {settings->capture.max_connections,
							settings->tracing.tcp_calls,
							settings->capture.session_bytes};
	struct assembler_sink segments = {pipeline, deliver, on_finished, on_linked, on_unlinked};
	struct connection_sink exchanges = {pipeline, on_request,   on_response, on_finish,
					    set_mode, ask_progress, forget,      on_body};
	struct metadata_stage_sink items = {pipeline, offer};
	struct profile_stage_ground profile;
	int err = process_table_new(&pipeline->processes, &settings->identity,
				    settings->capture.max_processes, pipeline->drops);

	if (err < 0)
		return err;
	process_table_set_reads_proc(pipeline->processes, settings->command != COMMAND_REPLAY);
	err = metadata_stage_new(&pipeline->metadata, settings, pipeline->processes, &items,
				 pipeline->drops);
	if (err == 0)
		err = metadata_stage_tell(pipeline->metadata,
					  discovery_stage_discovery(pipeline->control.discovery));
	if (err == 0)
		err = connection_table_new(&pipeline->connections, &connections, &exchanges,
					   pipeline->drops);
	if (err == 0)
		err = assembler_new(&pipeline->assembler, &settings->tracing, &settings->sampling,
				    pipeline->processes, &segments, pipeline->drops);
	if (err == 0 && settings->crash.enabled)
		err = new_error_stages(pipeline, settings);
	if (err < 0)
		return err;
	profile = (struct profile_stage_ground){
		settings,           pipeline->processes,  pipeline->images, pipeline->assembler,
		pipeline->metadata, &pipeline->recording, pipeline->drops};
	return profile_stage_new(&pipeline->profile, &profile);
}

int pipeline_new(struct pipeline **ret, const struct settings *settings,
		 const struct pipeline_control *control, const struct pipeline_observer *observer,
		 struct destinations *destinations, struct drops *drops)
{
	_cleanup_(pipeline_free) struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int err;

	if (!pipeline)
		return -ENOMEM;
	if (control)
		pipeline->control = *control;
	if (observer)
		pipeline->observer = *observer;
	pipeline->destinations = destinations;
	pipeline->drops = drops;
	pipeline->can_wait = settings->command == COMMAND_REPLAY;
	err = new_stages(pipeline, settings);
	if (err == 0)
		err = live_recording_new(&pipeline->recording, settings, pipeline->processes);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(pipeline);
	return 0;
}

void pipeline_set_destinations(struct pipeline *pipeline, struct destinations *destinations)
{
	pipeline->destinations = destinations;
	metadata_stage_start(pipeline->metadata);
}

void pipeline_free(struct pipeline **pipeline)
{
	if (!*pipeline)
		return;
	/* Open exchanges finish into the assembler. */
	connection_table_free(&(*pipeline)->connections);
	assembler_free(&(*pipeline)->assembler);
	error_stage_free(&(*pipeline)->errors);
	profile_stage_free(&(*pipeline)->profile);
	image_table_free(&(*pipeline)->images);
	metadata_stage_free(&(*pipeline)->metadata);
	live_recording_free(&(*pipeline)->recording);
	process_table_free(&(*pipeline)->processes);
	discovery_stage_free(&(*pipeline)->control.discovery);
	free(*pipeline);
	*pipeline = NULL;
}

static void take_description(struct pipeline *pipeline, const struct event *event)
{
	struct process_description description;

	if (process_description_decode(event->bytes, &description) < 0) {
		drops_count(pipeline->drops, DROP_RECORD_MALFORMED);
		return;
	}
	process_table_describe(pipeline->processes, description.tgid, &description);
	process_description_done(&description);
}

void pipeline_learn_process(struct pipeline *pipeline, pid_t tgid)
{
	const struct process *process = process_table_learn(pipeline->processes, tgid);

	/* Also when there are none: it may have those of the program before. */
	if (process && pipeline->control.set_flags)
		pipeline->control.set_flags(pipeline->control.self, tgid,
					    runtime_flags_of(process->runtime));
}

bool pipeline_has_images(const struct pipeline *pipeline)
{
	return pipeline->images;
}

struct profile_stage *pipeline_profile(const struct pipeline *pipeline)
{
	return pipeline->profile;
}

struct discovery_stage *pipeline_discovery(struct pipeline *pipeline)
{
	return pipeline->control.discovery;
}

bool pipeline_knows_process(const struct pipeline *pipeline, pid_t tgid)
{
	return process_table_find(pipeline->processes, tgid) ||
	       (pipeline->images && image_table_has(pipeline->images, tgid));
}

static void take_process(struct pipeline *pipeline, const struct event *event)
{
	switch (event->kind) {
	case RECORD_PROCESS_FORK:
		process_table_fork(pipeline->processes, (pid_t)event->fork->parent_tgid,
				   (pid_t)event->fork->tgid, (const char *)event->fork->name);
		if (pipeline->errors)
			error_stage_process_forked(pipeline->errors, event->fork->parent_tgid,
						   event->fork->tgid);
		break;
	case RECORD_PROCESS_EXEC:
		process_table_exec(pipeline->processes, (pid_t)event->exec->tgid,
				   (const char *)event->exec->name);
		if (pipeline->control.set_flags)
			pipeline_learn_process(pipeline, (pid_t)event->exec->tgid);
		if (pipeline->errors)
			error_stage_process_began(pipeline->errors, event->exec->tgid,
						  event->time_ns);
		break;
	case RECORD_PROCESS_EXIT:
		process_table_exit(pipeline->processes, (pid_t)event->exit->tgid);
		connection_table_process_exited(pipeline->connections, event->exit->tgid,
						event->time_ns);
		assembler_process_exited(pipeline->assembler, event->exit->tgid);
		if (pipeline->images)
			image_table_exited(pipeline->images, (pid_t)event->exit->tgid,
					   event->time_ns);
		break;
	default:
		return;
	}
	if (pipeline->observer.on_process)
		pipeline->observer.on_process(pipeline->observer.self, event);
}

void pipeline_set_command(struct pipeline *pipeline, pid_t tgid)
{
	if (pipeline->errors)
		error_stage_set_command(pipeline->errors, (uint32_t)tgid);
}

void pipeline_ignore_end(struct pipeline *pipeline, pid_t tgid)
{
	if (pipeline->errors)
		error_stage_ignore(pipeline->errors, (uint32_t)tgid);
}

static void take_image(struct pipeline *pipeline, const struct event *event)
{
	const struct image_mapping *mapping;

	profile_stage_before(pipeline->profile, event);
	if (image_table_take(pipeline->images, event->image, event->bytes, &mapping) &&
	    pipeline->control.on_image && mapping->image &&
	    discovery_stage_traces(pipeline->control.discovery, (pid_t)event->image->tgid))
		pipeline->control.on_image(pipeline->control.self, (pid_t)event->image->tgid,
					   mapping->image->path, mapping->image->file.fd);
}

void pipeline_take_record(struct pipeline *pipeline, struct view bytes)
{
	struct event event;

	if (event_decoder_decode(bytes, &event) < 0) {
		drops_count(pipeline->drops, DROP_RECORD_MALFORMED);
		return;
	}
	if (!discovery_stage_takes(pipeline->control.discovery, &event))
		return;
	live_recording_add(pipeline->recording, &event, bytes);
	if ((event.kind == RECORD_SEGMENT || event.kind == RECORD_DATAGRAM) &&
	    event.time_ns > pipeline->traffic_ns)
		pipeline->traffic_ns = event.time_ns;
	if (event.kind == RECORD_PROCESS_DESCRIPTION)
		take_description(pipeline, &event);
	else
		take_process(pipeline, &event);
	if (pipeline->images && event.kind == RECORD_IMAGE)
		take_image(pipeline, &event);
	if (pipeline->errors)
		error_stage_take(pipeline->errors, &event);
	profile_stage_take(pipeline->profile, &event);
	connection_table_take(pipeline->connections, &event);
}

/* Many short-lived processes leave many small holes. */
static void forget_processes(struct pipeline *pipeline)
{
	pipeline->gone_processes += process_table_tick(pipeline->processes);
	if (pipeline->gone_processes < TRIM_PROCESSES)
		return;
	pipeline->gone_processes = 0;
	(void)malloc_trim(0);
}

/* A crash looks for its request before any segment is let go, and when the traffic before it has
 * been seen. An exception as well; with traffic unread, time has come as far as that was read. */
void pipeline_tick(struct pipeline *pipeline, uint64_t now_ns, bool is_caught_up)
{
	uint64_t read_ns = is_caught_up ? UINT64_MAX : pipeline->traffic_ns;

	live_recording_turn(pipeline->recording, now_ns, is_caught_up);
	pipeline->behind_turns = is_caught_up ? 0 : pipeline->behind_turns + 1;
	if (pipeline->errors)
		error_stage_link(pipeline->errors, read_ns,
				 pipeline->behind_turns % LINK_PATIENCE_TURNS == 0);
	connection_table_tick(pipeline->connections, now_ns);
	assembler_tick(pipeline->assembler, read_ns < now_ns ? read_ns : now_ns);
	profile_stage_tick(pipeline->profile, now_ns);
	if (pipeline->errors)
		error_stage_tick(pipeline->errors, now_ns);
	if (pipeline->images)
		image_table_tick(pipeline->images, now_ns);
	metadata_stage_tick(pipeline->metadata, now_ns);
	discovery_stage_tick(pipeline->control.discovery, now_ns);
	forget_processes(pipeline);
}

int pipeline_fd(const struct pipeline *pipeline)
{
	return pipeline->errors ? error_stage_fd(pipeline->errors) : -1;
}

bool pipeline_is_busy(const struct pipeline *pipeline)
{
	return assembler_statistics(pipeline->assembler).open_segments_count > 0 ||
	       metadata_stage_is_busy(pipeline->metadata) ||
	       (pipeline->errors && error_stage_is_busy(pipeline->errors));
}

void pipeline_finish(struct pipeline *pipeline, uint64_t now_ns)
{
	/* Before the last segments go, what is half read is as whole as it will be. */
	if (pipeline->errors)
		error_stage_end_streams(pipeline->errors);
	profile_stage_end_samples(pipeline->profile);
	connection_table_finish(pipeline->connections, now_ns);
	assembler_finish(pipeline->assembler);
	profile_stage_finish(pipeline->profile);
	if (pipeline->errors)
		error_stage_finish(pipeline->errors, now_ns);
	metadata_stage_finish(pipeline->metadata);
}

struct totals_errors pipeline_errors(const struct pipeline *pipeline)
{
	return pipeline->errors_count;
}

void pipeline_set_unix_offset(struct pipeline *pipeline, uint64_t unix_offset_ns)
{
	assembler_set_unix_offset(pipeline->assembler, unix_offset_ns);
	if (pipeline->errors)
		error_stage_set_unix_offset(pipeline->errors, unix_offset_ns);
	profile_stage_set_unix_offset(pipeline->profile, unix_offset_ns);
}

struct assembler_statistics pipeline_statistics(const struct pipeline *pipeline)
{
	return assembler_statistics(pipeline->assembler);
}

void pipeline_take_settings(struct pipeline *pipeline, const struct settings *settings)
{
	assembler_set_sampling(pipeline->assembler, &settings->sampling);
	discovery_stage_take_settings(pipeline->control.discovery, &settings->discovery);
}

size_t pipeline_processes_count(const struct pipeline *pipeline)
{
	return process_table_count(pipeline->processes);
}
