/* One row per libcurl error that a user can do something about; the rest is told in libcurl's
 * words. */
#include "exporters/http_failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"

struct failure_row {
	CURLcode code;
	int err;
	const char *cause; /* NULL: libcurl's detail */
	const char *mend;
};

static const struct failure_row rows[] = {
	{CURLE_COULDNT_RESOLVE_HOST, EHOSTUNREACH, "the host name does not resolve",
	 "check the name and this machine's DNS"},
	{CURLE_COULDNT_RESOLVE_PROXY, EHOSTUNREACH, "the proxy's name does not resolve",
	 "check http_proxy, https_proxy and all_proxy in the environment"},
	{CURLE_COULDNT_CONNECT, ECONNREFUSED, NULL,
	 "check that a server listens there and no firewall is between"},
	{CURLE_OPERATION_TIMEDOUT, ETIMEDOUT, NULL,
	 "check the network and the server, or raise the timeout"},
	{CURLE_SSL_CONNECT_ERROR, EPROTO, NULL,
	 "check that the server speaks TLS on this port, or use http://"},
	{CURLE_PEER_FAILED_VERIFICATION, EPROTO, NULL,
	 "name the CA file that signed the server's certificate"},
	{CURLE_SSL_CACERT_BADFILE, EINVAL, NULL, "check that the CA file holds PEM certificates"},
	{CURLE_SSL_CERTPROBLEM, EINVAL, NULL, "check the client certificate and key files"},
	{CURLE_GOT_NOTHING, ECONNRESET, "the server closed the connection without an answer",
	 "check that the URL names an HTTP server of this kind"},
	{CURLE_SEND_ERROR, ECONNRESET,
	 "the server closed the connection while the request was sent",
	 "check the server's log and size limits"},
	{CURLE_RECV_ERROR, ECONNRESET, "the connection broke before the answer came",
	 "check the server's log"},
	{CURLE_UNSUPPORTED_PROTOCOL, EPROTO, "the answer is not HTTP",
	 "check that the port is the server's HTTP port"},
	{CURLE_OUT_OF_MEMORY, ENOMEM, "out of memory", "give limpet more memory"},
};

static const struct failure_row *find_row(CURLcode code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

int http_failure_errno(CURLcode code)
{
	const struct failure_row *row = find_row(code);

	return row ? -row->err : -EIO;
}

void http_failure_describe(const struct http_failure *failure, char *ret_text, size_t size)
{
	const struct failure_row *row = find_row(failure->code);
	const char *cause = row ? row->cause : NULL;
	char host[96], detail[128];

	(void)log_escape(view_of_text(failure->host), host, sizeof(host));
	if (failure->code == CURLE_OPERATION_TIMEDOUT) {
		snprintf(detail, sizeof(detail), "no answer within %llu ms",
			 (unsigned long long)failure->timeout_ms);
		cause = detail;
	} else if (failure->code == CURLE_COULDNT_CONNECT && failure->os_errno) {
		cause = strerror(failure->os_errno);
	} else if (!cause) {
		cause = failure->detail && *failure->detail ? failure->detail
							    : curl_easy_strerror(failure->code);
		cause = log_escape(view_of_text(cause), detail, sizeof(detail));
	}
	snprintf(ret_text, size, "cannot send to %s: %s%s%s", host, cause, row ? "; " : "",
		 row ? row->mend : "");
}
