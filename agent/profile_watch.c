/* One descriptor for two reasons to wake: many samples wait, stacks were unwound. */
#include "profile_watch.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/cpu_list.h"
#include "capture/profile_source.h"
#include "profile_stage.h"

#define LOOK_NS (1 * NS_PER_S)

struct profile_watch {
	struct profile_stage *stage;
	struct profile_source *source;
	struct probe_loader *loader;
	int epoll_fd;
	uint64_t looked_ns;
	bool is_cpu_missing; /* and said */
};

static int on_record(void *self, struct view record)
{
	profile_stage_take_sample(((struct profile_watch *)self)->stage, record);
	return 0;
}

static void tell_python(void *self, uint32_t tgid, const struct python_runtime *runtime)
{
	int map = probe_loader_map_fd(((struct profile_watch *)self)->loader, "python_runtimes");

	if (runtime)
		(void)bpf_map_update_elem(map, &tgid, runtime, BPF_ANY);
	else
		(void)bpf_map_delete_elem(map, &tgid);
}

static int explain(int err, uint64_t frequency_hz)
{
	if (err == -EACCES || err == -EPERM)
		log_error(
			"--profile: not allowed to open perf events; it takes CAP_PERFMON and CAP_BPF, or root");
	else
		log_error("--profile: cannot sample %llu times per second: %s",
			  (unsigned long long)frequency_hz, strerror(-err));
	return err;
}

static int wait_for(const struct profile_watch *watch, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return fd < 0 || epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

int profile_watch_new(struct profile_watch **ret, const struct settings *settings,
		      struct pipeline *pipeline, struct probe_loader *loader)
{
	_cleanup_(profile_watch_free) struct profile_watch *watch = NULL;
	struct profile_stage_python python = {.tell = tell_python};
	uint64_t frequency_hz = settings->profile.frequency_hz;
	int err;

	*ret = NULL;
	if (!frequency_hz)
		return 0;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return -ENOMEM;
	watch->stage = pipeline_profile(pipeline);
	watch->loader = loader;
	python.self = watch;
	profile_stage_watch_python(watch->stage, &python);
	watch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (watch->epoll_fd < 0)
		return -errno;
	err = profile_source_new(&watch->source, loader, frequency_hz, on_record, watch);
	if (err < 0)
		return explain(err, frequency_hz);
	err = wait_for(watch, profile_source_fd(watch->source));
	if (err == 0)
		err = wait_for(watch, profile_stage_fd(watch->stage));
	if (err < 0)
		return err;
	log_info("profiling at %llu Hz (%s)", (unsigned long long)frequency_hz,
		 profile_source_is_hardware(watch->source) ? "the processor's cycles"
							   : "the kernel's clock");
	*ret = TAKE_PTR(watch);
	return 0;
}

void profile_watch_free(struct profile_watch **watch)
{
	const struct profile_stage_python nobody = {0};

	if (!*watch)
		return;
	profile_stage_watch_python((*watch)->stage, &nobody);
	profile_source_free(&(*watch)->source);
	cleanup_close(&(*watch)->epoll_fd);
	free(*watch);
	*watch = NULL;
}

int profile_watch_fd(const struct profile_watch *watch)
{
	return watch ? watch->epoll_fd : -1;
}

static void follow_cpus(struct profile_watch *watch)
{
	char bytes[MAX_CPU_LIST_BYTES];
	struct view online = cpu_list_online(bytes);
	int err = view_is_empty(online) ? 0 : profile_source_follow_cpus(watch->source, online);

	if (err < 0 && !watch->is_cpu_missing)
		log_warning("--profile: a CPU that came online cannot be sampled: %s",
			    strerror(-err));
	watch->is_cpu_missing = err < 0;
}

void profile_watch_drain(struct profile_watch *watch, uint64_t now_ns)
{
	if (!watch)
		return;
	(void)profile_source_drain(watch->source);
	if (now_ns < watch->looked_ns + LOOK_NS)
		return;
	watch->looked_ns = now_ns;
	follow_cpus(watch);
	probe_loader_read_drops(watch->loader, profile_stage_drops(watch->stage));
	profile_stage_note_lost(watch->stage, now_ns);
}
