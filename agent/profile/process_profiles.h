/*
 * The profiles under construction: one per process and stretch of time, given away when that is
 * over and what was late had its chance. Stacks come from the dictionary and are translated.
 * Capture thread.
 */
#ifndef PROFILE_PROCESS_PROFILES_H
#define PROFILE_PROCESS_PROFILES_H

#include "model/profile.h"

#define PROFILE_STRETCH_NS 45000000000ull /* below MAX_PROFILE_ITEM_NS, with what is late */

struct process_profiles;

struct process_profiles_sink {
	void *self;
	/* Borrowed; NULL: not known. */
	struct resource *(*resource_of)(void *self, uint32_t tgid);
	void (*on_profile)(void *self, struct profile **profile); /* taken */
};

int process_profiles_new(struct process_profiles **ret, const struct profile *dictionary,
			 const struct process_profiles_sink *sink);
void process_profiles_free(struct process_profiles **profiles);

/* Where a sample went; for its request, when that is known later. */
struct placed_sample {
	uint32_t tgid;
	uint32_t number; /* of the profile; 0: nowhere */
	uint32_t sample;
};

struct new_sample {
	uint32_t tgid, tid;
	uint32_t frequency_hz;
	uint32_t stack;                  /* of the dictionary */
	enum profile_loss cut;           /* 0: it is whole */
	struct view name;                /* of the thread */
	struct profile_sample sample;    /* thread, stack and link are filled in here */
	const struct profile_link *link; /* NULL: none */
};

struct placed_sample process_profiles_add(struct process_profiles *profiles,
					  const struct new_sample *sample, uint64_t now_ns);

/* Its request, if the profile is still here. link NULL: the one it has, as a guess. */
void process_profiles_link(struct process_profiles *profiles, const struct placed_sample *placed,
			   const struct profile_link *link, bool is_guess);

/* Samples of this process that are not here; 0: of whichever comes first. */
void process_profiles_count_loss(struct process_profiles *profiles, uint32_t tgid,
				 enum profile_loss loss, uint64_t count, uint64_t now_ns);

/* Those that are being filled, as they stand; borrowed during the call. */
void process_profiles_look(const struct process_profiles *profiles,
			   void (*on_profile)(void *self, const struct profile *profile),
			   void *self);

/* Gives away what is over. */
void process_profiles_tick(struct process_profiles *profiles, uint64_t now_ns);
void process_profiles_finish(struct process_profiles *profiles);

#endif
