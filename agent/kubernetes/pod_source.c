/*
 * A pod is known by its uid before its containers run; which container it is, only when the kubelet
 * has told. So it is two sources: who is asked about in between goes with the pod alone when its
 * time is over, and what comes later gets the rest.
 */
#include "kubernetes/pod_source.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "kubernetes/pod_dsns.h"
#include "kubernetes/pod_resource.h"

#define MAX_UNTOLD       256
#define MAX_CHANGES_TICK 64

struct untold_key {
	char text[72];
};

struct pod_source {
	const struct kubernetes_settings *settings;
	struct pod_resource_rules rules;
	struct api_place place;
	struct pod_changes *changes;
	struct pod_watch *watch; /* NULL: not started */
	struct pod_table *table;
	struct pod_dsns *dsns;
	struct hash_map *untold; /* container id → since when nobody says which it is */
	struct drops *drops;
	uint64_t answers_count, patience_ns, now_ns;
};

bool pod_source_is_wanted(const struct settings *settings)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");

	switch (settings->kubernetes.mode) {
	case KUBERNETES_ON:
		return settings->command != COMMAND_REPLAY;
	case KUBERNETES_OFF:
		return false;
	default:
		return settings->command == COMMAND_AGENT &&
		       (settings->kubernetes.server || (host && host[0]));
	}
}

static bool ask_secret(void *self, const struct secret_name *name)
{
	struct pod_source *source = self;

	return source->watch && pod_watch_ask_secret(source->watch, name);
}

static int open_tables(struct pod_source *source)
{
	struct pod_dsns_source dsns = {source, ask_secret};
	int err = pod_changes_new(&source->changes);

	if (err == 0)
		err = pod_table_new(&source->table, source->settings->max_pods, NULL,
				    source->drops);
	if (err == 0)
		err = pod_dsns_new(&source->dsns, &dsns);
	if (err == 0)
		err = hash_map_new(&source->untold, sizeof(struct untold_key), sizeof(uint64_t),
				   MAX_UNTOLD);
	return err;
}

int pod_source_new(struct pod_source **ret, const struct settings *settings, struct drops *drops)
{
	_cleanup_(pod_source_free) struct pod_source *source = calloc(1, sizeof(*source));
	const struct kubernetes_settings *own = &settings->kubernetes;
	char error[API_ERROR_BYTES];
	int err;

	if (!source)
		return -ENOMEM;
	if (!own->node) {
		log_error("kubernetes: whose pods? name this node with --kubernetes-node, or give "
			  "LIMPET_NODE_NAME the value of spec.nodeName (deploy/kubernetes)");
		return -EINVAL;
	}
	source->settings = own;
	source->drops = drops;
	source->patience_ns = settings->metadata.wait_ms * NS_PER_MS;
	source->rules = (struct pod_resource_rules){
		.cluster_name = own->cluster_name,
		.node_name = own->node,
		.labels = view_of_text(own->pod_labels),
		.annotations = view_of_text(own->pod_annotations),
		.labels_name_services = own->labels_name_services,
	};
	err = api_place_init(&source->place, own->server, own->token_file, own->ca_file, error);
	if (err < 0)
		log_error("%s", error);
	else
		err = open_tables(source);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(source);
	return 0;
}

void pod_source_free(struct pod_source **source)
{
	struct pod_source *freed = *source;

	if (!freed)
		return;
	pod_watch_free(&freed->watch);
	pod_changes_free(&freed->changes);
	pod_table_free(&freed->table);
	pod_dsns_free(&freed->dsns);
	if (freed->untold)
		hash_map_free(&freed->untold);
	api_place_done(&freed->place);
	free(freed);
	*source = NULL;
}

int pod_source_start(struct pod_source *source)
{
	struct pod_watch_settings watch = {
		.node = source->settings->node,
		.wishes = {.annotations = source->rules.annotations},
	};

	return pod_watch_new(&source->watch, &source->place, &watch, source->changes,
			     source->drops);
}

static void apply_change(struct pod_source *source, struct pod_change *change)
{
	switch (change->kind) {
	case PODS_LISTING:
		pod_table_begin_list(source->table);
		break;
	case PODS_CHANGED:
		pod_table_put(source->table, &change->pod);
		break;
	case PODS_DELETED:
		pod_table_delete(source->table, &change->pod, source->now_ns);
		break;
	case PODS_LISTED:
		pod_table_end_list(source->table, source->now_ns);
		break;
	case PODS_SECRET:
		pod_dsns_take(source->dsns, change->secret, source->now_ns);
		break;
	}
}

void pod_source_tick(struct pod_source *source, uint64_t now_ns)
{
	struct pod_change change;

	source->now_ns = now_ns;
	for (int i = 0; i < MAX_CHANGES_TICK && pod_changes_take(source->changes, &change); i++) {
		apply_change(source, &change);
		pod_change_done(&change);
		source->answers_count++;
	}
	pod_table_tick(source->table, now_ns);
}

bool pod_source_find(const struct pod_source *source, const struct resource *resource,
		     struct pod_facts *ret)
{
	const struct attribute_list *list = &resource->attributes;
	struct view uid = attribute_string(list, "k8s.pod.uid");

	/* What a process says of itself in its environment is no proof of where it runs. */
	if (!resource->is_contained || !uid.size ||
	    !pod_table_find(source->table, uid, attribute_string(list, "container.id"), ret))
		return false;
	/* The runtime may have told. */
	if (!ret->container)
		ret->container =
			pod_find_named(ret->pod, attribute_string(list, "k8s.container.name"));
	return true;
}

bool pod_source_look_up(const struct pod_source *source, struct view uid, struct view container_id,
			struct pod_facts *ret)
{
	return pod_table_find(source->table, uid, container_id, ret);
}

uint64_t pod_source_answers_count(const struct pod_source *source)
{
	return source->answers_count;
}

const char *pod_source_dsn(struct pod_source *source, const struct pod_facts *facts)
{
	bool is_pending;

	if (!source->settings->pod_dsn || !facts->steering->has_secret)
		return NULL;
	return pod_dsns_find(source->dsns, &facts->steering->secret, source->now_ns, &is_pending);
}

static bool concerns(void *self, const struct resource *resource)
{
	(void)self;
	return resource->is_contained &&
	       attribute_string(&resource->attributes, "k8s.pod.uid").size > 0;
}

static enum metadata_state state(void *self, const struct resource *resource)
{
	struct pod_source *source = self;
	struct pod_facts facts;
	bool is_pending = false;

	if (!pod_source_find(source, resource, &facts))
		return METADATA_PENDING;
	if (source->settings->pod_dsn && facts.steering->has_secret)
		(void)pod_dsns_find(source->dsns, &facts.steering->secret, source->now_ns,
				    &is_pending);
	return is_pending ? METADATA_PENDING : METADATA_KNOWN;
}

static void apply(void *self, struct resource *resource)
{
	struct pod_source *source = self;
	struct pod_facts facts;

	if (pod_source_find(source, resource, &facts))
		pod_resource_apply(resource, &facts, &source->rules);
}

/* Has the kubelet had its time to say which container that is? */
static bool is_untold_for_long(struct pod_source *source, struct view id)
{
	struct untold_key key = {0};
	uint64_t *since_ns;
	bool is_new;

	memcpy(key.text, id.bytes ? id.bytes : "",
	       id.size < sizeof(key.text) ? id.size : sizeof(key.text));
	if (hash_map_count(source->untold) == MAX_UNTOLD && !hash_map_find(source->untold, &key))
		(void)hash_map_remove(
			source->untold,
			hash_map_key(source->untold, hash_map_oldest(source->untold)));
	since_ns = hash_map_add(source->untold, &key, &is_new);
	if (since_ns && is_new)
		*since_ns = source->now_ns;
	return !since_ns || source->now_ns - *since_ns >= source->patience_ns;
}

/* A container that the pod does not know (one inside of another) is waited for once. */
static enum metadata_state container_state(void *self, const struct resource *resource)
{
	struct view id = attribute_string(&resource->attributes, "container.id");
	struct pod_source *source = self;
	struct pod_facts facts;

	if (!pod_source_find(source, resource, &facts))
		return METADATA_PENDING;
	if (facts.container)
		return METADATA_KNOWN;
	return is_untold_for_long(source, id) ? METADATA_NONE : METADATA_PENDING;
}

static void apply_container(void *self, struct resource *resource)
{
	struct pod_source *source = self;
	struct pod_facts facts;

	if (pod_source_find(source, resource, &facts) && facts.container)
		pod_resource_apply_container(resource, &facts);
}

static uint64_t answers_count(void *self)
{
	return pod_source_answers_count(self);
}

/* The answers are the same ones. */
static uint64_t no_answers_count(void *self)
{
	(void)self;
	return 0;
}

void pod_source_add(struct pod_source *source, struct metadata_sources *sources)
{
	struct metadata_source pod = {source, AWAITS_POD, concerns, state, apply, answers_count};
	struct metadata_source container = {source,          AWAITS_ITS_PLACE, concerns,
					    container_state, apply_container,  no_answers_count};

	metadata_add_source(sources, &pod);
	metadata_add_source(sources, &container);
}
