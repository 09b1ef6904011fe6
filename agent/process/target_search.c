/*
 * One pass over /proc notes of every process what it fits; a second one, over what was noted, drops
 * those whose parent, or its parent, fits as well.
 */
#include "process/target_search.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "process/elf_language.h"

#define MAX_DESCENT      64
#define MAX_STATUS_BYTES 512
#define KERNEL_THREADS   2  /* kthreadd; everything below it has no program */
#define FULL_ID_PREFIX   12 /* as docker shows ids: fewer digits are a word like any other */

/* What a process fits, a bit per kind. */
struct candidate {
	pid_t pid, parent;
	uint32_t fits;
};

struct search_work {
	struct proc_reader reader;
	struct proc_snapshot *snapshot;
	struct target_words words;
	struct candidate *candidates;
	uint32_t count, capacity;
	struct target_search *search;
};

static void close_folder(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder);
}

static pid_t read_parent(const struct proc_reader *reader, pid_t pid)
{
	char text[MAX_STATUS_BYTES];
	struct view rest = proc_reader_text(reader, pid, "status", text, sizeof(text)), line;
	uint64_t parent;

	while (view_next_token(&rest, '\n', &line))
		if (view_starts_with(line, VIEW_LITERAL("PPid:")))
			return view_parse_u64(view_trim(view_skip(line, 5)), &parent) == 0 &&
					       parent <= INT_MAX
				       ? (pid_t)parent
				       : 0;
	return 0;
}

struct target_words target_search_words(struct view text)
{
	static const struct {
		struct view prefix;
		enum target_kind kind;
	} prefixes[] = {
		{{"pid:", 4}, TARGET_PID},
		{{"name:", 5}, TARGET_NAME},
		{{"unit:", 5}, TARGET_UNIT},
		{{"container:", 10}, TARGET_CONTAINER},
	};
	uint64_t number;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (view_starts_with(text, prefixes[i].prefix))
			return (struct target_words){prefixes[i].kind,
						     view_skip(text, prefixes[i].prefix.size)};
	/* What docker shows of an id may be all digits; no process has that many. */
	if (text.size < FULL_ID_PREFIX && view_parse_u64(text, &number) == 0)
		return (struct target_words){TARGET_PID, text};
	return (struct target_words){TARGET_ANY, text};
}

static void find_script(const struct proc_snapshot *snapshot, char ret_script[SCRIPT_NAME_BYTES])
{
	enum process_runtime runtime =
		elf_language_of_name(view_base_name(snapshot->executable_path));

	if (!script_name_find(runtime, snapshot->command_line, ret_script))
		ret_script[0] = '\0';
}

static bool fits_name(const struct proc_snapshot *snapshot, struct view name)
{
	struct view arguments = snapshot->command_line, argument;
	char script[SCRIPT_NAME_BYTES];

	if (view_equals(view_of_text(snapshot->name), name) ||
	    view_equals(view_base_name(snapshot->executable_path), name))
		return true;
	if (view_next_token(&arguments, '\0', &argument) &&
	    view_equals(view_base_name(argument), name))
		return true;
	find_script(snapshot, script);
	if (script[0] && view_equals(view_of_text(script), name))
		return true;
	/* As it was typed: app.py. */
	return script[0] && view_next_token(&arguments, '\0', &argument) &&
	       view_equals(view_base_name(argument), name);
}

static bool fits_unit(struct view cgroup, struct view name)
{
	struct view suffix = VIEW_LITERAL(".service");
	char unit[UNIT_NAME_BYTES];
	struct view found;

	if (!container_id_find_unit(cgroup, unit))
		return false;
	found = view_of_text(unit);
	return view_equals(found, name) ||
	       (view_ends_with(found, suffix) &&
		view_equals(view_take(found, found.size - suffix.size), name));
}

static bool fits_container(struct search_work *work, struct view cgroup)
{
	struct view text = work->words.text;
	size_t enough =
		work->words.kind == TARGET_CONTAINER ? MIN_CONTAINER_PREFIX : FULL_ID_PREFIX;
	struct target_search *search = work->search;
	struct container_identity identity;

	if (!container_id_read(cgroup, &identity))
		return false;
	if (!view_equals(view_of_text(identity.id), text) &&
	    (text.size < enough || !view_starts_with(view_of_text(identity.id), text)))
		return false;
	if (!search->container[0])
		memcpy(search->container, identity.id, sizeof(search->container));
	else if (strcmp(search->container, identity.id) != 0)
		search->has_more_containers = true;
	return true;
}

static uint32_t find_fits(struct search_work *work, pid_t pid)
{
	const struct proc_snapshot *snapshot = work->snapshot;
	enum target_kind kind = work->words.kind;
	struct view text = work->words.text;
	uint32_t fits = 0;
	uint64_t number;

	if (kind == TARGET_PID)
		return view_parse_u64(text, &number) == 0 && number == (uint64_t)pid
			       ? 1u << TARGET_PID
			       : 0;
	if (text.size == 0)
		return 0;
	if ((kind == TARGET_NAME || kind == TARGET_ANY) && fits_name(snapshot, text))
		fits |= 1u << TARGET_NAME;
	if ((kind == TARGET_UNIT || kind == TARGET_ANY) && fits_unit(snapshot->cgroup, text))
		fits |= 1u << TARGET_UNIT;
	if ((kind == TARGET_CONTAINER || kind == TARGET_ANY) &&
	    fits_container(work, snapshot->cgroup))
		fits |= 1u << TARGET_CONTAINER;
	return fits;
}

static int note(struct search_work *work, pid_t pid)
{
	pid_t parent = read_parent(&work->reader, pid);

	if (work->count == MAX_TARGET_PROCESSES)
		return 0;
	if (work->count == work->capacity) {
		uint32_t capacity = work->capacity ? work->capacity * 2 : 256;
		struct candidate *candidates =
			realloc(work->candidates, capacity * sizeof(*candidates));

		if (!candidates)
			return -ENOMEM;
		work->candidates = candidates;
		work->capacity = capacity;
	}
	work->candidates[work->count++] = (struct candidate){
		pid, parent,
		parent == KERNEL_THREADS || pid == KERNEL_THREADS ? 0 : find_fits(work, pid)};
	return 0;
}

static int look_at_all(struct search_work *work, const char *proc_root)
{
	_cleanup_(close_folder) DIR *folder = opendir(proc_root);
	struct dirent *entry;
	uint64_t pid;
	int err = 0;

	if (!folder)
		return -errno;
	while (err == 0 && (entry = readdir(folder))) {
		if (view_parse_u64(view_of_text(entry->d_name), &pid) < 0 || pid > INT_MAX ||
		    (pid_t)pid == getpid())
			continue;
		if (proc_reader_snapshot(&work->reader, (pid_t)pid, work->snapshot) == 0)
			err = note(work, (pid_t)pid);
	}
	return err;
}

static int compare_pids(const void *a, const void *b)
{
	pid_t left = ((const struct candidate *)a)->pid, right = ((const struct candidate *)b)->pid;

	return (left > right) - (left < right);
}

static const struct candidate *find(const struct search_work *work, pid_t pid)
{
	const struct candidate key = {.pid = pid};

	return bsearch(&key, work->candidates, work->count, sizeof(key), compare_pids);
}

static bool has_fitting_ancestor(const struct search_work *work, const struct candidate *candidate,
				 uint32_t bit)
{
	for (int i = 0; i < MAX_DESCENT && candidate->parent > 0; i++) {
		candidate = find(work, candidate->parent);
		if (!candidate)
			return false;
		if (candidate->fits & bit)
			return true;
	}
	return false;
}

static int take_targets(struct search_work *work, enum target_kind kind)
{
	struct target_search *search = work->search;
	uint32_t bit = 1u << kind;

	search->kind = kind;
	search->targets = calloc(MAX_TARGETS, sizeof(*search->targets));
	if (!search->targets)
		return -ENOMEM;
	for (uint32_t i = 0; i < work->count; i++) {
		const struct candidate *candidate = &work->candidates[i];
		struct found_target *target = &search->targets[search->count];

		if (!(candidate->fits & bit) || has_fitting_ancestor(work, candidate, bit))
			continue;
		if (search->count == MAX_TARGETS) {
			search->left_out_count++;
			continue;
		}
		if (proc_reader_snapshot(&work->reader, candidate->pid, work->snapshot) < 0)
			continue;
		target->pid = candidate->pid;
		memcpy(target->name, work->snapshot->name, sizeof(target->name));
		find_script(work->snapshot, target->script);
		search->count++;
	}
	return 0;
}

static int choose(struct search_work *work)
{
	uint32_t fits = 0;

	if (work->count)
		qsort(work->candidates, work->count, sizeof(*work->candidates), compare_pids);
	for (uint32_t i = 0; i < work->count; i++)
		fits |= work->candidates[i].fits;
	for (int kind = TARGET_PID; kind <= TARGET_CONTAINER; kind++)
		if (fits & 1u << kind)
			return take_targets(work, (enum target_kind)kind);
	work->search->kind = work->words.kind;
	return 0;
}

int target_search_find(struct target_search *ret, const char *proc_root, struct target_words words)
{
	_cleanup_(cleanup_free) struct proc_snapshot *snapshot = malloc(sizeof(*snapshot));
	struct target_search search = {0};
	struct search_work work = {.snapshot = snapshot, .words = words, .search = &search};
	int err = snapshot ? proc_reader_init(&work.reader, proc_root) : -ENOMEM;

	if (err == 0)
		err = look_at_all(&work, proc_root);
	if (err == 0)
		err = choose(&work);
	free(work.candidates);
	if (err < 0)
		target_search_done(&search);
	else
		*ret = search;
	return err;
}

int target_search_name(const char *proc_root, pid_t pid, char ret_name[SCRIPT_NAME_BYTES])
{
	_cleanup_(cleanup_free) struct proc_snapshot *snapshot = malloc(sizeof(*snapshot));
	struct proc_reader reader;
	int err = snapshot ? proc_reader_init(&reader, proc_root) : -ENOMEM;

	if (err == 0)
		err = proc_reader_snapshot(&reader, pid, snapshot);
	if (err < 0)
		return err;
	find_script(snapshot, ret_name);
	if (!ret_name[0])
		memcpy(ret_name, snapshot->name, sizeof(snapshot->name));
	return 0;
}

void target_search_done(struct target_search *search)
{
	free(search->targets);
	search->targets = NULL;
	search->count = 0;
}

uint32_t target_search_containers(const char *proc_root, struct container_identity *ret,
				  uint32_t max)
{
	_cleanup_(close_folder) DIR *folder = opendir(proc_root);
	char text[MAX_CGROUP_BYTES];
	struct proc_reader reader;
	struct dirent *entry;
	uint32_t count = 0;
	uint64_t pid;

	if (!folder || proc_reader_init(&reader, proc_root) < 0)
		return 0;
	while (count < max && (entry = readdir(folder))) {
		struct container_identity *identity = &ret[count];
		bool is_known = false;

		if (view_parse_u64(view_of_text(entry->d_name), &pid) < 0 || pid > INT_MAX ||
		    !container_id_read(
			    proc_reader_text(&reader, (pid_t)pid, "cgroup", text, sizeof(text)),
			    identity))
			continue;
		for (uint32_t i = 0; i < count; i++)
			is_known |= strcmp(ret[i].id, identity->id) == 0;
		count += !is_known;
	}
	return count;
}
