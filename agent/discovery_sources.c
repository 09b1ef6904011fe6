/*
 * Two tables. Who waits: a process, by what its cgroup said when it was decided about; whoever
 * waits for longest makes room, and is then told together with everybody. Which pods were used: by
 * a number that changes with whatever a rule could see of them.
 */
#include "discovery_sources.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "containers/container_lookup.h"
#include "discovery/discovery.h"
#include "kubernetes/pod_source.h"

#define MAX_WAITING   256
#define MAX_TOLD_TICK 32
#define ANEW_NS       NS_PER_S        /* at most so often */
#define PLACE_NS      (10 * NS_PER_S) /* for the kubelet to tell which container it is */
#define FNV_BASIS     0xcbf29ce484222325ULL
#define FNV_PRIME     0x100000001b3ULL

/* Bits of waiting->for_what. */
#define FOR_POD   (1u << 0)
#define FOR_NAME  (1u << 1) /* from a runtime */
#define FOR_PLACE (1u << 2) /* in a pod that is known */

struct waiting {
	char container_id[CONTAINER_ID_BYTES];
	char pod_uid[POD_UID_BYTES];
	enum container_runtime runtime;
	uint32_t for_what;
	bool is_overdue; /* nobody told for PLACE_NS: it goes on without */
	uint64_t since_ns;
};

struct uid_key {
	char text[POD_UID_BYTES];
};

struct discovery_sources {
	struct discovery *discovery;
	struct container_lookup *containers;
	struct pod_source *pods;
	struct hash_map *waiting; /* tgid → struct waiting */
	struct hash_map *used;    /* struct uid_key → uint64_t, what rules see of that pod */
	uint64_t container_answers, pod_answers;
	uint64_t now_ns, looked_ns, anew_ns;
	bool is_behind;        /* not all who could be told were */
	bool has_lost_waiting; /* somebody made room */
	bool is_stale;         /* every decision is to be made anew */
};

enum found { NOT_IN_A_POD, POD_AWAITED, POD_FOUND };

static uint64_t mix(uint64_t sum, struct view text)
{
	for (size_t i = 0; i < text.size; i++)
		sum = (sum ^ (unsigned char)text.bytes[i]) * FNV_PRIME;
	return sum * FNV_PRIME; /* the end is a sign, too */
}

/* The namespace of a pod never changes. */
static uint64_t sum_of(const struct pod_facts *facts)
{
	uint64_t sum = FNV_BASIS ^ (facts->steering->is_muted | facts->steering->is_wanted << 1);

	for (uint32_t i = 0; i < facts->pod->labels_count; i++)
		sum = mix(mix(sum, facts->pod->labels[i].key), facts->pod->labels[i].value);
	return sum;
}

/* Full: whoever came first makes room; there are no more of them than pods. */
static void note_used(struct discovery_sources *sources, const char *uid,
		      const struct pod_facts *pod)
{
	struct uid_key key = {""};
	uint64_t *sum;
	bool is_new;

	(void)snprintf(key.text, sizeof(key.text), "%s", uid);
	sum = hash_map_add(sources->used, &key, &is_new);
	if (!sum && hash_map_oldest(sources->used)) {
		(void)hash_map_remove(sources->used,
				      hash_map_key(sources->used, hash_map_oldest(sources->used)));
		sum = hash_map_add(sources->used, &key, &is_new);
	}
	if (sum && is_new)
		*sum = sum_of(pod);
}

/* Whoever waits for longest; to be told with everybody, unless that was over anyway. */
static void make_room(struct discovery_sources *sources)
{
	const struct waiting *oldest = hash_map_oldest(sources->waiting);

	sources->has_lost_waiting |= !oldest->is_overdue;
	(void)hash_map_remove(sources->waiting, hash_map_key(sources->waiting, oldest));
}

static void wait_for(struct discovery_sources *sources, const struct discovery_facts *facts,
		     uint32_t what)
{
	uint32_t tgid = (uint32_t)facts->tgid;
	struct waiting *waiting = hash_map_find(sources->waiting, &tgid);

	if (!waiting && hash_map_count(sources->waiting) == MAX_WAITING)
		make_room(sources);
	if (!waiting || strcmp(waiting->container_id, facts->container_id) != 0) {
		waiting = hash_map_add(sources->waiting, &tgid, NULL);
		if (!waiting)
			return;
		*waiting = (struct waiting){.runtime = facts->runtime, .since_ns = sources->now_ns};
		memcpy(waiting->container_id, facts->container_id, sizeof(facts->container_id));
		memcpy(waiting->pod_uid, facts->pod_uid, sizeof(facts->pod_uid));
	}
	waiting->for_what |= what;
}

/* Has this process waited in vain for the kubelet? */
static bool is_overdue(const struct discovery_sources *sources, const struct discovery_facts *facts)
{
	uint32_t tgid = (uint32_t)facts->tgid;
	const struct waiting *waiting = hash_map_find(sources->waiting, &tgid);

	return waiting && waiting->is_overdue &&
	       strcmp(waiting->container_id, facts->container_id) == 0;
}

static enum found find_pod(struct discovery_sources *sources, const struct discovery_facts *facts,
			   struct pod_facts *ret)
{
	if (!sources->pods || !facts->pod_uid[0])
		return NOT_IN_A_POD;
	if (!pod_source_look_up(sources->pods, view_of_text(facts->pod_uid),
				view_of_text(facts->container_id), ret)) {
		wait_for(sources, facts, FOR_POD);
		return POD_AWAITED;
	}
	note_used(sources, facts->pod_uid, ret);
	return POD_FOUND;
}

static void read_wish(struct discovery_sources *sources, struct discovery_facts *facts)
{
	struct pod_facts pod;

	switch (find_pod(sources, facts, &pod)) {
	case POD_FOUND:
		if (pod.steering->is_muted || pod.steering->is_wanted)
			facts->wish = pod.steering->is_muted ? WISH_IGNORE : WISH_TRACE;
		break;
	case POD_AWAITED:
		facts->awaited |= 1u << DISCOVERY_WISH;
		break;
	case NOT_IN_A_POD:
		break;
	}
}

/* The pod's word for it, else the runtime's; both call it the same. */
static void read_name(struct discovery_sources *sources, struct discovery_facts *facts)
{
	enum metadata_state told = METADATA_NONE;
	struct pod_facts pod = {0};
	enum found found = find_pod(sources, facts, &pod);

	if (pod.container) {
		(void)snprintf(facts->container_name, sizeof(facts->container_name), "%.*s",
			       VIEW_FORMAT(pod.container->name));
		facts->known |= 1u << DISCOVERY_CONTAINER;
		return;
	}
	if (sources->containers)
		told = container_lookup_name(sources->containers, view_of_text(facts->container_id),
					     facts->runtime, facts->container_name,
					     sizeof(facts->container_name));
	if (told == METADATA_KNOWN)
		facts->known |= 1u << DISCOVERY_CONTAINER;
	else if (told == METADATA_PENDING)
		wait_for(sources, facts, FOR_NAME);
	else if (found == POD_FOUND)
		wait_for(sources, facts, FOR_PLACE);
	if (told == METADATA_PENDING ||
	    (told == METADATA_NONE && found != NOT_IN_A_POD && !is_overdue(sources, facts)))
		facts->awaited |= 1u << DISCOVERY_CONTAINER;
}

static void copy_labels(struct discovery_facts *facts, const struct pod *pod)
{
	size_t used = 0;

	for (uint32_t i = 0; i < pod->labels_count; i++) {
		const struct pod_field *label = &pod->labels[i];
		int size =
			snprintf(facts->labels_bytes + used, sizeof(facts->labels_bytes) - used,
				 "%.*s=%.*s", VIEW_FORMAT(label->key), VIEW_FORMAT(label->value));

		if (size < 0 || (size_t)size >= sizeof(facts->labels_bytes) - used)
			break;
		used += (size_t)size + 1;
	}
	facts->labels = view_of(facts->labels_bytes, used);
}

static void read_pod(struct discovery_sources *sources, struct discovery_facts *facts)
{
	uint32_t bits = 1u << DISCOVERY_NAMESPACE | 1u << DISCOVERY_LABEL;
	struct pod_facts pod;

	switch (find_pod(sources, facts, &pod)) {
	case POD_FOUND:
		(void)snprintf(facts->namespace_name, sizeof(facts->namespace_name), "%.*s",
			       VIEW_FORMAT(pod.pod->namespace));
		copy_labels(facts, pod.pod);
		facts->known |= bits;
		break;
	case POD_AWAITED:
		facts->awaited |= bits;
		break;
	case NOT_IN_A_POD:
		break;
	}
}

static void read_fact(void *self, enum discovery_field field, struct discovery_facts *facts)
{
	struct discovery_sources *sources = self;

	if (!facts->container_id[0])
		return;
	switch ((int)field) {
	case DISCOVERY_WISH:
		read_wish(sources, facts);
		break;
	case DISCOVERY_CONTAINER:
		read_name(sources, facts);
		break;
	case DISCOVERY_NAMESPACE:
	case DISCOVERY_LABEL:
		read_pod(sources, facts);
		break;
	default:
		break;
	}
}

int discovery_sources_new(struct discovery_sources **ret, struct discovery *discovery,
			  struct container_lookup *containers, struct pod_source *pods,
			  size_t max_pods)
{
	_cleanup_(discovery_sources_free) struct discovery_sources *sources =
		calloc(1, sizeof(*sources));
	struct discovery_fact_source source = {sources, read_fact, pods};
	int err;

	if (!sources)
		return -ENOMEM;
	sources->discovery = discovery;
	sources->containers = containers;
	sources->pods = pods;
	err = hash_map_new(&sources->waiting, sizeof(uint32_t), sizeof(struct waiting),
			   MAX_WAITING);
	if (err == 0)
		err = hash_map_new(&sources->used, sizeof(struct uid_key), sizeof(uint64_t),
				   max_pods ? max_pods : 1);
	if (err == 0)
		err = discovery_add_source(discovery, &source);
	if (err == 0)
		*ret = TAKE_PTR(sources);
	return err;
}

void discovery_sources_free(struct discovery_sources **sources)
{
	if (!*sources)
		return;
	if ((*sources)->waiting)
		hash_map_free(&(*sources)->waiting);
	if ((*sources)->used)
		hash_map_free(&(*sources)->used);
	free(*sources);
	*sources = NULL;
}

void discovery_sources_muted(struct discovery_sources *sources, pid_t tgid)
{
	if (sources && !discovery_ignores(sources->discovery, tgid))
		discovery_facts_changed(sources->discovery, tgid);
}

/* Did what this process waits for come? Nothing is told twice: who waits on is noted again. */
static bool is_told(struct discovery_sources *sources, const struct waiting *waiting)
{
	char name[MAX_DISCOVERY_NAME_BYTES];
	struct pod_facts pod;

	if (waiting->for_what & FOR_NAME &&
	    container_lookup_name(sources->containers, view_of_text(waiting->container_id),
				  waiting->runtime, name, sizeof(name)) != METADATA_PENDING)
		return true;
	return waiting->for_what & (FOR_POD | FOR_PLACE) &&
	       pod_source_look_up(sources->pods, view_of_text(waiting->pod_uid),
				  view_of_text(waiting->container_id), &pod) &&
	       (waiting->for_what & FOR_POD || pod.container);
}

static bool is_time_over(const struct discovery_sources *sources, const struct waiting *waiting)
{
	return waiting->for_what & FOR_PLACE && !waiting->is_overdue &&
	       sources->now_ns - waiting->since_ns >= PLACE_NS;
}

/* Deciding notes others: first who, then what. */
static void tell_waiting(struct discovery_sources *sources)
{
	pid_t told[MAX_TOLD_TICK];
	uint32_t count = 0;
	void *cursor = NULL;
	struct waiting *waiting;

	while (count < MAX_TOLD_TICK && (waiting = hash_map_next(sources->waiting, &cursor))) {
		uint32_t tgid = *(const uint32_t *)hash_map_key(sources->waiting, waiting);

		if (is_told(sources, waiting))
			(void)hash_map_remove(sources->waiting, &tgid);
		else if (is_time_over(sources, waiting))
			waiting->is_overdue = true;
		else
			continue;
		told[count++] = (pid_t)tgid;
	}
	sources->is_behind = count == MAX_TOLD_TICK;
	for (uint32_t i = 0; i < count; i++)
		discovery_facts_changed(sources->discovery, told[i]);
}

/* A pod that was forgotten has no process left. */
static void look_for_changes(struct discovery_sources *sources)
{
	void *cursor = NULL;
	struct pod_facts pod;
	uint64_t *sum;

	while ((sum = hash_map_next(sources->used, &cursor))) {
		const struct uid_key *uid = hash_map_key(sources->used, sum);

		if (!pod_source_look_up(sources->pods, view_of_text(uid->text), (struct view){0},
					&pod)) {
			(void)hash_map_remove(sources->used, uid);
			continue;
		}
		sources->is_stale |= *sum != sum_of(&pod);
		*sum = sum_of(&pod);
	}
}

void discovery_sources_tick(struct discovery_sources *sources, uint64_t now_ns)
{
	uint64_t containers, pods;
	bool has_news;

	if (!sources)
		return;
	sources->now_ns = now_ns;
	containers = sources->containers ? container_lookup_answers_count(sources->containers) : 0;
	pods = sources->pods ? pod_source_answers_count(sources->pods) : 0;
	has_news = containers != sources->container_answers || pods != sources->pod_answers;
	if (pods != sources->pod_answers)
		look_for_changes(sources);
	sources->is_stale |= has_news && sources->has_lost_waiting;
	sources->container_answers = containers;
	sources->pod_answers = pods;
	if (has_news || sources->is_behind || now_ns >= sources->looked_ns + ANEW_NS) {
		sources->looked_ns = now_ns;
		tell_waiting(sources);
	}
	if (!sources->is_stale || now_ns < sources->anew_ns + ANEW_NS)
		return;
	sources->anew_ns = now_ns;
	sources->is_stale = sources->has_lost_waiting = false;
	discovery_decide_again(sources->discovery);
}
