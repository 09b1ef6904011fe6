/* Parses the header list. A value that would break the request apart (line ends, controls) is
 * refused, not repaired. */
#include "exporters/otlp/otlp_headers.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/log.h"

/* Those the exporter sets itself: twice in one request they would contradict each other. */
static const char *const reserved_names[] = {"content-type", "content-encoding", "content-length",
					     "transfer-encoding"};

static bool is_token(struct view name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!isalnum((unsigned char)name.bytes[i]) &&
		    !memchr("!#$%&'*+-.^_`|~", name.bytes[i], 15))
			return false;
	return name.size > 0;
}

static bool is_reserved(struct view name)
{
	for (size_t i = 0; i < sizeof(reserved_names) / sizeof(reserved_names[0]); i++)
		if (view_equals_ignoring_case(name, view_of_text(reserved_names[i])))
			return true;
	return false;
}

/* What is wrong with the value, or NULL; the decoded bytes follow what the line holds. */
static const char *append_decoded(char *line, struct view value)
{
	char *at = line + strlen(line);

	while (value.size) {
		uint8_t byte = (uint8_t)value.bytes[0];

		if (byte == '%' && view_parse_hex(view_take(view_skip(value, 1), 2), &byte, 1) < 0)
			return "has a % that is not followed by two hex digits";
		if (byte < 0x20 || byte == 0x7f)
			return "has a control character in its value";
		*at++ = (char)byte;
		value = view_skip(value, value.bytes[0] == '%' ? 3 : 1);
	}
	*at = '\0';
	return NULL;
}

static const char *parse_entry(struct otlp_headers *headers, struct view entry)
{
	_cleanup_(cleanup_free) char *line = NULL;
	const char *fault;
	struct view name;
	size_t size;

	if (view_find_byte(entry, '=') < 0)
		return "has no '='; write name=value";
	(void)view_next_token(&entry, '=', &name);
	name = view_trim(name);
	if (!is_token(name))
		return "has a name that is not a header name";
	if (is_reserved(name))
		return "is set by limpet itself; leave it out";
	if (headers->count == MAX_OTLP_HEADERS)
		return "is one too many; 32 are the most";
	size = name.size + entry.size + 3;
	line = malloc(size);
	if (!line)
		return "found memory exhausted";
	snprintf(line, size, "%.*s: ", VIEW_FORMAT(name));
	fault = append_decoded(line, view_trim(entry));
	if (!fault)
		headers->lines[headers->count++] = TAKE_PTR(line);
	return fault;
}

int otlp_headers_parse(struct otlp_headers *ret, const char *text, char *ret_error,
		       size_t error_size)
{
	struct otlp_headers headers = {0};
	struct view rest = view_of_text(text), entry;
	char name[64];

	while (view_next_token(&rest, ',', &entry)) {
		const char *fault;

		entry = view_trim(entry);
		if (view_is_empty(entry))
			continue;
		fault = parse_entry(&headers, entry);
		if (fault) {
			ssize_t equals = view_find_byte(entry, '=');

			entry = view_take(entry, equals < 0 ? 0 : (size_t)equals);
			snprintf(ret_error, error_size, "OTLP headers: the entry '%s' %s",
				 log_escape(view_trim(entry), name, sizeof(name)), fault);
			otlp_headers_done(&headers);
			return -EINVAL;
		}
	}
	*ret = headers;
	return 0;
}

void otlp_headers_done(struct otlp_headers *headers)
{
	while (headers->count)
		free(headers->lines[--headers->count]);
	headers->lines[0] = NULL;
}
