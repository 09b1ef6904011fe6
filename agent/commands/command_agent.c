/* `limpet agent`: the whole host, as a service. Every process but limpet itself. */
#include "commands/commands.h"

#include <unistd.h>
#include "base/log.h"
#include "session.h"

static bool has_destination(const struct settings *settings)
{
	return settings->otlp.endpoint || settings->otlp.traces_endpoint || settings->sentry.dsn ||
	       settings->sentry.file || settings->terminal.json_file ||
	       settings->terminal.trees == SWITCH_ON;
}

int command_agent(const struct settings *settings)
{
	struct settings whole_host = *settings;
	struct session *session;
	int code;

	if (!has_destination(settings)) {
		log_error("agent: no destination is set, so nothing would leave this host; "
			  "set OTEL_EXPORTER_OTLP_ENDPOINT, SENTRY_DSN or --json=FILE");
		return EXIT_CODE_SETTINGS;
	}
	whole_host.capture.trace_all = true;
	code = (int)session_new(&session, &whole_host);
	if (code != EXIT_CODE_OK)
		return code;
	session_announce(session, "every process on this host");
	if (session_run(session, false, 0) == SESSION_FAILED)
		code = EXIT_CODE_FAILURE;
	if (!session_stop(&session))
		_exit(code);
	return code;
}
