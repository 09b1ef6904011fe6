/* As the grammar of distribution/reference has it: the last '@' begins the digest, a ':' after the
 * last '/' the tag. */
#include "kubernetes/image_reference.h"

struct image_reference image_reference_parse(struct view text)
{
	struct image_reference parts = {.name = text};
	const char *at = text.size ? memrchr(text.bytes, '@', text.size) : NULL;
	struct view base;
	ssize_t colon;

	if (at) {
		size_t size = (size_t)(at - text.bytes);

		parts.digest = view_skip(text, size + 1);
		parts.name = view_take(text, size);
	}
	base = view_base_name(parts.name);
	colon = view_find_byte(base, ':');
	/* "sha256:…" alone is the id of an image that has no name. */
	if (colon < 0 || view_starts_with(parts.name, VIEW_LITERAL("sha256:")))
		return parts;
	parts.tag = view_skip(base, (size_t)colon + 1);
	parts.name.size -= parts.tag.size + 1;
	return parts;
}
