/* One entry per process: a run, or counts of the minute under way. */
#include "crash/release_health.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/random_id.h"

#define MINUTE_NS (60 * NS_PER_S)

struct run {
	struct session_update update; /* id and start; is_init until the first report */
	struct session_counts counts; /* of the minute; started_unix_ns 0: none */
	struct resource *resource;    /* of whoever is counted by request; else NULL */
	uint64_t gone_unix_ns;        /* by request: the process has ended */
	bool is_by_request;
	bool is_told; /* by run, and the first report is out */
};

struct release_health {
	struct hash_map *runs; /* tgid -> struct run */
	release_health_report_fn on_report;
	void *self;
	uint64_t checked_unix_ns;
};

int release_health_new(struct release_health **ret, size_t max_processes,
		       release_health_report_fn on_report, void *self)
{
	_cleanup_(release_health_free) struct release_health *health = calloc(1, sizeof(*health));
	int err;

	if (!health)
		return -ENOMEM;
	health->on_report = on_report;
	health->self = self;
	err = hash_map_new(&health->runs, sizeof(uint32_t), sizeof(struct run), max_processes);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(health);
	return 0;
}

static void drop_run(struct release_health *health, struct run *run)
{
	uint32_t tgid = *(const uint32_t *)hash_map_key(health->runs, run);

	resource_release(&run->resource);
	(void)hash_map_remove(health->runs, &tgid);
}

void release_health_free(struct release_health **health)
{
	struct run *run;

	if (!*health)
		return;
	while ((*health)->runs && (run = hash_map_oldest((*health)->runs)))
		drop_run(*health, run);
	hash_map_free(&(*health)->runs);
	free(*health);
	*health = NULL;
}

static bool has_release(const struct resource *resource)
{
	return resource && (resource->release.size || resource->service_version.size);
}

static void make_session(struct session_update *update, uint64_t unix_ns)
{
	*update = (struct session_update){.is_init = true, .started_unix_ns = unix_ns};
	random_id_fill(update->id, sizeof(update->id));
	update->id[6] = (uint8_t)((update->id[6] & 0x0f) | 0x40);
	update->id[8] = (uint8_t)((update->id[8] & 0x3f) | 0x80);
}

void release_health_begin(struct release_health *health, uint32_t tgid, uint64_t unix_ns)
{
	struct run *run = hash_map_find(health->runs, &tgid);

	if (run)
		drop_run(health, run);
	run = hash_map_add(health->runs, &tgid, NULL);
	if (run)
		make_session(&run->update, unix_ns);
}

static void report_counts(struct release_health *health, struct run *run)
{
	struct session_report *report;

	if (run->counts.started_unix_ns == 0)
		return;
	if (session_report_new(&report, run->resource) == 0) {
		report->counts[0] = run->counts;
		report->counts_count = 1;
		health->on_report(health->self, &report);
	}
	run->counts = (struct session_counts){0};
}

static void report_update(struct release_health *health, struct run *run, uint64_t unix_ns,
			  struct resource *resource)
{
	struct session_report *report;

	if (!has_release(resource) || session_report_new(&report, resource) < 0)
		return;
	run->update.unix_ns = unix_ns;
	report->update = run->update;
	health->on_report(health->self, &report);
	run->update.is_init = false;
	run->is_told = true;
}

static void count_request(struct session_counts *counts, const struct span *root)
{
	const struct attribute *crashed = attribute_find(&root->attributes, "limpet.crashed");

	if (crashed && crashed->boolean)
		counts->crashed++;
	else if (root->is_incomplete)
		counts->abnormal++;
	else if (root->status == STATUS_ERROR)
		counts->errored++;
	else
		counts->exited++;
}

void release_health_count(struct release_health *health, const struct segment *segment)
{
	const struct span *root = segment_root(segment);
	uint64_t minute_ns = root->start_unix_ns / MINUTE_NS * MINUTE_NS;
	uint32_t tgid = segment->resource->pid;
	struct run *run;

	if (root->kind != SPAN_SERVER || !has_release(segment->resource))
		return;
	/* Forked workers have no run of their own but serve all the same. */
	run = hash_map_add(health->runs, &tgid, NULL);
	if (!run || run->is_told)
		return;
	run->is_by_request = true;
	if (run->counts.started_unix_ns && run->counts.started_unix_ns != minute_ns)
		report_counts(health, run);
	if (run->resource != segment->resource) {
		resource_release(&run->resource);
		run->resource = resource_reference(segment->resource);
	}
	run->counts.started_unix_ns = minute_ns;
	count_request(&run->counts, root);
}

bool release_health_end(struct release_health *health, uint32_t tgid, enum session_status status,
			uint64_t unix_ns, struct resource *resource,
			struct session_update *ret_update)
{
	struct run *run = hash_map_find(health->runs, &tgid);
	struct run forked = {0};
	bool is_carried = false;

	if (!run && status != SESSION_CRASHED)
		return false;
	if (run && run->is_by_request) {
		/* What it served last is still on its way here: a later tick tells. */
		run->gone_unix_ns = unix_ns;
		return false;
	}
	if (!run) {
		make_session(&forked.update, unix_ns);
		run = &forked;
	}
	run->update.status = status;
	run->update.errors = status == SESSION_CRASHED;
	run->update.unix_ns = unix_ns;
	if (ret_update && has_release(resource)) {
		*ret_update = run->update;
		is_carried = true;
	} else {
		report_update(health, run, unix_ns, resource);
	}
	if (run != &forked)
		drop_run(health, run);
	return is_carried;
}

static void tick_requests(struct release_health *health, struct run *run, uint64_t unix_ns)
{
	bool is_gone = run->gone_unix_ns && unix_ns > run->gone_unix_ns + NS_PER_S;

	if (is_gone || unix_ns > run->counts.started_unix_ns + MINUTE_NS)
		report_counts(health, run);
	if (is_gone)
		drop_run(health, run);
}

void release_health_tick(struct release_health *health, uint64_t unix_ns,
			 struct resource *(*resource_of)(void *self, uint32_t tgid), void *self)
{
	struct run *run;
	void *cursor = NULL;

	if (unix_ns < health->checked_unix_ns + MINUTE_NS / 6)
		return;
	health->checked_unix_ns = unix_ns;
	while ((run = hash_map_next(health->runs, &cursor))) {
		uint32_t tgid = *(const uint32_t *)hash_map_key(health->runs, run);

		if (run->is_by_request) {
			tick_requests(health, run, unix_ns);
		} else if (!run->is_told && unix_ns > run->update.started_unix_ns + MINUTE_NS) {
			report_update(health, run, unix_ns, resource_of(self, tgid));
			run->is_told = true;
		}
	}
}

void release_health_finish(struct release_health *health)
{
	struct run *run;
	void *cursor = NULL;

	while ((run = hash_map_next(health->runs, &cursor)))
		if (run->is_by_request)
			report_counts(health, run);
}
