/*
 * Two maps: pods by uid, and uids by container id. Who is gone stands in a third, in the order of
 * going, so that the oldest makes room.
 */
#include "kubernetes/pod_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "process/container_id.h"

#define GRACE_NS (120 * NS_PER_S)

struct uid_key {
	char text[POD_KEY_BYTES];
};

struct container_key {
	char text[CONTAINER_ID_BYTES];
};

struct entry {
	struct pod *pod;
	struct pod_steering steering;
	uint64_t list_number; /* of the list it was last seen in, or after */
	uint32_t complaints;
	bool is_gone;
};

struct pod_table {
	struct pod_table_observer observer;
	struct drops *drops;
	size_t max_pods;
	struct hash_map *pods;       /* struct uid_key → struct entry */
	struct hash_map *containers; /* struct container_key → struct uid_key */
	struct hash_map *gone;       /* struct uid_key → uint64_t, when */
	uint64_t list_number;
};

static bool uid_key(struct view uid, struct uid_key *ret)
{
	*ret = (struct uid_key){0};
	if (!uid.size || uid.size >= sizeof(ret->text))
		return false;
	memcpy(ret->text, uid.bytes, uid.size);
	return true;
}

static bool container_key(struct view id, struct container_key *ret)
{
	*ret = (struct container_key){0};
	if (!id.size || id.size >= sizeof(ret->text))
		return false;
	memcpy(ret->text, id.bytes, id.size);
	return true;
}

int pod_table_new(struct pod_table **ret, size_t max_pods,
		  const struct pod_table_observer *observer, struct drops *drops)
{
	_cleanup_(pod_table_free) struct pod_table *table = calloc(1, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	if (observer)
		table->observer = *observer;
	table->drops = drops;
	table->max_pods = max_pods;
	err = hash_map_new(&table->pods, sizeof(struct uid_key), sizeof(struct entry), max_pods);
	if (err == 0)
		err = hash_map_new(&table->gone, sizeof(struct uid_key), sizeof(uint64_t),
				   max_pods);
	if (err == 0)
		err = hash_map_new(&table->containers, sizeof(struct container_key),
				   sizeof(struct uid_key), max_pods * MAX_POD_CONTAINERS);
	if (err == 0)
		*ret = TAKE_PTR(table);
	return err;
}

void pod_table_free(struct pod_table **table)
{
	struct entry *entry;
	void *cursor = NULL;

	if (!*table)
		return;
	while ((*table)->pods && (entry = hash_map_next((*table)->pods, &cursor)))
		pod_free(&entry->pod);
	if ((*table)->pods)
		hash_map_free(&(*table)->pods);
	if ((*table)->gone)
		hash_map_free(&(*table)->gone);
	if ((*table)->containers)
		hash_map_free(&(*table)->containers);
	free(*table);
	*table = NULL;
}

static void tell(const struct pod_table *table, enum pod_news news, const struct pod *pod)
{
	if (table->observer.on_news)
		table->observer.on_news(table->observer.self, news, pod);
}

/* Only while they are this pod's: ids are not ours to trust. */
static void forget_containers(struct pod_table *table, const struct uid_key *uid,
			      const struct pod *pod)
{
	struct container_key key;

	for (uint32_t i = 0; i < pod->containers_count; i++) {
		const struct uid_key *owner = container_key(pod->containers[i].id, &key)
						      ? hash_map_find(table->containers, &key)
						      : NULL;

		if (owner && memcmp(owner, uid, sizeof(*uid)) == 0)
			(void)hash_map_remove(table->containers, &key);
	}
}

static void note_containers(struct pod_table *table, const struct uid_key *uid,
			    const struct pod *pod)
{
	struct container_key key;

	for (uint32_t i = 0; i < pod->containers_count; i++) {
		struct uid_key *owner = NULL;

		if (container_key(pod->containers[i].id, &key))
			owner = hash_map_add(table->containers, &key, NULL);
		if (owner)
			*owner = *uid;
	}
}

static void remove_pod(struct pod_table *table, const struct uid_key *uid)
{
	struct uid_key key = *uid; /* uid may lie in what is removed */
	struct entry *entry = hash_map_find(table->pods, &key);

	(void)hash_map_remove(table->gone, &key);
	if (!entry)
		return;
	forget_containers(table, &key, entry->pod);
	pod_free(&entry->pod);
	(void)hash_map_remove(table->pods, &key);
}

static bool remove_oldest_gone(struct pod_table *table)
{
	uint64_t *oldest = hash_map_oldest(table->gone);

	if (!oldest)
		return false;
	remove_pod(table, hash_map_key(table->gone, oldest));
	return true;
}

static struct entry *add_entry(struct pod_table *table, const struct uid_key *key)
{
	struct entry *entry = hash_map_find(table->pods, key);

	if (entry)
		return entry;
	if (hash_map_count(table->pods) >= table->max_pods)
		(void)remove_oldest_gone(table);
	entry = hash_map_add(table->pods, key, NULL);
	if (!entry)
		drops_count(table->drops, DROP_PODS_FULL);
	return entry;
}

static bool is_same_version(const struct pod *a, const struct pod *b)
{
	return a->resource_version.size && view_equals(a->uid, b->uid) &&
	       view_equals(a->resource_version, b->resource_version);
}

void pod_table_put(struct pod_table *table, struct pod **pod)
{
	_cleanup_(pod_free) struct pod *fresh = TAKE_PTR(*pod);
	struct uid_key key;
	struct entry *entry = uid_key(fresh->cgroup_uid, &key) ? add_entry(table, &key) : NULL;
	bool is_new;

	if (!entry)
		return;
	entry->list_number = table->list_number;
	is_new = !entry->pod || entry->is_gone;
	if (!is_new && is_same_version(entry->pod, fresh))
		return;
	entry->is_gone = false;
	(void)hash_map_remove(table->gone, &key);
	if (entry->pod)
		forget_containers(table, &key, entry->pod);
	pod_free(&entry->pod);
	entry->pod = TAKE_PTR(fresh);
	note_containers(table, &key, entry->pod);
	pod_steering_read(&entry->steering, entry->pod, &entry->complaints);
	tell(table, is_new ? POD_ADDED : POD_MODIFIED, entry->pod);
}

static void mark_gone(struct pod_table *table, const struct uid_key *key, struct entry *entry,
		      uint64_t now_ns)
{
	uint64_t *gone_ns = hash_map_add(table->gone, key, NULL);

	entry->is_gone = true;
	if (gone_ns)
		*gone_ns = now_ns;
	tell(table, POD_DELETED, entry->pod);
}

void pod_table_delete(struct pod_table *table, struct pod **pod, uint64_t now_ns)
{
	_cleanup_(pod_free) struct pod *last = TAKE_PTR(*pod);
	struct uid_key key;
	struct entry *entry =
		uid_key(last->cgroup_uid, &key) ? hash_map_find(table->pods, &key) : NULL;

	if (entry && !entry->is_gone && view_equals(entry->pod->uid, last->uid))
		mark_gone(table, &key, entry, now_ns);
}

void pod_table_begin_list(struct pod_table *table)
{
	table->list_number++;
}

void pod_table_end_list(struct pod_table *table, uint64_t now_ns)
{
	struct entry *entry;
	void *cursor = NULL;

	while ((entry = hash_map_next(table->pods, &cursor)))
		if (!entry->is_gone && entry->list_number != table->list_number)
			mark_gone(table, hash_map_key(table->pods, entry), entry, now_ns);
}

void pod_table_tick(struct pod_table *table, uint64_t now_ns)
{
	const uint64_t *oldest;

	while ((oldest = hash_map_oldest(table->gone)) && now_ns > *oldest + GRACE_NS)
		(void)remove_oldest_gone(table);
}

bool pod_table_find(const struct pod_table *table, struct view uid, struct view container_id,
		    struct pod_facts *ret)
{
	struct container_key container;
	struct uid_key key;
	const struct uid_key *found = container_key(container_id, &container)
					      ? hash_map_find(table->containers, &container)
					      : NULL;
	const struct entry *entry;

	if (!found && !uid_key(uid, &key))
		return false;
	entry = hash_map_find(table->pods, found ? found : &key);
	if (!entry)
		return false;
	*ret = (struct pod_facts){
		.pod = entry->pod,
		.container = pod_find_container(entry->pod, container_id),
		.steering = &entry->steering,
		.is_gone = entry->is_gone,
	};
	return true;
}

size_t pod_table_count(const struct pod_table *table)
{
	return hash_map_count(table->pods) - hash_map_count(table->gone);
}
