/*
 * Destinations that get the same items: their workers, and the spool thread of those that keep
 * crashes on disk. What is spooled goes to the spool thread first, which hands it on when it is
 * written; everything else is offered directly.
 */
#include "destination_lane.h"

#include "base/clock.h"
#include "base/log.h"
#include "delivery/crash_spool.h"

#define ERROR_BYTES 512

static const char *crash_word(uint32_t count)
{
	return count == 1 ? "crash" : "crashes";
}

/* NULL: none. */
static struct crash_spool *open_spool(const struct exporter *exporter,
				      const struct settings *settings, int base_fd)
{
	const struct delivery_settings *delivery = &settings->delivery;
	struct crash_spool_settings spool = {
		.directory = delivery->spool_directory,
		.base_fd = base_fd,
		.name = exporter->ops->name,
		.identity = exporter->identity,
		.max_bytes = delivery->max_spool_bytes,
		.max_items = delivery->max_spool_items < UINT32_MAX
				     ? (uint32_t)delivery->max_spool_items
				     : UINT32_MAX,
	};
	struct crash_spool *opened = NULL;
	char error[ERROR_BYTES];

	if (base_fd < 0 || exporter->ops->is_local || !exporter->identity ||
	    !(exporter->ops->wanted_kinds & ITEM_BIT(ITEM_CRASH)))
		return NULL;
	if (crash_spool_new(&opened, &spool, error, sizeof(error)) < 0)
		log_warning("%s; crashes that cannot be delivered at once may be lost", error);
	else if (crash_spool_count(opened))
		log_info("%s: delivering %u %s kept in %s", exporter->ops->name,
			 crash_spool_count(opened), crash_word(crash_spool_count(opened)),
			 crash_spool_path(opened));
	return opened;
}

int destination_lane_add(struct destination_lane *lane, struct exporter **exporter,
			 const struct settings *settings, int base_fd, struct drops *drops)
{
	struct crash_spool *spool = open_spool(*exporter, settings, base_fd);
	int err = delivery_worker_new(&lane->workers[lane->count], exporter, &spool,
				      &settings->delivery, drops);

	if (err == 0)
		lane->count++;
	return err;
}

int destination_lane_start(struct destination_lane *lane, struct drops *drops)
{
	for (uint32_t i = 0; i < lane->count; i++)
		if (delivery_worker_spool(lane->workers[i]))
			return spool_thread_new(&lane->spool_thread, lane->workers, lane->count,
						drops);
	return 0;
}

void destination_lane_offer(struct destination_lane *lane, struct item *item)
{
	bool is_spooled = item->kind == ITEM_CRASH && lane->spool_thread;

	for (uint32_t i = 0; i < lane->count; i++)
		if (!is_spooled || !delivery_worker_spool(lane->workers[i]))
			delivery_worker_offer(lane->workers[i], item);
	if (is_spooled)
		spool_thread_offer(lane->spool_thread, item);
}

void destination_lane_count_drop(struct destination_lane *lane, enum drop_reason reason,
				 const struct item *item)
{
	for (uint32_t i = 0; i < lane->count; i++)
		delivery_worker_report_drop(lane->workers[i], reason, item);
}

static void print_statistics(const struct delivery_worker *worker)
{
	struct delivery_statistics statistics = delivery_worker_statistics(worker);

	if (statistics.dropped)
		log_warning("%s: %llu items sent, %llu dropped", delivery_worker_name(worker),
			    (unsigned long long)statistics.sent,
			    (unsigned long long)statistics.dropped);
	else
		log_debug("%s: %llu items sent", delivery_worker_name(worker),
			  (unsigned long long)statistics.sent);
	if (statistics.kept)
		log_warning("%s: %u %s kept in %s for the next start", delivery_worker_name(worker),
			    statistics.kept, crash_word(statistics.kept),
			    crash_spool_path(delivery_worker_spool(worker)));
}

/* What still waits for the disk may take half of the time there is. */
bool destination_lane_begin_stop(struct destination_lane *lane, uint64_t deadline_ns)
{
	uint64_t now_ns = clock_monotonic_ns();
	bool is_clean = spool_thread_stop(&lane->spool_thread,
					  deadline_ns > now_ns ? now_ns + (deadline_ns - now_ns) / 2
							       : deadline_ns);

	for (uint32_t i = 0; i < lane->count; i++)
		delivery_worker_begin_drain(lane->workers[i], deadline_ns);
	return is_clean;
}

bool destination_lane_stop(struct destination_lane *lane, uint64_t deadline_ns)
{
	bool is_clean = true;

	for (uint32_t i = 0; i < lane->count; i++) {
		is_clean &= delivery_worker_drain(lane->workers[i], deadline_ns);
		print_statistics(lane->workers[i]);
		(void)delivery_worker_stop(&lane->workers[i], deadline_ns);
	}
	lane->count = 0;
	return is_clean;
}

bool destination_lane_is_behind(const struct destination_lane *lane, uint64_t max_items)
{
	for (uint32_t i = 0; i < lane->count; i++)
		if (delivery_worker_statistics(lane->workers[i]).queued > max_items)
			return true;
	return false;
}
