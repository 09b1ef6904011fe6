/* One entry per process: a run, or counts of the minute under way. Whoever is dead stays a little
 * while, among others, until the last requests it served have come. */
#include "crash/release_health.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/random_id.h"

#define MINUTE_NS    (60 * NS_PER_S)
#define DEAD_KEPT_NS NS_PER_S /* for segments that settle, and overtaken records */
#define EXIT_WAIT_NS (5 * NS_PER_S)
#define MAX_DEAD     1024

struct run {
	struct session_update update; /* id and start; is_init until the first report */
	struct session_counts counts; /* of the minute; started_unix_ns 0: none */
	struct resource *resource;    /* of whoever is dead or counted by request; else NULL */
	uint64_t gone_unix_ns;        /* since when it is dead, or said to be, and how it ended */
	enum session_status end_status;
	uint64_t event;   /* that may carry the session, on its way; 0: none */
	bool has_session; /* there is an update that somebody waits for */
	bool is_by_request;
	bool is_told; /* by run, and the first report is out */
};

struct release_health {
	struct hash_map *runs; /* tgid -> struct run */
	struct hash_map *dead; /* the same, by their end */
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
	if (err == 0)
		err = hash_map_new(&health->dead, sizeof(uint32_t), sizeof(struct run), MAX_DEAD);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(health);
	return 0;
}

static void drop_run(struct hash_map *runs, struct run *run)
{
	uint32_t tgid = *(const uint32_t *)hash_map_key(runs, run);

	resource_release(&run->resource);
	(void)hash_map_remove(runs, &tgid);
}

static void free_runs(struct hash_map **runs)
{
	struct run *run;

	while (*runs && (run = hash_map_oldest(*runs)))
		drop_run(*runs, run);
	hash_map_free(runs);
}

void release_health_free(struct release_health **health)
{
	if (!*health)
		return;
	free_runs(&(*health)->runs);
	free_runs(&(*health)->dead);
	free(*health);
	*health = NULL;
}

static bool has_release(const struct resource *resource)
{
	return resource && (resource->release.size || resource->service_version.size);
}

static void make_session(struct run *run, uint64_t unix_ns)
{
	struct session_update *update = &run->update;

	*update = (struct session_update){.is_init = true, .started_unix_ns = unix_ns};
	run->has_session = true;
	random_id_fill(update->id, sizeof(update->id));
	random_id_shape_uuid(update->id);
}

static void set_end(struct run *dead)
{
	dead->update.status = dead->end_status;
	dead->update.errors = dead->end_status == SESSION_CRASHED;
	dead->update.unix_ns = dead->gone_unix_ns;
}

void release_health_begin(struct release_health *health, uint32_t tgid, uint64_t unix_ns)
{
	struct run *run = hash_map_find(health->dead, &tgid);

	/* Ends come through another ring, where they overtake: this one began before it ended. */
	if (run && unix_ns <= run->gone_unix_ns) {
		if (!run->is_told) {
			make_session(run, unix_ns);
			set_end(run);
		}
		return;
	}
	run = hash_map_find(health->runs, &tgid);
	if (run)
		drop_run(health->runs, run);
	run = hash_map_add(health->runs, &tgid, NULL);
	if (run)
		make_session(run, unix_ns);
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

/* A request that began before the end of the process was this process's. */
static struct run *find_server(struct release_health *health, const struct segment *segment)
{
	uint32_t tgid = segment->resource->pid;
	struct run *dead = hash_map_find(health->dead, &tgid);

	if (dead && segment_root(segment)->start_unix_ns <= dead->gone_unix_ns)
		return dead;
	/* Forked workers have no run of their own but serve all the same. */
	return hash_map_add(health->runs, &tgid, NULL);
}

void release_health_count(struct release_health *health, const struct segment *segment)
{
	const struct span *root = segment_root(segment);
	uint64_t minute_ns = root->start_unix_ns / MINUTE_NS * MINUTE_NS;
	struct run *run;

	if (root->kind != SPAN_SERVER || !has_release(segment->resource))
		return;
	run = find_server(health, segment);
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

/* The last word on a process. */
static void tell_dead(struct release_health *health, struct run *dead)
{
	if (dead->is_by_request)
		report_counts(health, dead);
	else if (dead->has_session)
		report_update(health, dead, dead->gone_unix_ns, dead->resource);
	drop_run(health->dead, dead);
}

static struct run *add_dead(struct release_health *health, uint32_t tgid)
{
	struct run *dead = hash_map_find(health->dead, &tgid);

	if (dead)
		tell_dead(health, dead);
	else if (hash_map_count(health->dead) == MAX_DEAD)
		tell_dead(health, hash_map_oldest(health->dead));
	return hash_map_add(health->dead, &tgid, NULL);
}

void release_health_end(struct release_health *health, uint32_t tgid, enum session_status status,
			uint64_t unix_ns, struct resource *resource, uint64_t event)
{
	struct run *run = hash_map_find(health->runs, &tgid), *dead = NULL;

	/* What it served last is still on its way here: until then nobody knows how it counts. */
	if (!run || run->is_by_request || has_release(resource))
		dead = add_dead(health, tgid);
	if (dead) {
		if (run) {
			*dead = *run;
			run->resource = NULL;
		} else if (status == SESSION_CRASHED) {
			make_session(dead, unix_ns);
		}
		if (!dead->resource && resource)
			dead->resource = resource_reference(resource);
		dead->gone_unix_ns = unix_ns;
		dead->end_status = status;
		dead->event = event;
		set_end(dead);
	}
	if (run)
		drop_run(health->runs, run);
}

void release_health_exit(struct release_health *health, uint32_t tgid, enum session_status status,
			 uint64_t unix_ns)
{
	struct run *run = hash_map_find(health->runs, &tgid);

	if (!run)
		return;
	run->gone_unix_ns = unix_ns;
	run->end_status = status;
}

bool release_health_take(struct release_health *health, uint32_t tgid, uint64_t event,
			 struct session_update *ret_update_or_null)
{
	struct run *dead = hash_map_find(health->dead, &tgid);

	if (!dead || event == 0 || dead->event != event)
		return false;
	dead->event = 0;
	if (!ret_update_or_null || dead->is_by_request || !dead->has_session ||
	    !has_release(dead->resource))
		return false;
	*ret_update_or_null = dead->update;
	dead->has_session = false;
	dead->is_told = true;
	return true;
}

static void tick_dead(struct release_health *health, uint64_t unix_ns)
{
	struct run *dead;
	void *cursor = NULL;

	while ((dead = hash_map_next(health->dead, &cursor))) {
		if (unix_ns <= dead->gone_unix_ns + DEAD_KEPT_NS)
			break;
		if (dead->event == 0)
			tell_dead(health, dead);
	}
}

void release_health_tick(struct release_health *health, uint64_t unix_ns,
			 struct resource *(*resource_of)(void *self, uint32_t tgid), void *self)
{
	struct run *run;
	void *cursor = NULL;

	tick_dead(health, unix_ns);
	if (unix_ns < health->checked_unix_ns + MINUTE_NS / 6)
		return;
	health->checked_unix_ns = unix_ns;
	while ((run = hash_map_next(health->runs, &cursor))) {
		uint32_t tgid = *(const uint32_t *)hash_map_key(health->runs, run);

		if (run->gone_unix_ns && unix_ns > run->gone_unix_ns + EXIT_WAIT_NS) {
			release_health_end(health, tgid, run->end_status, run->gone_unix_ns,
					   resource_of(self, tgid), 0);
		} else if (run->is_by_request) {
			if (unix_ns > run->counts.started_unix_ns + MINUTE_NS)
				report_counts(health, run);
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
	while ((run = hash_map_oldest(health->dead)))
		tell_dead(health, run);
}
