/* A code object that is gone may be another by the time its address comes again: functions live as
 * long as their modules, so that is taken into account by their process alone. */
#include "profile/python_frames.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"
#include "process/python_code.h"
#include "tracebacks/python_string.h"

#define MAX_CODES     32768
#define MAX_PROCESSES 1024

struct code_key {
	uint64_t address;
	uint32_t tgid;
	uint32_t generation; /* of its process: another program has other functions */
};

struct python_process {
	int minor;
	uint32_t generation;
};

struct python_frames {
	struct stack_builder *stacks;
	struct hash_map *processes; /* tgid → struct python_process */
	struct hash_map *codes;     /* struct code_key → uint32_t frame */
	uint32_t next_generation;
};

int python_frames_new(struct python_frames **ret, struct stack_builder *stacks)
{
	_cleanup_(python_frames_free) struct python_frames *frames = calloc(1, sizeof(*frames));
	int err;

	if (!frames)
		return -ENOMEM;
	frames->stacks = stacks;
	err = hash_map_new(&frames->processes, sizeof(uint32_t), sizeof(struct python_process),
			   MAX_PROCESSES);
	if (err == 0)
		err = hash_map_new(&frames->codes, sizeof(struct code_key), sizeof(uint32_t),
				   MAX_CODES);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(frames);
	return 0;
}

void python_frames_free(struct python_frames **frames)
{
	if (!*frames)
		return;
	hash_map_free(&(*frames)->processes);
	hash_map_free(&(*frames)->codes);
	free(*frames);
	*frames = NULL;
}

void python_frames_set_process(struct python_frames *frames, uint32_t tgid, int minor)
{
	struct python_process *process;
	uint32_t oldest;

	(void)hash_map_remove(frames->processes, &tgid);
	if (!minor)
		return;
	if (hash_map_count(frames->processes) == MAX_PROCESSES) {
		memcpy(&oldest, hash_map_key(frames->processes, hash_map_oldest(frames->processes)),
		       sizeof(oldest));
		(void)hash_map_remove(frames->processes, &oldest);
	}
	process = hash_map_add(frames->processes, &tgid, NULL);
	if (process)
		*process = (struct python_process){minor, frames->next_generation++};
}

static bool is_own_code(struct view file)
{
	return view_find(file, VIEW_LITERAL("/lib/python3")) < 0 &&
	       !view_starts_with(file, VIEW_LITERAL("<frozen "));
}

/* NO_PYTHON_FRAME: it is no code object, or the process is gone. */
static uint32_t read_frame(const struct python_frames *frames, const struct code_key *key,
			   int minor)
{
	struct profile_frame frame = {.image = NO_IMAGE, .kind = PROFILE_FRAME_INTERPRETED};
	uint32_t number = NO_PYTHON_FRAME;
	struct python_code code;
	struct arena arena;
	bool is_cut;

	if (python_code_read((pid_t)key->tgid, key->address, minor, &code) < 0)
		return number;
	arena_init(&arena, 65536);
	frame.function = python_string_decode(
		&arena, &code.name, view_of(code.name_bytes, code.name.captured), &is_cut);
	frame.file = python_string_decode(&arena, &code.file,
					  view_of(code.file_bytes, code.file.captured), &is_cut);
	frame.line = code.first_line;
	frame.is_in_app = is_own_code(frame.file);
	if (frame.function.size)
		number = stack_builder_add_frame(frames->stacks, &frame);
	arena_done(&arena);
	return number;
}

static uint32_t find_frame(struct python_frames *frames, const struct code_key *key, int minor)
{
	uint32_t *known = hash_map_find(frames->codes, key), number;
	struct code_key oldest;

	if (known) {
		hash_map_touch(frames->codes, known);
		return *known;
	}
	number = read_frame(frames, key, minor);
	if (number == NO_PYTHON_FRAME)
		return number;
	if (hash_map_count(frames->codes) == MAX_CODES) {
		memcpy(&oldest, hash_map_key(frames->codes, hash_map_oldest(frames->codes)),
		       sizeof(oldest));
		(void)hash_map_remove(frames->codes, &oldest);
	}
	known = hash_map_add(frames->codes, key, NULL);
	if (known)
		*known = number;
	return number;
}

void python_frames_resolve(struct python_frames *frames, struct sample *sample)
{
	const struct profile_sample_record *record = &sample->record;
	const struct python_process *process = hash_map_find(frames->processes, &record->tgid);

	for (uint32_t i = 0; process && i < record->python_frames_count; i++) {
		uint64_t word = record->python_frames[i];
		struct code_key key = {word & ~(uint64_t)PYTHON_FRAME_IS_ENTRY, record->tgid,
				       process->generation};

		sample->python[i].is_entry = word & PYTHON_FRAME_IS_ENTRY;
		sample->python[i].frame =
			key.address ? find_frame(frames, &key, process->minor) : NO_PYTHON_FRAME;
		sample->python_count = i + 1;
	}
}
