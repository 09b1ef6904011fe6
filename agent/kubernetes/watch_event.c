/* {"type": …, "object": …}: the object is a pod, a bookmark with nothing but a version, or a
 * Status. */
#include "kubernetes/watch_event.h"

#include <errno.h>
#include "base/log.h"
#include "kubernetes/json_cleanup.h"

bool watch_event_copy_version(struct view text, char ret[RESOURCE_VERSION_BYTES])
{
	if (!text.size || text.size >= RESOURCE_VERSION_BYTES)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (text.bytes[i] <= ' ' || text.bytes[i] > '~')
			return false;
	memcpy(ret, text.bytes, text.size);
	ret[text.size] = '\0';
	return true;
}

int watch_event_read_status(const json_t *status, char ret_message[API_MESSAGE_BYTES])
{
	json_int_t code = json_integer_value(json_object_get(status, "code"));
	struct view text = pod_decoder_text(status, "message");

	(void)log_escape(text, ret_message, API_MESSAGE_BYTES);
	return code >= 100 && code <= 599 ? (int)code : 0;
}

static enum watch_event_kind kind_of(struct view type)
{
	static const struct {
		const char *word;
		enum watch_event_kind kind;
	} rows[] = {{"ADDED", WATCH_CHANGED},
		    {"MODIFIED", WATCH_CHANGED},
		    {"DELETED", WATCH_DELETED},
		    {"BOOKMARK", WATCH_BOOKMARK},
		    {"ERROR", WATCH_ERROR}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (view_equals(type, view_of_text(rows[i].word)))
			return rows[i].kind;
	return WATCH_UNKNOWN;
}

int watch_event_parse(struct watch_event *ret, struct view line, const struct pod_wishes *wishes)
{
	_cleanup_(cleanup_json) json_t *json = json_loadb(line.bytes, line.size, 0, NULL);
	const json_t *object = json_object_get(json, "object");
	struct watch_event event = {.kind = kind_of(pod_decoder_text(json, "type"))};
	struct view version =
		pod_decoder_text(json_object_get(object, "metadata"), "resourceVersion");
	int err;

	if (!json_is_object(object) || !json_is_string(json_object_get(json, "type")))
		return -EINVAL;
	if (event.kind == WATCH_ERROR)
		event.code = watch_event_read_status(object, event.message);
	else
		(void)watch_event_copy_version(version, event.resource_version);
	if (event.kind == WATCH_CHANGED || event.kind == WATCH_DELETED) {
		err = pod_decoder_decode(&event.pod, object, wishes);
		if (err < 0)
			return err;
	}
	*ret = event;
	return 0;
}
