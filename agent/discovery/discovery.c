/*
 * The table of decisions. Rings are read one after the other, so a process may be seen to crash
 * before it was seen to begin: `since_ns`, the time of the record that told of the program, says
 * which of two is newer. Where rules name executables, the kernel tells of forks and of programs,
 * with their paths, in a ring of its own, which is read up to now before anything is decided about
 * a record of another (catch_up): a process that died at once has been decided about by then, and
 * its parent before it. The ring's size bounds what waits there; the records in the ring of traffic
 * that say the same change nothing then. What is decided with something missing stays out of the
 * kernel's table: a child must be seen to be decided about again.
 */
#include "discovery/discovery.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "discovery/decision.h"
#include "discovery/discovery_text.h"
#include "discovery/event_process.h"
#include "discovery/fact_reader.h"

#define DECISIONS_PER_SLOT 5  /* of a process that could be traced: some are ignored */
#define DECISIONS_PER_TICK 64 /* made anew after a change */
#define DECISIONS_PER_SCAN 1024
#define PROGRAMS_PER_SCAN  1000     /* decided about before anything else is seen of them */
#define STRAY_NS           NS_PER_S /* after it was ignored, nothing of it is under way any more */
#define SCAN_NS            NS_PER_S
#define NAMESPACES_NS      (10 * NS_PER_S)

struct discovery {
	struct discovery_sink sink;
	struct drops *drops;
	struct discovery_rules *rules;
	struct hash_map *decisions; /* tgid → struct decision, least recently decided first */
	struct listener_table *listeners;
	struct fact_reader reader;
	uint32_t generation;       /* of the rules: older decisions are made anew */
	uint32_t rules_generation; /* the first one of these rules */
	bool is_catching_up;
	uint64_t scanned_ns, namespaces_ns;
	uint32_t programs_count; /* since the last scan */
};

void discovery_decide_again(struct discovery *discovery)
{
	discovery->generation++;
	discovery->sink.on_heed_all(discovery->sink.self);
}

int discovery_set_rules(struct discovery *discovery, const struct discovery_settings *settings)
{
	struct discovery_rules *rules;
	int err = discovery_text_parse(&rules, settings);

	if (err < 0)
		return err;
	discovery_rules_free(&discovery->rules);
	discovery->rules = rules;
	listener_table_set_rules(discovery->listeners, rules);
	(void)listener_table_scan(discovery->listeners, true);
	discovery_decide_again(discovery);
	discovery->rules_generation = discovery->generation;
	return 0;
}

bool discovery_names_executables(const struct discovery *discovery)
{
	return discovery->rules->fields & 1u << DISCOVERY_EXECUTABLE;
}

int discovery_set_roots(struct discovery *discovery, const char *proc_root, const char *root)
{
	listener_table_free(&discovery->listeners);
	if (listener_table_new(&discovery->listeners, proc_root) < 0)
		return -ENOMEM;
	listener_table_set_rules(discovery->listeners, discovery->rules);
	(void)listener_table_scan(discovery->listeners, true);
	return fact_reader_set_roots(&discovery->reader, proc_root, root, discovery->listeners);
}

int discovery_new(struct discovery **ret, const struct discovery_settings *settings,
		  size_t max_processes, const struct discovery_sink *sink, struct drops *drops)
{
	_cleanup_(discovery_free) struct discovery *discovery = calloc(1, sizeof(*discovery));
	int err;

	if (!discovery)
		return -ENOMEM;
	discovery->sink = *sink;
	discovery->drops = drops;
	err = fact_reader_init(&discovery->reader);
	if (err == 0)
		err = discovery_text_parse(&discovery->rules, settings);
	if (err == 0)
		err = hash_map_new(&discovery->decisions, sizeof(uint32_t), sizeof(struct decision),
				   max_processes * DECISIONS_PER_SLOT);
	if (err == 0)
		err = discovery_set_roots(discovery, "/proc", "");
	if (err < 0)
		return err;
	*ret = TAKE_PTR(discovery);
	return 0;
}

void discovery_free(struct discovery **discovery)
{
	if (!*discovery)
		return;
	if ((*discovery)->decisions)
		hash_map_free(&(*discovery)->decisions);
	listener_table_free(&(*discovery)->listeners);
	discovery_rules_free(&(*discovery)->rules);
	fact_reader_done(&(*discovery)->reader);
	free(*discovery);
	*discovery = NULL;
}

int discovery_add_source(struct discovery *discovery, const struct discovery_fact_source *source)
{
	return fact_reader_add_source(&discovery->reader, source);
}

/* A new entry in the place of whoever was decided about longest ago. */
static struct decision *add_decision(struct discovery *discovery, uint32_t tgid)
{
	struct decision *decision = hash_map_add(discovery->decisions, &tgid, NULL), *oldest;

	if (decision)
		return decision;
	oldest = hash_map_oldest(discovery->decisions);
	if (oldest) {
		uint32_t gone = *(const uint32_t *)hash_map_key(discovery->decisions, oldest);

		if (oldest->state == DISCOVERY_IGNORED && !oldest->is_ours)
			discovery->sink.on_forget(discovery->sink.self, (pid_t)gone);
		(void)hash_map_remove(discovery->decisions, &gone);
	}
	return hash_map_add(discovery->decisions, &tgid, NULL);
}

/* Decides, and tells if that is news. */
static struct decision *decide(struct discovery *discovery, uint32_t tgid, struct view program,
			       uint64_t time_ns)
{
	struct decision *decision = add_decision(discovery, tgid);
	enum discovery_state before;
	struct discovery_verdict verdict;
	uint32_t awaited;

	if (!decision)
		return NULL;
	awaited = fact_reader_decide(&discovery->reader, discovery->rules, tgid, program, &verdict);
	if (!program.size && decision_is_past(decision, &verdict, discovery->rules_generation)) {
		decision->generation = discovery->generation;
		return decision;
	}
	before = (enum discovery_state)decision->state;
	decision->state = verdict.is_traced ? DISCOVERY_TRACED : DISCOVERY_IGNORED;
	decision->is_final = !verdict.is_provisional && !verdict.is_blind;
	decision->generation = discovery->generation;
	decision->made_ns = clock_monotonic_ns();
	decision->due_ns = verdict.wait_ns ? decision->made_ns + verdict.wait_ns : 0;
	decision->is_awaiting = awaited & ~(1u << DISCOVERY_PORT);
	if (awaited & 1u << DISCOVERY_PORT)
		decision->due_ns = decision->made_ns + SCAN_NS;
	if (time_ns)
		decision->since_ns = time_ns;
	hash_map_touch(discovery->decisions, decision);
	decision->is_blind = verdict.is_blind && !verdict.is_traced;
	decision->is_counted = false;
	if (decision->state != before || !verdict.is_traced)
		discovery->sink.on_decision(discovery->sink.self, (pid_t)tgid, verdict.is_traced,
					    decision->is_final, before);
	return decision;
}

/* Before a decision about whatever came before now. */
static void catch_up(struct discovery *discovery)
{
	if (discovery->is_catching_up || !discovery->sink.on_catch_up ||
	    !discovery_names_executables(discovery))
		return;
	discovery->is_catching_up = true;
	discovery->sink.on_catch_up(discovery->sink.self);
	discovery->is_catching_up = false;
}

/* The decision that holds: one of older rules, or of a process that goes on being seen though it is
 * ignored, is made again. */
static struct decision *decision_of(struct discovery *discovery, uint32_t tgid, uint64_t time_ns)
{
	struct decision *decision = hash_map_find(discovery->decisions, &tgid);
	bool is_stray;

	if (!decision || decision->state == DISCOVERY_UNDECIDED)
		return decide(discovery, tgid, (struct view){0},
			      decision ? decision->since_ns : time_ns);
	if (decision->is_ours)
		return decision;
	is_stray = decision->state == DISCOVERY_IGNORED && decision->is_final &&
		   time_ns > decision->made_ns + STRAY_NS && decision->made_ns;
	if (decision->generation != discovery->generation || is_stray)
		return decide(discovery, tgid, (struct view){0}, 0);
	return decision;
}

/* Nothing to decide by, and nobody was decided about. */
static bool is_idle(const struct discovery *discovery)
{
	return !discovery->rules->rules_count && !hash_map_count(discovery->decisions);
}

bool discovery_traces(struct discovery *discovery, pid_t tgid)
{
	uint32_t key = (uint32_t)tgid;
	const struct decision *decision;

	if (is_idle(discovery))
		return true;
	catch_up(discovery);
	decision = discovery->rules->rules_count ? decision_of(discovery, key, 0)
						 : hash_map_find(discovery->decisions, &key);
	return !decision || decision->state != DISCOVERY_IGNORED;
}

bool discovery_ignores(const struct discovery *discovery, pid_t tgid)
{
	const struct decision *decision = hash_map_find(discovery->decisions, &tgid);

	return decision && decision->state == DISCOVERY_IGNORED;
}

void discovery_facts_changed(struct discovery *discovery, pid_t tgid)
{
	const struct decision *decision = hash_map_find(discovery->decisions, &tgid);

	if (!decision || !decision->is_ours)
		(void)decide(discovery, (uint32_t)tgid, (struct view){0}, 0);
}

void discovery_exclude(struct discovery *discovery, pid_t tgid)
{
	struct decision *decision = add_decision(discovery, (uint32_t)tgid);

	if (decision)
		*decision = (struct decision){
			.state = DISCOVERY_IGNORED, .is_final = true, .is_ours = true};
}

static void take_fork(struct discovery *discovery, uint32_t parent, uint32_t child,
		      uint64_t time_ns)
{
	const struct decision *from = hash_map_find(discovery->decisions, &parent);
	struct decision *decision = hash_map_find(discovery->decisions, &child), copy;

	if (decision && (decision->is_ours || decision->since_ns > time_ns ||
			 (decision->is_told && decision->since_ns == time_ns)))
		return;
	if (!from) {
		(void)hash_map_remove(discovery->decisions, &child);
		return;
	}
	copy = *from;
	copy.is_program = copy.is_counted = false;
	copy.is_told = true;
	copy.since_ns = time_ns;
	/* Who waits is told by its own number: the child waits for itself. */
	if (copy.is_awaiting)
		copy.generation--;
	decision = add_decision(discovery, child);
	if (!decision)
		return;
	*decision = copy;
	if (copy.state == DISCOVERY_IGNORED && !copy.is_ours)
		discovery->sink.on_decision(discovery->sink.self, (pid_t)child, false,
					    copy.is_final, DISCOVERY_UNDECIDED);
}

/* The kernel has forgotten what it knew of the program before. */
static void take_exec(struct discovery *discovery, uint32_t tgid, uint64_t time_ns)
{
	struct decision *decision = hash_map_find(discovery->decisions, &tgid);

	if (!decision || decision->is_ours)
		return;
	if (!decision_is_of_program(decision, time_ns)) {
		bool was_ignored = decision->state == DISCOVERY_IGNORED;

		(void)hash_map_remove(discovery->decisions, &tgid);
		if (was_ignored)
			discovery->sink.on_forget(discovery->sink.self, (pid_t)tgid);
	} else if (decision->state == DISCOVERY_IGNORED) {
		discovery->sink.on_decision(discovery->sink.self, (pid_t)tgid, false,
					    decision->is_final, DISCOVERY_IGNORED);
	}
}

/* The path is enough for what asks for no more; the rest is read while it lives, if it is not too
 * much. */
static void take_program(struct discovery *discovery, uint32_t tgid, struct view path,
			 uint64_t time_ns)
{
	struct decision *decision = hash_map_find(discovery->decisions, &tgid);

	if (decision && (decision->is_ours || decision->since_ns > time_ns))
		return;
	if (discovery->rules->fields & ~(1u << DISCOVERY_EXECUTABLE) &&
	    discovery->programs_count++ >= PROGRAMS_PER_SCAN) {
		take_exec(discovery, tgid, time_ns);
		return;
	}
	decision = decide(discovery, tgid, path, time_ns);
	if (!decision)
		return;
	decision->is_told = true;
	decision->is_program = false;
}

static void take_beginning(struct discovery *discovery, const struct event *event)
{
	const struct process_began_record *began = event->began;
	const struct decision *decision = hash_map_find(discovery->decisions, &began->tgid);

	/* What was decided while it lived was decided by more than its path. */
	if (began->is_dying && decision && decision->state != DISCOVERY_UNDECIDED)
		return;
	if (began->parent_tgid)
		take_fork(discovery, began->parent_tgid, began->tgid, event->time_ns);
	else if (discovery->rules->rules_count)
		take_program(discovery, began->tgid, event->bytes, event->time_ns);
}

/* Whom a rule left out though it might not have, had it been known. */
static bool is_left_out(struct discovery *discovery, struct decision *decision,
			const struct event *event)
{
	if (!decision || decision->state != DISCOVERY_IGNORED)
		return false;
	if (decision->is_blind && !decision->is_counted && event_process_is_loss(event)) {
		decision->is_counted = true;
		drops_count(discovery->drops, DROP_PROCESS_UNDECIDED);
	}
	return true;
}

bool discovery_takes(struct discovery *discovery, const struct event *event)
{
	struct decision *decision;
	enum event_weight weight;
	uint32_t tgid;

	if (event->kind == RECORD_PROCESS_BEGAN) {
		take_beginning(discovery, event);
		return false;
	}
	if (is_idle(discovery))
		return true;
	if (event->kind == RECORD_PROCESS_FORK) {
		catch_up(discovery);
		take_fork(discovery, event->fork->parent_tgid, event->fork->tgid, event->time_ns);
		return !discovery_ignores(discovery, (pid_t)event->fork->tgid);
	}
	if (event->kind == RECORD_PROCESS_EXEC) {
		catch_up(discovery);
		take_exec(discovery, event->exec->tgid, event->time_ns);
		return !discovery_ignores(discovery, (pid_t)event->exec->tgid);
	}
	weight = event_process_of(event, &tgid);
	if (weight == EVENT_OF_NOBODY)
		return true;
	if (weight == EVENT_IS_HEAVY)
		catch_up(discovery);
	decision = weight == EVENT_IS_HEAVY && discovery->rules->rules_count
			   ? decision_of(discovery, tgid, event->time_ns)
			   : hash_map_find(discovery->decisions, &tgid);
	return !is_left_out(discovery, decision, event);
}

bool discovery_takes_image(struct discovery *discovery, const struct event *event)
{
	uint32_t tgid = event->image->tgid;
	struct decision *decision;

	if (is_idle(discovery))
		return true;
	if (event->image->action == IMAGE_FORK) {
		take_fork(discovery, event->image->parent_tgid, tgid, event->time_ns);
		return true;
	}
	decision = hash_map_find(discovery->decisions, &tgid);
	if (decision && decision->is_told && decision->since_ns > event->time_ns)
		return decision->state != DISCOVERY_IGNORED;
	if (event->image->action == IMAGE_EXEC && discovery->rules->rules_count &&
	    !(decision && decision->is_ours)) {
		decision = add_decision(discovery, tgid);
		if (decision)
			*decision =
				(struct decision){.since_ns = event->time_ns, .is_program = true};
		return true;
	}
	if (decision && decision->state == DISCOVERY_UNDECIDED && decision->is_program &&
	    view_starts_with(event->bytes, VIEW_LITERAL("/")) &&
	    discovery->programs_count++ < PROGRAMS_PER_SCAN)
		decision = decide(discovery, tgid, event->bytes, decision->since_ns);
	return !decision || decision->state != DISCOVERY_IGNORED;
}

void discovery_records_lost(struct discovery *discovery)
{
	if (discovery->rules->rules_count)
		discovery->generation++;
}

/* Each tick a part of those whose decision is older than the rules; the oldest come first. */
static void decide_anew(struct discovery *discovery)
{
	for (int i = 0; i < DECISIONS_PER_TICK; i++) {
		struct decision *oldest = hash_map_oldest(discovery->decisions);

		if (!oldest || oldest->generation == discovery->generation)
			return;
		oldest->generation = discovery->generation;
		hash_map_touch(discovery->decisions, oldest);
		if (!oldest->is_ours && oldest->state != DISCOVERY_UNDECIDED)
			(void)decide(discovery,
				     *(const uint32_t *)hash_map_key(discovery->decisions, oldest),
				     (struct view){0}, 0);
	}
}

/* Deciding moves entries: first who, then what. */
static void decide_due(struct discovery *discovery, uint64_t now_ns)
{
	uint32_t due[DECISIONS_PER_SCAN], count = 0;
	void *cursor = NULL, *value;

	if (!(discovery->rules->fields & (1u << DISCOVERY_MIN_AGE | 1u << DISCOVERY_PORT)))
		return;
	while (count < DECISIONS_PER_SCAN &&
	       (value = hash_map_next(discovery->decisions, &cursor))) {
		const struct decision *decision = value;

		if (decision->due_ns && decision->due_ns <= now_ns)
			due[count++] =
				*(const uint32_t *)hash_map_key(discovery->decisions, decision);
	}
	for (uint32_t i = 0; i < count; i++)
		(void)decide(discovery, due[i], (struct view){0}, 0);
}

void discovery_tick(struct discovery *discovery, uint64_t now_ns)
{
	bool finds_namespaces = now_ns >= discovery->namespaces_ns + NAMESPACES_NS;

	decide_anew(discovery);
	if (now_ns < discovery->scanned_ns + SCAN_NS)
		return;
	discovery->scanned_ns = now_ns;
	discovery->programs_count = 0;
	if (finds_namespaces)
		discovery->namespaces_ns = now_ns;
	decide_due(discovery, now_ns);
	if (listener_table_scan(discovery->listeners, finds_namespaces))
		discovery_decide_again(discovery);
}

struct discovery_counts discovery_count(const struct discovery *discovery)
{
	struct discovery_counts counts = {0};
	void *cursor = NULL, *value;

	while ((value = hash_map_next(discovery->decisions, &cursor))) {
		counts.traced += ((struct decision *)value)->state == DISCOVERY_TRACED;
		counts.ignored += ((struct decision *)value)->state == DISCOVERY_IGNORED;
	}
	return counts;
}
