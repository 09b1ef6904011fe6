/* Measuring has a price of its own: nothing is measured that nobody asked for. */
#include "session_watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/program_cost.h"
#include "capture/syscall_counter.h"
#include "crash/syscall_name.h"
#include "destinations.h"
#include "function_watch.h"
#include "overhead_watch.h"
#include "overview/profile_top.h"
#include "profile_stage.h"
#include "screen/screen.h"
#include "session_signals.h"

#define TELL_NS           NS_PER_S
#define LINGER_MS         100
#define MAX_SAID_SYSCALLS 15

struct session_watch {
	struct session_watch_ground ground;
	struct program_cost cost;
	struct overhead_watch *overhead; /* NULL: nobody asked, or the kernel does not measure */
	struct screen_facts facts;
	uint64_t told_ns;
};

static uint64_t read_cost(void *self)
{
	return program_cost_read_ns(&((struct session_watch *)self)->cost);
}

/* What is said by TLS is traffic, too, and is seen in functions of programs. */
static uint32_t shed(void *self, enum shed_step step)
{
	struct session_watch *watch = self;
	uint32_t count = program_cost_shed(&watch->cost, step);

	if (step == SHED_SPANS)
		count += function_watch_stop_tls(watch->ground.functions);
	return count;
}

bool session_watch_wants_syscalls(const struct settings *settings,
				  const struct destinations *destinations)
{
	return settings->events.words.syscalls || destinations_screen(destinations);
}

static bool wants_cost(const struct session_watch *watch)
{
	return watch->ground.loader &&
	       (watch->ground.settings->capture.max_overhead > 0 || watch->ground.screen);
}

static int begin_cost(struct session_watch *watch)
{
	const struct settings *settings = watch->ground.settings;
	struct overhead_ground ground = {watch, read_cost, shed, watch->ground.drops};
	int err;

	if (!wants_cost(watch))
		return 0;
	err = program_cost_begin(&watch->cost, watch->ground.loader);
	if (err < 0 && settings->capture.max_overhead <= 0)
		return 0;
	if (err < 0) {
		log_warning("max-overhead: this kernel does not tell what programs cost (%s), so "
			    "nothing is held back; it takes Linux 5.8 and CAP_SYS_ADMIN",
			    strerror(-err));
		return 0;
	}
	return overhead_watch_new(&watch->overhead, settings->capture.max_overhead, &ground,
				  clock_monotonic_ns());
}

int session_watch_new(struct session_watch **ret, const struct session_watch_ground *ground)
{
	_cleanup_(session_watch_free) struct session_watch *watch = calloc(1, sizeof(*watch));
	int err;

	if (!watch)
		return -ENOMEM;
	watch->ground = *ground;
	watch->facts.has_syscalls =
		ground->loader && (ground->settings->events.words.syscalls || ground->screen);
	watch->cost.stats_fd = -1;
	err = begin_cost(watch);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(watch);
	return 0;
}

void session_watch_free(struct session_watch **watch)
{
	if (!*watch)
		return;
	overhead_watch_free(&(*watch)->overhead);
	program_cost_end(&(*watch)->cost);
	free(*watch);
	*watch = NULL;
}

static void read_syscalls(struct session_watch *watch)
{
	struct screen_facts *facts = &watch->facts;

	if (!watch->ground.loader)
		return;
	facts->syscalls_count = syscall_counter_read(watch->ground.loader, facts->syscalls);
	for (uint32_t i = 0; i < facts->syscalls_count; i++)
		facts->syscalls[i].name = syscall_name_find((unsigned)facts->syscalls[i].number);
}

static void add_profile(void *top, const struct profile *profile)
{
	(void)profile_top_add(top, profile);
}

static void read_profile(struct session_watch *watch)
{
	struct screen_facts *facts = &watch->facts;
	struct profile_top top;

	facts->has_profile = watch->ground.profile;
	if (!watch->ground.profile || profile_top_init(&top) < 0)
		return;
	profile_stage_look(watch->ground.profile, add_profile, &top);
	facts->functions_count = profile_top_rows(&top, facts->functions, MAX_SCREEN_FUNCTIONS);
	facts->samples_count = top.samples_count;
	profile_top_done(&top);
}

/* What has to be waited for is not much longer than somebody takes to look. */
static void tell(struct session_watch *watch)
{
	struct screen_facts *facts = &watch->facts;

	if (!watch->ground.screen)
		return;
	if (watch->ground.loader)
		probe_loader_read_drops(watch->ground.loader, watch->ground.drops);
	read_syscalls(watch);
	read_profile(watch);
	facts->cost_percent = overhead_watch_percent(watch->overhead);
	screen_tell(watch->ground.screen, facts);
}

void session_watch_begin(struct session_watch *watch, const char *whom)
{
	if (!watch || !watch->ground.screen)
		return;
	(void)snprintf(watch->facts.whom, sizeof(watch->facts.whom), "%s", whom);
	tell(watch);
	if (screen_start(watch->ground.screen) < 0)
		log_warning("cannot take the terminal; --plain does without");
}

void session_watch_turn(struct session_watch *watch, uint64_t now_ns, size_t processes_count)
{
	if (!watch)
		return;
	overhead_watch_turn(watch->overhead, now_ns);
	if (now_ns < watch->told_ns + TELL_NS)
		return;
	watch->told_ns = now_ns;
	watch->facts.processes_count = (uint32_t)processes_count;
	tell(watch);
}

void session_watch_linger(struct session_watch *watch, struct session_signals *signals)
{
	if (!watch || !watch->ground.screen)
		return;
	watch->facts.is_over = true;
	watch->facts.processes_count = 0;
	tell(watch);
	while (!screen_has_quit(watch->ground.screen) && !signals->is_interrupted) {
		struct pollfd event = {.fd = signals->fd, .events = POLLIN};

		(void)poll(&event, 1, LINGER_MS);
		session_signals_take(signals, 0);
	}
}

/* "write 1234567 in 9.88 s, 12 failed: EPIPE 9, EAGAIN 3" */
static void say_syscall(const struct syscall_count *call)
{
	char errors[SYSCALL_ERRORS_BYTES];

	if (call->errors_count)
		log_info("system call %s: %llu in %.6f s, %llu failed: %s",
			 call->name ? call->name : "of no name", (unsigned long long)call->count,
			 (double)call->total_ns / (double)NS_PER_S,
			 (unsigned long long)call->errors_count,
			 syscall_count_errors(call, errors));
	else
		log_info("system call %s: %llu in %.6f s", call->name ? call->name : "of no name",
			 (unsigned long long)call->count,
			 (double)call->total_ns / (double)NS_PER_S);
}

static void say_syscalls(struct session_watch *watch)
{
	const struct screen_facts *facts = &watch->facts;

	if (!watch->ground.settings->events.words.syscalls)
		return;
	read_syscalls(watch);
	for (uint32_t i = 0; i < facts->syscalls_count && i < MAX_SAID_SYSCALLS; i++)
		say_syscall(&facts->syscalls[i]);
	if (facts->syscalls_count > MAX_SAID_SYSCALLS)
		log_info("and %u more system calls, which took less",
			 facts->syscalls_count - MAX_SAID_SYSCALLS);
}

void session_watch_report(struct session_watch *watch, struct destinations *destinations)
{
	if (!watch || !watch->facts.has_syscalls)
		return;
	read_syscalls(watch);
	destinations_set_syscalls(destinations, watch->facts.syscalls, watch->facts.syscalls_count);
}

void session_watch_say(struct session_watch *watch)
{
	double percent = watch ? overhead_watch_average(watch->overhead) : -1;

	if (watch)
		say_syscalls(watch);
	if (percent >= 0)
		log_info("limpet's programs took %.2f %% of one CPU", percent);
}
