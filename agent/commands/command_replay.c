/* `limpet replay FILE`: a recording through the same pipeline, without privileges. Its own times
 * drive the timers. */
#include "commands/commands.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/recording.h"
#include "destinations.h"
#include "pipeline.h"
#include "totals.h"

#define TICK_NS (10 * NS_PER_MS)

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

static int replay_records(struct recording_reader *reader, struct pipeline *pipeline,
			  const char *path)
{
	uint64_t now_ns = 0, ticked_ns = 0;
	struct view record;
	int more;

	pipeline_set_unix_offset(pipeline, recording_reader_unix_offset_ns(reader));
	while ((more = recording_reader_next(reader, &record)) > 0) {
		const struct record_header *header = (const void *)record.bytes;

		if (header->time_ns > now_ns)
			now_ns = header->time_ns;
		if (now_ns > ticked_ns + TICK_NS) {
			pipeline_tick(pipeline, now_ns, true);
			ticked_ns = now_ns;
		}
		pipeline_take_record(pipeline, record);
	}
	pipeline_finish(pipeline, now_ns);
	if (more < 0) {
		log_error("%s: cut off or damaged; what came before was replayed", path);
		return EXIT_CODE_RECORDING;
	}
	return EXIT_CODE_OK;
}

int command_replay(const struct settings *settings)
{
	_cleanup_(recording_reader_free) struct recording_reader *reader = NULL;
	_cleanup_(pipeline_free) struct pipeline *pipeline = NULL;
	struct destinations *destinations;
	struct drops drops = {0};
	struct assembler_statistics statistics;
	bool is_clean;
	int err, code;

	err = recording_reader_new(&reader, settings->replay_file);
	if (err < 0)
		return explain(settings->replay_file, err);
	if (destinations_new(&destinations, settings, &drops) < 0)
		return EXIT_CODE_SETTINGS;
	err = pipeline_new(&pipeline, settings, NULL, NULL, destinations, &drops);
	code = err < 0 ? EXIT_CODE_FAILURE
		       : replay_records(reader, pipeline, settings->replay_file);
	is_clean = destinations_stop(
		&destinations, clock_monotonic_ns() + settings->delivery.shutdown_ms * NS_PER_MS);
	if (pipeline) {
		statistics = pipeline_statistics(pipeline);
		totals_print(&statistics, pipeline_crashes_count(pipeline), &drops);
	}
	if (!is_clean)
		_exit(code);
	return code;
}
