/* A folder that looks like /proc and /etc of a small machine, for tests of agent/process; removed
 * at the end. */
#ifndef SUPPORT_FAKE_PROC_H
#define SUPPORT_FAKE_PROC_H

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fake_proc {
	char root[64];
	char proc[80];
};

static inline void fake_proc_write(const struct fake_proc *fake, const char *path,
				   const void *bytes, size_t size)
{
	char full[256];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", fake->root, path);
	file = fopen(full, "w");
	assert(file && fwrite(bytes, 1, size, file) == size);
	fclose(file);
}

static inline void fake_proc_begin(struct fake_proc *fake)
{
	char path[128];

	strcpy(fake->root, "/tmp/limpet-fake-proc-XXXXXX");
	assert(mkdtemp(fake->root));
	snprintf(fake->proc, sizeof(fake->proc), "%s/proc", fake->root);
	assert(mkdir(fake->proc, 0755) == 0);
	snprintf(path, sizeof(path), "%s/etc", fake->root);
	assert(mkdir(path, 0755) == 0);
	fake_proc_write(fake, "etc/machine-id", "0123456789abcdef0123456789abcdef\n", 33);
	fake_proc_write(fake, "etc/passwd", "root:x:0:0::/:/bin/sh\nshop:x:1001:1001::/:/bin/sh\n",
			50);
}

static inline int fake_proc_remove_one(const char *path, const struct stat *status, int type,
				       struct FTW *ftw)
{
	(void)status, (void)type, (void)ftw;
	return remove(path);
}

static inline void fake_proc_end(struct fake_proc *fake)
{
	assert(nftw(fake->root, fake_proc_remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

static inline void fake_proc_remove(const struct fake_proc *fake, int pid)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%d", fake->proc, pid);
	assert(nftw(path, fake_proc_remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

/* One file of one process. */
static inline void fake_proc_file(const struct fake_proc *fake, int pid, const char *name,
				  const void *bytes, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/%s", pid, name);
	fake_proc_write(fake, path, bytes, size);
}

/* A process that shows when it began, in clock ticks, and nothing else. */
static inline void fake_proc_add_stat(const struct fake_proc *fake, int pid, const char *name,
				      unsigned long start_ticks)
{
	char path[160], text[512];

	snprintf(path, sizeof(path), "%s/%d", fake->proc, pid);
	assert(mkdir(path, 0755) == 0);
	snprintf(text, sizeof(text),
		 "%d (%s) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 %lu 9 9 9\n", pid, name,
		 start_ticks);
	fake_proc_file(fake, pid, "stat", text, strlen(text));
}

/* A whole process: start time in clock ticks, executable path (a link), effective uid; other files
 * are empty. */
static inline void fake_proc_add(const struct fake_proc *fake, int pid, const char *name,
				 unsigned long start_ticks, const char *executable,
				 unsigned int uid)
{
	char path[160], text[512];

	fake_proc_add_stat(fake, pid, name, start_ticks);
	snprintf(text, sizeof(text), "Name:\t%s\nUid:\t7\t%u\t7\t7\nGid:\t0\t0\t0\t0\n", name, uid);
	fake_proc_file(fake, pid, "status", text, strlen(text));
	snprintf(path, sizeof(path), "%s/%d/exe", fake->proc, pid);
	assert(symlink(executable, path) == 0);
}

#endif
