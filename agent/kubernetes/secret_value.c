/* Strict base64 (RFC 4648, with padding), as the API server writes it. */
#include "kubernetes/secret_value.h"

#include <errno.h>
#include "kubernetes/json_cleanup.h"
#include "kubernetes/pod_decoder.h"

static int digit_of(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Bytes written, or -EINVAL. */
static ssize_t decode(struct view text, char ret[MAX_SECRET_BYTES])
{
	size_t padding = view_ends_with(text, VIEW_LITERAL("=="))  ? 2
			 : view_ends_with(text, VIEW_LITERAL("=")) ? 1
								   : 0;
	uint32_t bits = 0;
	size_t used = 0;

	if (text.size % 4)
		return -EINVAL;
	for (size_t i = 0; i < text.size - padding; i++) {
		int digit = digit_of(text.bytes[i]);

		if (digit < 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4)
			ret[used++] = (char)(bits >> (6 - 2 * (i % 4)));
	}
	return (ssize_t)used;
}

int secret_value_read(struct view body, const char *key, char ret[MAX_SECRET_BYTES])
{
	_cleanup_(cleanup_json) json_t *json = json_loadb(body.bytes, body.size, 0, NULL);
	const json_t *content = json_object_get(json, "data");
	char text[MAX_SECRET_BYTES];
	struct view value;
	ssize_t size;

	if (!view_equals(pod_decoder_text(json, "kind"), VIEW_LITERAL("Secret")))
		return -EINVAL;
	if (!json_object_get(content, key))
		return -ENOENT;
	value = pod_decoder_text(content, key);
	if (value.size > (MAX_SECRET_BYTES - 1) / 3 * 4)
		return -E2BIG;
	size = decode(value, text);
	if (size < 0)
		return -EINVAL;
	value = view_of(text, (size_t)size);
	while (value.size && strchr(" \t\r\n", value.bytes[value.size - 1]))
		value.size--;
	for (size_t i = 0; i < value.size; i++)
		if (value.bytes[i] <= ' ' || value.bytes[i] > '~')
			return -EINVAL;
	if (!value.size)
		return -EINVAL;
	memcpy(ret, value.bytes, value.size);
	ret[value.size] = '\0';
	return 0;
}
