/* Release, dist and environment: what was set, else what the program itself tells. */
#include "exporters/sentry/release_name.h"

#include <stdio.h>
#include "exporters/sentry/json_text.h"

#define MAX_NAME_BYTES 100

/* The lowest image is the program where its path is not known: the kernel maps it there. */
static const struct crash_image *find_executable(const struct crash *crash)
{
	struct view path =
		attribute_string(&crash->resource->attributes, "process.executable.path");

	for (uint32_t i = 0; path.size && i < crash->images_count; i++)
		if (view_equals(crash->images[i].path, path))
			return &crash->images[i];
	return crash->images_count ? &crash->images[0] : NULL;
}

static struct view basename_of(struct view path)
{
	for (size_t i = path.size; i > 0; i--)
		if (path.bytes[i - 1] == '/')
			return view_skip(path, i);
	return path;
}

void release_name_dist(const struct crash *crash, char ret_dist[MAX_DIST_BYTES])
{
	const struct crash_image *image = find_executable(crash);
	size_t size = image ? image->build_id_size : 0;

	ret_dist[0] = '\0';
	if (size)
		json_text_hex(ret_dist, image->build_id, size < 8 ? size : 8);
}

/* Sentry refuses releases with a slash, a backslash or anything that breaks the line. */
static void clean(char *text)
{
	for (; *text; text++)
		if (*text == '/' || *text == '\\' || (unsigned char)*text <= ' ' || *text == 0x7f)
			*text = '-';
}

void release_name_of_crash(const struct crash *crash, char *buffer, size_t size)
{
	const struct resource *resource = crash->resource;
	const struct crash_image *image = find_executable(crash);
	char dist[MAX_DIST_BYTES];

	buffer[0] = '\0';
	if (resource->release.size) {
		(void)snprintf(buffer, size, "%.*s", VIEW_FORMAT(resource->release));
		return;
	}
	release_name_dist(crash, dist);
	if (resource->service_name.size && resource->service_version.size)
		(void)snprintf(buffer, size, "%.*s@%.*s",
			       VIEW_FORMAT(view_take(resource->service_name, MAX_NAME_BYTES)),
			       VIEW_FORMAT(view_take(resource->service_version, MAX_NAME_BYTES)));
	else if (image && dist[0] && basename_of(image->path).size)
		(void)snprintf(buffer, size, "%.*s@%s",
			       VIEW_FORMAT(view_take(basename_of(image->path), MAX_NAME_BYTES)),
			       dist);
	clean(buffer);
}

struct view release_name_environment(const struct resource *resource)
{
	return resource->environment.size ? resource->environment : VIEW_LITERAL("production");
}
