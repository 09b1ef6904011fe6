/*
 * What an API server sends: as a watch cut at a place that the first byte names, as a page of a
 * list, and as a Secret. Pods that come of it go into a table, which must keep its own bounds.
 */
// fuzz-sources: agent/kubernetes/line_splitter.c agent/kubernetes/watch_event.c
// fuzz-sources: agent/kubernetes/pod_page.c agent/kubernetes/pod_decoder.c
// fuzz-sources: agent/kubernetes/pod.c agent/kubernetes/pod_workload.c
// fuzz-sources: agent/kubernetes/secret_value.c agent/base/arena.c agent/base/byte_buffer.c
// fuzz-sources: agent/base/log.c agent/base/clock.c agent/base/utf8.c agent/base/view.c
#include <stdlib.h>
#include "base/utf8.h"
#include "kubernetes/line_splitter.h"
#include "kubernetes/pod_page.h"
#include "kubernetes/secret_value.h"

#define MAX_LINE 4096

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct pod_wishes wishes = {VIEW_LITERAL("team,app*")};

static void check_view(const struct pod *pod, struct view text)
{
	if (text.size > MAX_POD_BYTES || (text.size && !text.bytes) || !pod)
		abort();
	while (text.size) {
		size_t length = utf8_sequence_length(text);

		if (!length)
			abort();
		text = view_skip(text, length);
	}
}

static void check_pod(void *self, struct pod **taken)
{
	struct pod *pod = *taken;

	(void)self;
	if (!pod->uid.size || !pod->name.size || !pod->namespace.size ||
	    pod->uid.size >= POD_KEY_BYTES || pod->cgroup_uid.size >= POD_KEY_BYTES ||
	    pod->labels_count > MAX_POD_LABELS || pod->annotations_count > MAX_POD_ANNOTATIONS ||
	    pod->containers_count > MAX_POD_CONTAINERS || pod->arena.used_bytes > MAX_POD_BYTES)
		abort();
	for (uint32_t i = 0; i < pod->labels_count; i++)
		check_view(pod, pod->labels[i].value);
	for (uint32_t i = 0; i < pod->containers_count; i++)
		check_view(pod, pod->containers[i].name);
	check_view(pod, pod->deployment);
	check_view(pod, pod->cronjob);
	(void)pod_find_container(pod, pod->uid);
	(void)pod_find_named(pod, pod->name);
	pod_free(taken);
}

static bool take_line(void *self, struct view line, bool is_too_long)
{
	struct watch_event event;

	if (line.size > MAX_LINE || (is_too_long && line.size))
		abort();
	if (watch_event_parse(&event, line, &wishes) < 0)
		return true;
	if (strnlen(event.message, sizeof(event.message)) == sizeof(event.message) ||
	    strnlen(event.resource_version, RESOURCE_VERSION_BYTES) == RESOURCE_VERSION_BYTES)
		abort();
	if (event.pod)
		check_pod(self, &event.pod);
	return event.kind != WATCH_ERROR;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view input = view_of(bytes, size);
	char value[MAX_SECRET_BYTES];
	struct line_splitter lines;
	struct pod_page page;
	size_t step;

	if (size == 0)
		return 0;
	step = bytes[0] ? bytes[0] : size;
	input = view_skip(input, 1);
	if (pod_page_parse(&page, input, &wishes, check_pod, NULL) == 0 &&
	    strnlen(page.continue_token, CONTINUE_BYTES) == CONTINUE_BYTES)
		abort();
	if (secret_value_read(input, "dsn", value) == 0 &&
	    strnlen(value, MAX_SECRET_BYTES) == MAX_SECRET_BYTES)
		abort();
	line_splitter_init(&lines, MAX_LINE);
	while (input.size && line_splitter_feed(&lines, view_take(input, step), take_line, NULL))
		input = view_skip(input, step);
	line_splitter_done(&lines);
	return 0;
}
