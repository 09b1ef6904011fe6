/* A small arena and a list: full means left out. */
#include "containers/container_answer.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/utf8.h"
#include "containers/image_reference.h"

#define MAX_LABEL_BYTES   256
#define MAX_PATTERN_BYTES 128

int container_answer_new(struct container_answer **ret)
{
	struct container_answer *answer = calloc(1, sizeof(*answer));

	if (!answer)
		return -ENOMEM;
	arena_init(&answer->arena, MAX_ANSWER_BYTES);
	*ret = answer;
	return 0;
}

void container_answer_free(struct container_answer **answer)
{
	if (*answer)
		arena_done(&(*answer)->arena);
	free(*answer);
	*answer = NULL;
}

void container_answer_set(struct container_answer *answer, const char *key, struct view text)
{
	char buffer[MAX_ANSWER_TEXT_BYTES];

	if (text.size)
		attribute_set_string(&answer->attributes, &answer->arena, key,
				     utf8_clean(text, buffer, sizeof(buffer)));
}

void container_answer_set_integer(struct container_answer *answer, const char *key, int64_t value)
{
	attribute_set_integer(&answer->attributes, &answer->arena, key, value);
}

void container_answer_set_list(struct container_answer *answer, const char *key,
			       const struct view *texts, size_t count)
{
	char items[MAX_IMAGE_DIGESTS * MAX_ANSWER_TEXT_BYTES];
	size_t used = 0, taken = 0;

	for (size_t i = 0; i < count && taken < MAX_IMAGE_DIGESTS; i++) {
		struct view clean;

		if (!texts[i].size || memchr(texts[i].bytes, '\0', texts[i].size))
			continue;
		clean = utf8_clean(texts[i], items + used, MAX_ANSWER_TEXT_BYTES - 1);
		used += clean.size;
		items[used++] = '\0';
		taken++;
	}
	if (taken)
		attribute_set_strings(&answer->attributes, &answer->arena, key,
				      view_of(items, used));
}

void container_answer_set_image(struct container_answer *answer, struct view reference)
{
	struct image_reference image;

	if (!image_reference_parse(reference, &image))
		return;
	container_answer_set(answer, "container.image.name", image.name);
	container_answer_set_list(answer, "container.image.tags", &image.tag, 1);
	container_answer_set(answer, "oci.manifest.digest", image.digest);
}

void container_answer_set_digests(struct container_answer *answer, const struct view *digests,
				  size_t count)
{
	struct image_reference image;

	container_answer_set_list(answer, "container.image.repo_digests", digests, count);
	for (size_t i = 0; i < count; i++) {
		if (!image_reference_parse(digests[i], &image) || !image.digest.size)
			continue;
		if (!attribute_find(&answer->attributes, "container.image.name"))
			container_answer_set(answer, "container.image.name", image.name);
		if (!attribute_find(&answer->attributes, "oci.manifest.digest"))
			container_answer_set(answer, "oci.manifest.digest", image.digest);
	}
}

static bool matches(const char *patterns, const char *key)
{
	struct view rest = view_of_text(patterns ? patterns : ""), pattern;
	char text[MAX_PATTERN_BYTES];

	while (view_next_token(&rest, ',', &pattern)) {
		pattern = view_trim(pattern);
		if (!pattern.size || pattern.size >= sizeof(text))
			continue;
		memcpy(text, pattern.bytes, pattern.size);
		text[pattern.size] = '\0';
		if (fnmatch(text, key, 0) == 0)
			return true;
	}
	return false;
}

void container_answer_add_label(struct container_answer *answer, const char *patterns,
				struct view key, struct view value)
{
	static const char *const kubelet[][2] = {
		{"io.kubernetes.pod.name", "k8s.pod.name"},
		{"io.kubernetes.pod.namespace", "k8s.namespace.name"},
		{"io.kubernetes.pod.uid", "k8s.pod.uid"},
		{"io.kubernetes.container.name", "k8s.container.name"},
	};
	char name[MAX_LABEL_BYTES], buffer[MAX_LABEL_BYTES];
	struct view attribute;

	for (size_t i = 0; i < sizeof(kubelet) / sizeof(kubelet[0]); i++)
		if (view_equals(key, view_of_text(kubelet[i][0])))
			container_answer_set(answer, kubelet[i][1], value);
	key = utf8_clean(key, name, sizeof(name) - 1);
	name[key.size] = '\0';
	if (!key.size || answer->labels_count >= MAX_CONTAINER_LABELS || !matches(patterns, name))
		return;
	attribute = arena_join(&answer->arena, VIEW_LITERAL("container.label."),
			       view_of(name, strlen(name) + 1), (struct view){0});
	if (!attribute.bytes)
		return;
	answer->labels_count++;
	attribute_set_string(&answer->attributes, &answer->arena, attribute.bytes,
			     utf8_clean(value, buffer, sizeof(buffer)));
}

void container_answer_set_start(struct container_answer *answer, int64_t unix_ns)
{
	time_t seconds = (time_t)(unix_ns / (int64_t)NS_PER_S);
	char text[64];
	struct tm parts;

	if (unix_ns <= 0 || !gmtime_r(&seconds, &parts) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts))
		return;
	container_answer_set(answer, "limpet.container.start_time", view_of_text(text));
}

void container_answer_apply(const struct container_answer *answer, struct resource *resource)
{
	for (uint32_t i = 0; i < answer->attributes.count; i++) {
		const struct attribute *a = &answer->attributes.items[i];
		const char *key = arena_copy(&resource->arena, view_of_text(a->key)).bytes;

		if (key)
			attribute_set_copy(&resource->attributes, &resource->arena, key, a);
	}
}
