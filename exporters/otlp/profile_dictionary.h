/*
 * The tables that samples of OTLP profiles point into. Index 0 of each is the zero value, so what
 * is number n in the profile is n + 1 here, but for links, which begin with none in both.
 */
#ifndef OTLP_PROFILE_DICTIONARY_H
#define OTLP_PROFILE_DICTIONARY_H

#include "exporters/otlp/otlp_encoder.h"
#include "exporters/string_table.h"
#include "model/profile.h"

struct profile_dictionary {
	const struct profile *profile;
	struct string_table strings; /* "" is the first; whoever comes before the dictionary adds */
};

void profile_dictionary_init(struct profile_dictionary *dictionary, const struct profile *profile);
void profile_dictionary_done(struct profile_dictionary *dictionary);

/* Indices of attributes. */
static inline uint32_t profile_dictionary_thread_name(uint32_t thread)
{
	return 1 + 2 * thread;
}

static inline uint32_t profile_dictionary_thread_id(uint32_t thread)
{
	return 2 + 2 * thread;
}

void profile_dictionary_append(struct profile_dictionary *dictionary, struct otlp_encoder *encoder,
			       uint32_t field);

#endif
