/* A source of metadata whose answers a test decides: what it knows is one attribute. */
#ifndef SUPPORT_SCRIPTED_SOURCE_H
#define SUPPORT_SCRIPTED_SOURCE_H

#include "model/metadata.h"

struct scripted_source {
	const char *about; /* resources with this attribute concern it */
	const char *key, *value;
	enum metadata_state state;
	uint64_t answers_count;
	unsigned int asked_count, applied_count;
};

static inline bool scripted_source_concerns(void *self, const struct resource *resource)
{
	const struct scripted_source *source = self;

	return attribute_find(&resource->attributes, source->about) != NULL;
}

static inline enum metadata_state scripted_source_state(void *self, const struct resource *resource)
{
	struct scripted_source *source = self;

	(void)resource;
	source->asked_count++;
	return source->state;
}

static inline void scripted_source_apply(void *self, struct resource *resource)
{
	struct scripted_source *source = self;

	source->applied_count++;
	attribute_set_string(&resource->attributes, &resource->arena, source->key,
			     view_of_text(source->value));
}

static inline uint64_t scripted_source_answers(void *self)
{
	return ((const struct scripted_source *)self)->answers_count;
}

static inline void scripted_source_add(struct metadata_sources *sources,
				       struct scripted_source *source, uint32_t bit)
{
	struct metadata_source row = {.self = source,
				      .bit = bit,
				      .concerns = scripted_source_concerns,
				      .state = scripted_source_state,
				      .apply = scripted_source_apply,
				      .answers_count = scripted_source_answers};

	metadata_add_source(sources, &row);
}

/* What changes: the state, and that there was an answer. */
static inline void scripted_source_answer(struct scripted_source *source, enum metadata_state state)
{
	source->state = state;
	source->answers_count++;
}

#endif
