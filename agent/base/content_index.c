/*
 * Open addressing with linear steps, at most three quarters full. A slot keeps half of the hash, so
 * that growing asks nobody and hardly any comparison is in vain.
 */
#include "base/content_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/random_id.h"

#define FIRST_SLOTS 256

struct content_slot {
	uint32_t id; /* NO_CONTENT: free */
	uint32_t hash;
};

void content_index_init(struct content_index *index)
{
	*index = (struct content_index){0};
	random_id_fill((uint8_t *)&index->seed, sizeof(index->seed));
}

void content_index_done(struct content_index *index)
{
	free(index->slots);
	*index = (struct content_index){0};
}

/* Multiply-and-fold over 8-byte words (the construction of wyhash). */
static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t content_index_hash(const struct content_index *index, uint64_t before, const void *bytes,
			    size_t size)
{
	uint64_t hash = mix(index->seed ^ before, 0xa0761d6478bd642full) ^ size;
	const char *next = bytes;
	uint64_t word;

	/* A load of a size that is known is one instruction. */
	for (; size >= sizeof(word); size -= sizeof(word), next += sizeof(word)) {
		memcpy(&word, next, sizeof(word));
		hash = mix(hash ^ word ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull);
	}
	if (!size)
		return hash;
	word = 0;
	memcpy(&word, next, size);
	return mix(hash ^ word ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull);
}

static struct content_slot *first_slot(const struct content_index *index, uint32_t hash)
{
	return &index->slots[hash & (index->slots_count - 1)];
}

static struct content_slot *next_slot(const struct content_index *index, struct content_slot *slot)
{
	return ++slot == index->slots + index->slots_count ? index->slots : slot;
}

static void put(struct content_index *index, uint32_t hash, uint32_t id)
{
	struct content_slot *slot = first_slot(index, hash);

	while (slot->id != NO_CONTENT)
		slot = next_slot(index, slot);
	*slot = (struct content_slot){.id = id, .hash = hash};
}

static int grow(struct content_index *index)
{
	uint32_t wanted = index->slots_count ? index->slots_count * 2 : FIRST_SLOTS;
	struct content_index bigger = *index;

	if (wanted < index->slots_count)
		return -ENOMEM;
	bigger.slots = malloc(wanted * sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	memset(bigger.slots, 0xff, wanted * sizeof(*bigger.slots));
	bigger.slots_count = wanted;
	for (uint32_t i = 0; i < index->slots_count; i++)
		if (index->slots[i].id != NO_CONTENT)
			put(&bigger, index->slots[i].hash, index->slots[i].id);
	free(index->slots);
	*index = bigger;
	return 0;
}

uint32_t content_index_find(const struct content_index *index, uint64_t hash,
			    const struct content_question *question)
{
	struct content_slot *slot;

	if (!index->slots_count)
		return NO_CONTENT;
	for (slot = first_slot(index, (uint32_t)hash); slot->id != NO_CONTENT;
	     slot = next_slot(index, slot))
		if (slot->hash == (uint32_t)hash &&
		    question->is_same(question->owner, question->wanted, slot->id))
			return slot->id;
	return NO_CONTENT;
}

int content_index_add(struct content_index *index, uint64_t hash, uint32_t id)
{
	if (index->count >= index->slots_count / 4 * 3) {
		int err = grow(index);

		if (err < 0)
			return err;
	}
	put(index, (uint32_t)hash, id);
	index->count++;
	return 0;
}

size_t content_index_bytes(const struct content_index *index)
{
	return index->slots_count * sizeof(*index->slots);
}
