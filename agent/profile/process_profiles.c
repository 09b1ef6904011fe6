/* A profile is filled for a stretch, then it waits: for stacks that are being unwound it is too
 * late, those go into the next one, but requests that end now still find their samples in it. So do
 * names of compiled code: a compiler may write its perf map after we came, and what is met again
 * then is what was sampled before, as whoever reads such a map afterwards takes it to be. */
#include "profile/process_profiles.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"

#define MAX_OPEN       4096
#define MAX_TRANSLATED MAX_PROFILE_STACKS
#define MAX_UNNAMED    16384
#define SETTLING_NS    (10 * NS_PER_S)

struct open_profile {
	struct profile *profile;
	struct hash_map *stacks;  /* of the dictionary → of the profile */
	struct hash_map *unnamed; /* address of compiled code → its frame; NULL: none yet */
	uint32_t number;
	uint64_t since_ns;
};

/* The one that is filled and the one before it. */
struct process_entry {
	struct open_profile filling;
	struct open_profile settling;
};

struct process_profiles {
	const struct profile *dictionary;
	struct process_profiles_sink sink;
	struct hash_map *processes; /* tgid → struct process_entry */
	uint32_t next_number;
	uint64_t losses[PROFILE_LOSSES_COUNT]; /* of nobody yet: the next profile has them */
};

int process_profiles_new(struct process_profiles **ret, const struct profile *dictionary,
			 const struct process_profiles_sink *sink)
{
	struct process_profiles *profiles = calloc(1, sizeof(*profiles));
	int err;

	if (!profiles)
		return -ENOMEM;
	profiles->dictionary = dictionary;
	profiles->sink = *sink;
	profiles->next_number = 1;
	err = hash_map_new(&profiles->processes, sizeof(uint32_t), sizeof(struct process_entry),
			   MAX_OPEN);
	if (err < 0) {
		free(profiles);
		return err;
	}
	*ret = profiles;
	return 0;
}

static void open_profile_done(struct open_profile *open)
{
	profile_free(&open->profile);
	hash_map_free(&open->stacks);
	hash_map_free(&open->unnamed);
	*open = (struct open_profile){0};
}

void process_profiles_free(struct process_profiles **profiles)
{
	struct process_entry *entry;
	void *cursor = NULL;

	if (!*profiles)
		return;
	while ((entry = hash_map_next((*profiles)->processes, &cursor))) {
		open_profile_done(&entry->filling);
		open_profile_done(&entry->settling);
	}
	hash_map_free(&(*profiles)->processes);
	free(*profiles);
	*profiles = NULL;
}

static void give_away(struct process_profiles *profiles, struct open_profile *open)
{
	struct profile *profile = TAKE_PTR(open->profile);

	open_profile_done(open);
	if (profile)
		profiles->sink.on_profile(profiles->sink.self, &profile);
}

static void give_away_entry(struct process_profiles *profiles, struct process_entry *entry)
{
	uint32_t tgid;

	memcpy(&tgid, hash_map_key(profiles->processes, entry), sizeof(tgid));
	give_away(profiles, &entry->settling);
	give_away(profiles, &entry->filling);
	(void)hash_map_remove(profiles->processes, &tgid);
}

static struct process_entry *find_or_add(struct process_profiles *profiles, uint32_t tgid)
{
	struct process_entry *entry = hash_map_find(profiles->processes, &tgid);

	if (entry)
		return entry;
	if (hash_map_count(profiles->processes) == MAX_OPEN)
		give_away_entry(profiles, hash_map_oldest(profiles->processes));
	return hash_map_add(profiles->processes, &tgid, NULL);
}

static int begin(struct process_profiles *profiles, struct open_profile *open, uint32_t tgid,
		 uint64_t now_ns)
{
	struct resource *resource = profiles->sink.resource_of(profiles->sink.self, tgid);
	int err = profile_new(&open->profile, resource, 0);

	if (err == 0)
		err = hash_map_new(&open->stacks, sizeof(uint32_t), sizeof(uint32_t),
				   MAX_TRANSLATED);
	if (err < 0) {
		open_profile_done(open);
		return err;
	}
	open->number = profiles->next_number++;
	open->since_ns = now_ns;
	for (int i = 0; i < PROFILE_LOSSES_COUNT; i++)
		profile_count_loss(open->profile, (enum profile_loss)i, profiles->losses[i]);
	memset(profiles->losses, 0, sizeof(profiles->losses));
	return 0;
}

/* NULL: no memory. */
static struct process_entry *find_with_filling(struct process_profiles *profiles, uint32_t tgid,
					       uint64_t now_ns)
{
	struct process_entry *entry = find_or_add(profiles, tgid);

	if (!entry)
		return NULL;
	if (!entry->filling.profile && begin(profiles, &entry->filling, tgid, now_ns) < 0)
		return NULL;
	return entry;
}

/* Without room it stays without a name. */
static void note_unnamed(struct open_profile *open, uint64_t address, uint32_t frame)
{
	uint32_t *place;

	if (!open->unnamed &&
	    hash_map_new(&open->unnamed, sizeof(uint64_t), sizeof(uint32_t), MAX_UNNAMED) < 0)
		return;
	place = hash_map_add(open->unnamed, &address, NULL);
	if (place)
		*place = frame;
}

static void name_late(struct open_profile *open, const struct profile_frame *frame)
{
	uint32_t *unnamed = open->unnamed ? hash_map_find(open->unnamed, &frame->offset) : NULL;

	if (!unnamed)
		return;
	profile_name_frame(open->profile, *unnamed, frame);
	(void)hash_map_remove(open->unnamed, &frame->offset);
}

static uint32_t translate_frame(const struct profile *dictionary, struct process_entry *entry,
				uint32_t index)
{
	struct profile_frame frame = dictionary->frames[index];
	struct profile *profile = entry->filling.profile;
	bool is_compiled = frame.kind == PROFILE_FRAME_JIT && frame.image == NO_IMAGE;
	uint32_t translated;

	if (frame.image < dictionary->images_count)
		frame.image = profile_add_image(profile, &dictionary->images[frame.image]);
	if (is_compiled && frame.function.size) {
		name_late(&entry->settling, &frame);
		name_late(&entry->filling, &frame);
	}
	translated = profile_add_frame(profile, &frame);
	if (is_compiled && !frame.function.size)
		note_unnamed(&entry->filling, frame.offset, translated);
	return translated;
}

static uint32_t translate_stack(const struct profile *dictionary, struct process_entry *entry,
				uint32_t index)
{
	struct open_profile *open = &entry->filling;
	uint32_t *known = hash_map_find(open->stacks, &index);
	uint32_t frames[MAX_PROFILE_DEPTH], stack;
	const struct profile_stack *from;

	if (known)
		return *known;
	if (index >= dictionary->stacks_count)
		return PROFILE_OVERFLOW_STACK;
	from = &dictionary->stacks[index];
	for (uint32_t i = 0; i < from->depth; i++)
		frames[i] = translate_frame(dictionary, entry,
					    dictionary->stack_frames[from->first + i]);
	stack = profile_add_stack(open->profile, frames, from->depth);
	known = hash_map_add(open->stacks, &index, NULL);
	if (known)
		*known = stack;
	return stack;
}

static uint32_t add_link(struct profile *profile, const struct profile_link *link)
{
	return link ? profile_add_link(profile, link->trace_id, link->span_id) : NO_PROFILE_LINK;
}

struct placed_sample process_profiles_add(struct process_profiles *profiles,
					  const struct new_sample *sample, uint64_t now_ns)
{
	struct process_entry *entry = find_with_filling(profiles, sample->tgid, now_ns);
	struct placed_sample nowhere = {.tgid = sample->tgid};
	struct profile_sample copy = sample->sample;
	struct open_profile *open;

	if (!entry)
		return nowhere;
	open = &entry->filling;
	if (!open->profile->frequency_hz)
		open->profile->frequency_hz = sample->frequency_hz;
	copy.thread = profile_add_thread(open->profile, sample->tgid, sample->tid, sample->name);
	copy.stack = translate_stack(profiles->dictionary, entry, sample->stack);
	copy.link = add_link(open->profile, sample->link);
	if (!profile_add_sample(open->profile, &copy))
		return nowhere;
	if (sample->cut)
		profile_count_loss(open->profile, sample->cut, 1);
	return (struct placed_sample){sample->tgid, open->number, open->profile->samples_count - 1};
}

void process_profiles_link(struct process_profiles *profiles, const struct placed_sample *placed,
			   const struct profile_link *link, bool is_guess)
{
	struct process_entry *entry = hash_map_find(profiles->processes, &placed->tgid);
	struct profile *profile;

	if (!entry || !placed->number)
		return;
	profile = placed->number == entry->filling.number    ? entry->filling.profile
		  : placed->number == entry->settling.number ? entry->settling.profile
							     : NULL;
	if (!profile || placed->sample >= profile->samples_count)
		return;
	if (link)
		profile->samples[placed->sample].link = add_link(profile, link);
	profile->samples[placed->sample].is_link_guess = is_guess;
}

void process_profiles_count_loss(struct process_profiles *profiles, uint32_t tgid,
				 enum profile_loss loss, uint64_t count, uint64_t now_ns)
{
	struct process_entry *entry;
	void *first;

	if (!tgid && (first = hash_map_oldest(profiles->processes)))
		memcpy(&tgid, hash_map_key(profiles->processes, first), sizeof(tgid));
	entry = tgid ? find_with_filling(profiles, tgid, now_ns) : NULL;
	if (entry)
		profile_count_loss(entry->filling.profile, loss, count);
	else
		profiles->losses[loss] += count;
}

void process_profiles_look(const struct process_profiles *profiles,
			   void (*on_profile)(void *self, const struct profile *profile),
			   void *self)
{
	const struct process_entry *entry;
	void *cursor = NULL;

	while ((entry = hash_map_next(profiles->processes, &cursor))) {
		if (entry->settling.profile)
			on_profile(self, entry->settling.profile);
		if (entry->filling.profile)
			on_profile(self, entry->filling.profile);
	}
}

void process_profiles_tick(struct process_profiles *profiles, uint64_t now_ns)
{
	struct process_entry *entry;
	void *cursor = NULL;

	while ((entry = hash_map_next(profiles->processes, &cursor))) {
		if (entry->filling.profile &&
		    now_ns >= entry->filling.since_ns + PROFILE_STRETCH_NS) {
			give_away(profiles, &entry->settling);
			entry->settling = entry->filling;
			entry->filling = (struct open_profile){0};
			entry->settling.since_ns = now_ns;
		}
		if (entry->settling.profile && now_ns >= entry->settling.since_ns + SETTLING_NS)
			give_away(profiles, &entry->settling);
		if (!entry->filling.profile && !entry->settling.profile)
			give_away_entry(profiles, entry);
	}
}

void process_profiles_finish(struct process_profiles *profiles)
{
	struct process_entry *oldest;

	while ((oldest = hash_map_oldest(profiles->processes)))
		give_away_entry(profiles, oldest);
}
