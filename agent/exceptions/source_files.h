/*
 * The source files of one event, each read once, as the process that named them sees them and only
 * if it could read them itself: a report may name any file. Regular files of filesystems that
 * answer, named like source (source_names.h), text, up to a size; all together bounded, too. While
 * it is open the calling thread opens files with the process's rights. Capture thread.
 */
#ifndef EXCEPTIONS_SOURCE_FILES_H
#define EXCEPTIONS_SOURCE_FILES_H

#include "exceptions/source_lines.h"
#include "model/exception.h"
#include "process/process_scene.h"

#define MAX_SOURCE_FILES       64         /* of one event */
#define MAX_SOURCE_FILES_BYTES (8u << 20) /* together */

struct source_file {
	struct view name; /* as the report has it; borrowed */
	char *bytes;      /* NULL: not to be had */
	uint64_t changed_unix_ns;
	struct source_lines lines;
};

struct source_files {
	const char *proc_root;
	const struct process_scene *scene;
	enum exception_language language;
	uint64_t max_file_bytes;
	size_t bytes_left;
	bool is_gone; /* the process: what it left behind is all there is */
	struct own_identity own;
	struct source_file *files;
	uint32_t count;
};

/* proc_root: "/proc". -ENOENT: gone, with its files; -EPERM: its rights cannot be taken on;
 * -ENOMEM. Nothing to close then. */
int source_files_open(struct source_files *files, const char *proc_root,
		      const struct process_scene *scene, enum exception_language language,
		      uint64_t max_file_bytes);
void source_files_close(struct source_files *files);

/* NULL: there is no such file for us. Names stay the caller's while the files are open. */
const struct source_file *source_files_find(struct source_files *files, struct view name);

#endif
