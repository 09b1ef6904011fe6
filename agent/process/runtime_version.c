/*
 * One row per runtime: what it is called, which library it may live in, and how its version is
 * found in the file it lives in.
 */
#include "process/runtime_version.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "process/elf_notes.h"
#include "process/elf_sections.h"
#include "process/elf_text.h"
#include "process/image_file.h"
#include "process/proc_reader.h"
#include "process/process_maps.h"

#define MAX_MAPS_LOOK     (4u << 20)
#define MAX_RELEASE_BYTES 4096
#define BUILDINFO_HEADER  32
#define BUILDINFO_INLINE  2 /* flag: the version follows the header, as since Go 1.18 */

/* The file that the runtime lives in. */
struct place {
	const char *proc_root;
	pid_t tgid;
	int fd;
	struct view path; /* as the process sees it */
};

struct runtime_row {
	enum process_runtime runtime;
	const char *name;
	const char *library; /* its file's name begins so; NULL: it is always the executable */
	void (*find)(const struct place *place, struct runtime_version *version);
};

static void set_version(struct runtime_version *version, const char *prefix, struct view text)
{
	(void)snprintf(version->version, sizeof(version->version), "%s%.*s", prefix,
		       VIEW_FORMAT(text));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "3.11" of "python3.11", "libpython3.6m.so.1.0", "libpypy3.10-c.so". */
static struct view first_number(struct view name)
{
	size_t size = 0;

	while (name.size && !is_digit(name.bytes[0]))
		name = view_skip(name, 1);
	while (size < name.size &&
	       (is_digit(name.bytes[size]) || (name.bytes[size] == '.' && size + 1 < name.size &&
					       is_digit(name.bytes[size + 1]))))
		size++;
	return view_take(name, size);
}

/* "3.13.0" of "3.13.0rc1+". */
static struct view leading_number(struct view text)
{
	return text.size && is_digit(text.bytes[0]) ? first_number(text) : (struct view){0};
}

/* Python's own text has no mark, but its first two numbers are in the name of the file. */
static void find_python(const struct place *place, struct runtime_version *version)
{
	struct view number = first_number(view_base_name(place->path));
	char beginning[16], word[MAX_ELF_TEXT_WORD];
	struct elf_text_pattern pattern = {beginning, true, true, true};

	if (view_find(view_base_name(place->path), VIEW_LITERAL("pypy")) >= 0)
		(void)snprintf(version->name, sizeof(version->name), "PyPy");
	if (number.size == 0 || number.size + 2 > sizeof(beginning) ||
	    view_find_byte(number, '.') < 0)
		return;
	(void)snprintf(beginning, sizeof(beginning), "%.*s.", VIEW_FORMAT(number));
	if (elf_text_find(place->fd, &pattern, word))
		set_version(version, "", leading_number(view_of_text(word)));
	else
		set_version(version, "", number);
}

static void find_node(const struct place *place, struct runtime_version *version)
{
	static const struct elf_text_pattern patterns[] = {{"node.js/v", false, false, false},
							   {"/node-v", false, false, false}};
	char word[MAX_ELF_TEXT_WORD];

	for (size_t i = 0; i < 2; i++)
		if (elf_text_find(place->fd, &patterns[i], word)) {
			set_version(version, "v", leading_number(view_of_text(word)));
			return;
		}
}

static void find_ruby(const struct place *place, struct runtime_version *version)
{
	static const struct elf_text_pattern pattern = {"ruby ", false, true, false};
	char word[MAX_ELF_TEXT_WORD];

	if (elf_text_find(place->fd, &pattern, word)) /* "3.1.2p20", "3.5.0dev" */
		set_version(version, "", leading_number(view_of_text(word)));
}

static void find_php(const struct place *place, struct runtime_version *version)
{
	static const struct elf_text_pattern pattern = {"PHP/", false, false, true};
	char word[MAX_ELF_TEXT_WORD];

	if (elf_text_find(place->fd, &pattern, word))
		set_version(version, "", view_of_text(word));
}

static void find_perl(const struct place *place, struct runtime_version *version)
{
	static const struct elf_text_pattern pattern = {"v5.", true, true, true};
	char word[MAX_ELF_TEXT_WORD];

	if (elf_text_find(place->fd, &pattern, word))
		set_version(version, "", view_of_text(word));
}

/* "\xff Go buildinf:", sizes and flags, then a length and as many bytes. */
static void find_go(const struct place *place, struct runtime_version *version)
{
	_cleanup_(cleanup_free) struct elf_sections *file = malloc(sizeof(*file));
	unsigned char bytes[BUILDINFO_HEADER + 1 + 64];
	const Elf64_Shdr *section;
	uint64_t size;

	if (!file || !elf_notes_is_readable_file(place->fd) ||
	    elf_sections_read(place->fd, file) < 0)
		return;
	section = elf_sections_by_name(file, ".go.buildinfo");
	size = section ? elf_sections_size(file, section) : 0;
	if (size > sizeof(bytes))
		size = sizeof(bytes);
	if (size <= BUILDINFO_HEADER ||
	    !elf_sections_read_at(place->fd, bytes, size, section->sh_offset) ||
	    memcmp(bytes, "\xff Go buildinf:", 14) != 0 || !(bytes[15] & BUILDINFO_INLINE) ||
	    bytes[BUILDINFO_HEADER] >= size - BUILDINFO_HEADER ||
	    memcmp(bytes + BUILDINFO_HEADER + 1, "go", 2) != 0)
		return;
	set_version(version, "", view_of(bytes + BUILDINFO_HEADER + 1, bytes[BUILDINFO_HEADER]));
}

/* NAME="value" */
static struct view release_value(struct view text, const char *name)
{
	struct view line;

	while (view_next_token(&text, '\n', &line)) {
		if (!view_starts_with(line, view_of_text(name)))
			continue;
		line = view_skip(line, strlen(name));
		if (line.size > 3 && line.bytes[0] == '=' && line.bytes[1] == '"' &&
		    line.bytes[line.size - 1] == '"')
			return view_take(view_skip(line, 2), line.size - 3);
	}
	return (struct view){0};
}

static struct view folder_of(struct view path)
{
	struct view name = view_base_name(path);

	return view_take(path, path.size > name.size ? path.size - name.size - 1 : 0);
}

static bool read_release(const struct place *place, struct view folder,
			 struct runtime_version *version)
{
	_cleanup_(cleanup_close) int fd = -1;
	char path[PATH_MAX], bytes[MAX_RELEASE_BYTES];
	struct view text, number, vendor;
	ssize_t size;

	if (folder.size == 0 || folder.size > sizeof(path) / 2)
		return false;
	(void)snprintf(path, sizeof(path), "%.*s/release", VIEW_FORMAT(folder));
	fd = image_file_open_in_root(place->proc_root, place->tgid, path, 0);
	if (fd < 0 || !elf_notes_is_readable_file(fd))
		return false;
	size = pread(fd, bytes, sizeof(bytes), 0);
	text = view_of(bytes, size > 0 ? (size_t)size : 0);
	number = release_value(text, "JAVA_VERSION");
	vendor = release_value(text, "IMPLEMENTOR");
	if (number.size == 0)
		return false;
	set_version(version, "", number);
	if (vendor.size)
		(void)snprintf(version->name, sizeof(version->name), "%.*s", VIEW_FORMAT(vendor));
	return true;
}

/* HOME/release, of HOME/bin/java, HOME/lib/server/libjvm.so, HOME/jre/bin/java, and so on. */
static void find_java(const struct place *place, struct runtime_version *version)
{
	struct view folder = folder_of(place->path);

	for (int i = 0; i < 4 && folder.size; i++) {
		if (read_release(place, folder, version))
			return;
		folder = folder_of(folder);
	}
}

/* /usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/libcoreclr.so */
static void find_dotnet(const struct place *place, struct runtime_version *version)
{
	struct view folder = folder_of(place->path);
	struct view number = view_base_name(folder);

	if (!view_ends_with(folder_of(folder), VIEW_LITERAL("/Microsoft.NETCore.App")) ||
	    number.size == 0 || !is_digit(number.bytes[0]))
		return;
	set_version(version, "", number);
	if (number.bytes[0] < '5' && number.bytes[1] == '.')
		(void)snprintf(version->name, sizeof(version->name), ".NET Core");
}

static const struct runtime_row rows[] = {
	{RUNTIME_PYTHON, "CPython", "libpython", find_python},
	{RUNTIME_PYTHON, "PyPy", "libpypy", find_python},
	{RUNTIME_NODE, "node", "libnode.so", find_node},
	{RUNTIME_JAVA, "OpenJDK", "libjvm.so", find_java},
	{RUNTIME_GO, "go", NULL, find_go},
	{RUNTIME_RUBY, "ruby", "libruby", find_ruby},
	{RUNTIME_PHP, "php", "libphp", find_php},
	{RUNTIME_PERL, "perl", "libperl.so", find_perl},
	{RUNTIME_DOTNET, ".NET", "libcoreclr.so", find_dotnet},
	{RUNTIME_DENO, "deno", NULL, NULL},
	{RUNTIME_BUN, "bun", NULL, NULL},
};

static const struct runtime_row *row_of(enum process_runtime runtime)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].runtime == runtime)
			return &rows[i];
	return NULL;
}

static const struct runtime_row *row_of_library(enum process_runtime runtime, struct view name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((rows[i].runtime == runtime || runtime == RUNTIME_NATIVE) && rows[i].library &&
		    view_starts_with(name, view_of_text(rows[i].library)) &&
		    view_find(name, VIEW_LITERAL(".so")) > 0)
			return &rows[i];
	return NULL;
}

static void read_text(const char *path, struct byte_buffer *text)
{
	_cleanup_(cleanup_fclose) FILE *file = fopen(path, "re");
	char *room;
	size_t got;

	while (file && (room = byte_buffer_reserve(text, 16384))) {
		got = fread(room, 1, 16384, file);
		text->size += got;
		if (got == 0)
			break;
	}
}

/* The first mapped library of a runtime; its path is in ret_path. */
static const struct runtime_row *find_library(const char *proc_root, pid_t tgid,
					      enum process_runtime runtime, char *ret_path)
{
	_cleanup_(byte_buffer_done) struct byte_buffer text;
	const struct runtime_row *row;
	char path[320], unescaped[MAX_IMAGE_PATH_BYTES];
	struct process_mapping mapping;
	struct view rest, line;

	byte_buffer_init(&text, MAX_MAPS_LOOK);
	(void)snprintf(path, sizeof(path), "%s/%d/maps", proc_root, (int)tgid);
	read_text(path, &text);
	rest = byte_buffer_view(&text);
	while (view_next_token(&rest, '\n', &line)) {
		if (view_find_byte(line, '/') < 0 ||
		    process_maps_parse_line(line, unescaped, &mapping) < 0 ||
		    mapping.path.size >= PATH_MAX)
			continue;
		row = row_of_library(runtime, view_base_name(mapping.path));
		if (!row)
			continue;
		(void)snprintf(ret_path, PATH_MAX, "%.*s", VIEW_FORMAT(mapping.path));
		return row;
	}
	return NULL;
}

static void find_in_library(const char *proc_root, pid_t tgid, enum process_runtime runtime,
			    struct runtime_version *version)
{
	char path[PATH_MAX];
	const struct runtime_row *row = find_library(proc_root, tgid, runtime, path);
	struct place place = {.proc_root = proc_root, .tgid = tgid};

	if (!row)
		return;
	(void)snprintf(version->name, sizeof(version->name), "%s", row->name);
	place.path = view_of_text(path);
	place.fd = image_file_open_in_root(proc_root, tgid, path, 0);
	row->find(&place, version);
	cleanup_close(&place.fd);
}

static void find_in_executable(const char *proc_root, pid_t tgid, const struct runtime_row *row,
			       struct runtime_version *version)
{
	char link[320], path[PATH_MAX];
	struct proc_reader reader;
	struct place place = {.proc_root = proc_root, .tgid = tgid};
	ssize_t size;

	(void)snprintf(link, sizeof(link), "%s/%d/exe", proc_root, (int)tgid);
	size = readlink(link, path, sizeof(path));
	if (size <= 0 || proc_reader_init(&reader, proc_root) < 0)
		return;
	place.path = view_of(path, (size_t)size);
	place.fd = proc_reader_open_executable(&reader, tgid);
	row->find(&place, version);
	cleanup_close(&place.fd);
}

/* A number with three parts is whole; "3.11" is only what the file is called. */
static bool is_whole(const struct runtime_version *version)
{
	const char *dot = strchr(version->version, '.');

	return dot && strchr(dot + 1, '.');
}

void runtime_version_find(const char *proc_root, pid_t tgid, enum process_runtime runtime,
			  struct runtime_version *ret)
{
	const struct runtime_row *row = row_of(runtime);

	*ret = (struct runtime_version){0};
	if (!row && runtime != RUNTIME_NATIVE)
		return;
	if (row) {
		(void)snprintf(ret->name, sizeof(ret->name), "%s", row->name);
		if (row->find)
			find_in_executable(proc_root, tgid, row, ret);
	}
	if (!is_whole(ret) && (!row || row->library))
		find_in_library(proc_root, tgid, runtime, ret);
}
