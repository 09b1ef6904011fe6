/* "/srv/lib/router/layer.js" of a program in /srv is lib.router:layer; of a package, what follows
 * node_modules; of nowhere, the file's own name. */
#include "exceptions/node_places.h"

#include "exceptions/place_paths.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "webpack://", "file://"; or "C:\". */
static bool has_scheme(struct view file)
{
	size_t size = 0;

	while (size < file.size &&
	       (is_letter(file.bytes[size]) ||
		(size > 0 &&
		 (file.bytes[size] == '.' || file.bytes[size] == '+' || file.bytes[size] == '-'))))
		size++;
	if (size == 1 && size < file.size && file.bytes[size] == ':')
		return true;
	return size > 0 && view_starts_with(view_skip(file, size), VIEW_LITERAL("://"));
}

bool node_places_is_own(const struct exception_frame *frame)
{
	struct view file = frame->file;

	if (file.size == 0 || place_paths_has(file, "node_modules/"))
		return false;
	return file.bytes[0] == '/' || file.bytes[0] == '.' || has_scheme(file);
}

static struct view without_ending(struct view name)
{
	static const char *const endings[] = {".js", ".mjs", ".cjs"};

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		struct view ending = view_of_text(endings[i]);

		if (name.size > ending.size && view_ends_with(name, ending))
			return view_take(name, name.size - ending.size);
	}
	return name;
}

/* "lib/router/" becomes "lib.router". */
static struct view dotted(struct view folder, struct arena *arena)
{
	struct view copy;
	char *bytes;

	while (folder.size && folder.bytes[folder.size - 1] == '/')
		folder.size--;
	if (folder.size == 0)
		return folder;
	copy = arena_copy(arena, folder);
	bytes = (char *)copy.bytes;
	for (size_t i = 0; i < copy.size; i++)
		if (bytes[i] == '/')
			bytes[i] = '.';
	return copy;
}

static struct view module_of(struct view file, const struct place_scene *scene, struct arena *arena)
{
	struct view name = without_ending(view_base_name(file)), folder = place_paths_folder(file);
	struct view base = scene->script.size ? scene->script_directory : scene->directory;
	struct view below = place_paths_after(folder, "/node_modules/");

	if (below.size == 0 && base.size && view_starts_with(folder, base))
		below = view_skip(folder, base.size);
	below = dotted(below, arena);
	return below.size ? arena_join(arena, below, VIEW_LITERAL(":"), name) : name;
}

void node_places_name(struct exception_frame *frame, struct view file,
		      const struct place_scene *scene, struct arena *arena)
{
	frame->short_file = place_paths_shorten(file, scene);
	if (frame->module.size == 0 && view_base_name(file).size)
		frame->module = module_of(file, scene, arena);
}
