/*
 * The event loop. The ring is drained when the kernel says so or a short timer is over, whichever
 * comes first; when nothing has come for a while and nothing is under way, the timer stops and the
 * next record wakes us.
 */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include "abort_places.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "capture/kernel_features.h"
#include "capture/probe_loader.h"
#include "capture/probe_settings.h"
#include "check/check.h"
#include "crash_handover_stage.h"
#include "destinations.h"
#include "discovery_stage.h"
#include "function_watch.h"
#include "image_watch.h"
#include "map_reading.h"
#include "pipeline.h"
#include "process/process_state.h"
#include "profile_stage.h"
#include "profile_watch.h"
#include "screen/screen.h"
#include "service_watch.h"
#include "session_signals.h"
#include "session_watch.h"
#include "totals.h"

#define POLL_MS       10
#define IDLE_MS       1000
#define BUSY_UNTIL_NS (200 * NS_PER_MS) /* without a record: then the timer may rest */
#define LIVENESS_NS   (1 * NS_PER_S)
#define CLOCK_NS      (10 * NS_PER_S)

struct session {
	const struct settings *settings;
	struct drops drops;
	struct destinations *destinations;
	struct probe_loader *loader;
	struct function_watch *functions; /* NULL until the programs are there */
	struct image_watch *images;       /* NULL: no crashes wanted */
	struct profile_watch *profile;    /* NULL: no profile wanted */
	struct pipeline *pipeline;
	struct crash_handover_stage *handover; /* NULL: nobody to take over from */
	struct service_watch *service;         /* NULL: this is no service */
	struct session_watch *watch;
	struct abort_places abort_places;
	int pipeline_fd;         /* the one epoll knows */
	struct hash_map *living; /* traced processes, when the session ends with them */
	struct session_signals signals;
	bool is_target_gone;
	int epoll_fd;
	uint64_t started_ns, last_record_ns, liveness_ns, clock_ns;
};

static int on_record(void *self, struct view record)
{
	struct session *session = self;

	if (crash_handover_stage_takes(session->handover, record))
		pipeline_take_record(session->pipeline, record);
	return 0;
}

static void set_mode(void *self, const struct connection_identity *connection,
		     enum capture_mode mode)
{
	probe_loader_set_mode(((struct session *)self)->loader, connection, mode);
}

static int read_state(void *self, const struct connection_identity *connection,
		      struct connection_state *ret)
{
	return probe_loader_read_state(((struct session *)self)->loader, connection, ret);
}

static void set_flags(void *self, pid_t tgid, uint32_t flags)
{
	probe_loader_set_flags(((struct session *)self)->loader, tgid, flags);
}

static void forget(void *self, const struct connection_identity *connection)
{
	probe_loader_forget(((struct session *)self)->loader, connection);
}

/* Only what is traced is watched. */
static void on_image(void *self, pid_t tgid, struct view path, int fd)
{
	struct session *session = self;

	if (session->settings->capture.trace_all || hash_map_find(session->living, &tgid))
		function_watch_image(session->functions, tgid, path, fd);
}

/* The first is learned before the programs are there. */
static void learn_abort_place(void *self, uint64_t pc_offset, uint64_t message_offset)
{
	struct session *session = self;

	abort_places_learn(&session->abort_places, session->loader, pc_offset, message_offset);
}

static void on_process(void *self, const struct event *event)
{
	struct session *session = self;

	if (event->kind == RECORD_PROCESS_EXEC)
		image_watch_process_began(session->images, (pid_t)event->exec->tgid);
	else if (event->kind == RECORD_PROCESS_FORK)
		function_watch_forked(session->functions, (pid_t)event->fork->parent_tgid,
				      (pid_t)event->fork->tgid);
	else if (event->kind == RECORD_PROCESS_EXIT)
		function_watch_exited(session->functions, (pid_t)event->exit->tgid);
	/* A whole host never ends. */
	if (session->settings->capture.trace_all)
		return;
	if (event->kind == RECORD_PROCESS_FORK)
		(void)hash_map_add(session->living, &event->fork->tgid, NULL);
	else if (event->kind == RECORD_PROCESS_EXIT)
		(void)hash_map_remove(session->living, &event->exit->tgid);
}

static void on_segment(void *self, const struct segment *segment)
{
	service_watch_take_segment(((struct session *)self)->service, segment);
}

static bool reload(void *self)
{
	return service_watch_reload(((struct session *)self)->service);
}

/* -1: there is nothing to wait for. */
static int watch_fd(const struct session *session, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return fd < 0 || epoll_ctl(session->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static int open_events(struct session *session)
{
	int err = session_signals_open(&session->signals);

	if (err < 0)
		return err;
	session->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (session->epoll_fd < 0)
		return -errno;
	err = watch_fd(session, session->signals.fd);
	if (err == 0)
		err = watch_fd(session, probe_loader_fd(session->loader));
	if (err == 0)
		err = watch_fd(session, profile_watch_fd(session->profile));
	return err < 0 ? err : watch_fd(session, image_watch_fd(session->images));
}

/* The pipeline's descriptor changes when its symbol process was started anew; a closed one has left
 * epoll by itself. */
static void watch_pipeline(struct session *session)
{
	int fd = pipeline_fd(session->pipeline);

	if (fd != session->pipeline_fd)
		session->pipeline_fd = watch_fd(session, fd) == 0 ? fd : -1;
}

static int open_watch(struct session *session)
{
	struct session_watch_ground ground = {session->settings,
					      session->loader,
					      &session->drops,
					      destinations_screen(session->destinations),
					      pipeline_profile(session->pipeline),
					      session->functions};

	return session_watch_new(&session->watch, &ground);
}

static int open_images(struct session *session)
{
	const struct settings *settings = session->settings;

	return settings->crash.enabled
		       ? image_watch_new(&session->images, settings, session->pipeline,
					 session->living, &session->drops)
		       : 0;
}

static enum exit_code open_stages(struct session *session)
{
	const struct settings *settings = session->settings;
	struct pipeline_control control = {session, set_mode,          read_state, set_flags,
					   forget,  learn_abort_place, on_image,   NULL};
	struct pipeline_observer observer = {session, on_process, on_segment};
	struct probe_loader_settings wanted = {
		.capture = &settings->capture,
		.crash = &settings->crash,
		.exceptions = &settings->exceptions,
		.has_trail = probe_settings_wants_trail(settings),
		.has_tls = settings->capture.tls != TLS_OFF && settings->crash.enabled &&
			   !settings->capture.has_no_spans,
		.profile = &settings->profile,
	};
	char message[1024];
	int err = hash_map_new(&session->living, sizeof(uint32_t), 1,
			       settings->capture.max_processes);

	if (err == 0)
		err = discovery_stage_new(&control.discovery, settings, &session->drops);
	if (err == 0)
		err = pipeline_new(&session->pipeline, settings, &control, &observer, NULL,
				   &session->drops);
	if (err < 0)
		return err == -EINVAL ? EXIT_CODE_SETTINGS : EXIT_CODE_FAILURE;
	/* After the fork of the symbol process: a sanitizer's locks, held by a thread, stay held in
	 * a child. */
	if (destinations_new(&session->destinations, settings, &session->drops) < 0)
		return EXIT_CODE_SETTINGS;
	pipeline_set_destinations(session->pipeline, session->destinations);
	wanted.has_syscalls = session_watch_wants_syscalls(settings, session->destinations);
	if (wanted.has_tls)
		(void)kernel_features_return_probe_kills();
	err = probe_loader_new(&session->loader, &wanted, on_record, session);
	if (err < 0) {
		enum exit_code code = check_explain(err, message, sizeof(message));

		log_error("%s", message);
		return code;
	}
	abort_places_tell(&session->abort_places, session->loader);
	if (function_watch_new(&session->functions, settings, session->pipeline, session->loader) <
	    0)
		return EXIT_CODE_FAILURE;
	discovery_stage_connect(control.discovery, session->pipeline, session->loader,
				session->functions);
	pipeline_set_unix_offset(session->pipeline, clock_unix_offset_ns());
	if (open_images(session) < 0 || open_watch(session) < 0)
		return EXIT_CODE_FAILURE;
	if (profile_watch_new(&session->profile, settings, session->pipeline, session->loader) < 0)
		return EXIT_CODE_PRIVILEGES;
	crash_handover_stage_begin(session->handover, session->loader, session->pipeline);
	err = open_events(session);
	if (err < 0) {
		log_error("cannot watch signals: %s", strerror(-err));
		return EXIT_CODE_FAILURE;
	}
	return EXIT_CODE_OK;
}

static void free_session(struct session **session)
{
	struct session *freed = *session;

	if (!freed)
		return;
	service_watch_free(&freed->service);
	session_watch_free(&freed->watch);
	crash_handover_stage_free(&freed->handover);
	function_watch_free(&freed->functions);
	profile_watch_free(&freed->profile);
	probe_loader_free(&freed->loader);
	image_watch_free(&freed->images);
	pipeline_free(&freed->pipeline);
	hash_map_free(&freed->living);
	if (freed->destinations)
		(void)destinations_stop(&freed->destinations, 0);
	cleanup_close(&freed->epoll_fd);
	cleanup_close(&freed->signals.fd);
	free(freed);
	*session = NULL;
}

enum exit_code session_new(struct session **ret, const struct settings *settings)
{
	_cleanup_(free_session) struct session *session = calloc(1, sizeof(*session));
	enum exit_code code;

	if (!session)
		return EXIT_CODE_FAILURE;
	session->settings = settings;
	session->epoll_fd = session->pipeline_fd = -1;
	session->signals = (struct session_signals){.fd = -1, .reload = reload, .self = session};
	session->handover = crash_handover_stage_new(settings, &session->drops);
	code = open_stages(session);
	if (code != EXIT_CODE_OK)
		return code;
	session->started_ns = session->last_record_ns = clock_monotonic_ns();
	*ret = TAKE_PTR(session);
	return EXIT_CODE_OK;
}

int session_trace(struct session *session, pid_t tgid)
{
	uint32_t key = (uint32_t)tgid;
	int err = probe_loader_trace(session->loader, tgid);

	if (err < 0)
		return err;
	(void)hash_map_add(session->living, &key, NULL);
	pipeline_learn_process(session->pipeline, tgid);
	map_reading_one(session->pipeline, tgid);
	return 0;
}

void session_expect_exec(struct session *session, pid_t tgid, const char *command)
{
	function_watch_expect_exec(session->functions, tgid, command);
}

void session_ignore_end(struct session *session, pid_t tgid)
{
	pipeline_ignore_end(session->pipeline, tgid);
}

bool session_has_screen(const struct session *session)
{
	return destinations_screen(session->destinations);
}

int session_show_output(struct session *session, int fd)
{
	return screen_show_output(destinations_screen(session->destinations), fd);
}

void session_announce(struct session *session, const char *whom)
{
	log_info("tracing %s (%s)", whom,
		 probe_loader_source(session->loader) == SOURCE_FENTRY ? "fentry" : "tracepoints");
	session_watch_begin(session->watch, whom);
}

int session_serve(struct session *session, struct settings *settings)
{
	const struct service_watch_ground ground = {settings, session->pipeline,
						    session->destinations, session->loader,
						    &session->drops};

	return service_watch_new(&session->service, &ground);
}

static void print_totals(struct session *session)
{
	struct assembler_statistics statistics = pipeline_statistics(session->pipeline);
	struct totals_errors errors = pipeline_errors(session->pipeline);

	probe_loader_read_drops(session->loader, &session->drops);
	totals_print(&statistics, &errors, &session->drops);
	profile_stage_print(pipeline_profile(session->pipeline));
}

/* An exit whose record was lost must not keep us for ever. */
static void forget_dead(struct session *session)
{
	void *cursor = NULL, *value;

	while ((value = hash_map_next(session->living, &cursor))) {
		uint32_t tgid = *(const uint32_t *)hash_map_key(session->living, value);

		if (process_state_is_dead((pid_t)tgid))
			(void)hash_map_remove(session->living, &tgid);
	}
}

/*
 * Mappings first: a file must be opened while its process lives, and the rest may take its time.
 * (Not where processes are chosen: which, the forks among the traffic say.) Then crashes: what a
 * crashing thread did before lies in the ring of traffic by then, and is drained before the crash
 * is looked at; so are the mappings of a process that lived for a moment.
 */
static int drain(struct session *session, bool *ret_is_caught_up)
{
	int crashes, exceptions, traffic;

	if (session->settings->capture.trace_all)
		image_watch_drain(session->images, clock_monotonic_ns());
	crash_handover_stage_drain(session->handover);
	profile_watch_drain(session->profile, clock_monotonic_ns());
	crashes = probe_loader_drain_crashes(session->loader);
	if (crashes < 0)
		return crashes;
	exceptions = probe_loader_drain_exceptions(session->loader);
	if (exceptions < 0)
		return exceptions;
	traffic = probe_loader_drain(session->loader);
	if (traffic < 0)
		return traffic;
	image_watch_drain(session->images, clock_monotonic_ns());
	*ret_is_caught_up = traffic < MAX_RECORDS_PER_DRAIN;
	return crashes + exceptions + traffic;
}

/* Everything that has come, then the timers. */
static int turn(struct session *session)
{
	uint64_t now_ns = clock_monotonic_ns();
	bool is_caught_up;
	int count = drain(session, &is_caught_up);

	if (count < 0)
		return count;
	if (count > 0)
		session->last_record_ns = now_ns;
	pipeline_tick(session->pipeline, now_ns, is_caught_up);
	function_watch_tick(session->functions);
	service_watch_turn(session->service, now_ns);
	session_watch_turn(session->watch, now_ns, hash_map_count(session->living));
	watch_pipeline(session);
	if (now_ns > session->liveness_ns + LIVENESS_NS) {
		session->liveness_ns = now_ns;
		forget_dead(session);
	}
	if (now_ns > session->clock_ns + CLOCK_NS) {
		session->clock_ns = now_ns;
		pipeline_set_unix_offset(session->pipeline, clock_unix_offset_ns());
	}
	return 0;
}

static int wait_for_more(struct session *session)
{
	struct epoll_event events[4];
	bool is_caught_up;
	bool may_rest = clock_monotonic_ns() > session->last_record_ns + BUSY_UNTIL_NS &&
			!pipeline_is_busy(session->pipeline);

	if (may_rest) {
		probe_loader_sleep(session->loader);
		/* A record that came just before is seen now, one that comes later wakes us. */
		if (drain(session, &is_caught_up) > 0) {
			session->last_record_ns = clock_monotonic_ns();
			return 0;
		}
	}
	return epoll_wait(session->epoll_fd, events, 4, may_rest ? IDLE_MS : POLL_MS);
}

enum session_end session_run(struct session *session, bool ends_with_targets, pid_t forward_to)
{
	uint64_t duration_ns = session->settings->duration_ms * NS_PER_MS;

	if (forward_to > 0)
		pipeline_set_command(session->pipeline, forward_to);
	for (;;) {
		int err = turn(session);

		if (err < 0) {
			log_error("cannot read the ring: %s", strerror(-err));
			return SESSION_FAILED;
		}
		session_signals_take(&session->signals, forward_to);
		if (session->signals.wants_totals)
			print_totals(session);
		session->signals.wants_totals = false;
		if (session->signals.is_interrupted)
			return SESSION_INTERRUPTED;
		if (session->signals.is_child_gone ||
		    (ends_with_targets && hash_map_count(session->living) == 0)) {
			session->is_target_gone = true;
			return SESSION_TARGET_GONE;
		}
		if (duration_ns && clock_monotonic_ns() > session->started_ns + duration_ns)
			return SESSION_DURATION_OVER;
		(void)wait_for_more(session);
	}
}

bool session_stop(struct session **session)
{
	struct session *stopped = *session;
	uint64_t deadline_ns =
		clock_monotonic_ns() + stopped->settings->delivery.shutdown_ms * NS_PER_MS;
	bool is_clean, is_caught_up;

	service_watch_stopping(stopped->service);
	(void)turn(stopped);
	while (drain(stopped, &is_caught_up) > 0)
		;
	pipeline_finish(stopped->pipeline, clock_monotonic_ns());
	if (stopped->is_target_gone)
		session_watch_linger(stopped->watch, &stopped->signals);
	probe_loader_read_drops(stopped->loader, &stopped->drops); /* for the report */
	session_watch_report(stopped->watch, stopped->destinations);
	is_clean = destinations_stop(&stopped->destinations, deadline_ns);
	session_watch_say(stopped->watch);
	print_totals(stopped);
	free_session(session);
	return is_clean;
}
