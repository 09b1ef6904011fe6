/* From the end: a digest after '@', a tag after the last ':' that no '/' follows. */
#include "containers/image_reference.h"

#include <string.h>

#define ID_DIGITS 64

static bool is_id(struct view text)
{
	if (text.size != ID_DIGITS)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (!strchr("0123456789abcdef", text.bytes[i]) || !text.bytes[i])
			return false;
	return true;
}

bool image_reference_parse(struct view text, struct image_reference *ret)
{
	struct image_reference image = {0};
	ssize_t at = view_find_byte(text, '@');
	const char *colon, *slash;

	if (view_starts_with(text, VIEW_LITERAL("sha256:")) || is_id(text))
		return false;
	image.name = at >= 0 ? view_take(text, (size_t)at) : text;
	if (at >= 0)
		image.digest = view_skip(text, (size_t)at + 1);
	if (!image.name.size)
		return false;
	colon = memrchr(image.name.bytes, ':', image.name.size);
	slash = memrchr(image.name.bytes, '/', image.name.size);
	if (colon && (!slash || colon > slash)) {
		image.tag = view_skip(image.name, (size_t)(colon - image.name.bytes) + 1);
		image.name.size = (size_t)(colon - image.name.bytes);
	}
	if (!image.name.size)
		return false;
	*ret = image;
	return true;
}
