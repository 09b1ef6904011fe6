/*
 * Splits request targets without copying, and writes queries with their values taken out: values of
 * a query string never leave the process (DESIGN section 1). What cannot be told apart is treated
 * as the more private of the two.
 */
#include "protocols/http1_url.h"

static struct view cut_at(struct view *v, char byte)
{
	ssize_t at = view_find_byte(*v, byte);
	struct view rest = {0};

	if (at >= 0) {
		rest = view_skip(*v, (size_t)at + 1);
		*v = view_take(*v, (size_t)at);
	}
	return rest;
}

/* What stands in front of "://", when that looks like a scheme (RFC 3986 section 3.1). */
static size_t scheme_length(struct view target)
{
	size_t at = 0;

	for (; at < target.size; at++) {
		char c = target.bytes[at];
		bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		bool is_inner = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';

		if (!is_letter && !(at && is_inner))
			break;
	}
	return view_starts_with(view_skip(target, at), VIEW_LITERAL("://")) ? at : 0;
}

static void split_credentials(struct http1_url *url)
{
	size_t size = url->authority.size;
	const char *at = size ? memrchr(url->authority.bytes, '@', size) : NULL;

	if (!at)
		return;
	url->authority = view_skip(url->authority, (size_t)(at + 1 - url->authority.bytes));
	url->has_credentials = true;
}

static size_t authority_length(struct view v)
{
	size_t at = 0;

	while (at < v.size && v.bytes[at] != '/' && v.bytes[at] != '?' && v.bytes[at] != '#')
		at++;
	return at;
}

void http1_url_split(struct view target, bool is_connect, struct http1_url *ret)
{
	size_t length;

	*ret = (struct http1_url){0};
	if (is_connect) {
		ret->authority = view_take(target, authority_length(target));
		split_credentials(ret);
		return;
	}
	length = target.size && target.bytes[0] != '/' ? scheme_length(target) : 0;
	if (length) {
		ret->scheme = view_take(target, length);
		target = view_skip(target, length + 3);
		length = authority_length(target);
		ret->authority = view_take(target, length);
		split_credentials(ret);
		target = view_skip(target, length);
	}
	(void)cut_at(&target, '#');
	ret->query = cut_at(&target, '?');
	ret->path = target.size ? target : VIEW_LITERAL("/");
}

static bool parse_port(struct view text, uint16_t *ret)
{
	uint64_t port;

	if (view_parse_u64(text, &port) < 0 || port == 0 || port > UINT16_MAX)
		return false;
	*ret = (uint16_t)port;
	return true;
}

bool http1_url_split_authority(struct view authority, struct view *ret_host, uint16_t *ret_port)
{
	struct http1_url without;
	struct view host, port;

	/* A Host field must be a bare authority; whatever else is in it must not be shown. */
	http1_url_split(authority, true, &without);
	host = without.authority;
	if (host.size && host.bytes[0] == '[') {
		host = view_skip(host, 1);
		port = cut_at(&host, ']');
		if (port.size && port.bytes[0] == ':')
			port = view_skip(port, 1);
	} else {
		port = cut_at(&host, ':');
	}
	if (host.size == 0)
		return false;
	*ret_host = host;
	if (!parse_port(port, ret_port))
		*ret_port = 0;
	return true;
}

static bool append(struct view piece, char *buffer, size_t size, size_t *used)
{
	if (piece.size > size - *used)
		return false;
	if (piece.size)
		memcpy(buffer + *used, piece.bytes, piece.size);
	*used += piece.size;
	return true;
}

size_t http1_url_redact_query(struct view query, char *buffer, size_t size)
{
	static const struct view redacted = {"REDACTED", 8};
	struct view member;
	size_t used = 0;

	while (view_next_token(&query, '&', &member)) {
		ssize_t equals = view_find_byte(member, '=');
		struct view key = view_take(member, (size_t)(equals + 1));
		bool has_value = member.size > key.size;
		size_t kept = used;

		if ((used && !append(VIEW_LITERAL("&"), buffer, size, &used)) ||
		    !append(key, buffer, size, &used) ||
		    (has_value && !append(redacted, buffer, size, &used)))
			return kept;
	}
	return used;
}
