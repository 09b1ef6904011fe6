/* Every member is looked for by name and type; what is not there is not said. */
#include "containers/docker_message.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"

static void release_json(json_t **json)
{
	json_decref(*json);
}

static struct view text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? view_of(json_string_value(value), json_string_length(value))
				     : (struct view){0};
}

/* "2026-01-05T10:00:00.123456789Z"; a container that never began has year 1. */
static int64_t time_of(struct view text)
{
	struct tm parts = {0};
	char copy[32];
	time_t seconds;

	if (text.size < 19 || text.size >= sizeof(copy) + 32)
		return 0;
	memcpy(copy, text.bytes, 19);
	copy[19] = '\0';
	if (!strptime(copy, "%Y-%m-%dT%H:%M:%S", &parts))
		return 0;
	seconds = timegm(&parts);
	return seconds > 0 && seconds < INT64_MAX / (int64_t)NS_PER_S
		       ? (int64_t)seconds * (int64_t)NS_PER_S
		       : 0;
}

static bool is_image_id(struct view id)
{
	if (!view_starts_with(id, VIEW_LITERAL("sha256:")) || id.size >= MAX_IMAGE_ID_BYTES)
		return false;
	for (size_t i = 7; i < id.size; i++)
		if (!strchr("0123456789abcdef", id.bytes[i]) || !id.bytes[i])
			return false;
	return id.size > 7;
}

static void add_labels(struct container_answer *answer, const char *patterns, json_t *labels)
{
	const char *key;
	json_t *value;

	json_object_foreach(labels, key, value)
	{
		if (json_is_string(value))
			container_answer_add_label(
				answer, patterns, view_of_text(key),
				view_of(json_string_value(value), json_string_length(value)));
	}
}

/* Up to MAX_IMAGE_DIGESTS texts of a list. */
static size_t texts_of(const json_t *list, struct view texts[MAX_IMAGE_DIGESTS])
{
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(list) && count < MAX_IMAGE_DIGESTS; i++) {
		const json_t *value = json_array_get(list, i);

		if (json_is_string(value))
			texts[count++] =
				view_of(json_string_value(value), json_string_length(value));
	}
	return count;
}

/* A document that is an object; NULL else. Nesting and size are capped by jansson and the reader.
 */
static json_t *read_object(struct view body)
{
	json_error_t error;
	json_t *root = json_loadb(body.bytes ? body.bytes : "", body.size,
				  JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);

	if (root && !json_is_object(root)) {
		json_decref(root);
		root = NULL;
	}
	return root;
}

int docker_message_read_container(struct view body, const char *container_id,
				  const char *label_patterns, struct container_answer *ret,
				  char ret_image[MAX_IMAGE_ID_BYTES])
{
	_cleanup_(release_json) json_t *root = read_object(body);
	const json_t *config = json_object_get(root, "Config");
	const json_t *restarts = json_object_get(root, "RestartCount");
	struct view name = text_of(root, "Name"), image = text_of(root, "Image");

	if (!view_equals(text_of(root, "Id"), view_of_text(container_id)))
		return -EBADMSG;
	ret_image[0] = '\0';
	if (view_starts_with(name, VIEW_LITERAL("/")))
		name = view_skip(name, 1);
	container_answer_set(ret, "container.name", name);
	container_answer_set_image(ret, text_of(config, "Image"));
	/* Podman leaves "sha256:" out. */
	if (is_image_id(image))
		(void)snprintf(ret_image, MAX_IMAGE_ID_BYTES, "%.*s", VIEW_FORMAT(image));
	else if (image.size == 64)
		(void)snprintf(ret_image, MAX_IMAGE_ID_BYTES, "sha256:%.*s", VIEW_FORMAT(image));
	if (!is_image_id(view_of_text(ret_image)))
		ret_image[0] = '\0';
	container_answer_set(ret, "container.image.id", view_of_text(ret_image));
	if (json_is_integer(restarts))
		container_answer_set_integer(ret, "limpet.container.restart_count",
					     json_integer_value(restarts));
	container_answer_set_start(ret,
				   time_of(text_of(json_object_get(root, "State"), "StartedAt")));
	add_labels(ret, label_patterns, json_object_get(config, "Labels"));
	return 0;
}

int docker_message_read_image(struct view body, struct container_answer *ret)
{
	_cleanup_(release_json) json_t *root = read_object(body);
	struct view digests[MAX_IMAGE_DIGESTS], tags[MAX_IMAGE_DIGESTS];
	size_t count;

	if (!root)
		return -EBADMSG;
	count = texts_of(json_object_get(root, "RepoTags"), tags);
	if (count && !attribute_find(&ret->attributes, "container.image.name"))
		container_answer_set_image(ret, tags[0]);
	count = texts_of(json_object_get(root, "RepoDigests"), digests);
	container_answer_set_digests(ret, digests, count);
	return 0;
}
