/* What an OTLP server answers: its head, line by line, and its body as both messages it may be. */
// fuzz-sources: exporters/otlp/otlp_response.c exporters/http_response_head.c
// fuzz-sources: exporters/http_retry_after.c agent/base/arena.c agent/base/clock.c
// fuzz-sources: agent/base/log.c agent/base/utf8.c agent/base/view.c
// fuzz-sources: .build/pb/google/rpc/status.pb-c.c
// fuzz-sources: .build/pb/opentelemetry/proto/collector/trace/v1/trace_service.pb-c.c
// fuzz-sources: .build/pb/opentelemetry/proto/trace/v1/trace.pb-c.c
// fuzz-sources: .build/pb/opentelemetry/proto/resource/v1/resource.pb-c.c
// fuzz-sources: .build/pb/opentelemetry/proto/common/v1/common.pb-c.c
#include <stdlib.h>
#include "base/utf8.h"
#include "exporters/http_response_head.h"
#include "exporters/otlp/otlp_response.h"

static void check_text(const char *text, size_t size)
{
	struct view rest = view_of(text, strnlen(text, size));

	if (rest.size == size)
		abort(); /* not terminated */
	while (rest.size) {
		size_t length = utf8_printable_length(rest);

		if (length == 0)
			abort(); /* would reach a terminal as it is */
		rest = view_skip(rest, length);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct http_response response = {0};
	struct otlp_partial_success partial;
	struct view input = view_of(bytes, size), line;
	char message[64];

	if (otlp_response_parse(input, &partial) == 0)
		check_text(partial.message, sizeof(partial.message));
	otlp_response_status_message(input, message, sizeof(message));
	check_text(message, sizeof(message));
	while (view_next_token(&input, '\n', &line))
		(void)http_response_head_take(&response, line);
	check_text(response.sentry_error, sizeof(response.sentry_error));
	if (strnlen(response.rate_limits, sizeof(response.rate_limits)) ==
	    sizeof(response.rate_limits))
		abort();
	return 0;
}
