/* A list without a version could not be followed, and one whose token does not fit not be ended. */
#include "kubernetes/pod_page.h"

#include <errno.h>
#include "kubernetes/json_cleanup.h"

static bool copy_token(struct view token, char ret[CONTINUE_BYTES])
{
	if (token.size >= CONTINUE_BYTES ||
	    memchr(token.bytes ? token.bytes : "", '\0', token.size))
		return false;
	if (token.size)
		memcpy(ret, token.bytes, token.size);
	ret[token.size] = '\0';
	return true;
}

int pod_page_parse(struct pod_page *ret, struct view body, const struct pod_wishes *wishes,
		   pod_page_take *take, void *self)
{
	_cleanup_(cleanup_json) json_t *json = json_loadb(body.bytes, body.size, 0, NULL);
	const json_t *metadata = json_object_get(json, "metadata");
	const json_t *items = json_object_get(json, "items"), *item;
	struct pod_page page = {0};
	size_t i;

	/* An empty list of Go's is null. */
	if (!view_equals(pod_decoder_text(json, "kind"), VIEW_LITERAL("PodList")) ||
	    (items && !json_is_array(items) && !json_is_null(items)) ||
	    !watch_event_copy_version(pod_decoder_text(metadata, "resourceVersion"),
				      page.resource_version) ||
	    !copy_token(pod_decoder_text(metadata, "continue"), page.continue_token))
		return -EINVAL;
	json_array_foreach(items, i, item)
	{
		struct pod *pod;

		if (pod_decoder_decode(&pod, item, wishes) < 0)
			page.undecodable_count++;
		else
			take(self, &pod);
	}
	*ret = page;
	return 0;
}
