/*
 * A file is known by what it is (device, inode, time of change), looked into once, and kept open
 * while a process uses it, so that forks and containers that are gone do not matter. Who uses it is
 * counted: without a user the probes of a whole host may go, those of a process go with the
 * process. Everything here is a descriptor of ours: nothing outlives the agent.
 */
#include "capture/runtime_probes.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "capture/probed_file.h"
#include "process/call_filter.h"
#include "process/elf_notes.h"
#include "process/image_file.h"

#define MAX_FILES        1024 /* looked into and remembered, most of them without a probe */
#define MAX_USERS        65536
#define MAX_ATTACHMENTS  1024 /* a descriptor each, or two per place */
#define READ_WINDOW_NS   (10 * NS_PER_S)
#define READ_BUDGET_NS   (2 * NS_PER_S) /* of it: what hostile files may cost */
#define COMPLAINT_GAP_NS (60 * NS_PER_S)

struct file_key {
	uint64_t device, inode, seconds, nanoseconds;
};

/* A process maps a file. */
struct file_use {
	struct file_use *next; /* of the process */
	struct probed_file *file;
	uint32_t links_count; /* of this process: not of a whole host */
	struct probe_attachment *links[];
};

struct runtime_probes {
	struct runtime_probes_settings settings;
	struct probe_attacher *attacher;
	bool is_whole_host;
	void (*on_fact)(void *self, pid_t tgid, enum runtime_fact kind, int fact);
	void *fact_self;
	struct probed_rows rows;
	struct hash_map *files; /* file_key → struct probed_file */
	struct hash_map *users; /* tgid → struct file_use * */
	uint32_t uses_count;
	uint32_t attachments_count;
	uint64_t window_ns, spent_ns;
	uint64_t full_ns, busy_ns, filtered_ns; /* log gates */
};

static uint32_t choose_programs(struct runtime_probes *probes,
				struct bpf_program *(*find_program)(void *self, const char *name),
				void *self)
{
	const struct runtime_probe_row *row;
	uint32_t chosen = 0;

	while (probes->rows.count < MAX_RUNTIME_PROBE_ROWS &&
	       (row = runtime_probe_table_row(probes->settings.libraries, probes->rows.count))) {
		const struct bpf_program *program = NULL;

		probes->rows.rows[probes->rows.count] = row;
		if (runtime_probe_table_wants(row, probes->settings.wanted, probes->is_whole_host))
			program = find_program(self, row->program);
		probes->rows.programs[probes->rows.count++] = program;
		chosen += program != NULL;
	}
	return chosen;
}

int runtime_probes_new(struct runtime_probes **ret, const struct runtime_probes_settings *settings,
		       struct bpf_program *(*find_program)(void *self, const char *name),
		       void *self)
{
	_cleanup_(runtime_probes_free) struct runtime_probes *probes = calloc(1, sizeof(*probes));
	int err;

	if (!probes)
		return -ENOMEM;
	probes->settings = *settings;
	probes->rows.loss = settings->loss;
	probes->is_whole_host = settings->is_whole_host && !settings->spares_filtered;
	if (choose_programs(probes, find_program, self) == 0)
		probes->rows.count = 0;
	err = hash_map_new(&probes->files, sizeof(struct file_key), sizeof(struct probed_file),
			   MAX_FILES);
	if (err == 0)
		err = hash_map_new(&probes->users, sizeof(pid_t), sizeof(struct file_use *),
				   MAX_USERS);
	if (err == 0)
		err = probe_attacher_new(&probes->attacher, NULL);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(probes);
	return 0;
}

int runtime_probes_set_calls(struct runtime_probes *probes,
			     const struct probe_attacher_calls *calls)
{
	probe_attacher_free(&probes->attacher);
	return probe_attacher_new(&probes->attacher, calls);
}

void runtime_probes_on_fact(struct runtime_probes *probes,
			    void (*on_fact)(void *self, pid_t tgid, enum runtime_fact kind,
					    int fact),
			    void *self)
{
	probes->on_fact = on_fact;
	probes->fact_self = self;
}

void runtime_probes_settle(struct runtime_probes *probes)
{
	probe_attacher_settle(probes->attacher);
}

static void detach_all(struct runtime_probes *probes, struct probe_attachment **links,
		       uint32_t *count)
{
	while (*count > 0) {
		probe_attacher_release(probes->attacher, links[--*count]);
		probes->attachments_count--;
	}
}

static void close_file(struct runtime_probes *probes, struct probed_file *file)
{
	detach_all(probes, file->links, &file->links_count);
	cleanup_close(&file->fd);
}

static void forget_uses(struct runtime_probes *probes, struct file_use *use)
{
	while (use) {
		struct file_use *next = use->next;

		detach_all(probes, use->links, &use->links_count);
		if (--use->file->users == 0 && !probes->is_whole_host)
			detach_all(probes, use->file->links, &use->file->links_count);
		probes->uses_count--;
		free(use);
		use = next;
	}
}

static void forget_users(struct runtime_probes *probes)
{
	struct file_use **uses;
	void *cursor = NULL;

	while (probes->users && (uses = hash_map_next(probes->users, &cursor)))
		forget_uses(probes, TAKE_PTR(*uses));
}

uint32_t runtime_probes_stop(struct runtime_probes *probes)
{
	uint32_t count = probes->attachments_count;
	struct probed_file *file;
	void *cursor = NULL;

	probes->rows.count = 0;
	forget_users(probes);
	while ((file = hash_map_next(probes->files, &cursor)))
		close_file(probes, file);
	return count;
}

void runtime_probes_free(struct runtime_probes **probes)
{
	void *cursor = NULL, *value;

	if (!*probes)
		return;
	forget_users(*probes);
	while ((*probes)->files && (value = hash_map_next((*probes)->files, &cursor)))
		close_file(*probes, value);
	probe_attacher_free(&(*probes)->attacher);
	hash_map_free(&(*probes)->users);
	hash_map_free(&(*probes)->files);
	free(*probes);
	*probes = NULL;
}

/* The file unused for longest gives its place; of those with attachments only, when it is these
 * that are wanted. */
static bool evict_file(struct runtime_probes *probes, bool has_links)
{
	void *cursor = NULL;
	struct probed_file *file;

	while ((file = hash_map_next(probes->files, &cursor))) {
		if (file->users > 0 || (has_links && file->links_count == 0))
			continue;
		close_file(probes, file);
		(void)hash_map_remove(probes->files, hash_map_key(probes->files, file));
		return true;
	}
	return false;
}

/* Reading takes time, and whose files they are is anybody's guess. */
static bool may_read(struct runtime_probes *probes, uint64_t now_ns)
{
	if (now_ns > probes->window_ns + READ_WINDOW_NS) {
		probes->window_ns = now_ns;
		probes->spent_ns = 0;
	}
	if (probes->spent_ns < READ_BUDGET_NS)
		return true;
	if (log_gate(&probes->busy_ns, COMPLAINT_GAP_NS))
		log_warning("too many programs to look into; of some: %s", probes->settings.loss);
	return false;
}

/* The file, looked into if it is new; NULL: there is no room for it, or no time. */
static struct probed_file *know_file(struct runtime_probes *probes, int fd, struct view name)
{
	uint64_t begin_ns, spent_ns;
	struct probed_file *file;
	struct file_key key;
	struct stat status;
	bool is_new;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return NULL;
	key = (struct file_key){status.st_dev, status.st_ino, (uint64_t)status.st_ctim.tv_sec,
				(uint64_t)status.st_ctim.tv_nsec};
	file = hash_map_find(probes->files, &key);
	if (file) {
		hash_map_touch(probes->files, file);
		return file;
	}
	if (!elf_notes_is_readable_file(fd) || !may_read(probes, clock_monotonic_ns()))
		return NULL;
	if (hash_map_count(probes->files) == MAX_FILES && !evict_file(probes, false))
		return NULL;
	file = hash_map_add(probes->files, &key, &is_new);
	if (!file)
		return NULL;
	file->fd = -1;
	begin_ns = clock_monotonic_ns();
	(void)probed_file_examine(file, &probes->rows, fd, name, (uint64_t)status.st_size);
	spent_ns = clock_monotonic_ns() - begin_ns;
	probes->spent_ns += spent_ns;
	log_debug("%s: %u places to watch, found in %llu us", file->name, file->places_count,
		  (unsigned long long)(spent_ns / NS_PER_US));
	return file;
}

static bool has_room(struct runtime_probes *probes)
{
	if (probes->attachments_count < MAX_ATTACHMENTS || evict_file(probes, true))
		return true;
	if (log_gate(&probes->full_ns, COMPLAINT_GAP_NS))
		log_warning("%u functions of programs are watched, no more; of others: %s",
			    probes->attachments_count, probes->settings.loss);
	return false;
}

/* Of the places from `first` on those that go with it: to its program, in one order. */
static uint32_t gather_targets(const struct runtime_probes *probes, const struct probed_file *file,
			       uint32_t first, struct probe_target ret[MAX_PROBE_PLACES])
{
	const struct probed_rows *rows = &probes->rows;
	const struct probe_place *lead = &file->places[first];
	uint32_t count = 0;

	for (uint32_t i = 0; i < file->places_count; i++) {
		const struct probe_place *place = &file->places[i];

		if (rows->programs[place->row] != rows->programs[lead->row] ||
		    place->is_return != lead->is_return)
			continue;
		if (i < first) /* they went with an earlier one */
			return 0;
		ret[count++] =
			(struct probe_target){place->file_offset, rows->rows[place->row]->name};
	}
	return count;
}

static void attach_all(struct runtime_probes *probes, struct probed_file *file, pid_t pid,
		       struct probe_attachment **links, uint32_t *count)
{
	struct probe_target targets[MAX_PROBE_PLACES];

	for (uint32_t i = 0; i < file->places_count && has_room(probes); i++) {
		const struct probe_place *place = &file->places[i];
		struct probe_order order = {
			.program = probes->rows.programs[place->row],
			.pid = pid,
			.fd = file->fd,
			.targets = targets,
			.targets_count = gather_targets(probes, file, i, targets),
			.is_return = place->is_return,
			.loss = probes->settings.loss,
			.file_name = file->name,
		};
		struct probe_attachment *link =
			order.targets_count > 0 ? probe_attacher_attach(probes->attacher, &order)
						: NULL;

		if (!link)
			continue;
		links[(*count)++] = link;
		probes->attachments_count++;
	}
}

static bool may_attach(struct runtime_probes *probes, const struct probed_file *file, pid_t tgid)
{
	if (!probes->settings.spares_filtered || !probed_file_has_returns(file) ||
	    !call_filter_has("/proc", tgid))
		return true;
	if (log_gate(&probes->filtered_ns, COMPLAINT_GAP_NS))
		log_info("%s of process %d is not watched (it has a system call filter, which "
			 "return probes of this kernel would run into): %s",
			 file->name, (int)tgid, probes->settings.loss);
	return false;
}

/* Some keep probes of their own beside those for everybody. */
static bool is_shared(const struct runtime_probes *probes, const struct probed_file *file)
{
	return probes->settings.shared_from > 0 && !probes->settings.spares_filtered &&
	       (file->users >= probes->settings.shared_from || file->links_count > 0);
}

static void use_file(struct runtime_probes *probes, struct probed_file *file, pid_t tgid)
{
	uint32_t room = probes->is_whole_host ? 0 : file->places_count;
	struct file_use **uses = hash_map_add(probes->users, &tgid, NULL), *use;

	if (!uses || probes->uses_count == MAX_USERS)
		return;
	if (file->fact > 0 && probes->on_fact)
		probes->on_fact(probes->fact_self, tgid, file->fact_kind, file->fact);
	for (use = *uses; use; use = use->next)
		if (use->file == file)
			return;
	use = calloc(1, sizeof(*use) + room * sizeof(use->links[0]));
	if (!use)
		return;
	use->file = file;
	use->next = *uses;
	*uses = use;
	file->users++;
	probes->uses_count++;
	if (probes->is_whole_host || is_shared(probes, file)) {
		if (file->links_count == 0)
			attach_all(probes, file, -1, file->links, &file->links_count);
	} else if (may_attach(probes, file, tgid)) {
		attach_all(probes, file, tgid, use->links, &use->links_count);
	}
}

/* Most libraries are nobody's, and an executable may be Go's. */
bool runtime_probes_wants(const struct runtime_probes *probes, struct view path)
{
	struct view name = view_base_name(path);
	char base[MAX_PROBED_NAME_BYTES];

	if (!probes || probes->rows.count == 0 || name.size == 0 || path.bytes[0] != '/')
		return false;
	(void)log_escape(name, base, sizeof(base));
	return probed_file_is_wanted(&probes->rows, base, !strstr(base, ".so"));
}

void runtime_probes_consider(struct runtime_probes *probes, pid_t tgid, struct view path, int fd)
{
	_cleanup_(cleanup_close) int opened = -1;
	struct view name = view_base_name(path);
	char text[MAX_IMAGE_PATH_BYTES + 1];
	struct probed_file *file;

	if (path.size >= sizeof(text) || !runtime_probes_wants(probes, path))
		return;
	if (fd < 0) {
		memcpy(text, path.bytes, path.size);
		text[path.size] = '\0';
		fd = opened = image_file_open_in_root("/proc", tgid, text, 0);
	}
	file = fd >= 0 ? know_file(probes, fd, name) : NULL;
	if (file && file->fd >= 0)
		use_file(probes, file, tgid);
}

void runtime_probes_process_forked(struct runtime_probes *probes, pid_t parent, pid_t child)
{
	struct file_use **uses = probes ? hash_map_find(probes->users, &parent) : NULL;

	/* What it maps comes another way, and may have been first: it runs something else by now.
	 */
	if (uses && hash_map_find(probes->users, &child))
		return;
	/* Entries of the map never move. */
	for (struct file_use *use = uses ? *uses : NULL; use; use = use->next)
		use_file(probes, use->file, child);
}

void runtime_probes_process_exited(struct runtime_probes *probes, pid_t tgid)
{
	struct file_use **uses = probes ? hash_map_find(probes->users, &tgid) : NULL;

	if (!uses)
		return;
	forget_uses(probes, *uses);
	(void)hash_map_remove(probes->users, &tgid);
}

uint32_t runtime_probes_count(const struct runtime_probes *probes)
{
	return probes ? probes->attachments_count : 0;
}
