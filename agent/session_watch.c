/* Measuring has a price of its own: nothing is measured that nobody asked for. */
#include "session_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/program_cost.h"
#include "overhead_watch.h"

struct session_watch {
	struct session_watch_ground ground;
	struct program_cost cost;
	struct overhead_watch *overhead; /* NULL: nobody asked, or the kernel does not measure */
};

static uint64_t read_cost(void *self)
{
	return program_cost_read_ns(self);
}

static uint32_t shed(void *self, enum shed_step step)
{
	return program_cost_shed(self, step);
}

static bool wants_cost(const struct settings *settings)
{
	return settings->capture.max_overhead > 0;
}

static int begin_cost(struct session_watch *watch)
{
	const struct settings *settings = watch->ground.settings;
	struct overhead_ground ground = {&watch->cost, read_cost, shed, watch->ground.drops};
	int err;

	if (!wants_cost(settings))
		return 0;
	err = program_cost_begin(&watch->cost, watch->ground.loader);
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

void session_watch_turn(struct session_watch *watch, uint64_t now_ns)
{
	if (!watch)
		return;
	overhead_watch_turn(watch->overhead, now_ns);
}

void session_watch_say(const struct session_watch *watch)
{
	double percent = watch ? overhead_watch_average(watch->overhead) : -1;

	if (percent >= 0)
		log_info("limpet's programs took %.2f %% of one CPU", percent);
}
