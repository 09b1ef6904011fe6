/*
 * A cache under one lock, a ring of ids to ask for, one thread. An answer never changes and lives
 * as long as its entry; the capture thread copies it under the lock. What nobody knew, or nobody
 * could be asked about, is asked again after a while when somebody still wants to know. A runtime
 * stores a container some time after its first process began: who is young is asked about again by
 * ourselves.
 */
#include "containers/container_lookup.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "containers/runtime_question.h"

#define MAX_CONTAINERS 1024
#define MAX_WAITING    256
#define MAX_ID_BYTES   80
#define REQUEST_MS     5000
#define ASK_AGAIN_NS   (5 * NS_PER_S)
#define YOUNG_NS       (10 * NS_PER_S)
#define MAX_RETRIES    3
#define WAITED_RETRIES 2 /* items wait for the answers of the first two: --metadata-wait is 2 s */

struct entry {
	struct container_answer *answer; /* NULL: none yet */
	enum container_runtime runtime;
	bool is_asked; /* in the ring or under way */
	bool is_open;  /* asked before, without an answer */
	bool is_young; /* its runtime may not have stored it yet */
	uint8_t retries;
	uint64_t retry_ns; /* then the thread asks again by itself; 0: it does not */
	uint64_t again_ns;
};

struct container_id_key {
	char id[MAX_ID_BYTES];
};

struct container_lookup {
	const struct metadata_settings *settings;
	container_ask ask;
	struct runtime_sockets sockets; /* the thread's */
	bool has_thread;
	pthread_t thread;
	bool is_stopping; /* atomic */

	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct hash_map *entries; /* struct container_id_key → struct entry */
	struct container_id_key waiting[MAX_WAITING];
	uint32_t first, count;
	uint64_t answers_count;
};

static const uint64_t retry_after_ns[MAX_RETRIES] = {NS_PER_S / 2, NS_PER_S, 2 * NS_PER_S};

/* Waits by the clock of the rest. */
static void init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(condition, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

int container_lookup_new(struct container_lookup **ret, const struct metadata_settings *settings)
{
	_cleanup_(container_lookup_free) struct container_lookup *lookup =
		calloc(1, sizeof(*lookup));
	int err;

	if (!lookup)
		return -ENOMEM;
	(void)pthread_mutex_init(&lookup->lock, NULL);
	init_condition(&lookup->changed);
	lookup->settings = settings;
	lookup->ask = runtime_question_ask;
	err = runtime_sockets_parse(&lookup->sockets, settings->container_sockets);
	if (err == 0)
		err = hash_map_new(&lookup->entries, sizeof(struct container_id_key),
				   sizeof(struct entry), MAX_CONTAINERS);
	if (err == 0)
		*ret = TAKE_PTR(lookup);
	return err;
}

void container_lookup_free(struct container_lookup **lookup)
{
	struct container_lookup *freed = *lookup;
	struct entry *entry;
	void *cursor = NULL;

	if (!freed)
		return;
	__atomic_store_n(&freed->is_stopping, true, __ATOMIC_RELAXED);
	if (freed->has_thread) {
		(void)pthread_mutex_lock(&freed->lock);
		(void)pthread_cond_signal(&freed->changed);
		(void)pthread_mutex_unlock(&freed->lock);
		(void)pthread_join(freed->thread, NULL);
	}
	while (freed->entries && (entry = hash_map_next(freed->entries, &cursor)))
		container_answer_free(&entry->answer);
	if (freed->entries)
		hash_map_free(&freed->entries);
	(void)pthread_cond_destroy(&freed->changed);
	(void)pthread_mutex_destroy(&freed->lock);
	free(freed);
	*lookup = NULL;
}

void container_lookup_set_ask(struct container_lookup *lookup, container_ask ask)
{
	lookup->ask = ask;
}

static bool is_stopping(struct container_lookup *lookup)
{
	return __atomic_load_n(&lookup->is_stopping, __ATOMIC_RELAXED);
}

/* Nobody knows it yet. */
static void plan_retry(struct entry *entry)
{
	if (!entry->is_young || entry->retries >= MAX_RETRIES)
		return;
	entry->retry_ns = clock_monotonic_ns() + retry_after_ns[entry->retries++];
	entry->is_open = entry->retries > WAITED_RETRIES;
}

/* The lock is held. The entry may have gone meanwhile. result: of asking. */
static void keep_answer(struct container_lookup *lookup, const struct container_id_key *key,
			int result, struct container_answer **answer)
{
	struct entry *entry = hash_map_find(lookup->entries, key);

	lookup->answers_count++;
	if (!entry) {
		container_answer_free(answer);
		return;
	}
	entry->is_asked = false;
	entry->is_open = !*answer;
	entry->again_ns = clock_monotonic_ns() + ASK_AGAIN_NS;
	if (*answer)
		entry->answer = TAKE_PTR(*answer);
	else if (result == -ENOENT)
		plan_retry(entry);
}

/* The lock is held, and let go while somebody is asked. */
static void ask_next(struct container_lookup *lookup)
{
	struct container_id_key key = lookup->waiting[lookup->first];
	struct runtime_question question = {.container_id = key.id,
					    .label_patterns = lookup->settings->container_labels,
					    .timeout_ms = REQUEST_MS,
					    .is_stopping = &lookup->is_stopping};
	struct container_answer *answer = NULL;
	const struct entry *entry = hash_map_find(lookup->entries, &key);
	int result;

	lookup->first = (lookup->first + 1) % MAX_WAITING;
	lookup->count--;
	if (!entry)
		return;
	question.runtime = entry->runtime;
	(void)pthread_mutex_unlock(&lookup->lock);
	result = lookup->ask(&lookup->sockets, &question, &answer);
	(void)pthread_mutex_lock(&lookup->lock);
	keep_answer(lookup, &key, result, &answer);
}

/* The lock is held. When the ring is full, it stays due. */
static void add_to_ring(struct container_lookup *lookup, const struct container_id_key *key,
			struct entry *entry)
{
	if (lookup->count == MAX_WAITING)
		return;
	lookup->waiting[(lookup->first + lookup->count++) % MAX_WAITING] = *key;
	entry->is_asked = true;
	entry->retry_ns = 0;
}

/* The lock is held. Who is due is asked about again. Returns when the next one will be, 0: nobody.
 */
static uint64_t ask_again(struct container_lookup *lookup)
{
	uint64_t now_ns = clock_monotonic_ns(), next_ns = 0;
	struct entry *entry;
	void *cursor = NULL;

	while ((entry = hash_map_next(lookup->entries, &cursor))) {
		if (!entry->retry_ns)
			continue;
		if (entry->retry_ns <= now_ns)
			add_to_ring(lookup, hash_map_key(lookup->entries, entry), entry);
		if (entry->retry_ns && (!next_ns || entry->retry_ns < next_ns))
			next_ns = entry->retry_ns;
	}
	return next_ns;
}

/* The lock is held, and let go meanwhile. */
static void wait_until(struct container_lookup *lookup, uint64_t until_ns)
{
	struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
				 .tv_nsec = (long)(until_ns % NS_PER_S)};

	if (until_ns)
		(void)pthread_cond_timedwait(&lookup->changed, &lookup->lock, &until);
	else
		(void)pthread_cond_wait(&lookup->changed, &lookup->lock);
}

static void *run(void *self)
{
	struct container_lookup *lookup = self;
	uint64_t next_ns;

	(void)pthread_mutex_lock(&lookup->lock);
	while (!is_stopping(lookup)) {
		next_ns = ask_again(lookup);
		if (lookup->count)
			ask_next(lookup);
		else
			wait_until(lookup, next_ns);
	}
	(void)pthread_mutex_unlock(&lookup->lock);
	return NULL;
}

/* No signal is for it. */
static void start_thread(struct container_lookup *lookup)
{
	sigset_t all, before;

	if (lookup->has_thread)
		return;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	lookup->has_thread = pthread_create(&lookup->thread, NULL, run, lookup) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The lock is held. When the ring is full, the next item asks again. */
static void ask_for(struct container_lookup *lookup, const struct container_id_key *key,
		    struct entry *entry)
{
	add_to_ring(lookup, key, entry);
	if (!entry->is_asked)
		return;
	start_thread(lookup);
	(void)pthread_cond_signal(&lookup->changed);
}

/* The lock is held. When the cache is full, whoever came first goes. */
static struct entry *add_entry(struct container_lookup *lookup, const struct container_id_key *key)
{
	struct entry *oldest;

	if (hash_map_count(lookup->entries) >= MAX_CONTAINERS) {
		oldest = hash_map_oldest(lookup->entries);
		container_answer_free(&oldest->answer);
		(void)hash_map_remove(lookup->entries, hash_map_key(lookup->entries, oldest));
	}
	return hash_map_add(lookup->entries, key, NULL);
}

static enum container_runtime runtime_of(const struct resource *resource)
{
	struct view name = attribute_string(&resource->attributes, "container.runtime.name");

	for (int i = 0; i < CONTAINER_RUNTIMES_COUNT; i++) {
		const char *known = container_component_runtime_name((enum container_runtime)i);

		if (known && view_equals(name, view_of_text(known)))
			return (enum container_runtime)i;
	}
	return CONTAINER_RUNTIME_UNKNOWN;
}

static bool is_young(const struct resource *resource)
{
	struct timespec now;

	if (!resource->start_boottime_ns || clock_gettime(CLOCK_BOOTTIME, &now) < 0)
		return false;
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec <
	       resource->start_boottime_ns + YOUNG_NS;
}

static bool key_of_id(struct view id, struct container_id_key *ret)
{
	if (!id.size || id.size >= MAX_ID_BYTES)
		return false;
	*ret = (struct container_id_key){0};
	memcpy(ret->id, id.bytes, id.size);
	return true;
}

static bool key_of(const struct resource *resource, struct container_id_key *ret)
{
	return key_of_id(attribute_string(&resource->attributes, "container.id"), ret);
}

static bool concerns(void *self, const struct resource *resource)
{
	const struct container_lookup *lookup = self;
	struct container_id_key key;

	return key_of(resource, &key) &&
	       runtime_sockets_serve(&lookup->sockets, runtime_of(resource));
}

/* The lock is held. */
static enum metadata_state state_of(struct container_lookup *lookup,
				    const struct container_id_key *key,
				    enum container_runtime runtime, bool is_young)
{
	struct entry *entry = hash_map_find(lookup->entries, key);

	if (entry && entry->answer)
		return METADATA_KNOWN;
	if (!entry) {
		entry = add_entry(lookup, key);
		if (!entry)
			return METADATA_NONE;
		entry->runtime = runtime;
	}
	/* Rules ask first, and by the id alone. */
	entry->is_young |= is_young;
	/* Who was asked about in vain is asked about again, and not waited for. */
	if (!entry->is_asked && !entry->retry_ns &&
	    (!entry->is_open || clock_monotonic_ns() >= entry->again_ns))
		ask_for(lookup, key, entry);
	return (entry->is_asked || entry->retry_ns) && !entry->is_open ? METADATA_PENDING
								       : METADATA_NONE;
}

static enum metadata_state state(void *self, const struct resource *resource)
{
	struct container_lookup *lookup = self;
	struct container_id_key key;
	enum metadata_state found;

	if (!key_of(resource, &key))
		return METADATA_NONE;
	(void)pthread_mutex_lock(&lookup->lock);
	found = state_of(lookup, &key, runtime_of(resource), is_young(resource));
	(void)pthread_mutex_unlock(&lookup->lock);
	return found;
}

static void apply(void *self, struct resource *resource)
{
	struct container_lookup *lookup = self;
	struct container_id_key key;
	const struct entry *entry;

	if (!key_of(resource, &key))
		return;
	(void)pthread_mutex_lock(&lookup->lock);
	entry = hash_map_find(lookup->entries, &key);
	if (entry && entry->answer)
		container_answer_apply(entry->answer, resource);
	(void)pthread_mutex_unlock(&lookup->lock);
}

enum metadata_state container_lookup_name(struct container_lookup *lookup, struct view id,
					  enum container_runtime runtime, char *ret_name,
					  size_t size)
{
	struct container_id_key key;
	enum metadata_state found;
	const struct entry *entry;

	ret_name[0] = '\0';
	if (!key_of_id(id, &key) || !runtime_sockets_serve(&lookup->sockets, runtime))
		return METADATA_NONE;
	(void)pthread_mutex_lock(&lookup->lock);
	found = state_of(lookup, &key, runtime, false);
	entry = hash_map_find(lookup->entries, &key);
	if (found == METADATA_KNOWN)
		(void)snprintf(ret_name, size, "%.*s",
			       VIEW_FORMAT(attribute_string(&entry->answer->attributes,
							    "container.name")));
	(void)pthread_mutex_unlock(&lookup->lock);
	return found;
}

uint64_t container_lookup_answers_count(struct container_lookup *lookup)
{
	uint64_t count;

	(void)pthread_mutex_lock(&lookup->lock);
	count = lookup->answers_count;
	(void)pthread_mutex_unlock(&lookup->lock);
	return count;
}

static uint64_t answers_count(void *self)
{
	return container_lookup_answers_count(self);
}

struct metadata_source container_lookup_source(struct container_lookup *lookup)
{
	return (struct metadata_source){.self = lookup,
					.bit = AWAITS_CONTAINER,
					.concerns = concerns,
					.state = state,
					.apply = apply,
					.answers_count = answers_count};
}
