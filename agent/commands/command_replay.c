/* `limpet replay FILE`: a recording through the same pipeline, without privileges. Its own times
 * drive the timers, between the same records as when it was made. */
#include "commands/commands.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/recording.h"
#include "destinations.h"
#include "exporters/exporter.h"
#include "model/event.h"
#include "pipeline.h"
#include "session_signals.h"
#include "session_watch.h"
#include "totals.h"

#define TICK_NS         (10 * NS_PER_MS)
#define MAX_PAUSE_TICKS 1000 /* no timer is longer than they take */

static int explain(const char *path, int err)
{
	if (err == -EINVAL)
		log_error(
			"cannot replay %s: not a recording of this version of limpet; make one with --record",
			path);
	else
		log_error("cannot replay %s: %s", path, strerror(-err));
	return EXIT_CODE_RECORDING;
}

struct replay {
	struct pipeline *pipeline;
	uint64_t now_ns;
	uint64_t ticked_ns;
	bool has_turns; /* it says when the timers were looked at */
};

static void tick(struct replay *replay, uint64_t now_ns, bool is_caught_up)
{
	pipeline_tick(replay->pipeline, now_ns, is_caught_up);
	replay->ticked_ns = now_ns;
}

/* One turn stands for all since the record before it: in a pause the timers went on. */
static void take_turn(struct replay *replay, const struct turn_record *turn)
{
	uint64_t now_ns = turn->header.time_ns;

	for (int i = 0;
	     replay->has_turns && i < MAX_PAUSE_TICKS && replay->ticked_ns + TICK_NS < now_ns; i++)
		tick(replay, replay->ticked_ns + TICK_NS, true);
	tick(replay, now_ns, turn->is_caught_up);
	replay->has_turns = true;
}

static void take_record(struct replay *replay, struct view record)
{
	const struct record_header *header = (const void *)record.bytes;

	if (header->time_ns > replay->now_ns)
		replay->now_ns = header->time_ns;
	if (header->kind == RECORD_TURN && header->size == sizeof(struct turn_record)) {
		take_turn(replay, (const void *)record.bytes);
		return;
	}
	if (!replay->has_turns && replay->now_ns > replay->ticked_ns + TICK_NS)
		tick(replay, replay->now_ns, true);
	pipeline_take_record(replay->pipeline, record);
}

static int replay_records(struct recording_reader *reader, struct pipeline *pipeline,
			  const char *path)
{
	struct replay replay = {.pipeline = pipeline};
	struct view record;
	int more;

	pipeline_set_unix_offset(pipeline, recording_reader_unix_offset_ns(reader));
	while ((more = recording_reader_next(reader, &record)) > 0)
		take_record(&replay, record);
	pipeline_finish(pipeline, replay.now_ns);
	if (more < 0) {
		log_error("%s: cut off or damaged; what came before was replayed", path);
		return EXIT_CODE_RECORDING;
	}
	return EXIT_CODE_OK;
}

/* exporter: the only destination, taken; NULL: those of the settings. */
static int open_destinations(struct destinations **ret, const struct settings *settings,
			     struct exporter **exporter, struct drops *drops)
{
	return exporter ? destinations_new_only(ret, exporter, settings, drops)
			: destinations_new(ret, settings, drops);
}

/* What one replay needs, and what comes of it. */
struct replay_run {
	const struct settings *settings;
	struct destinations *destinations;
	struct pipeline *pipeline;
	struct session_watch *watch; /* of a screen */
	struct session_signals signals;
	struct drops drops;
};

static bool has_no_reload(void *self)
{
	(void)self;
	return false;
}

/* A screen stays until somebody has looked at it. */
static int begin_watch(struct replay_run *run)
{
	struct session_watch_ground ground = {run->settings,
					      NULL,
					      &run->drops,
					      destinations_screen(run->destinations),
					      pipeline_profile(run->pipeline),
					      NULL};
	char whom[256];
	int err;

	if (!ground.screen)
		return 0;
	err = session_signals_open(&run->signals);
	if (err == 0)
		err = session_watch_new(&run->watch, &ground);
	if (err < 0)
		return err;
	log_escape(view_base_name(view_of_text(run->settings->replay_file)), whom, sizeof(whom));
	session_watch_begin(run->watch, whom);
	return 0;
}

static int replay_into(struct replay_run *run, struct recording_reader *reader)
{
	int err = pipeline_new(&run->pipeline, run->settings, NULL, NULL, run->destinations,
			       &run->drops);
	int code;

	if (err == 0)
		err = begin_watch(run);
	code = err < 0 ? EXIT_CODE_FAILURE
		       : replay_records(reader, run->pipeline, run->settings->replay_file);
	session_watch_linger(run->watch, &run->signals);
	return code;
}

static void print_totals(const struct replay_run *run)
{
	struct assembler_statistics statistics = pipeline_statistics(run->pipeline);
	struct totals_errors errors = pipeline_errors(run->pipeline);

	totals_print(&statistics, &errors, &run->drops);
}

static int replay_file(const struct settings *settings, struct exporter **exporter, bool is_quiet)
{
	_cleanup_(recording_reader_free) struct recording_reader *reader = NULL;
	struct replay_run run = {.settings = settings,
				 .signals = {.fd = -1, .reload = has_no_reload}};
	bool is_clean;
	int code, err = recording_reader_new(&reader, settings->replay_file);

	if (err < 0) {
		if (exporter)
			(*exporter)->ops->close(exporter);
		return explain(settings->replay_file, err);
	}
	if (open_destinations(&run.destinations, settings, exporter, &run.drops) < 0)
		return EXIT_CODE_SETTINGS;
	code = replay_into(&run, reader);
	is_clean = destinations_stop(&run.destinations,
				     clock_monotonic_ns() +
					     settings->delivery.shutdown_ms * NS_PER_MS);
	if (run.pipeline && !is_quiet)
		print_totals(&run);
	if (!is_clean)
		_exit(code);
	session_watch_free(&run.watch);
	pipeline_free(&run.pipeline);
	cleanup_close(&run.signals.fd);
	return code;
}

int command_replay(const struct settings *settings)
{
	return replay_file(settings, NULL, false);
}

int command_replay_quietly(const struct settings *settings)
{
	return replay_file(settings, NULL, true);
}

int command_replay_into(const struct settings *settings, struct exporter **exporter)
{
	return replay_file(settings, exporter, true);
}
