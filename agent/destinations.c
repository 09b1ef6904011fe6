/*
 * Opens what the settings ask for. One row per exporter: who wants it, and how it is opened. A
 * destination that takes crashes over the network has a spool on disk: crashes go to the spool
 * thread first, which hands them on when they are written; everything else is offered directly.
 */
#include "destinations.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "delivery/spool_folder.h"
#include "destination_lane.h"
#include "exporters/exporter.h"
#include "exporters/json_lines/json_lines.h"
#include "exporters/perfetto/perfetto.h"
#include "exporters/profile/profile_files.h"
#include "exporters/sentry/sentry_file.h"
#include "exporters/sentry/sentry_http.h"
#include "otlp_destination.h"
#include "pod_destinations.h"
#include "report/report.h"
#include "report_destination.h"
#include "screen_destination.h"
#include "terminal/terminal.h"

#define ERROR_BYTES OTLP_DESTINATION_ERROR_BYTES
#define MAX_WAIT_MS 10000
#define PLAIN_WIDTH 120 /* columns where the output is no terminal */

static bool wants_terminal(const struct settings *settings)
{
	bool is_interactive = settings->command == COMMAND_RUN ||
			      settings->command == COMMAND_ATTACH ||
			      settings->command == COMMAND_REPLAY;
	const char *json = settings->terminal.json_file;

	if (screen_destination_is_wanted(settings))
		return false;
	if (settings->terminal.trees != SWITCH_AUTO)
		return settings->terminal.trees == SWITCH_ON;
	/* Trees between lines of JSON on one stdout help nobody. */
	return is_interactive && !settings->terminal.is_quiet && !(json && strcmp(json, "-") == 0);
}

/* The command that runs owns stdout: `limpet run -- CMD | …` must give what CMD alone gives. */
static int open_terminal(struct exporter **ret, const struct settings *settings, char *error)
{
	FILE *out = settings->command == COMMAND_RUN ? stderr : stdout;
	enum switch_setting colours = settings->terminal.colours;
	bool is_tty = isatty(fileno(out));
	struct terminal_exporter_settings terminal = {
		.out = out,
		.width_fd = is_tty ? fileno(out) : -1,
		.width = is_tty ? 0 : PLAIN_WIDTH,
		.is_colour = colours == SWITCH_ON || (colours == SWITCH_AUTO && is_tty),
		.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};

	(void)error;
	return terminal_new(ret, &terminal);
}

static bool wants_json_lines(const struct settings *settings)
{
	return settings->terminal.json_file;
}

static int open_json_lines(struct exporter **ret, const struct settings *settings, char *error)
{
	return json_lines_new(ret, settings->terminal.json_file, error, ERROR_BYTES);
}

static bool wants_sentry(const struct settings *settings)
{
	return settings->sentry.dsn;
}

static int open_sentry(struct exporter **ret, const struct settings *settings, char *error)
{
	struct sentry_http_settings sentry = {
		.dsn = settings->sentry.dsn,
		.is_profiled = settings->profile.frequency_hz > 0,
	};

	return sentry_http_new(ret, &sentry, error, ERROR_BYTES);
}

static bool wants_sentry_file(const struct settings *settings)
{
	return settings->sentry.file;
}

static int open_sentry_file(struct exporter **ret, const struct settings *settings, char *error)
{
	int err = sentry_file_new(ret, settings->sentry.file, settings->sentry.dsn, error,
				  ERROR_BYTES);

	if (err == 0 && settings->profile.frequency_hz)
		sentry_file_set_profiled(*ret);
	return err;
}

static struct profile_files_settings profile_files_of(const struct settings *settings)
{
	return (struct profile_files_settings){
		.folded = settings->terminal.folded_file,
		.pprof = settings->terminal.pprof_file,
		.speedscope = settings->terminal.speedscope_file,
		.has_requests = settings->terminal.pprof_requests,
	};
}

static bool wants_profile_files(const struct settings *settings)
{
	struct profile_files_settings files = profile_files_of(settings);

	return profile_files_is_wanted(&files);
}

static int open_profile_files(struct exporter **ret, const struct settings *settings, char *error)
{
	struct profile_files_settings files = profile_files_of(settings);

	return profile_files_new(ret, &files, error, ERROR_BYTES);
}

static bool wants_perfetto(const struct settings *settings)
{
	return settings->terminal.perfetto_file;
}

static int open_perfetto(struct exporter **ret, const struct settings *settings, char *error)
{
	return perfetto_new(ret, settings->terminal.perfetto_file, error, ERROR_BYTES);
}

static const struct destination_row {
	bool (*is_wanted)(const struct settings *settings);
	int (*open)(struct exporter **ret, const struct settings *settings, char *error);
} rows[] = {
	{wants_terminal, open_terminal},
	{wants_json_lines, open_json_lines},
	{otlp_destination_wants_traces, otlp_destination_open_traces},
	{otlp_destination_wants_logs, otlp_destination_open_logs},
	{wants_sentry, open_sentry},
	{wants_sentry_file, open_sentry_file},
	{wants_perfetto, open_perfetto},
	{wants_profile_files, open_profile_files},
	{otlp_destination_wants_profiles, otlp_destination_open_profiles},
};

#define MAX_DESTINATIONS (sizeof(rows) / sizeof(rows[0]))

/* The screen stands in the place of the terminal. */
_Static_assert(MAX_DESTINATIONS <= MAX_SPOOL_WORKERS, "a spool for every destination");
_Static_assert(MAX_DESTINATIONS + 1 + MAX_POD_DESTINATIONS <= MAX_STATUS_DESTINATIONS,
	       "a row for every destination");

struct destinations {
	struct event_words events; /* what is wanted at all */
	bool has_events;           /* else everything is */
	uint64_t max_queue_items;
	struct destination_lane general;
	struct destination_lane sentry; /* but for pods with a DSN of their own */
	struct destination_lane report; /* of one, stopped last */
	struct screen *screen;          /* in the general lane, borrowed; NULL: none */
	struct exporter *page;          /* in it, borrowed; NULL: none */
	struct pod_destinations *pods;  /* NULL: pods have none */
};

static void discard(struct destinations **destinations)
{
	if (*destinations)
		(void)destinations_stop(destinations, 0);
}

/* A replay can be repeated, and what does not look for crashes leaves them to who does. */
static bool wants_spool(const struct settings *settings)
{
	const char *directory = settings->delivery.spool_directory;

	return settings->crash.enabled && settings->command != COMMAND_REPLAY && directory &&
	       strcmp(directory, "off") != 0;
}

/* -1: none, and it was said why. */
static int open_spool_base(const struct settings *settings)
{
	char error[ERROR_BYTES];
	int fd = -1;

	if (wants_spool(settings) && spool_folder_open_base(&fd, settings->delivery.spool_directory,
							    error, sizeof(error)) < 0)
		log_warning("%s; crashes that cannot be delivered at once may be lost", error);
	return fd;
}

/* Only what needs no cooperation yet: the spool threads start when all workers are there. */
static int open_row(struct destinations *destinations, const struct destination_row *row,
		    const struct settings *settings, int base_fd, struct drops *drops)
{
	struct exporter *exporter = NULL;
	char error[ERROR_BYTES] = "";
	int err = row->open(&exporter, settings, error);

	if (err < 0) {
		log_error("%s", error[0] ? error : strerror(-err));
		return err;
	}
	return destination_lane_add(row->open == open_sentry ? &destinations->sentry
							     : &destinations->general,
				    &exporter, settings, base_fd, drops);
}

static int open_report(struct destinations *destinations, const struct settings *settings,
		       struct drops *drops)
{
	struct exporter *page = NULL;
	char error[ERROR_BYTES] = "";
	int err;

	if (!report_destination_is_wanted(settings))
		return 0;
	err = report_destination_open(&page, settings, drops, error, sizeof(error));
	if (err < 0) {
		log_error("%s", error[0] ? error : strerror(-err));
		return err;
	}
	destinations->page = page;
	err = destination_lane_add(&destinations->report, &page, settings, -1, drops);
	if (err < 0)
		destinations->page = NULL;
	return err;
}

static int start_lanes(struct destinations *destinations, const struct settings *settings,
		       int *base_fd, struct drops *drops)
{
	int err = destination_lane_start(&destinations->general, drops);

	if (err == 0)
		err = destination_lane_start(&destinations->sentry, drops);
	if (err == 0 && settings->kubernetes.pod_dsn)
		err = pod_destinations_new(&destinations->pods, settings, base_fd, drops);
	return err;
}

int destinations_new(struct destinations **ret, const struct settings *settings,
		     struct drops *drops)
{
	_cleanup_(discard) struct destinations *destinations = calloc(1, sizeof(*destinations));
	_cleanup_(cleanup_close) int base_fd = -1;
	int err;

	if (!destinations)
		return -ENOMEM;
	destinations->events = settings->events.words;
	destinations->has_events = settings->events.list;
	destinations->max_queue_items = settings->delivery.max_queue_items;
	base_fd = open_spool_base(settings);
	/* First: it takes the log's lines, which threads write. */
	err = screen_destination_add(&destinations->general, &destinations->screen, settings,
				     drops);
	if (err < 0)
		return err;
	for (size_t i = 0; i < MAX_DESTINATIONS; i++) {
		if (!rows[i].is_wanted(settings))
			continue;
		err = open_row(destinations, &rows[i], settings, base_fd, drops);
		if (err < 0)
			return err;
	}
	err = open_report(destinations, settings, drops);
	if (err == 0)
		err = start_lanes(destinations, settings, &base_fd, drops);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(destinations);
	return 0;
}

static bool is_wanted(const struct event_words *events, const struct item *item)
{
	if (item->kind == ITEM_SEGMENT)
		return events->spans;
	if (item->kind == ITEM_CRASH)
		return item->crash->kind == CRASH_EXCEPTION ? events->exceptions : events->crashes;
	return true;
}

int destinations_new_only(struct destinations **ret, struct exporter **exporter,
			  const struct settings *settings, struct drops *drops)
{
	_cleanup_(discard) struct destinations *destinations = calloc(1, sizeof(*destinations));
	int err;

	if (!destinations) {
		(*exporter)->ops->close(exporter);
		return -ENOMEM;
	}
	destinations->max_queue_items = settings->delivery.max_queue_items;
	err = destination_lane_add(&destinations->general, exporter, settings, -1, drops);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(destinations);
	return 0;
}

void destinations_offer(struct destinations *destinations, struct item *item, const char *pod_dsn)
{
	if (destinations->has_events && !is_wanted(&destinations->events, item))
		return;
	destination_lane_offer(&destinations->general, item);
	destination_lane_offer(&destinations->report, item);
	if (!pod_dsn || !destinations->pods ||
	    !pod_destinations_offer(destinations->pods, item, pod_dsn))
		destination_lane_offer(&destinations->sentry, item);
}

void destinations_count_drop(struct destinations *destinations, enum drop_reason reason,
			     const struct item *item)
{
	destination_lane_count_drop(&destinations->general, reason, item);
	destination_lane_count_drop(&destinations->sentry, reason, item);
}

void destinations_refuse(struct destinations *destinations, enum drop_reason reason,
			 struct item **item)
{
	destinations_count_drop(destinations, reason, *item);
	item_release(item);
}

bool destinations_stop(struct destinations **destinations, uint64_t deadline_monotonic_ns)
{
	struct destinations *stopped = *destinations;
	bool is_clean = destination_lane_begin_stop(&stopped->general, deadline_monotonic_ns);

	if (stopped->page && deadline_monotonic_ns == 0)
		report_discard(stopped->page);
	is_clean &= destination_lane_begin_stop(&stopped->sentry, deadline_monotonic_ns);
	is_clean &= destination_lane_begin_stop(&stopped->report, deadline_monotonic_ns);
	is_clean &= pod_destinations_stop(&stopped->pods, deadline_monotonic_ns);
	is_clean &= destination_lane_stop(&stopped->general, deadline_monotonic_ns);
	is_clean &= destination_lane_stop(&stopped->sentry, deadline_monotonic_ns);
	is_clean &= destination_lane_stop(&stopped->report, deadline_monotonic_ns);
	free(stopped);
	*destinations = NULL;
	return is_clean;
}

static bool are_behind(const struct destinations *destinations)
{
	uint64_t many = destinations->max_queue_items / 2;

	return destination_lane_is_behind(&destinations->general, many) ||
	       destination_lane_is_behind(&destinations->sentry, many) ||
	       destination_lane_is_behind(&destinations->report, many);
}

void destinations_wait(const struct destinations *destinations)
{
	for (int i = 0; i < MAX_WAIT_MS && are_behind(destinations); i++)
		(void)usleep(1000);
}

void destinations_set_syscalls(struct destinations *destinations, const struct syscall_count *calls,
			       uint32_t count)
{
	if (destinations->page)
		report_set_syscalls(destinations->page, calls, count);
}

struct screen *destinations_screen(const struct destinations *destinations)
{
	return destinations->screen;
}

uint32_t destinations_count(const struct destinations *destinations)
{
	return destinations->general.count + destinations->sentry.count +
	       destinations->report.count + pod_destinations_count(destinations->pods);
}

/* ret_pod: which of the pods' it is, from 1; 0: ours. */
static const struct delivery_worker *worker_at(const struct destinations *destinations,
					       uint32_t index, uint32_t *ret_pod)
{
	uint32_t general = destinations->general.count;
	uint32_t sentry = general + destinations->sentry.count;
	uint32_t own = sentry + destinations->report.count;

	*ret_pod = index < own ? 0 : index - own + 1;
	if (index < general)
		return destinations->general.workers[index];
	if (index < sentry)
		return destinations->sentry.workers[index - general];
	return index < own ? destinations->report.workers[index - sentry]
			   : pod_destinations_worker(destinations->pods, index - own);
}

static void name_it(struct destination_status *ret, const struct delivery_worker *worker,
		    uint32_t pod)
{
	const char *name = delivery_worker_name(worker);
	const char *place = delivery_worker_identity(worker);

	if (pod)
		(void)snprintf(ret->name, sizeof(ret->name), "%s-pod-%u", name, pod);
	else
		(void)snprintf(ret->name, sizeof(ret->name), "%s", name);
	if (place)
		log_escape(view_of_text(place), ret->place, sizeof(ret->place));
}

void destinations_status(const struct destinations *destinations, uint32_t index,
			 struct destination_status *ret)
{
	uint32_t pod;
	const struct delivery_worker *worker = worker_at(destinations, index, &pod);
	struct delivery_statistics statistics = delivery_worker_statistics(worker);
	struct delivery_health health;

	delivery_worker_health(worker, &health);
	*ret = (struct destination_status){
		.error_ns = health.error_ns,
		.failing_since_ns = health.failing_since_ns,
		.busy_since_ns = health.busy_since_ns,
		.has_ended = health.has_ended,
		.sent_count = statistics.sent,
		.dropped_count = statistics.dropped,
		.retried_count = statistics.retried,
		.queued_count = statistics.queued,
		.max_queued_count = (uint32_t)destinations->max_queue_items,
		.spooled_count = statistics.kept,
		.has_spool = delivery_worker_spool(worker),
		.is_a_pods = pod,
	};
	(void)snprintf(ret->error, sizeof(ret->error), "%s", health.error);
	name_it(ret, worker, pod);
}
