/* Status line and the few header fields that exporters act on. A new status line (after a 1xx)
 * starts over. */
#include "exporters/http_response_head.h"

#include "base/clock.h"
#include "base/log.h"
#include "exporters/http_retry_after.h"

void http_response_head_clear(struct http_response *response)
{
	response->status = 0;
	response->retry_after_ns = 0;
	response->rate_limits[0] = '\0';
	response->sentry_error[0] = '\0';
}

/* "HTTP/1.1 503 Service Unavailable" */
static void take_status(struct http_response *response, struct view line)
{
	struct view version, code;
	uint64_t status;

	http_response_head_clear(response);
	if (view_next_token(&line, ' ', &version) && view_next_token(&line, ' ', &code) &&
	    code.size == 3 && view_parse_u64(code, &status) == 0)
		response->status = (int)status;
}

/* The value of a header line of this name, a view without bytes otherwise. */
static struct view header_value(struct view line, struct view name)
{
	if (line.size <= name.size || line.bytes[name.size] != ':' ||
	    !view_equals_ignoring_case(view_take(line, name.size), name))
		return (struct view){0};
	return view_trim(view_skip(line, name.size + 1));
}

/* Joins several lines with commas; what does not fit is cut at a comma, so that no half entry is
 * left. */
static void add_rate_limits(struct http_response *response, struct view value)
{
	size_t used = strlen(response->rate_limits);
	size_t separator = used ? 1 : 0, room = sizeof(response->rate_limits) - 1 - used;

	if (room <= separator)
		return;
	room -= separator;
	while (value.size > room) {
		do
			value.size--;
		while (value.size && value.bytes[value.size] != ',');
	}
	if (view_is_empty(value))
		return;
	if (separator)
		response->rate_limits[used++] = ',';
	memcpy(response->rate_limits + used, value.bytes, value.size);
	response->rate_limits[used + value.size] = '\0';
}

bool http_response_head_take(struct http_response *response, struct view line)
{
	struct view value;

	while (line.size &&
	       (line.bytes[line.size - 1] == '\n' || line.bytes[line.size - 1] == '\r'))
		line.size--;
	if (view_is_empty(line))
		return response->status >= 200;
	if (view_starts_with(line, VIEW_LITERAL("HTTP/")))
		take_status(response, line);
	else if ((value = header_value(line, VIEW_LITERAL("Retry-After"))).bytes)
		response->retry_after_ns = http_retry_after_parse(value, clock_unix_ns());
	else if ((value = header_value(line, VIEW_LITERAL("X-Sentry-Rate-Limits"))).bytes)
		add_rate_limits(response, value);
	else if ((value = header_value(line, VIEW_LITERAL("X-Sentry-Error"))).bytes)
		(void)log_escape(value, response->sentry_error, sizeof(response->sentry_error));
	return false;
}
