/*
 * The index of one folder: an entry per file, in the order of their turns. An entry is in the
 * backlog, or held: somebody has the crash in memory. What is evicted while held is not lost, only
 * no longer kept.
 */
#include "delivery/crash_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "delivery/spool_folder.h"
#include "model/crash_codec.h"

#define SUFFIX         ".crash"
#define CORRUPT_SUFFIX ".corrupt"
#define ID_DIGITS      (2 * CRASH_ID_BYTES)
#define MAX_FILE_NAME  (ID_DIGITS + 32)
#define MAX_ENTRIES    65536 /* whatever lies there */
#define MAX_CORRUPT    16    /* set aside at most; more are removed */

struct entry {
	uint8_t id[CRASH_ID_BYTES];
	uint64_t size_bytes;
	uint64_t written_ns; /* Unix time: eviction goes by age, not by turn */
	bool is_held;
};

struct crash_spool {
	uint32_t references; /* atomic */
	int fd;
	char *path;
	uint64_t max_bytes;
	uint32_t max_items;
	struct byte_buffer buffer; /* of the delivery thread */

	pthread_mutex_t lock;
	struct entry *entries; /* in the order of their turns */
	uint32_t count, capacity, corrupt_count;
	uint64_t total_bytes;
};

static void name_file(char ret_name[MAX_FILE_NAME], const uint8_t id[CRASH_ID_BYTES],
		      const char *suffix)
{
	for (int i = 0; i < CRASH_ID_BYTES; i++)
		(void)snprintf(ret_name + 2 * i, 3, "%02x", id[i]);
	(void)snprintf(ret_name + ID_DIGITS, MAX_FILE_NAME - ID_DIGITS, "%s", suffix);
}

/* Under the lock. NULL when it is not there. */
static struct entry *find(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES])
{
	for (uint32_t i = 0; i < spool->count; i++)
		if (memcmp(spool->entries[i].id, id, CRASH_ID_BYTES) == 0)
			return &spool->entries[i];
	return NULL;
}

/* Under the lock. */
static int append(struct crash_spool *spool, const struct entry *entry)
{
	uint32_t capacity = spool->capacity ? spool->capacity * 2 : 16;
	struct entry *entries;

	if (spool->count == MAX_ENTRIES)
		return -ENOSPC;
	if (spool->count == spool->capacity) {
		entries = realloc(spool->entries, capacity * sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		spool->entries = entries;
		spool->capacity = capacity;
	}
	spool->entries[spool->count++] = *entry;
	spool->total_bytes += entry->size_bytes;
	return 0;
}

/* Under the lock. */
static void take_out(struct crash_spool *spool, struct entry *entry)
{
	size_t index = (size_t)(entry - spool->entries);

	spool->total_bytes -= entry->size_bytes;
	spool->count--;
	memmove(entry, entry + 1, (spool->count - index) * sizeof(*entry));
}

static void find_file(void *self, const char *file_name)
{
	struct crash_spool *spool = self;
	struct view name = view_of_text(file_name);
	struct entry entry = {0};
	struct stat status;

	if (view_ends_with(name, VIEW_LITERAL(CORRUPT_SUFFIX)))
		spool->corrupt_count++;
	if (name.size != ID_DIGITS + strlen(SUFFIX) || !view_ends_with(name, VIEW_LITERAL(SUFFIX)))
		return;
	if (view_parse_hex(view_take(name, ID_DIGITS), entry.id, CRASH_ID_BYTES) < 0 ||
	    fstatat(spool->fd, file_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	entry.size_bytes = (uint64_t)status.st_size;
	entry.written_ns =
		(uint64_t)status.st_mtim.tv_sec * NS_PER_S + (uint64_t)status.st_mtim.tv_nsec;
	(void)append(spool, &entry);
}

static int compare_age(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->written_ns != b->written_ns)
		return a->written_ns < b->written_ns ? -1 : 1;
	return memcmp(a->id, b->id, sizeof(a->id));
}

int crash_spool_new(struct crash_spool **ret, const struct crash_spool_settings *settings,
		    char *ret_error, size_t error_size)
{
	_cleanup_(crash_spool_release) struct crash_spool *spool = calloc(1, sizeof(*spool));
	char name[MAX_SPOOL_FOLDER_NAME];
	int err;

	(void)snprintf(ret_error, error_size, "out of memory");
	if (!spool)
		return -ENOMEM;
	spool->references = 1;
	spool->fd = -1;
	spool->max_bytes = settings->max_bytes;
	spool->max_items = settings->max_items < MAX_ENTRIES ? settings->max_items : MAX_ENTRIES;
	byte_buffer_init(&spool->buffer, MAX_CRASH_FILE_BYTES);
	(void)pthread_mutex_init(&spool->lock, NULL);
	spool_folder_name(name, settings->name, settings->identity ? settings->identity : "");
	err = spool_folder_open(&spool->fd, name, settings->base_fd, ret_error, error_size);
	if (err < 0)
		return err;
	if (asprintf(&spool->path, "%s/%s", settings->directory, name) < 0) {
		spool->path = NULL;
		return -ENOMEM;
	}
	spool_folder_adopt(spool->fd, name, settings->base_fd);
	err = spool_folder_list(spool->fd, find_file, spool);
	if (err < 0) {
		(void)snprintf(ret_error, error_size, "cannot read %s: %s", spool->path,
			       strerror(-err));
		return err;
	}
	if (spool->count)
		qsort(spool->entries, spool->count, sizeof(*spool->entries), compare_age);
	*ret = TAKE_PTR(spool);
	return 0;
}

struct crash_spool *crash_spool_reference(struct crash_spool *spool)
{
	__atomic_fetch_add(&spool->references, 1, __ATOMIC_RELAXED);
	return spool;
}

void crash_spool_release(struct crash_spool **spool)
{
	struct crash_spool *released = *spool;

	*spool = NULL;
	if (!released || __atomic_sub_fetch(&released->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	cleanup_close(&released->fd); /* and with it the lock */
	(void)pthread_mutex_destroy(&released->lock);
	byte_buffer_done(&released->buffer);
	free(released->entries);
	free(released->path);
	free(released);
}

const char *crash_spool_path(const struct crash_spool *spool)
{
	return spool->path;
}

static bool has_room(struct crash_spool *spool, uint64_t size_bytes)
{
	bool is_room;

	(void)pthread_mutex_lock(&spool->lock);
	is_room = spool->count < spool->max_items && size_bytes <= spool->max_bytes &&
		  spool->total_bytes <= spool->max_bytes - size_bytes;
	(void)pthread_mutex_unlock(&spool->lock);
	return is_room;
}

/* 0, or -EBADMSG with what is wrong (static), or what the disk said. */
static int read_crash(const struct crash_spool *spool, const char *file_name,
		      struct byte_buffer *buffer, struct item **ret, const char **ret_error)
{
	struct crash *crash;
	int err = spool_folder_read(spool->fd, file_name, buffer);

	if (err == -EINVAL || err == -ELOOP || err == -EFBIG) {
		*ret_error =
			err == -EFBIG ? "it is larger than any crash" : "it is no file of ours";
		return -EBADMSG;
	}
	if (err == 0)
		err = crash_codec_decode(&crash, byte_buffer_view(buffer), ret_error);
	return err < 0 ? err : item_new_crash(ret, &crash);
}

int crash_spool_evict(struct crash_spool *spool, struct item **ret_lost, bool *ret_is_lost)
{
	_cleanup_(byte_buffer_done) struct byte_buffer buffer = {0};
	char file_name[MAX_FILE_NAME];
	const char *error;
	struct entry *oldest, entry;

	*ret_lost = NULL;
	(void)pthread_mutex_lock(&spool->lock);
	oldest = spool->entries;
	for (uint32_t i = 1; i < spool->count; i++)
		if (compare_age(&spool->entries[i], oldest) < 0)
			oldest = &spool->entries[i];
	if (spool->count == 0) {
		(void)pthread_mutex_unlock(&spool->lock);
		return -ENOENT;
	}
	entry = *oldest;
	take_out(spool, oldest);
	(void)pthread_mutex_unlock(&spool->lock);
	byte_buffer_init(&buffer, MAX_CRASH_FILE_BYTES);
	name_file(file_name, entry.id, SUFFIX);
	if (!entry.is_held)
		(void)read_crash(spool, file_name, &buffer, ret_lost, &error);
	*ret_is_lost = !entry.is_held;
	(void)unlinkat(spool->fd, file_name, 0);
	return 0;
}

int crash_spool_write(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES], struct view file)
{
	struct entry entry = {
		.size_bytes = file.size, .written_ns = clock_unix_ns(), .is_held = true};
	char file_name[MAX_FILE_NAME];
	int err;

	if (file.size > spool->max_bytes)
		return -EFBIG;
	if (!has_room(spool, file.size))
		return -ENOBUFS;
	memcpy(entry.id, id, sizeof(entry.id));
	name_file(file_name, id, SUFFIX);
	err = spool_folder_write(spool->fd, file_name, file);
	if (err < 0)
		return err;
	(void)pthread_mutex_lock(&spool->lock);
	err = append(spool, &entry);
	(void)pthread_mutex_unlock(&spool->lock);
	if (err < 0)
		(void)unlinkat(spool->fd, file_name, 0);
	return err;
}

bool crash_spool_has(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES])
{
	bool is_there;

	(void)pthread_mutex_lock(&spool->lock);
	is_there = find(spool, id);
	(void)pthread_mutex_unlock(&spool->lock);
	return is_there;
}

/* True when it was in the index. */
static bool forget(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES])
{
	struct entry *entry;

	(void)pthread_mutex_lock(&spool->lock);
	entry = find(spool, id);
	if (entry)
		take_out(spool, entry);
	(void)pthread_mutex_unlock(&spool->lock);
	return entry;
}

void crash_spool_remove(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES])
{
	char file_name[MAX_FILE_NAME];

	if (!forget(spool, id))
		return;
	name_file(file_name, id, SUFFIX);
	/* Not synced: should it come back after a power cut, it is the same event again. */
	(void)unlinkat(spool->fd, file_name, 0);
}

bool crash_spool_put_back(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES])
{
	struct entry *entry, moved;

	(void)pthread_mutex_lock(&spool->lock);
	entry = find(spool, id);
	if (entry) {
		moved = *entry;
		moved.is_held = false;
		take_out(spool, entry);
		(void)append(spool, &moved); /* its place is still there */
	}
	(void)pthread_mutex_unlock(&spool->lock);
	return entry;
}

/* What cannot be read is kept for a look, a few of them. */
static void set_aside(struct crash_spool *spool, const uint8_t id[CRASH_ID_BYTES],
		      const char *reason)
{
	char file_name[MAX_FILE_NAME], corrupt[MAX_FILE_NAME];
	bool is_kept;

	if (!forget(spool, id))
		return;
	name_file(file_name, id, SUFFIX);
	name_file(corrupt, id, CORRUPT_SUFFIX);
	is_kept = spool->corrupt_count < MAX_CORRUPT &&
		  renameat(spool->fd, file_name, spool->fd, corrupt) == 0;
	if (is_kept)
		spool->corrupt_count++;
	else
		(void)unlinkat(spool->fd, file_name, 0);
	log_warning("cannot read the crash kept in %s/%s: %s; %s%s", spool->path, file_name, reason,
		    is_kept ? "it is set aside as " : "it was removed", is_kept ? corrupt : "");
}

/* Under the lock. */
static bool hold_next(struct crash_spool *spool, uint8_t ret_id[CRASH_ID_BYTES])
{
	for (uint32_t i = 0; i < spool->count; i++) {
		if (spool->entries[i].is_held)
			continue;
		spool->entries[i].is_held = true;
		memcpy(ret_id, spool->entries[i].id, CRASH_ID_BYTES);
		return true;
	}
	return false;
}

int crash_spool_take(struct crash_spool *spool, struct item **ret)
{
	char file_name[MAX_FILE_NAME];
	uint8_t id[CRASH_ID_BYTES];
	const char *error = NULL;
	struct item *item = NULL;
	bool is_there;
	int err;

	(void)pthread_mutex_lock(&spool->lock);
	is_there = hold_next(spool, id);
	(void)pthread_mutex_unlock(&spool->lock);
	if (!is_there)
		return -ENOENT;
	name_file(file_name, id, SUFFIX);
	err = read_crash(spool, file_name, &spool->buffer, &item, &error);
	byte_buffer_done(&spool->buffer); /* a rare thing: no memory is kept for it */
	if (err == 0 && memcmp(item->crash->id, id, sizeof(id)) != 0) {
		item_release(&item);
		error = "its name is not the one it was written under";
		err = -EBADMSG;
	}
	if (err == -EBADMSG || err == -ENOENT) {
		set_aside(spool, id, error ? error : strerror(-err));
		return -EBADMSG;
	}
	if (err < 0) { /* the machine's trouble, not the file's */
		(void)crash_spool_put_back(spool, id);
		return err;
	}
	*ret = item;
	return 0;
}

uint32_t crash_spool_backlog(struct crash_spool *spool)
{
	uint32_t count = 0;

	(void)pthread_mutex_lock(&spool->lock);
	for (uint32_t i = 0; i < spool->count; i++)
		count += !spool->entries[i].is_held;
	(void)pthread_mutex_unlock(&spool->lock);
	return count;
}

uint32_t crash_spool_count(struct crash_spool *spool)
{
	uint32_t count;

	(void)pthread_mutex_lock(&spool->lock);
	count = spool->count;
	(void)pthread_mutex_unlock(&spool->lock);
	return count;
}
