/* Puts the URL of a signal together; whether the rest of it can be used, the transport says. */
#include "exporters/otlp/otlp_url.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/log.h"

/* Points behind the "//", or NULL when the scheme is another one. */
static const char *skip_scheme(const char *url)
{
	if (strncasecmp(url, "http://", 7) == 0)
		return url + 7;
	if (strncasecmp(url, "https://", 8) == 0)
		return url + 8;
	return NULL;
}

/* Text before "://", which cannot hold credentials, or a general word. */
static int refuse(const char *name, const char *url, char *ret_error, size_t error_size)
{
	const char *colon = strstr(url, "://");
	char scheme[32];

	if (colon)
		snprintf(ret_error, error_size,
			 "%s: cannot send to a URL with the scheme %s; use http:// or https://",
			 name,
			 log_escape(view_of(url, (size_t)(colon - url)), scheme, sizeof(scheme)));
	else
		snprintf(ret_error, error_size,
			 "%s: the URL has no scheme; write it as http://host:4318", name);
	return -EINVAL;
}

int otlp_url_for(char **ret, const char *signal, const char *endpoint, const char *own_endpoint,
		 char *ret_error, size_t error_size)
{
	bool is_as_is = own_endpoint && *own_endpoint;
	const char *url = is_as_is ? own_endpoint : endpoint;
	char name[32] = "OTLP endpoint", path[32] = "";
	const char *authority;
	size_t path_end;
	char *result;

	if (!url || !*url) {
		snprintf(ret_error, error_size,
			 "no OTLP endpoint is set; name one such as http://localhost:4318");
		return -EINVAL;
	}
	if (is_as_is)
		snprintf(name, sizeof(name), "OTLP %s endpoint", signal);
	authority = skip_scheme(url);
	if (!authority)
		return refuse(name, url, ret_error, error_size);
	path_end = strcspn(url, "?#");
	if (!is_as_is)
		snprintf(path, sizeof(path), "%s%s/%s",
			 url[path_end - 1] == '/' && url + path_end > authority ? "" : "/",
			 strcmp(signal, "profiles") == 0 ? "v1development" : "v1", signal);
	else if (!memchr(authority, '/', (size_t)(url + path_end - authority)))
		snprintf(path, sizeof(path), "/");
	if (asprintf(&result, "%.*s%s%s", (int)path_end, url, path, url + path_end) < 0) {
		snprintf(ret_error, error_size, "out of memory");
		return -ENOMEM;
	}
	*ret = result;
	return 0;
}
