/* Release, dist and environment: what was set, else what the program itself tells. */
#include "exporters/sentry/release_name.h"

#include <stdio.h>
#include "exporters/sentry/event_chain.h"
#include "exporters/sentry/json_text.h"

#define MAX_NAME_BYTES 100

static struct view of_resource(const struct crash *crash, const char *key)
{
	return attribute_string(&crash->resource->attributes, key);
}

/* The lowest image is the program where its path is not known: the kernel maps it there. */
static const struct crash_image *find_executable(const struct crash *crash)
{
	struct view path = of_resource(crash, "process.executable.path");

	for (uint32_t i = 0; path.size && i < crash->images_count; i++)
		if (view_equals(crash->images[i].path, path))
			return &crash->images[i];
	return crash->images_count ? &crash->images[0] : NULL;
}

static struct view find_name(const struct crash *crash)
{
	const struct crash_image *image = find_executable(crash);
	struct view path = of_resource(crash, "process.executable.path");

	if (!path.size && image)
		path = image->path;
	for (size_t i = path.size; i > 0; i--)
		if (path.bytes[i - 1] == '/')
			return view_skip(path, i);
	return path;
}

/* The executable of a script is an interpreter: neither its version nor its build. */
static bool is_script(const struct crash *crash)
{
	return crash->kind == CRASH_EXCEPTION && !event_chain_is_native(crash);
}

/* What is known of the process comes first: a process that was killed has no images. */
void release_name_dist(const struct crash *crash, char ret_dist[MAX_DIST_BYTES])
{
	struct view known = of_resource(crash, "process.executable.build_id.gnu");
	const struct crash_image *image = find_executable(crash);
	uint8_t build_id[8];
	size_t size = 0;

	ret_dist[0] = '\0';
	if (is_script(crash))
		return;
	known = view_take(known, 2 * sizeof(build_id));
	if (known.size >= 2 && view_parse_hex(known, build_id, known.size / 2) == 0) {
		size = known.size / 2;
	} else if (image) {
		size = image->build_id_size < sizeof(build_id) ? image->build_id_size
							       : sizeof(build_id);
		memcpy(build_id, image->build_id, size);
	}
	json_text_hex(ret_dist, build_id, size);
}

/* Sentry refuses releases with a slash, a backslash or anything that breaks the line. */
static void clean(char *text)
{
	for (; *text; text++)
		if (*text == '/' || *text == '\\' || (unsigned char)*text <= ' ' || *text == 0x7f)
			*text = '-';
}

void release_name_of_resource(const struct resource *resource, char *buffer, size_t size)
{
	buffer[0] = '\0';
	if (resource->release.size) {
		(void)snprintf(buffer, size, "%.*s", VIEW_FORMAT(resource->release));
		return;
	}
	if (resource->service_name.size && resource->service_version.size)
		(void)snprintf(buffer, size, "%.*s@%.*s",
			       VIEW_FORMAT(view_take(resource->service_name, MAX_NAME_BYTES)),
			       VIEW_FORMAT(view_take(resource->service_version, MAX_NAME_BYTES)));
	clean(buffer);
}

void release_name_of_crash(const struct crash *crash, char *buffer, size_t size)
{
	struct view name = find_name(crash);
	char dist[MAX_DIST_BYTES];

	release_name_of_resource(crash->resource, buffer, size);
	if (buffer[0])
		return;
	release_name_dist(crash, dist);
	if (dist[0] && name.size)
		(void)snprintf(buffer, size, "%.*s@%s",
			       VIEW_FORMAT(view_take(name, MAX_NAME_BYTES)), dist);
	clean(buffer);
}

struct view release_name_environment(const struct resource *resource)
{
	return resource->environment.size ? resource->environment : VIEW_LITERAL("production");
}
