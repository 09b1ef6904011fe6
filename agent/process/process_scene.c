/* Links and the command line of /proc, put together. */
#include "process/process_scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "process/image_file.h"
#include "process/proc_reader.h"
#include "process/script_name.h"

static bool read_link(const char *proc_root, pid_t tgid, const char *name, char *ret, size_t size)
{
	char path[PATH_MAX];
	ssize_t length;

	(void)snprintf(path, sizeof(path), "%s/%d/%s", proc_root, (int)tgid, name);
	length = readlink(path, ret, size - 1);
	ret[length > 0 ? length : 0] = '\0';
	return length > 0;
}

static bool sees_our_files(const char *proc_root, pid_t tgid)
{
	char path[PATH_MAX];
	struct stat theirs, ours;

	(void)snprintf(path, sizeof(path), "%s/%d/root/.", proc_root, (int)tgid);
	return stat(path, &theirs) == 0 && stat("/", &ours) == 0 && theirs.st_dev == ours.st_dev &&
	       theirs.st_ino == ours.st_ino;
}

static bool is_interpreter(enum process_runtime runtime)
{
	return runtime == RUNTIME_PYTHON || runtime == RUNTIME_NODE || runtime == RUNTIME_RUBY ||
	       runtime == RUNTIME_PERL || runtime == RUNTIME_PHP || runtime == RUNTIME_DENO ||
	       runtime == RUNTIME_BUN;
}

/* "/srv/./shop/../app.js" is /srv/app.js, as the runtimes have it; links are not looked at. */
static void put_normal(char *ret, size_t size, struct view path)
{
	struct view part;
	size_t used = 0;

	while (view_next_token(&path, '/', &part)) {
		if (part.size == 0 || view_equals(part, VIEW_LITERAL(".")))
			continue;
		if (view_equals(part, VIEW_LITERAL(".."))) {
			while (used && ret[--used] != '/')
				;
			continue;
		}
		if (used + part.size + 2 > size) {
			used = 0;
			break;
		}
		ret[used++] = '/';
		memcpy(ret + used, part.bytes, part.size);
		used += part.size;
	}
	ret[used] = '\0';
}

static bool has_file(const char *proc_root, pid_t tgid, const char *path)
{
	_cleanup_(cleanup_close) int fd = image_file_open_in_root(proc_root, tgid, path, 0);

	return fd >= 0;
}

/* As it stands in the working directory; 0: there is none, or it is too long. */
static size_t put_path(const struct process_scene *scene, struct view file, char path[2 * PATH_MAX])
{
	size_t used = 0;

	if (file.size == 0 || file.size >= PATH_MAX - sizeof("/__main__.py"))
		return 0;
	if (file.bytes[0] != '/') {
		used = strlen(scene->directory);
		if (used == 0)
			return 0;
		memcpy(path, scene->directory, used);
		path[used++] = '/';
	}
	memcpy(path + used, file.bytes, file.size);
	return used + file.size;
}

/* `python -m shop.web` in a folder that has shop/web.py, or shop/web/__main__.py. What is installed
 * is not in it. */
static void set_module(const char *proc_root, struct process_scene *scene, struct view name)
{
	static const char *const endings[] = {".py", "/__main__.py"};
	char path[2 * PATH_MAX];
	size_t used = put_path(scene, name, path);

	for (size_t i = used - (used ? name.size : 0); i < used; i++)
		if (path[i] == '.')
			path[i] = '/';
	for (size_t i = 0; used && i < sizeof(endings) / sizeof(endings[0]); i++) {
		memcpy(path + used, endings[i], strlen(endings[i]) + 1);
		if (!has_file(proc_root, scene->tgid, path))
			continue;
		put_normal(scene->script, sizeof(scene->script), view_of_text(path));
		return;
	}
}

static void set_file(struct process_scene *scene, struct view file)
{
	char path[2 * PATH_MAX];

	put_normal(scene->script, sizeof(scene->script),
		   view_of(path, put_path(scene, file, path)));
}

static void set_script(const char *proc_root, struct process_scene *scene)
{
	char path[PATH_MAX], command_line[4096];
	struct view script;
	bool is_module;
	ssize_t size;

	(void)snprintf(path, sizeof(path), "%s/%d/cmdline", proc_root, (int)scene->tgid);
	size = proc_reader_file(path, command_line, sizeof(command_line));
	if (size <= 0 || !script_name_argument(scene->runtime, view_of(command_line, (size_t)size),
					       &script, &is_module))
		return;
	if (is_module)
		set_module(proc_root, scene, script);
	else
		set_file(scene, script);
}

static uint64_t start_of(const char *proc_root, pid_t tgid)
{
	struct proc_reader reader;
	uint64_t start_ns;

	if (proc_reader_init(&reader, proc_root) < 0 ||
	    proc_reader_start_time(&reader, tgid, &start_ns) < 0)
		return 0;
	return start_ns;
}

bool process_scene_is_there(const struct process_scene *scene, const char *proc_root)
{
	char path[PATH_MAX];

	/* What has ended but is not yet buried has no root any more. */
	(void)snprintf(path, sizeof(path), "%s/%d/root/.", proc_root, (int)scene->tgid);
	return start_of(proc_root, scene->tgid) == scene->start_boottime_ns &&
	       access(path, F_OK) == 0;
}

void process_scene_read(const char *proc_root, pid_t tgid, enum process_runtime runtime,
			struct process_scene *ret)
{
	*ret = (struct process_scene){.tgid = tgid, .runtime = runtime};
	ret->is_known = read_link(proc_root, tgid, "cwd", ret->directory, sizeof(ret->directory));
	ret->start_boottime_ns = start_of(proc_root, tgid);
	process_identity_read(proc_root, tgid, &ret->identity);
	ret->is_in_our_root = sees_our_files(proc_root, tgid);
	if (is_interpreter(runtime))
		set_script(proc_root, ret);
	runtime_version_find(proc_root, tgid, runtime, &ret->version);
}
