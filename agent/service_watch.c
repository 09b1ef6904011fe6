/*
 * Once a second the status is written to the board, where other threads find it. The watchdog of
 * the service manager hears from us when the loop turns, and while no destination's thread is gone
 * or stuck in a request for longer than any request may take.
 */
#include "service_watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "crash/exit_rules.h"
#include "discovery/discovery_text.h"
#include "service/metrics_server.h"
#include "service/notify_socket.h"
#include "service/service_ledger.h"
#include "service/status_socket.h"
#include "service/status_text.h"
#include "service/watchdog.h"
#include "settings/listen_address.h"
#include "settings/settings_reload.h"

#define PUBLISH_NS   (1 * NS_PER_S)
#define SAY_NS       (10 * NS_PER_S)
#define RATE_NS      (10 * NS_PER_S) /* rates are of the last so long */
#define STUCK_TIMES  3               /* as long as the longest request may take */
#define STUCK_NS     (120 * NS_PER_S)
#define COMPLAINT_NS (60 * NS_PER_S)
#define NS_PER_MICRO 1000

struct service_watch {
	struct service_watch_ground ground;
	struct notify_socket notify;
	struct watchdog watchdog;
	struct status_board *board;
	struct service_ledger *ledger;
	struct status_socket *socket;   /* NULL: off */
	struct metrics_server *metrics; /* NULL: off */
	uint64_t busy_limit_ns;         /* 0: requests may take for ever */
	uint64_t publish_ns, say_ns, complaint_gate_ns;
	struct {
		uint64_t ns, segments_count, spans_count;
	} mark; /* where the rates are counted from */
	struct service_status status;
};

static uint64_t busy_limit(const struct otlp_settings *otlp)
{
	uint64_t longest_ms = otlp->timeout_ms;

	if (otlp->traces.timeout_ms > longest_ms)
		longest_ms = otlp->traces.timeout_ms;
	if (otlp->logs.timeout_ms > longest_ms)
		longest_ms = otlp->logs.timeout_ms;
	/* 0 is no limit at all, so that nothing is too long. */
	return otlp->timeout_ms ? STUCK_NS + STUCK_TIMES * longest_ms * NS_PER_MS : 0;
}

static uint64_t read_resident_bytes(void)
{
	_cleanup_(cleanup_fclose) FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long pages = 0;

	if (!file || fscanf(file, "%*u %llu", &pages) != 1)
		return 0;
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void fill_rates(struct service_watch *watch, uint64_t now_ns)
{
	struct service_status *status = &watch->status;
	double seconds = (double)(now_ns - watch->mark.ns) / NS_PER_S;

	if (seconds < (double)(RATE_NS / NS_PER_S) && status->taken_ns)
		return;
	if (watch->mark.ns && seconds > 0) {
		status->segments_per_second =
			(double)(status->segments_count - watch->mark.segments_count) / seconds;
		status->spans_per_second =
			(double)(status->spans_count - watch->mark.spans_count) / seconds;
	}
	watch->mark.ns = now_ns;
	watch->mark.segments_count = status->segments_count;
	watch->mark.spans_count = status->spans_count;
}

static void fill_status(struct service_watch *watch, uint64_t now_ns)
{
	struct assembler_statistics statistics = pipeline_statistics(watch->ground.pipeline);
	struct totals_errors errors = pipeline_errors(watch->ground.pipeline);
	struct service_status *status = &watch->status;

	probe_loader_read_drops(watch->ground.loader, watch->ground.drops);
	memcpy(&status->drops, watch->ground.drops, sizeof(status->drops));
	status->processes_count = (uint32_t)pipeline_processes_count(watch->ground.pipeline);
	status->max_processes_count = (uint32_t)watch->ground.settings->capture.max_processes;
	status->open_segments_count = statistics.open_segments_count;
	status->segments_count = statistics.segments_count;
	status->spans_count = statistics.spans_count;
	status->kept_segments_count = statistics.kept_segments_count;
	status->kept_spans_count = statistics.kept_spans_count;
	status->crashes_count = errors.crashes_count;
	status->exceptions_count = errors.exceptions_count;
	status->resident_bytes = read_resident_bytes();
	status->destinations_count = destinations_count(watch->ground.destinations);
	for (uint32_t i = 0; i < status->destinations_count; i++)
		destinations_status(watch->ground.destinations, i, &status->destinations[i]);
	service_ledger_fill(watch->ledger, status);
	fill_rates(watch, now_ns);
	status->taken_ns = now_ns;
}

static void say_status(struct service_watch *watch, const char *lines)
{
	_cleanup_(byte_buffer_done) struct byte_buffer line;

	byte_buffer_init(&line, 4096);
	status_text_write_line(&line, &watch->status);
	(void)notify_socket_say(&watch->notify, lines, "%.*s",
				VIEW_FORMAT(byte_buffer_view(&line)));
}

static void init_status(struct service_watch *watch)
{
	bool is_fentry = probe_loader_source(watch->ground.loader) == SOURCE_FENTRY;
	struct utsname name;

	(void)strcpy(watch->status.source, is_fentry ? "fentry" : "tracepoints");
	if (uname(&name) == 0)
		log_escape(view_of_text(name.release), watch->status.kernel,
			   sizeof(watch->status.kernel));
	watch->status.started_ns = clock_monotonic_ns();
	watch->status.is_ready = true;
	fill_status(watch, watch->status.started_ns);
	(void)status_board_publish(watch->board, &watch->status);
}

/* An agent without its socket does its work all the same. */
static void open_socket(struct service_watch *watch)
{
	const char *path = watch->ground.settings->service.status_socket;
	char shown[256];
	int err;

	if (!path || strcmp(path, "off") == 0)
		return;
	err = status_socket_new(&watch->socket, path, watch->board);
	if (err == -ENOENT) /* not started by the service manager, which makes the folder */
		log_debug("no folder for the socket of limpet status");
	else if (err < 0)
		log_warning("cannot answer limpet status at %s: %s; name another place with "
			    "--status-socket",
			    log_escape(view_of_text(path), shown, sizeof(shown)),
			    err == -EADDRINUSE ? "another agent does" : strerror(-err));
}

/* Who asks for metrics wants to see that there are none. */
static int open_metrics(struct service_watch *watch)
{
	const char *wanted = watch->ground.settings->service.metrics_listen;
	struct listen_address address = {.is_off = true};
	int err;

	if (wanted)
		(void)listen_address_parse(view_of_text(wanted), &address);
	if (address.is_off)
		return 0;
	err = metrics_server_new(&watch->metrics, &address.any, watch->board, watch->busy_limit_ns);
	if (err < 0) {
		log_error(
			"metrics-listen: cannot listen on %s: %s; choose another port, or turn it "
			"off",
			wanted, strerror(-err));
		return -EINVAL;
	}
	log_info("metrics on port %u%s", metrics_server_port(watch->metrics),
		 address.is_loopback ? ", for this machine" : ", for everybody who reaches it");
	return 0;
}

int service_watch_new(struct service_watch **ret, const struct service_watch_ground *ground)
{
	_cleanup_(service_watch_free) struct service_watch *watch = calloc(1, sizeof(*watch));
	int err;

	if (!watch)
		return -ENOMEM;
	watch->ground = *ground;
	watch->busy_limit_ns = busy_limit(&ground->settings->otlp);
	notify_socket_init(&watch->notify, getenv("NOTIFY_SOCKET"));
	watchdog_init(&watch->watchdog, getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"), getpid());
	err = status_board_new(&watch->board);
	if (err == 0)
		err = service_ledger_new(&watch->ledger);
	if (err < 0)
		return err;
	init_status(watch);
	open_socket(watch);
	err = open_metrics(watch);
	if (err < 0)
		return err;
	say_status(watch, "READY=1");
	*ret = TAKE_PTR(watch);
	return 0;
}

void service_watch_free(struct service_watch **watch)
{
	if (!*watch)
		return;
	status_socket_free(&(*watch)->socket);
	metrics_server_free(&(*watch)->metrics);
	status_board_free(&(*watch)->board);
	service_ledger_free(&(*watch)->ledger);
	notify_socket_done(&(*watch)->notify);
	free(*watch);
	*watch = NULL;
}

void service_watch_take_segment(struct service_watch *watch, const struct segment *segment)
{
	bool has_failed = segment->spans_count && segment_root(segment)->status == STATUS_ERROR;

	if (watch)
		service_ledger_count(watch->ledger, segment->resource->service_name, has_failed);
}

static void feed_watchdog(struct service_watch *watch, uint64_t now_ns)
{
	const char *ailment;

	if (!watchdog_is_due(&watch->watchdog, now_ns))
		return;
	ailment = status_board_ailment(&watch->status, now_ns, watch->busy_limit_ns);
	if (!ailment)
		(void)notify_socket_send(&watch->notify, "WATCHDOG=1");
	else if (log_gate(&watch->complaint_gate_ns, COMPLAINT_NS))
		log_warning("%s: the watchdog is not fed", ailment);
}

void service_watch_turn(struct service_watch *watch, uint64_t now_ns)
{
	if (!watch || now_ns < watch->publish_ns)
		return;
	watch->publish_ns = now_ns + PUBLISH_NS;
	fill_status(watch, now_ns);
	(void)status_board_publish(watch->board, &watch->status);
	feed_watchdog(watch, now_ns);
	if (now_ns < watch->say_ns)
		return;
	watch->say_ns = now_ns + SAY_NS;
	say_status(watch, "");
}

/* What only the stages that use it can tell. */
static bool is_usable(const struct settings *fresh)
{
	struct view exits = view_of_text(fresh->crash.exit_rules);
	_cleanup_(discovery_rules_free) struct discovery_rules *rules = NULL;

	if (exits.size && !exit_rules_are_valid(exits)) {
		log_error("exit-events: not a list NAME[:STATUS],…, on or off");
		return false;
	}
	return discovery_text_parse(&rules, &fresh->discovery) == 0;
}

bool service_watch_reload(struct service_watch *watch)
{
	struct settings_change change;
	char lines[96];

	if (!watch)
		return false;
	(void)snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%llu",
		       (unsigned long long)(clock_monotonic_ns() / NS_PER_MICRO));
	(void)notify_socket_send(&watch->notify, lines);
	if (settings_reload(watch->ground.settings, is_usable, &change) < 0) {
		watch->status.refused_reloads_count++;
		log_warning("the settings stay as they were");
		(void)notify_socket_say(&watch->notify, "READY=1",
					"the new settings were refused and the old ones stay: see "
					"journalctl -u limpet");
	} else {
		watch->status.reloads_count++;
		log_set_level((enum log_level)watch->ground.settings->log_level);
		pipeline_take_settings(watch->ground.pipeline, watch->ground.settings);
		log_info("settings read again: %u changed, %u wait for the next start",
			 change.live_count, change.restart_count);
		say_status(watch, "READY=1");
	}
	watch->say_ns = clock_monotonic_ns() + SAY_NS;
	return true;
}

void service_watch_stopping(struct service_watch *watch)
{
	if (watch)
		(void)notify_socket_say(&watch->notify, "STOPPING=1", "delivering what is queued");
}
