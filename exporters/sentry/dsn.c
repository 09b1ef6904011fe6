/* The DSN parser: cuts the text from both ends, then checks every part against what may go into a
 * URL or a header line. */
#include "exporters/sentry/dsn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"

#define WHERE_TO_FIND "copy the whole DSN from Sentry: project settings, Client Keys (DSN)"

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_made_of(struct view v, const char *others)
{
	for (size_t i = 0; i < v.size; i++)
		if (!is_alphanumeric(v.bytes[i]) && (!v.bytes[i] || !strchr(others, v.bytes[i])))
			return false;
	return true;
}

static ssize_t find_last(struct view v, char byte)
{
	const char *at = v.size ? memrchr(v.bytes, byte, v.size) : NULL;

	return at ? at - v.bytes : -1;
}

static struct view trim_blanks(struct view v)
{
	while (v.size && strchr(" \t\r\n", v.bytes[0]))
		v = view_skip(v, 1);
	while (v.size && strchr(" \t\r\n", v.bytes[v.size - 1]))
		v.size--;
	return v;
}

/* The text with its user part masked, without any query; "" when nothing may be shown. */
static void mask(struct view text, char *buffer, size_t size)
{
	ssize_t at = find_last(text, '@'), scheme = view_find(text, VIEW_LITERAL("://")), query;
	struct view rest, protocol = {0};
	char shown_protocol[16], shown_rest[128];

	buffer[0] = '\0';
	if (at < 0)
		return;
	rest = view_skip(text, (size_t)at + 1);
	query = view_find_byte(rest, '?');
	if (query >= 0)
		rest = view_take(rest, (size_t)query);
	if (scheme >= 0 && scheme < at && scheme < 12)
		protocol = view_take(text, (size_t)scheme + 3);
	(void)snprintf(buffer, size, " '%s***@%s'",
		       log_escape(protocol, shown_protocol, sizeof(shown_protocol)),
		       log_escape(rest, shown_rest, sizeof(shown_rest)));
}

static const char *check_host(struct view host)
{
	struct view name = host, port = {0};
	uint64_t number = 0;
	ssize_t colon = find_last(host, ':'), bracket = find_last(host, ']');

	if (colon > bracket) {
		name = view_take(host, (size_t)colon);
		port = view_skip(host, (size_t)colon + 1);
		if (view_parse_u64(port, &number) < 0 || number == 0 || number > 65535)
			return "its port is not a number from 1 to 65535; mend the part after the "
			       "host's ':'";
	}
	if (view_is_empty(name))
		return "it has no host after the '@'; " WHERE_TO_FIND;
	if (name.bytes[0] == '[') {
		if (name.size < 4 || name.bytes[name.size - 1] != ']' ||
		    !is_made_of(view_take(view_skip(name, 1), name.size - 2), ":."))
			return "its IPv6 address is not closed by ']' or holds other characters; "
			       "write it as [2001:db8::1]";
	} else if (!is_made_of(name, "-._")) {
		return "its host holds characters no host name has; " WHERE_TO_FIND;
	}
	return NULL;
}

static const char *take_keys(struct dsn *dsn, struct view user)
{
	ssize_t colon = view_find_byte(user, ':');

	dsn->public_key = user;
	if (colon >= 0) {
		dsn->public_key = view_take(user, (size_t)colon);
		dsn->secret_key = view_skip(user, (size_t)colon + 1);
	}
	if (view_is_empty(dsn->public_key))
		return "it has no public key before the '@'; " WHERE_TO_FIND;
	if (!is_made_of(dsn->public_key, "-._~") || !is_made_of(dsn->secret_key, "-._~"))
		return "its key holds characters other than letters, digits and -._~; " WHERE_TO_FIND;
	return NULL;
}

/* Sentry's own hosts carry the organization: o<digits>.ingest… */
static void take_organization(struct dsn *dsn)
{
	ssize_t dot = view_find_byte(dsn->host, '.');
	struct view digits;
	uint64_t id;

	if (dot < 2 || dsn->host.bytes[0] != 'o')
		return;
	digits = view_skip(view_take(dsn->host, (size_t)dot), 1);
	if (view_parse_u64(digits, &id) == 0)
		dsn->organization_id = digits;
}

static const char *take_place(struct dsn *dsn, struct view rest)
{
	ssize_t slash = view_find_byte(rest, '/');
	const char *problem;

	dsn->host = slash >= 0 ? view_take(rest, (size_t)slash) : rest;
	problem = check_host(dsn->host);
	if (problem)
		return problem;
	rest = slash >= 0 ? view_skip(rest, (size_t)slash) : (struct view){0};
	while (rest.size && rest.bytes[rest.size - 1] == '/')
		rest.size--;
	slash = find_last(rest, '/');
	if (slash < 0)
		return "it has no project id after the last '/'; " WHERE_TO_FIND;
	dsn->path = view_take(rest, (size_t)slash);
	dsn->project_id = view_skip(rest, (size_t)slash + 1);
	if (!is_made_of(dsn->project_id, "-_"))
		return "its project id holds characters other than letters, digits, '-' and '_'; " WHERE_TO_FIND;
	if (!is_made_of(dsn->path, "/-._~%"))
		return "its path holds characters that cannot stand in a URL; write them as %XX";
	take_organization(dsn);
	return NULL;
}

static const char *take_parts(struct dsn *dsn, struct view text)
{
	ssize_t at, slash;
	struct view rest;
	const char *problem;

	if (view_is_empty(text))
		return "it is empty; " WHERE_TO_FIND
		       ", or leave it unset to send nothing to Sentry";
	if (text.size > MAX_DSN_BYTES)
		return "it is longer than 2048 bytes; " WHERE_TO_FIND;
	if (view_starts_with(text, VIEW_LITERAL("https://")))
		dsn->protocol = view_take(text, 5);
	else if (view_starts_with(text, VIEW_LITERAL("http://")))
		dsn->protocol = view_take(text, 4);
	else
		return "it does not start with https:// or http://; " WHERE_TO_FIND;
	rest = view_skip(text, dsn->protocol.size + 3);
	if (view_find_byte(rest, '?') >= 0 || view_find_byte(rest, '#') >= 0)
		return "it has a query ('?') or fragment ('#'); remove it";
	slash = view_find_byte(rest, '/');
	at = find_last(slash >= 0 ? view_take(rest, (size_t)slash) : rest, '@');
	if (at < 0)
		return "it has no public key, the part that ends in '@'; " WHERE_TO_FIND;
	problem = take_keys(dsn, view_take(rest, (size_t)at));
	return problem ? problem : take_place(dsn, view_skip(rest, (size_t)at + 1));
}

int dsn_parse(struct dsn *ret, const char *text, char *ret_error, size_t error_size)
{
	struct view trimmed = trim_blanks(view_of_text(text));
	struct dsn dsn = {0};
	const char *problem;
	char shown[192];

	dsn.text = strndup(trimmed.size ? trimmed.bytes : "", trimmed.size);
	if (!dsn.text) {
		(void)snprintf(ret_error, error_size, "cannot read the Sentry DSN: out of memory");
		return -ENOMEM;
	}
	problem = take_parts(&dsn, view_of(dsn.text, trimmed.size));
	if (problem) {
		mask(trimmed, shown, sizeof(shown));
		(void)snprintf(ret_error, error_size, "cannot use the Sentry DSN%s: %s", shown,
			       problem);
		dsn_done(&dsn);
		return -EINVAL;
	}
	*ret = dsn;
	return 0;
}

void dsn_done(struct dsn *dsn)
{
	free(dsn->text);
	*dsn = (struct dsn){0};
}

void dsn_envelope_url(const struct dsn *dsn, char *ret_url, size_t size)
{
	(void)snprintf(ret_url, size, "%.*s://%.*s%.*s/api/%.*s/envelope/",
		       VIEW_FORMAT(dsn->protocol), VIEW_FORMAT(dsn->host), VIEW_FORMAT(dsn->path),
		       VIEW_FORMAT(dsn->project_id));
}

void dsn_auth_header(const struct dsn *dsn, char *ret_header, size_t size)
{
	(void)snprintf(ret_header, size,
		       "X-Sentry-Auth: Sentry sentry_version=7, "
		       "sentry_client=limpet/" LIMPET_VERSION ", sentry_key=%.*s%s%.*s",
		       VIEW_FORMAT(dsn->public_key),
		       view_is_empty(dsn->secret_key) ? "" : ", sentry_secret=",
		       VIEW_FORMAT(dsn->secret_key));
}
