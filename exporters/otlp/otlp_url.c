/* Puts the URL for traces together; whether the rest of it can be used, the transport says. */
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

int otlp_url_for(char **ret, const char *endpoint, const char *traces_endpoint, char *ret_error,
		 size_t error_size)
{
	bool is_as_is = traces_endpoint && *traces_endpoint;
	const char *url = is_as_is ? traces_endpoint : endpoint;
	const char *name = is_as_is ? "OTLP traces endpoint" : "OTLP endpoint";
	const char *authority, *infix = "";
	size_t path_end;
	char *result;

	if (!url || !*url) {
		snprintf(ret_error, error_size,
			 "no OTLP endpoint is set; name one such as http://localhost:4318");
		return -EINVAL;
	}
	authority = skip_scheme(url);
	if (!authority)
		return refuse(name, url, ret_error, error_size);
	path_end = strcspn(url, "?#");
	if (!is_as_is)
		infix = url[path_end - 1] == '/' && url + path_end > authority ? "v1/traces"
									       : "/v1/traces";
	else if (!memchr(authority, '/', (size_t)(url + path_end - authority)))
		infix = "/";
	if (asprintf(&result, "%.*s%s%s", (int)path_end, url, infix, url + path_end) < 0) {
		snprintf(ret_error, error_size, "out of memory");
		return -ENOMEM;
	}
	*ret = result;
	return 0;
}
