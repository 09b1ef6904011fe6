/* Half of the time that is allowed, as the protocol advises: one late turn of ours is no death. */
#include "service/watchdog.h"

#include "base/clock.h"
#include "base/view.h"

#define MIN_USEC 1000ull
#define MAX_USEC (86400ull * 365 * 1000000)

void watchdog_init(struct watchdog *watchdog, const char *usec, const char *pid, pid_t own)
{
	uint64_t limit_us, whom;

	*watchdog = (struct watchdog){0};
	if (!usec || view_parse_u64(view_of_text(usec), &limit_us) < 0 || limit_us < MIN_USEC ||
	    limit_us > MAX_USEC)
		return;
	/* The variables are inherited: they may be meant for who started us. */
	if (pid && (view_parse_u64(view_of_text(pid), &whom) < 0 || whom != (uint64_t)own))
		return;
	watchdog->interval_ns = limit_us * 1000 / 2;
}

bool watchdog_is_due(struct watchdog *watchdog, uint64_t now_ns)
{
	if (!watchdog->interval_ns || now_ns < watchdog->next_ns)
		return false;
	watchdog->next_ns = now_ns + watchdog->interval_ns;
	return true;
}
