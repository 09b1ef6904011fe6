/* Page and sample meet by thread and serial. */
#include "profile/sample_collector.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"

#define MAX_INCOMPLETE 4096
#define PATIENCE_NS    (2 * NS_PER_S)

struct sample_key {
	uint32_t tid;
	uint32_t serial;
};

struct incomplete {
	struct sample *sample;
	uint64_t time_ns;
	bool is_told; /* its record came; before: pages alone */
};

struct sample_collector {
	struct sample_collector_sink sink;
	struct drops *drops;
	struct hash_map *incomplete; /* struct sample_key → struct incomplete */
};

int sample_collector_new(struct sample_collector **ret, const struct sample_collector_sink *sink,
			 struct drops *drops)
{
	_cleanup_(sample_collector_free) struct sample_collector *collector =
		calloc(1, sizeof(*collector));
	int err;

	if (!collector)
		return -ENOMEM;
	collector->sink = *sink;
	collector->drops = drops;
	err = hash_map_new(&collector->incomplete, sizeof(struct sample_key),
			   sizeof(struct incomplete), MAX_INCOMPLETE);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(collector);
	return 0;
}

static void forget(struct sample_collector *collector, const struct incomplete *entry)
{
	struct sample_key key;

	memcpy(&key, hash_map_key(collector->incomplete, entry), sizeof(key));
	(void)hash_map_remove(collector->incomplete, &key);
}

void sample_collector_free(struct sample_collector **collector)
{
	struct incomplete *oldest;

	if (!*collector)
		return;
	while ((*collector)->incomplete && (oldest = hash_map_oldest((*collector)->incomplete))) {
		sample_free(&oldest->sample);
		forget(*collector, oldest);
	}
	hash_map_free(&(*collector)->incomplete);
	free(*collector);
	*collector = NULL;
}

/* With what there is of it. Pages without a sample are of one that found no room, and was counted
 * by the kernel. */
static void let_go(struct sample_collector *collector, struct incomplete *entry)
{
	struct sample *sample = TAKE_PTR(entry->sample);
	bool is_told = entry->is_told;

	forget(collector, entry);
	if (is_told)
		collector->sink.on_sample(collector->sink.self, &sample);
	else
		sample_free(&sample);
}

static struct incomplete *find_or_add(struct sample_collector *collector, uint32_t tid,
				      uint32_t serial, uint64_t time_ns)
{
	struct sample_key key = {tid, serial};
	struct incomplete *entry = hash_map_find(collector->incomplete, &key);

	if (entry)
		return entry;
	if (hash_map_count(collector->incomplete) == MAX_INCOMPLETE)
		let_go(collector, hash_map_oldest(collector->incomplete));
	entry = hash_map_add(collector->incomplete, &key, NULL);
	if (!entry)
		return NULL;
	entry->sample = sample_new();
	entry->time_ns = time_ns;
	if (entry->sample)
		return entry;
	forget(collector, entry);
	return NULL;
}

static void let_go_when_whole(struct sample_collector *collector, struct incomplete *entry)
{
	if (entry->is_told && entry->sample->pages_count >= entry->sample->record.pages_copied)
		let_go(collector, entry);
}

static void take_sample(struct sample_collector *collector,
			const struct profile_sample_record *record)
{
	struct incomplete *entry =
		find_or_add(collector, record->tid, record->serial, record->header.time_ns);

	if (!entry || entry->is_told) {
		drops_count(collector->drops, entry ? DROP_RECORD_MALFORMED : DROP_PROFILE_BACKLOG);
		return;
	}
	entry->is_told = true;
	entry->sample->record = *record;
	collector->sink.on_told(collector->sink.self, entry->sample);
	let_go_when_whole(collector, entry);
}

static void take_page(struct sample_collector *collector, const struct stack_page_record *page)
{
	struct incomplete *entry =
		find_or_add(collector, page->tid, page->serial, page->header.time_ns);

	if (!entry || !sample_add_page(entry->sample, page)) {
		drops_count(collector->drops, DROP_PROFILE_BACKLOG);
		return;
	}
	let_go_when_whole(collector, entry);
}

void sample_collector_take(struct sample_collector *collector, struct view bytes)
{
	const struct profile_sample_record *sample = (const void *)bytes.bytes;
	const struct stack_page_record *page = (const void *)bytes.bytes;
	const struct record_header *header = (const void *)bytes.bytes;

	if (bytes.size >= sizeof(*sample) && header->kind == RECORD_PROFILE_SAMPLE &&
	    sample->kernel_frames_count <= MAX_KERNEL_FRAMES &&
	    sample->python_frames_count <= MAX_PYTHON_SAMPLES &&
	    sample->pages_copied <= MAX_SAMPLE_PAGES)
		take_sample(collector, sample);
	else if (bytes.size >= sizeof(*page) && header->kind == RECORD_PROFILE_PAGE &&
		 page->address % STACK_PAGE_BYTES == 0)
		take_page(collector, page);
	else
		drops_count(collector->drops, DROP_RECORD_MALFORMED);
}

void sample_collector_tick(struct sample_collector *collector, uint64_t now_ns)
{
	struct incomplete *oldest;

	while ((oldest = hash_map_oldest(collector->incomplete)) &&
	       now_ns > oldest->time_ns + PATIENCE_NS)
		let_go(collector, oldest);
}

void sample_collector_finish(struct sample_collector *collector)
{
	struct incomplete *oldest;

	while ((oldest = hash_map_oldest(collector->incomplete)))
		let_go(collector, oldest);
}
