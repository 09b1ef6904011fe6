/* The request of a transaction or event: its URL put together from its attributes. */
#include "exporters/sentry/request_encoder.h"

#include "base/cleanup.h"
#include "exporters/sentry/json_text.h"

#define MAX_NAME_CHARACTERS 200
#define MAX_URL_CHARACTERS  2048

static void append_authority(struct byte_buffer *url, const struct attribute_list *attributes,
			     struct view scheme)
{
	struct view address = attribute_string(attributes, "server.address");
	const struct attribute *port = attribute_find(attributes, "server.port");
	bool is_ipv6 = view_find_byte(address, ':') >= 0;
	int64_t usual_port = view_equals(scheme, VIEW_LITERAL("https")) ? 443 : 80;

	byte_buffer_append(url, scheme);
	byte_buffer_append_text(url, is_ipv6 ? "://[" : "://");
	byte_buffer_append(url, view_take(address, MAX_NAME_CHARACTERS));
	byte_buffer_append_text(url, is_ipv6 ? "]" : "");
	if (port && port->type == ATTRIBUTE_INTEGER && port->integer != usual_port)
		byte_buffer_append_format(url, ":%lld", (long long)port->integer);
}

json_t *request_encoder_encode(const struct attribute_list *attributes)
{
	struct view path = attribute_string(attributes, "url.path");
	struct view scheme = view_take(attribute_string(attributes, "url.scheme"), 16);
	_cleanup_(byte_buffer_done) struct byte_buffer url;
	json_t *request = json_object();

	byte_buffer_init(&url, MAX_URL_CHARACTERS * 4);
	json_text_set_string(request, "method", attribute_string(attributes, "http.request.method"),
			     MAX_NAME_CHARACTERS);
	if (path.size) {
		if (attribute_string(attributes, "server.address").size)
			append_authority(&url, attributes,
					 scheme.size ? scheme : VIEW_LITERAL("http"));
		for (size_t i = 0; i < path.size; i++)
			if (path.bytes[i] == '?' || path.bytes[i] == '#')
				path = view_take(path, i);
		byte_buffer_append(&url, view_take(path, MAX_URL_CHARACTERS));
		json_text_set_string(request, "url", byte_buffer_view(&url), MAX_URL_CHARACTERS);
	}
	return request;
}
