/* Retry-After (RFC 9110, 10.2.3). The three forms of an HTTP-date are read by libcurl. */
#include "exporters/http_retry_after.h"

#include <curl/curl.h>
#include <errno.h>
#include "base/clock.h"

/* "Wednesday, 09-Nov-94 08:49:37 GMT" is the longest of the three forms. */
#define MAX_DATE_BYTES 40

static uint64_t capped(uint64_t seconds)
{
	return seconds >= MAX_RETRY_AFTER_NS / NS_PER_S ? MAX_RETRY_AFTER_NS : seconds * NS_PER_S;
}

uint64_t http_retry_after_parse(struct view value, uint64_t now_unix_ns)
{
	char text[MAX_DATE_BYTES + 1] = {0};
	uint64_t seconds, now_seconds = now_unix_ns / NS_PER_S;
	time_t date;
	int err;

	value = view_trim(value);
	err = view_parse_u64(value, &seconds);
	if (err != -EINVAL)
		return err == -ERANGE ? MAX_RETRY_AFTER_NS : capped(seconds);
	if (value.size > MAX_DATE_BYTES || view_is_empty(value))
		return 0;
	memcpy(text, value.bytes, value.size);
	date = curl_getdate(text, NULL);
	if (date < 0 || (uint64_t)date <= now_seconds)
		return 0;
	return capped((uint64_t)date - now_seconds);
}
