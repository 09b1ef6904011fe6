/* Cuts the secrets out of a URL. It need not be a good one: what is not understood stays out. */
#include "exporters/http_place.h"

#include <stdio.h>
#include "base/view.h"

char *http_place_of(const char *url)
{
	struct view rest = view_of_text(url), scheme = {0}, authority;
	ssize_t at = view_find(rest, VIEW_LITERAL("://"));
	size_t size;
	char *place;

	if (at >= 0) {
		scheme = view_take(rest, (size_t)at + 3);
		rest = view_skip(rest, (size_t)at + 3);
	}
	for (size = 0; size < rest.size && rest.bytes[size] != '?' && rest.bytes[size] != '#';)
		size++;
	rest = view_take(rest, size);
	/* The last '@' before the path ends the user and the password. */
	at = view_find_byte(rest, '/');
	authority = at >= 0 ? view_take(rest, (size_t)at) : rest;
	while ((at = view_find_byte(authority, '@')) >= 0) {
		authority = view_skip(authority, (size_t)at + 1);
		rest = view_skip(rest, (size_t)at + 1);
	}
	if (asprintf(&place, "%.*s%.*s", VIEW_FORMAT(scheme), VIEW_FORMAT(rest)) < 0)
		return NULL;
	return place;
}
