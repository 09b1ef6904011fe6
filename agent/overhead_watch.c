/* Two seconds in a row above the limit are one step. */
#include "overhead_watch.h"

#include <errno.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/log.h"

#define SECONDS_ABOVE 2

struct overhead_watch {
	struct overhead_ground ground;
	double max_percent;
	double percent;
	uint64_t begin_ns, looked_ns;
	uint64_t begin_run_ns, run_ns;
	uint32_t seconds_above;
	int next_step;
};

int overhead_watch_new(struct overhead_watch **ret, double max_percent,
		       const struct overhead_ground *ground, uint64_t now_ns)
{
	struct overhead_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return -ENOMEM;
	watch->ground = *ground;
	watch->max_percent = max_percent;
	watch->percent = -1;
	watch->begin_ns = watch->looked_ns = now_ns;
	watch->begin_run_ns = watch->run_ns = ground->read_ns(ground->self);
	*ret = watch;
	return 0;
}

void overhead_watch_free(struct overhead_watch **watch)
{
	free(*watch);
	*watch = NULL;
}

/* The next kind that was there to be given up. */
static void shed(struct overhead_watch *watch)
{
	while (watch->next_step < SHED_STEPS_COUNT) {
		enum shed_step step = (enum shed_step)watch->next_step++;

		if (!watch->ground.shed(watch->ground.self, step))
			continue;
		drops_count(watch->ground.drops, DROP_OVERHEAD_SHED);
		log_warning("max-overhead: limpet's programs take %.2f %% of one CPU, the limit is "
			    "%.2f %%: no longer seen: %s",
			    watch->percent, watch->max_percent, program_cost_words(step));
		return;
	}
}

void overhead_watch_turn(struct overhead_watch *watch, uint64_t now_ns)
{
	uint64_t run_ns;

	if (!watch || now_ns < watch->looked_ns + NS_PER_S)
		return;
	run_ns = watch->ground.read_ns(watch->ground.self);
	watch->percent = run_ns > watch->run_ns ? 100 * (double)(run_ns - watch->run_ns) /
							  (double)(now_ns - watch->looked_ns)
						: 0;
	watch->run_ns = run_ns;
	watch->looked_ns = now_ns;
	if (watch->max_percent <= 0 || watch->percent <= watch->max_percent) {
		watch->seconds_above = 0;
		return;
	}
	if (++watch->seconds_above < SECONDS_ABOVE)
		return;
	watch->seconds_above = 0;
	shed(watch);
}

double overhead_watch_percent(const struct overhead_watch *watch)
{
	return watch ? watch->percent : -1;
}

double overhead_watch_average(const struct overhead_watch *watch)
{
	if (!watch || watch->looked_ns == watch->begin_ns)
		return -1;
	return 100 * (double)(watch->run_ns - watch->begin_run_ns) /
	       (double)(watch->looked_ns - watch->begin_ns);
}
