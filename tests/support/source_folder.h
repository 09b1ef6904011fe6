/* A folder of source files and a process that sees it: our own, or a child of user nobody. */
#ifndef SUPPORT_SOURCE_FOLDER_H
#define SUPPORT_SOURCE_FOLDER_H

#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "process/process_scene.h"

#define SOURCE_FOLDER_NOBODY 65534

struct source_folder {
	char path[64];
	struct process_scene scene;
	pid_t child; /* 0: none */
};

static inline void source_folder_begin(struct source_folder *folder)
{
	memset(folder, 0, sizeof(*folder));
	strcpy(folder->path, "/tmp/limpet-source-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	assert_int_equal(chmod(folder->path, 0755), 0);
	process_scene_read("/proc", getpid(), RUNTIME_UNKNOWN, &folder->scene);
	strcpy(folder->scene.directory, folder->path);
}

static inline int source_folder_remove_one(const char *path, const struct stat *status, int type,
					   struct FTW *ftw)
{
	(void)status, (void)type, (void)ftw;
	return remove(path);
}

static inline void source_folder_end(struct source_folder *folder)
{
	if (folder->child) {
		(void)kill(folder->child, SIGKILL);
		(void)waitpid(folder->child, NULL, 0);
	}
	assert_int_equal(nftw(folder->path, source_folder_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* The whole path, until the next call. */
static inline const char *source_folder_path(const struct source_folder *folder, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	return path;
}

static inline void source_folder_write(const struct source_folder *folder, const char *name,
				       const void *bytes, size_t size)
{
	FILE *file = fopen(source_folder_path(folder, name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static inline void source_folder_text(const struct source_folder *folder, const char *name,
				      const char *text)
{
	source_folder_write(folder, name, text, strlen(text));
}

/* The scene is that of a process of user nobody from here on. False: we are not root. */
static inline bool source_folder_be_nobody(struct source_folder *folder)
{
	int ready[2];
	char byte;

	if (geteuid() != 0)
		return false;
	assert_int_equal(pipe(ready), 0);
	folder->child = fork();
	assert_true(folder->child >= 0);
	if (folder->child == 0) {
		(void)close(ready[0]);
		if (setgid(SOURCE_FOLDER_NOBODY) < 0 || setuid(SOURCE_FOLDER_NOBODY) < 0)
			_exit(1);
		(void)close(ready[1]);
		(void)pause();
		_exit(0);
	}
	(void)close(ready[1]);
	(void)!read(ready[0], &byte, 1);
	(void)close(ready[0]);
	process_scene_read("/proc", folder->child, RUNTIME_UNKNOWN, &folder->scene);
	strcpy(folder->scene.directory, folder->path);
	return true;
}

/* The child is gone and buried. */
static inline void source_folder_end_child(struct source_folder *folder)
{
	(void)kill(folder->child, SIGKILL);
	(void)waitpid(folder->child, NULL, 0);
	folder->child = 0;
}

#endif
