/* The maps of a process that has come of age are read again: each file of it passes here as if it
 * had just been mapped. */
#include "function_watch.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "capture/command_probes.h"
#include "capture/kernel_features.h"
#include "capture/runtime_probes.h"
#include "capture/tls_libraries.h"
#include "capture/young_processes.h"
#include "map_reading.h"

/* Where systems keep their libraries; the program says nowhere which of them it will use. */
#define LIBRARY_PATTERN                                                                            \
	"{/lib,/usr/lib,/lib64,/usr/lib64,/lib/*-linux-*,/usr/lib/*-linux-*,/usr/local/lib}"       \
	"/lib{ssl,gnutls}.so.[0-9]*"

/* A perf event is taken away in 25 to 110 ms, one after the other, and a process has 11 of them. */
#define SHARED_FROM 9

struct function_watch {
	struct pipeline *pipeline;
	struct runtime_probes *runtimes;
	struct runtime_probes *tls;     /* NULL: not wanted, or not any more */
	struct runtime_probes *stopped; /* those of TLS; they are taken away behind our back */
	struct young_processes *young;
};

static uint64_t boottime_ns(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static int open_runtimes(struct function_watch *watch, const struct settings *settings,
			 struct probe_loader *loader)
{
	struct runtime_probes_settings wanted = {
		.libraries = runtime_probe_runtimes,
		.wanted = settings->exceptions.probes,
		.is_whole_host = settings->capture.trace_all,
		.loss = RUNTIME_PROBE_LOSS,
	};
	int err = runtime_probes_new(&watch->runtimes, &wanted, probe_loader_find_program, loader);

	if (err == 0)
		runtime_probes_on_fact(watch->runtimes, probe_loader_set_fact, loader);
	return err;
}

static int open_tls(struct function_watch *watch, const struct settings *settings,
		    struct probe_loader *loader)
{
	struct runtime_probes_settings wanted = {
		.libraries = tls_libraries,
		.wanted = PROBES_ALL,
		.is_whole_host = settings->capture.trace_all,
		.spares_filtered = kernel_features_return_probe_kills(),
		.shared_from = kernel_features_try_uprobe_multi() ? 0 : SHARED_FROM,
		.loss = TLS_LIBRARIES_LOSS,
	};

	return runtime_probes_new(&watch->tls, &wanted, probe_loader_find_program, loader);
}

int function_watch_new(struct function_watch **ret, const struct settings *settings,
		       struct pipeline *pipeline, struct probe_loader *loader)
{
	_cleanup_(function_watch_free) struct function_watch *watch = calloc(1, sizeof(*watch));
	bool is_run = settings->command == COMMAND_RUN;
	int err;

	if (!watch)
		return -ENOMEM;
	watch->pipeline = pipeline;
	err = open_runtimes(watch, settings, loader);
	if (err == 0 && settings->capture.tls != TLS_OFF && settings->crash.enabled)
		err = open_tls(watch, settings, loader);
	if (err == 0)
		err = young_processes_new(&watch->young,
					  is_run ? 0 : settings->capture.tls_delay_ms * NS_PER_MS,
					  "/proc");
	if (err < 0)
		return err;
	*ret = TAKE_PTR(watch);
	return 0;
}

void function_watch_free(struct function_watch **watch)
{
	if (!*watch)
		return;
	runtime_probes_free(&(*watch)->runtimes);
	runtime_probes_free(&(*watch)->tls);
	runtime_probes_free(&(*watch)->stopped);
	young_processes_free(&(*watch)->young);
	free(*watch);
	*watch = NULL;
}

void function_watch_image(struct function_watch *watch, pid_t tgid, struct view path, int fd)
{
	if (!watch)
		return;
	runtime_probes_consider(watch->runtimes, tgid, path, fd);
	if (runtime_probes_wants(watch->tls, path) &&
	    !young_processes_has(watch->young, tgid, boottime_ns()))
		runtime_probes_consider(watch->tls, tgid, path, fd);
}

void function_watch_forked(struct function_watch *watch, pid_t parent, pid_t child)
{
	if (!watch)
		return;
	runtime_probes_process_forked(watch->runtimes, parent, child);
	if (watch->tls && !young_processes_add(watch->young, child, boottime_ns()))
		runtime_probes_process_forked(watch->tls, parent, child);
}

void function_watch_exited(struct function_watch *watch, pid_t tgid)
{
	if (!watch)
		return;
	young_processes_remove(watch->young, tgid);
	runtime_probes_process_exited(watch->runtimes, tgid);
	runtime_probes_process_exited(watch->tls, tgid);
}

/* What is there by several names is looked into once. */
static void consider_libraries(struct function_watch *watch, pid_t tgid)
{
	glob_t found = {0};

	if (glob(LIBRARY_PATTERN, GLOB_BRACE | GLOB_NOSORT, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			runtime_probes_consider(watch->tls, tgid, view_of_text(found.gl_pathv[i]),
						-1);
	globfree(&found);
}

/* A short-lived program would be over before its libraries are seen and watched. */
void function_watch_expect_exec(struct function_watch *watch, pid_t tgid, const char *command)
{
	if (!watch)
		return;
	command_probes_attach(watch->runtimes, tgid, command);
	if (!watch->tls)
		return;
	consider_libraries(watch, tgid);
	command_probes_attach(watch->tls, tgid, command);
}

uint32_t function_watch_stop_tls(struct function_watch *watch)
{
	if (!watch || !watch->tls)
		return 0;
	watch->stopped = TAKE_PTR(watch->tls);
	return runtime_probes_stop(watch->stopped);
}

void function_watch_tick(struct function_watch *watch)
{
	pid_t tgid;

	while (watch && (tgid = young_processes_take(watch->young, boottime_ns())))
		map_reading_one(watch->pipeline, tgid);
}
