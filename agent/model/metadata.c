/* Asks every source whose bit a resource still has. Later sources see what earlier ones wrote. */
#include "model/metadata.h"

#include <assert.h>
#include <stddef.h>

void metadata_add_source(struct metadata_sources *sources, const struct metadata_source *source)
{
	assert(sources->count < MAX_METADATA_SOURCES);
	sources->items[sources->count++] = *source;
}

/* What is known of that which it awaits; true: something was written. */
static bool write_known(const struct metadata_sources *sources, struct resource *resource)
{
	bool is_written = false;

	for (uint32_t i = 0; i < sources->count; i++) {
		const struct metadata_source *source = &sources->items[i];

		if (!(resource->awaits & source->bit) ||
		    source->state(source->self, resource) != METADATA_KNOWN)
			continue;
		source->apply(source->self, resource);
		resource->awaits &= ~source->bit;
		is_written = true;
	}
	if (is_written && sources->settle)
		sources->settle(sources->self, resource);
	return is_written;
}

void metadata_begin(const struct metadata_sources *sources, struct resource *resource)
{
	for (uint32_t i = 0; i < sources->count; i++)
		if (sources->items[i].concerns(sources->items[i].self, resource))
			resource->awaits |= sources->items[i].bit;
	(void)write_known(sources, resource);
}

bool metadata_is_pending(const struct metadata_sources *sources, const struct resource *resource)
{
	for (uint32_t i = 0; resource->awaits && i < sources->count; i++) {
		const struct metadata_source *source = &sources->items[i];

		if (resource->awaits & source->bit &&
		    source->state(source->self, resource) == METADATA_PENDING)
			return true;
	}
	return false;
}

static bool is_any_known(const struct metadata_sources *sources, const struct resource *resource)
{
	for (uint32_t i = 0; i < sources->count; i++) {
		const struct metadata_source *source = &sources->items[i];

		if (resource->awaits & source->bit &&
		    source->state(source->self, resource) == METADATA_KNOWN)
			return true;
	}
	return false;
}

struct resource *metadata_complete(const struct metadata_sources *sources,
				   const struct resource *resource)
{
	struct resource *copy;

	if (!resource->awaits || !is_any_known(sources, resource) ||
	    resource_copy(&copy, resource) < 0)
		return NULL;
	(void)write_known(sources, copy);
	return copy;
}

uint64_t metadata_answers_count(const struct metadata_sources *sources)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < sources->count; i++)
		count += sources->items[i].answers_count(sources->items[i].self);
	return count;
}
