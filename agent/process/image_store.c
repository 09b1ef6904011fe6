/*
 * Images are found by path, space and content, where content is the kernel's build-id or, in
 * records from /proc, device and inode; an image may be known under both. The space keeps one
 * container's file from standing for another's that claims the same path and build-id.
 */
#include "process/image_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/file_limit.h"
#include "base/hash_map.h"
#include "base/random_id.h"

#define MAX_ATTEMPTS 3
#define VDSO_SPACE   1 /* the same in all of them */
#define DELETED      VIEW_LITERAL(" (deleted)")

struct image_store {
	struct hash_map *index; /* struct image_key → struct image * */
	size_t max_images;
	size_t images_count;
	size_t files_count;
	size_t max_files;
	bool reads_files;
	uint64_t seed;
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)(a ^ 0x9e3779b97f4a7c15ull) * (b | 1);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_path(const struct image_store *store, struct view path)
{
	uint64_t hash = store->seed ^ path.size, word;

	while (path.size) {
		struct view part = view_take(path, 8);

		word = 0;
		memcpy(&word, part.bytes, part.size);
		hash = mix(hash ^ word, 0xd6e8feb86659fd93ull);
		path = view_skip(path, 8);
	}
	return hash;
}

uint64_t image_store_space(const char *proc_root, pid_t tgid)
{
	struct stat namespace, root;
	char path[320];
	uint64_t space;

	(void)snprintf(path, sizeof(path), "%s/%d/ns/mnt", proc_root, (int)tgid);
	if (stat(path, &namespace) < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%d/root", proc_root, (int)tgid);
	if (stat(path, &root) < 0)
		return 0;
	space = mix(mix(namespace.st_ino, 0xa0761d6478bd642full) ^ root.st_ino,
		    0xe7037ed1a0b428dbull ^ (root.st_dev << 1));
	return space > VDSO_SPACE ? space : VDSO_SPACE + 1;
}

bool image_store_is_file(struct view path)
{
	static const struct view anonymous[] = {
		VIEW_LITERAL("//"), VIEW_LITERAL("/dev/zero (deleted)"),
		VIEW_LITERAL("/anon_hugepage"), VIEW_LITERAL("/SYSV")};

	if (view_equals(path, VIEW_LITERAL("[vdso]")))
		return true;
	for (size_t i = 0; i < sizeof(anonymous) / sizeof(anonymous[0]); i++)
		if (view_starts_with(path, anonymous[i]))
			return false;
	return path.size > 1 && path.bytes[0] == '/';
}

int image_store_new(struct image_store **ret, size_t max_images, bool reads_files)
{
	struct image_store *store = calloc(1, sizeof(*store));
	int err;

	if (!store)
		return -ENOMEM;
	store->max_images = max_images;
	store->reads_files = reads_files;
	if (reads_files)
		store->max_files = file_limit_raise() / 4;
	if (store->max_files > MAX_IMAGE_FILES)
		store->max_files = MAX_IMAGE_FILES;
	random_id_fill((uint8_t *)&store->seed, sizeof(store->seed));
	err = hash_map_new(&store->index, sizeof(struct image_key), sizeof(struct image *),
			   max_images * 2);
	if (err < 0) {
		free(store);
		return err;
	}
	*ret = store;
	return 0;
}

void image_store_set_max_files(struct image_store *store, size_t max_files)
{
	store->max_files = max_files;
}

/* All references must be gone: images belong to those who hold them. */
void image_store_free(struct image_store **store)
{
	if (!*store)
		return;
	hash_map_free(&(*store)->index);
	free(*store);
	*store = NULL;
}

size_t image_store_count(const struct image_store *store)
{
	return store->images_count;
}

size_t image_store_files_count(const struct image_store *store)
{
	return store->files_count;
}

static struct image_key make_key(const struct image_store *store, struct view path, uint64_t space,
				 const uint8_t *build_id, uint8_t build_id_size)
{
	struct image_key key = {.path_hash = hash_path(store, path), .space = space};

	memcpy(key.content, build_id, build_id_size);
	key.content[2] |= (uint64_t)build_id_size << 56;
	return key;
}

static struct image_key key_of_record(const struct image_store *store,
				      const struct image_record *record, struct view path,
				      uint64_t space)
{
	struct image_key key =
		make_key(store, path, space, record->build_id, record->build_id_size);

	if (record->build_id_size == 0) {
		key.content[0] = (uint64_t)record->device_major << 32 | record->device_minor;
		key.content[1] = record->inode;
	}
	return key;
}

/* Paths are compared, too: a hash may collide. */
static struct image *find_image(const struct image_store *store, const struct image_key *key,
				struct view path)
{
	struct image **found = hash_map_find(store->index, key);

	return found && view_equals((*found)->path, path) ? *found : NULL;
}

static void add_key(struct image_store *store, struct image *image, const struct image_key *key)
{
	struct image **place;
	bool is_new;

	if (image->keys_count == 2)
		return;
	place = hash_map_add(store->index, key, &is_new);
	if (!place || !is_new)
		return;
	*place = image;
	image->keys[image->keys_count++] = *key;
}

struct image *image_store_hold(struct image *image)
{
	if (image)
		image->references++;
	return image;
}

static void close_file(struct image_store *store, struct image_file *file)
{
	if (file->fd >= 0)
		store->files_count--;
	image_file_done(file);
}

void image_store_release(struct image_store *store, struct image *image)
{
	if (!image || --image->references > 0)
		return;
	for (uint32_t i = 0; i < image->keys_count; i++)
		(void)hash_map_remove(store->index, &image->keys[i]);
	close_file(store, &image->file);
	store->images_count--;
	free(image);
}

/* The file of a record into *ret; beyond the cap what was learned of it stays, the descriptor goes.
 */
static bool open_file(struct image_store *store, const struct image_file_places *places,
		      const struct image_record *record, struct view path, bool is_deleted,
		      struct image_file *ret)
{
	int err;

	if (view_equals(path, VIEW_LITERAL("[vdso]")))
		err = image_file_open_vdso(ret);
	else
		err = image_file_open(places, record, path, is_deleted, ret);
	if (err < 0)
		return false;
	store->files_count++;
	if (store->files_count > store->max_files)
		close_file(store, ret);
	return true;
}

static void take_file(struct image *image, const struct image_file *file)
{
	image->file = *file;
	image->key = file->identity;
	image->is_open_refused = file->fd < 0;
}

static struct image *add_image(struct image_store *store, const struct image_record *record,
			       struct view path, const struct image_file *file)
{
	struct image *image;
	char *path_bytes;

	if (store->images_count >= store->max_images)
		return NULL;
	image = calloc(1, sizeof(*image) + path.size);
	if (!image)
		return NULL;
	path_bytes = (char *)(image + 1);
	memcpy(path_bytes, path.bytes, path.size);
	image->path = view_of(path_bytes, path.size);
	image->references = 1;
	image->file.fd = -1;
	image->file.build_id_size = record->build_id_size;
	memcpy(image->file.build_id, record->build_id, record->build_id_size);
	/* Not found: nothing can be learned of it, so any number no other has will do. */
	random_id_fill((uint8_t *)&image->key, sizeof(image->key));
	if (file)
		take_file(image, file);
	else
		image->attempts = 1;
	store->images_count++;
	return image;
}

/* Known, but not open: this process may still have it. */
static void retry(struct image_store *store, struct image *image,
		  const struct image_file_places *places, const struct image_record *record)
{
	struct image_file file;

	if (image->file.fd >= 0 || image->attempts >= MAX_ATTEMPTS || !store->reads_files ||
	    store->files_count >= store->max_files)
		return;
	if (!open_file(store, places, record, image->path, image->is_deleted, &file))
		image->attempts++;
	else
		take_file(image, &file);
}

/* A file found by its inode may be known by its build-id: it is the same only when it is the same
 * file. */
static struct image *find_twin(struct image_store *store, const struct image_key *key,
			       const struct image_key *second, const struct image_file *file,
			       struct view path)
{
	struct image *twin = find_image(store, second, path);

	if (!twin || twin->key != file->identity)
		return NULL;
	add_key(store, twin, key);
	return image_store_hold(twin);
}

static struct image *open_image(struct image_store *store, const struct image_file_places *places,
				const struct image_record *record, struct view path,
				bool is_deleted, uint64_t *space)
{
	struct image_key key = key_of_record(store, record, path, *space), second;
	struct image_file file;
	bool is_open =
		store->reads_files && open_file(store, places, record, path, is_deleted, &file);
	bool has_second = is_open && record->build_id_size == 0 && file.build_id_size > 0;
	struct image *image = NULL;

	if (has_second) {
		second = make_key(store, path, *space, file.build_id, file.build_id_size);
		image = find_twin(store, &key, &second, &file, path);
		if (image)
			close_file(store, &file);
	}
	if (image)
		return image;
	image = add_image(store, record, path, is_open ? &file : NULL);
	if (!image && is_open)
		close_file(store, &file);
	if (!image)
		return NULL;
	image->is_deleted = is_deleted;
	add_key(store, image, &key);
	if (has_second)
		add_key(store, image, &second);
	return image;
}

/* Looked at again before a file is opened for it: a process may enter another mount namespace any
 * time. */
static void refresh_space(const struct image_store *store, const struct image_file_places *places,
			  uint64_t *space)
{
	uint64_t now;

	if (!store->reads_files || *space == VDSO_SPACE)
		return;
	now = image_store_space(places->proc_root, places->tgid);
	if (now)
		*space = now;
}

struct image *image_store_take(struct image_store *store, const struct image_file_places *places,
			       const struct image_record *record, struct view path, uint64_t *space)
{
	bool is_deleted = view_ends_with(path, DELETED);
	uint64_t everybodys = VDSO_SPACE;
	struct image_key key;
	struct image *image;

	if (view_equals(path, VIEW_LITERAL("[vdso]")))
		space = &everybodys;
	if (is_deleted)
		path = view_take(path, path.size - DELETED.size);
	is_deleted = is_deleted || view_starts_with(path, VIEW_LITERAL("/memfd:"));
	if (*space == 0)
		refresh_space(store, places, space);
	key = key_of_record(store, record, path, *space);
	image = find_image(store, &key, path);
	if (!image) {
		refresh_space(store, places, space);
		key = key_of_record(store, record, path, *space);
		image = find_image(store, &key, path);
	}
	if (!image)
		return open_image(store, places, record, path, is_deleted, space);
	retry(store, image, places, record);
	return image_store_hold(image);
}

int image_store_open(struct image_store *store, struct image *image,
		     const struct image_file_places *places, uint64_t start, uint64_t end)
{
	struct image_record record = {.start = start, .end = end, .tgid = (uint32_t)places->tgid};
	struct image_file file;

	if (image->file.fd >= 0 || !store->reads_files ||
	    store->files_count >= 2 * store->max_files)
		return image->file.fd;
	record.build_id_size = image->file.build_id_size;
	memcpy(record.build_id, image->file.build_id, record.build_id_size);
	if (image->keys_count && record.build_id_size == 0)
		record.inode = image->keys[0].content[1];
	if (image_file_open(places, &record, image->path, image->is_deleted, &file) < 0)
		return -1;
	store->files_count++;
	take_file(image, &file);
	return image->file.fd;
}
