/* Mappings tell a file's device and inode: only of a new one is anything opened. */
#include "check/tls_census.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "process/call_filter.h"
#include "process/image_file.h"
#include "process/process_maps.h"

#define MAX_FILES         4096
#define MAX_PROCESS_FILES 32 /* of one process that say something */
#define DELETED           " (deleted)"

struct file_key {
	uint64_t inode;
	uint32_t device_major, device_minor;
};

struct census_work {
	const struct tls_census_settings *settings;
	struct tls_census *census;
	struct tls_registry registry;
	struct hash_map *files; /* file_key → struct tls_file */
	/* The process at hand. */
	pid_t tgid;
	const struct tls_file *mapped[MAX_PROCESS_FILES];
	uint32_t mapped_count;
	char name[MAX_TLS_GROUP_NAME];
};

static const struct tls_file *know_file(struct census_work *work, const struct image_record *record,
					struct view path, bool is_deleted, const char *name)
{
	struct file_key key = {record->inode, record->device_major, record->device_minor};
	struct tls_file *file = hash_map_find(work->files, &key);
	struct image_file_places places = {.proc_root = work->settings->proc_root,
					   .tgid = work->tgid};
	struct tls_file_place place = {work->settings->proc_root, work->tgid};
	struct image_file image;

	if (file || image_file_open(&places, record, path, is_deleted, &image) < 0)
		return file;
	file = hash_map_add(work->files, &key, NULL);
	if (file)
		tls_file_examine(&work->registry, &place, image.fd, name, file);
	image_file_done(&image);
	return file;
}

static void take_mapping(void *self, struct view bytes)
{
	struct census_work *work = self;
	const struct image_record *record;
	const struct tls_file *file;
	char name[MAX_PROBED_NAME_BYTES];
	struct view path;
	bool is_deleted;

	if (image_record_decode(bytes, &record, &path) < 0 || record->action != IMAGE_MAPPED ||
	    record->inode == 0 || work->mapped_count == MAX_PROCESS_FILES)
		return;
	is_deleted = view_ends_with(path, VIEW_LITERAL(DELETED));
	if (is_deleted)
		path = view_take(path, path.size - strlen(DELETED));
	(void)log_escape(view_base_name(path), name, sizeof(name));
	if (path.size == 0 || path.bytes[0] != '/' || !tls_file_is_wanted(&work->registry, name))
		return;
	file = know_file(work, record, path, is_deleted, name);
	for (uint32_t i = 0; i < work->mapped_count; i++)
		if (work->mapped[i] == file)
			return;
	if (file)
		work->mapped[work->mapped_count++] = file;
}

/* False: none, as of a kernel thread, or not to be seen. */
static bool read_name(struct census_work *work)
{
	char place[320], path[PATH_MAX];
	struct view name;
	ssize_t size;

	(void)snprintf(place, sizeof(place), "%s/%d/exe", work->settings->proc_root,
		       (int)work->tgid);
	size = readlink(place, path, sizeof(path));
	if (size < 0)
		return false;
	name = view_of(path, (size_t)size);
	if (view_ends_with(name, VIEW_LITERAL(DELETED)))
		name = view_take(name, name.size - strlen(DELETED));
	(void)log_escape(view_base_name(name), work->name, sizeof(work->name));
	return true;
}

static const char *find_version(const struct census_work *work, const char *library)
{
	for (uint32_t i = 0; i < work->mapped_count; i++)
		if (work->mapped[i]->version_of &&
		    strcmp(work->mapped[i]->version_of, library) == 0)
			return work->mapped[i]->version;
	return "";
}

static enum tls_sight judge(const struct census_work *work, const struct tls_file *file,
			    enum tls_sight sight)
{
	const struct tls_census_settings *settings = work->settings;

	if (sight != TLS_SEEN)
		return sight;
	if (settings->has_no_probes)
		return TLS_NO_PROBES;
	if (file->has_returns && settings->return_probe_kills &&
	    call_filter_has(settings->proc_root, work->tgid) && settings->return_probe_kills())
		return TLS_FILTERED;
	return TLS_SEEN;
}

static struct tls_group *find_group(struct census_work *work, const char *library,
				    enum tls_sight sight)
{
	struct tls_census *census = work->census;
	struct tls_group *group;

	for (uint32_t i = 0; i < census->groups_count; i++) {
		group = &census->groups[i];
		if (group->sight == sight && strcmp(group->name, work->name) == 0 &&
		    strcmp(group->library, library) == 0)
			return group;
	}
	if (census->groups_count == MAX_TLS_GROUPS)
		return NULL;
	group = &census->groups[census->groups_count++];
	*group = (struct tls_group){.sight = sight};
	(void)snprintf(group->name, sizeof(group->name), "%s", work->name);
	(void)snprintf(group->library, sizeof(group->library), "%s", library);
	return group;
}

static void add_to_group(struct census_work *work, const struct tls_file *file,
			 const struct tls_found *found)
{
	const char *version = find_version(work, found->library);
	char library[MAX_TLS_GROUP_LIBRARY];
	struct tls_group *group;

	(void)snprintf(library, sizeof(library), "%s%s%s", found->library, *version ? " " : "",
		       version);
	group = find_group(work, library, judge(work, file, found->sight));
	if (!group) {
		work->census->ungrouped_count++;
		return;
	}
	if (group->count < MAX_TLS_GROUP_PIDS)
		group->pids[group->count] = work->tgid;
	group->count++;
}

/* Of one library's two files (NSS) the one that is seen counts. */
static bool is_told_better(const struct census_work *work, const struct tls_found *found)
{
	for (uint32_t i = 0; i < work->mapped_count; i++)
		for (uint32_t j = 0; j < work->mapped[i]->count; j++) {
			const struct tls_found *other = &work->mapped[i]->found[j];

			if (other == found)
				continue;
			if (strcmp(other->library, found->library) == 0 &&
			    (other->sight < found->sight ||
			     (other->sight == found->sight && other < found)))
				return true;
		}
	return false;
}

static void look_at(struct census_work *work, pid_t tgid)
{
	bool has_any = false;
	int count;

	work->tgid = tgid;
	work->mapped_count = 0;
	count = process_maps_read(work->settings->proc_root, tgid, 0, take_mapping, work);
	if (count == -EACCES || count == -EPERM) {
		work->census->unreadable_count++;
		return;
	}
	if (count <= 0 || !read_name(work)) /* the kernel's own, or gone */
		return;
	for (uint32_t i = 0; i < work->mapped_count; i++)
		for (uint32_t j = 0; j < work->mapped[i]->count; j++) {
			has_any = true;
			if (!is_told_better(work, &work->mapped[i]->found[j]))
				add_to_group(work, work->mapped[i], &work->mapped[i]->found[j]);
		}
	work->census->without_count += !has_any;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder);
}

static void look_at_next(struct census_work *work, pid_t tgid, uint64_t begin_ns, uint32_t *looked)
{
	const struct tls_census_settings *settings = work->settings;

	if (clock_monotonic_ns() - begin_ns >= settings->budget_ns)
		work->census->is_time_over = true;
	if (work->census->is_time_over || *looked == settings->max_processes) {
		work->census->unlooked_count++;
		return;
	}
	look_at(work, tgid);
	++*looked;
}

static void look_at_some(struct census_work *work)
{
	uint64_t begin_ns = clock_monotonic_ns();
	uint32_t looked = 0;

	for (uint32_t i = 0; i < work->settings->pids_count; i++)
		look_at_next(work, work->settings->pids[i], begin_ns, &looked);
}

static int look_at_all(struct census_work *work)
{
	const struct tls_census_settings *settings = work->settings;
	_cleanup_(close_folder) DIR *folder = opendir(settings->proc_root);
	uint64_t begin_ns = clock_monotonic_ns(), pid;
	uint32_t looked = 0;
	struct dirent *entry;

	if (!folder)
		return -errno;
	while ((entry = readdir(folder))) {
		if (view_parse_u64(view_of_text(entry->d_name), &pid) < 0 || pid > INT_MAX ||
		    (pid_t)pid == getpid())
			continue;
		look_at_next(work, (pid_t)pid, begin_ns, &looked);
	}
	return 0;
}

static int compare_groups(const void *a, const void *b)
{
	const struct tls_group *left = a, *right = b;
	bool is_left_seen = left->sight == TLS_SEEN, is_right_seen = right->sight == TLS_SEEN;

	if (is_left_seen != is_right_seen)
		return is_right_seen - is_left_seen;
	return (left->pids[0] > right->pids[0]) - (left->pids[0] < right->pids[0]);
}

int tls_census_take(const struct tls_census_settings *settings, struct tls_census *ret)
{
	struct tls_census census = {0};
	struct census_work work = {.settings = settings, .census = &census};
	int err;

	tls_registry_init(&work.registry, settings->libraries);
	census.groups = calloc(MAX_TLS_GROUPS, sizeof(*census.groups));
	err = census.groups ? hash_map_new(&work.files, sizeof(struct file_key),
					   sizeof(struct tls_file), MAX_FILES)
			    : -ENOMEM;
	if (err == 0 && settings->pids)
		look_at_some(&work);
	else if (err == 0)
		err = look_at_all(&work);
	hash_map_free(&work.files);
	if (err < 0) {
		tls_census_done(&census);
		return err;
	}
	qsort(census.groups, census.groups_count, sizeof(*census.groups), compare_groups);
	*ret = census;
	return 0;
}

void tls_census_done(struct tls_census *census)
{
	free(census->groups);
	census->groups = NULL;
}
