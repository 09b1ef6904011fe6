/* A spool directory of its own for every test, and what lies in it. */
#ifndef DELIVERY_SPOOL_FIXTURE_H
#define DELIVERY_SPOOL_FIXTURE_H

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "delivery/crash_spool.h"
#include "delivery/spool_folder.h"
#include "model/crash_codec.h"
#include "numbered_item.h"

struct spool_place {
	char directory[64];
	int base_fd;
};

static inline void spool_place_begin(struct spool_place *place)
{
	char error[512];

	(void)strcpy(place->directory, "/tmp/limpet-spool-XXXXXX");
	assert(mkdtemp(place->directory));
	assert(spool_folder_open_base(&place->base_fd, place->directory, error, sizeof(error)) ==
	       0);
}

static inline int remove_one(const char *path, const struct stat *status, int kind,
			     struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void spool_place_end(struct spool_place *place)
{
	(void)close(place->base_fd);
	assert(nftw(place->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static inline struct crash_spool *spool_place_open(struct spool_place *place, uint64_t max_bytes,
						   uint32_t max_items)
{
	struct crash_spool_settings settings = {.directory = place->directory,
						.base_fd = place->base_fd,
						.name = "scripted",
						.identity = "http://there/1",
						.max_bytes = max_bytes,
						.max_items = max_items};
	struct crash_spool *spool = NULL;
	char error[512];

	assert(crash_spool_new(&spool, &settings, error, sizeof(error)) == 0);
	return spool;
}

/* As the spool thread writes it. */
static inline int spool_place_write(struct crash_spool *spool, const struct item *item)
{
	struct byte_buffer file;
	int err;

	byte_buffer_init(&file, MAX_CRASH_FILE_BYTES);
	assert(crash_codec_encode(item->crash, &file) == 0);
	err = crash_spool_write(spool, item->crash->id, byte_buffer_view(&file));
	byte_buffer_done(&file);
	return err;
}

static inline int spool_place_keep(struct crash_spool *spool, uint8_t number)
{
	struct item *item = numbered_item_of(ITEM_CRASH, number);
	int err = spool_place_write(spool, item);

	if (err == 0)
		assert(crash_spool_put_back(spool, item->crash->id));
	item_release(&item);
	return err;
}

/* Files of the spool's folder whose names end so. */
static inline unsigned spool_place_files(const struct crash_spool *spool, const char *suffix)
{
	DIR *folder = opendir(crash_spool_path(spool));
	struct dirent *entry;
	unsigned count = 0;

	assert(folder);
	while ((entry = readdir(folder)))
		count += entry->d_name[0] != '.' &&
			 view_ends_with(view_of_text(entry->d_name), view_of_text(suffix));
	(void)closedir(folder);
	return count;
}

/* "<folder>/<number as an id>.crash" */
static inline const char *spool_place_file(const struct crash_spool *spool, uint8_t number)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/%02x%030d.crash", crash_spool_path(spool), number,
		       0);
	return path;
}

static inline void cut_file(const char *path, off_t size)
{
	assert(truncate(path, size) == 0);
}

/* A disk that takes files of that many bytes and no more; RLIM_INFINITY mends it. */
static inline void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

#endif
