/* A map by name. The one that was not looked at for longest makes room. */
#include "kubernetes/pod_dsns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"

#define RENEWAL_NS (300 * NS_PER_S) /* a Secret may have another value by then */
#define RETRY_NS   (10 * NS_PER_S)  /* nobody answered */
#define REFUSED_NS (60 * NS_PER_S)  /* it may be made, or allowed, meanwhile */

struct entry {
	char value[MAX_SECRET_BYTES]; /* "": none */
	uint64_t ask_again_ns;
	bool is_asked;    /* an answer is on its way */
	bool is_answered; /* there was one */
	bool is_said;     /* that it is of no use */
};

struct pod_dsns {
	struct pod_dsns_source source;
	struct hash_map *entries; /* struct secret_name → struct entry */
};

int pod_dsns_new(struct pod_dsns **ret, const struct pod_dsns_source *source)
{
	struct pod_dsns *dsns = calloc(1, sizeof(*dsns));
	int err;

	if (!dsns)
		return -ENOMEM;
	dsns->source = *source;
	err = hash_map_new(&dsns->entries, sizeof(struct secret_name), sizeof(struct entry),
			   MAX_POD_DSNS);
	if (err < 0) {
		free(dsns);
		return err;
	}
	*ret = dsns;
	return 0;
}

static void wipe(struct entry *entry)
{
	explicit_bzero(entry->value, sizeof(entry->value));
}

void pod_dsns_free(struct pod_dsns **dsns)
{
	struct entry *entry;
	void *cursor = NULL;

	if (!*dsns)
		return;
	while ((entry = hash_map_next((*dsns)->entries, &cursor)))
		wipe(entry);
	hash_map_free(&(*dsns)->entries);
	free(*dsns);
	*dsns = NULL;
}

/* Padding is part of a key. */
static struct secret_name key_of(const struct secret_name *name)
{
	struct secret_name key;

	memset(&key, 0, sizeof(key));
	strcpy(key.namespace, name->namespace);
	strcpy(key.name, name->name);
	strcpy(key.key, name->key);
	return key;
}

static struct entry *add(struct pod_dsns *dsns, const struct secret_name *key)
{
	struct entry *entry = hash_map_find(dsns->entries, key), *oldest;

	if (!entry && hash_map_count(dsns->entries) == MAX_POD_DSNS) {
		oldest = hash_map_oldest(dsns->entries);
		wipe(oldest);
		(void)hash_map_remove(dsns->entries, hash_map_key(dsns->entries, oldest));
	}
	entry = hash_map_add(dsns->entries, key, NULL);
	if (entry)
		hash_map_touch(dsns->entries, entry);
	return entry;
}

const char *pod_dsns_find(struct pod_dsns *dsns, const struct secret_name *name, uint64_t now_ns,
			  bool *ret_is_pending)
{
	struct secret_name key = key_of(name);
	struct entry *entry = add(dsns, &key);

	*ret_is_pending = false;
	if (!entry)
		return NULL;
	if (!entry->is_asked && now_ns >= entry->ask_again_ns)
		entry->is_asked = dsns->source.ask(dsns->source.self, &key);
	*ret_is_pending = !entry->is_answered;
	return entry->value[0] ? entry->value : NULL;
}

static const char *cause_of(int err)
{
	switch (err) {
	case -ENOENT:
		return "there is no such Secret or key";
	case -EACCES:
		return "the agent's service account may not read it";
	default:
		return "it holds no DSN";
	}
}

static void refuse(struct entry *entry, const struct secret_answer *answer)
{
	const struct secret_name *name = &answer->name;

	wipe(entry);
	if (entry->is_said)
		return;
	entry->is_said = true;
	log_warning(
		"limpet.io/sentry-dsn-secret: %s/%s, key %s: %s; what such pods send goes where "
		"everything else goes",
		name->namespace, name->name, name->key, cause_of(answer->err));
}

void pod_dsns_take(struct pod_dsns *dsns, const struct secret_answer *answer, uint64_t now_ns)
{
	struct secret_name key = key_of(&answer->name);
	struct entry *entry = hash_map_find(dsns->entries, &key);

	if (!entry)
		return;
	entry->is_asked = false;
	if (answer->err == -EAGAIN) {
		/* What was known stays known. */
		entry->ask_again_ns = now_ns + RETRY_NS;
		return;
	}
	entry->is_answered = true;
	entry->ask_again_ns = now_ns + (answer->err < 0 ? REFUSED_NS : RENEWAL_NS);
	if (answer->err < 0) {
		refuse(entry, answer);
		return;
	}
	strcpy(entry->value, answer->value);
	entry->is_said = false;
}
