/* A row per language; the settings before its rule. */
#include "exceptions/frame_places.h"

#include <string.h>
#include "exceptions/library_places.h"
#include "exceptions/node_places.h"
#include "exceptions/place_paths.h"
#include "exceptions/python_places.h"

static const struct place_rule rules[LANGUAGES_COUNT] = {
	[LANGUAGE_PYTHON] = {python_places_is_own, python_places_name},
	[LANGUAGE_NODE] = {node_places_is_own, node_places_name},
	[LANGUAGE_JAVA] = {library_places_is_own_java, NULL},
	[LANGUAGE_GO] = {library_places_is_own_go, NULL},
	[LANGUAGE_RUBY] = {library_places_is_own_ruby, NULL},
	[LANGUAGE_PHP] = {library_places_is_own_php, NULL},
	[LANGUAGE_DOTNET] = {library_places_is_own_dotnet, NULL},
	[LANGUAGE_RUST] = {library_places_is_own_rust, NULL},
	[LANGUAGE_PERL] = {library_places_is_own_perl, NULL},
};

/* "shop" stands for shop, shop.views and shop/views.py, not for shopping. */
static bool is_part(struct view text, struct view prefix)
{
	char next;

	if (!view_starts_with(text, prefix))
		return false;
	if (text.size == prefix.size || strchr("./:#@\\", prefix.bytes[prefix.size - 1]))
		return true;
	next = text.bytes[prefix.size];
	return next && strchr("./:#@$\\", next);
}

/* "/srv/app,shop." */
static bool is_in_list(const char *list, const struct exception_frame *frame)
{
	struct view rest = view_of_text(list), prefix;

	while (view_next_token(&rest, ',', &prefix)) {
		prefix = view_trim(prefix);
		if (prefix.size && (is_part(frame->module, prefix) || is_part(frame->file, prefix)))
			return true;
	}
	return false;
}

static void place_frame(const struct frame_places *places, const struct place_scene *scene,
			struct crash *crash, struct exception_frame *frame)
{
	const struct place_rule *rule = &rules[crash->language];
	struct view file = frame->file;

	if (view_starts_with(file, VIEW_LITERAL("file://")))
		file = view_skip(file, sizeof("file://") - 1);
	if (rule->name)
		rule->name(frame, file, scene, &crash->arena);
	else
		frame->short_file = place_paths_shorten(file, scene);
	frame->is_in_app = !frame->is_native && (!rule->is_own || rule->is_own(frame));
	if (is_in_list(places->include, frame))
		frame->is_in_app = true;
	else if (is_in_list(places->exclude, frame))
		frame->is_in_app = false;
}

static void place_frames(const struct frame_places *places, const struct place_scene *scene,
			 struct crash *crash, struct exception_frame *frames, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		place_frame(places, scene, crash, &frames[i]);
}

void frame_places_apply(const struct frame_places *places, const struct process_scene *scene,
			struct crash *crash)
{
	struct place_scene views = {.script = view_of_text(scene->script)};

	if (scene->directory[0])
		views.directory = arena_join(&crash->arena, view_of_text(scene->directory),
					     VIEW_LITERAL("/"), (struct view){0});
	views.script_directory = place_paths_folder(views.script);
	for (uint32_t i = 0; i < crash->exceptions_count; i++)
		place_frames(places, &views, crash, crash->exceptions[i].frames,
			     crash->exceptions[i].frames_count);
	for (uint32_t i = 0; i < crash->exception_threads_count; i++)
		place_frames(places, &views, crash, crash->exception_threads[i].frames,
			     crash->exception_threads[i].frames_count);
}
