/* A small map; the scene read longest ago makes room. */
#include "exceptions/process_scenes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

#define MAX_VERSION_LOOKS 3 /* each reads the maps of the process */

struct process_scenes {
	struct hash_map *scenes; /* tgid -> struct process_scene * */
	struct process_table *processes;
	struct process_scene unknown;
	bool reads_proc;
};

int process_scenes_new(struct process_scenes **ret, size_t max_processes,
		       struct process_table *processes, bool reads_proc)
{
	_cleanup_(process_scenes_free) struct process_scenes *scenes = calloc(1, sizeof(*scenes));
	int err;

	if (!scenes)
		return -ENOMEM;
	scenes->processes = processes;
	scenes->reads_proc = reads_proc;
	err = hash_map_new(&scenes->scenes, sizeof(uint32_t), sizeof(struct process_scene *),
			   max_processes);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(scenes);
	return 0;
}

static void drop_scene(struct process_scenes *scenes, struct process_scene **slot)
{
	uint32_t tgid = *(const uint32_t *)hash_map_key(scenes->scenes, slot);

	free(*slot);
	(void)hash_map_remove(scenes->scenes, &tgid);
}

void process_scenes_free(struct process_scenes **scenes)
{
	struct process_scene **slot;

	if (!*scenes)
		return;
	while ((*scenes)->scenes && (slot = hash_map_oldest((*scenes)->scenes)))
		drop_scene(*scenes, slot);
	hash_map_free(&(*scenes)->scenes);
	free(*scenes);
	*scenes = NULL;
}

static struct process_scene *read_scene(struct process_scenes *scenes, uint32_t tgid)
{
	const struct process *process = process_table_find(scenes->processes, (pid_t)tgid);
	struct process_scene *scene = calloc(1, sizeof(*scene));

	if (scene)
		process_scene_read("/proc", (pid_t)tgid,
				   process ? process->runtime : RUNTIME_UNKNOWN, scene);
	return scene;
}

static void put_scene(struct process_scenes *scenes, uint32_t tgid, struct process_scene *scene)
{
	struct process_scene **slot = hash_map_add(scenes->scenes, &tgid, NULL);

	if (!slot) {
		drop_scene(scenes, hash_map_oldest(scenes->scenes));
		slot = hash_map_add(scenes->scenes, &tgid, NULL);
	}
	if (slot)
		*slot = scene;
	else
		free(scene);
}

void process_scenes_inherit(struct process_scenes *scenes, uint32_t parent, uint32_t child)
{
	const struct process_scene *from = process_scenes_of(scenes, parent);
	struct process_scene **old = hash_map_find(scenes->scenes, &child);
	struct process_scene *scene = from->is_known ? calloc(1, sizeof(*scene)) : NULL;

	if (old)
		drop_scene(scenes, old);
	if (!scene)
		return;
	scene->tgid = (pid_t)child;
	scene->runtime = from->runtime;
	scene->is_known = true;
	scene->is_in_our_root = from->is_in_our_root;
	scene->identity = from->identity;
	scene->version = from->version;
	memcpy(scene->script, from->script, sizeof(scene->script));
	scene->is_inherited = true;
	put_scene(scenes, child, scene);
}

void process_scenes_renew(struct process_scenes *scenes, uint32_t tgid)
{
	struct process_scene **slot = hash_map_find(scenes->scenes, &tgid);
	struct process_scene *scene = NULL;

	if (scenes->reads_proc)
		scene = read_scene(scenes, tgid);
	if (scene && !scene->is_known && slot) {
		/* Gone already: what it was born into is what it saw. */
		scene->is_known = (*slot)->is_known;
		scene->is_in_our_root = (*slot)->is_in_our_root;
		scene->identity = (*slot)->identity;
		scene->is_met = (*slot)->is_met;
	}
	/* It was seen when it could be. */
	if (scene && slot && (*slot)->runtime == scene->runtime && !scene->version.version[0])
		scene->version = (*slot)->version;
	if (slot)
		drop_scene(scenes, slot);
	if (scene)
		put_scene(scenes, tgid, scene);
}

/* What runs there is sometimes learned after the scene was read. */
static bool is_outdated(struct process_scenes *scenes, const struct process_scene *scene)
{
	const struct process *process = process_table_find(scenes->processes, scene->tgid);

	return scene->is_inherited || (scene->runtime == RUNTIME_UNKNOWN && process &&
				       process->runtime != RUNTIME_UNKNOWN);
}

/* A scene is read when its program begins: the library that tells the version (libruby) is mapped a
 * little later. */
static void look_for_version(struct process_scene *scene)
{
	struct runtime_version version;

	if (scene->version.version[0] || scene->version_looks == MAX_VERSION_LOOKS ||
	    scene->runtime == RUNTIME_UNKNOWN || scene->runtime == RUNTIME_NATIVE)
		return;
	scene->version_looks++;
	runtime_version_find("/proc", scene->tgid, scene->runtime, &version);
	if (version.version[0])
		scene->version = version;
}

const struct process_scene *process_scenes_of(struct process_scenes *scenes, uint32_t tgid)
{
	struct process_scene **slot = hash_map_find(scenes->scenes, &tgid);

	if (!scenes->reads_proc)
		return &scenes->unknown;
	if (!slot || is_outdated(scenes, *slot)) {
		process_scenes_renew(scenes, tgid);
		slot = hash_map_find(scenes->scenes, &tgid);
	} else {
		look_for_version(*slot);
	}
	return slot ? *slot : &scenes->unknown;
}

void process_scenes_meet(struct process_scenes *scenes, uint32_t tgid)
{
	struct process_scene **slot = hash_map_find(scenes->scenes, &tgid);
	struct process_identity identity;

	if (!slot) {
		(void)process_scenes_of(scenes, tgid);
		slot = hash_map_find(scenes->scenes, &tgid);
		if (slot)
			(*slot)->is_met = (*slot)->identity.is_known;
		return;
	}
	process_identity_read("/proc", (pid_t)tgid, &identity);
	(*slot)->is_met = identity.is_known;
	if (identity.is_known)
		(*slot)->identity = identity;
}

void process_scenes_forget(struct process_scenes *scenes, uint32_t tgid)
{
	struct process_scene **slot = hash_map_find(scenes->scenes, &tgid);

	if (slot)
		drop_scene(scenes, slot);
}
