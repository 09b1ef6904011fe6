/* Plain comparisons of texts: paths are what the report says, nothing is looked up. */
#include "exceptions/place_paths.h"

#include <string.h>

bool place_paths_has(struct view path, const char *part)
{
	return view_find(path, view_of_text(part)) >= 0;
}

bool place_paths_begins(struct view text, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (view_starts_with(text, view_of_text(*prefixes)))
			return true;
	return false;
}

struct view place_paths_after(struct view path, const char *part)
{
	struct view rest = path, found = {0};
	ssize_t at;

	while ((at = view_find(rest, view_of_text(part))) >= 0)
		found = rest = view_skip(rest, (size_t)at + strlen(part));
	return found;
}

struct view place_paths_folder(struct view path)
{
	return view_take(path, path.size - view_base_name(path).size);
}

static bool is_below(struct view file, struct view folder)
{
	return folder.size > 1 && file.size > folder.size && view_starts_with(file, folder);
}

struct view place_paths_below_program(struct view file, const struct place_scene *scene)
{
	if (is_below(file, scene->script_directory))
		return view_skip(file, scene->script_directory.size);
	if (is_below(file, scene->directory))
		return view_skip(file, scene->directory.size);
	return (struct view){0};
}

struct view place_paths_shorten(struct view file, const struct place_scene *scene)
{
	static const char *const installed[] = {"/site-packages/", "/dist-packages/",
						"/node_modules/",  "/pkg/mod/",
						"/gems/",          "/vendor_ruby/"};

	for (size_t i = 0; i < sizeof(installed) / sizeof(installed[0]); i++) {
		struct view rest = place_paths_after(file, installed[i]);

		if (rest.size)
			return rest;
	}
	return place_paths_below_program(file, scene);
}
