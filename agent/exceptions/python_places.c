/* The name of a file follows from that of its module, as in Sentry's SDK: a module of a package is
 * called by its path from the package on, one of its own by its last part. */
#include "exceptions/python_places.h"

#include "exceptions/place_paths.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ".../lib/python3.11/json/decoder.py": what follows the version's folder; "python311.zip", too. */
static struct view below_standard_library(struct view file)
{
	struct view rest = file;
	ssize_t at, slash;

	while ((at = view_find(rest, VIEW_LITERAL("/python"))) >= 0) {
		rest = view_skip(rest, (size_t)at + sizeof("/python") - 1);
		slash = view_find_byte(rest, '/');
		if (slash > 1 && is_digit(rest.bytes[0]) &&
		    (rest.bytes[1] == '.' || is_digit(rest.bytes[1])))
			return view_skip(rest, (size_t)slash + 1);
	}
	/* PyPy: /opt/pypy3.10/lib/pypy3.10/ast.py */
	at = view_find(file, VIEW_LITERAL("/lib/pypy"));
	if (at < 0)
		return (struct view){0};
	rest = view_skip(file, (size_t)at + sizeof("/lib/pypy") - 1);
	slash = view_find_byte(rest, '/');
	return slash < 0 ? (struct view){0} : view_skip(rest, (size_t)slash + 1);
}

static struct view below_packages(struct view file)
{
	struct view rest = place_paths_after(file, "/site-packages/");

	return rest.size ? rest : place_paths_after(file, "/dist-packages/");
}

/* A program's own text has no file: `python -c`, a prompt. */
static bool is_text_of_program(struct view file)
{
	return view_equals(file, VIEW_LITERAL("<string>")) ||
	       view_equals(file, VIEW_LITERAL("<stdin>"));
}

bool python_places_is_own(const struct exception_frame *frame)
{
	struct view file = frame->file;

	if (file.size == 0 || below_packages(file).size)
		return false;
	if (file.bytes[0] == '<')
		return is_text_of_program(file);
	return below_standard_library(file).size == 0;
}

/* "shop/views.py" is shop.views, "shop/__init__.py" is shop. */
static struct view module_of(struct view path, struct arena *arena)
{
	struct view module;
	char *bytes;

	if (!view_ends_with(path, VIEW_LITERAL(".py")))
		return (struct view){0};
	path.size -= 3;
	if (view_ends_with(path, VIEW_LITERAL("/__init__")))
		path.size -= sizeof("/__init__") - 1;
	if (path.size == 0 || view_find_byte(path, '.') >= 0)
		return (struct view){0};
	module = arena_copy(arena, path);
	bytes = (char *)module.bytes;
	for (size_t i = 0; i < module.size; i++)
		if (bytes[i] == '/')
			bytes[i] = '.';
	return module;
}

static struct view below_any(struct view file, const struct place_scene *scene)
{
	struct view path = below_packages(file);

	if (path.size == 0)
		path = below_standard_library(file);
	if (path.size == 0)
		path = place_paths_below_program(file, scene);
	/* Of a program that was started by a relative path. */
	if (path.size == 0 && file.size && file.bytes[0] != '/' && file.bytes[0] != '<')
		path = file;
	return path;
}

static bool is_script(struct view file, const struct place_scene *scene)
{
	struct view script = scene->script;

	if (script.size == 0)
		return false;
	return view_equals(file, script) ||
	       (scene->directory.size && view_starts_with(script, scene->directory) &&
		view_equals(file, view_skip(script, scene->directory.size)));
}

void python_places_name(struct exception_frame *frame, struct view file,
			const struct place_scene *scene, struct arena *arena)
{
	struct view path = below_any(file, scene);

	if (is_text_of_program(file) || is_script(file, scene)) {
		if (frame->module.size == 0)
			frame->module = VIEW_LITERAL("__main__");
		frame->short_file = view_base_name(file);
		return;
	}
	if (frame->module.size == 0 && path.size)
		frame->module = module_of(path, arena);
	frame->short_file = path;
	if (frame->module.size && view_find_byte(frame->module, '.') < 0)
		frame->short_file = view_base_name(file);
}
