/*
 * `limpet agent`: the whole host, as a service. Every process but limpet itself. A start that fails
 * says why where an administrator looks: in the status of the unit.
 */
#include "commands/commands.h"

#include <unistd.h>
#include "base/log.h"
#include "service/notify_socket.h"
#include "session.h"

static bool has_destination(const struct settings *settings)
{
	return settings->otlp.endpoint || settings->otlp.traces_endpoint || settings->sentry.dsn ||
	       settings->sentry.file || settings->terminal.json_file ||
	       settings->terminal.perfetto_file || settings->terminal.folded_file ||
	       settings->terminal.pprof_file || settings->terminal.speedscope_file ||
	       settings->terminal.trees == SWITCH_ON;
}

static int start(struct session **ret, struct settings *settings)
{
	int code;

	if (!has_destination(settings)) {
		log_error("agent: no destination is set, so nothing would leave this host; "
			  "set OTEL_EXPORTER_OTLP_ENDPOINT, SENTRY_DSN or --json=FILE");
		return EXIT_CODE_SETTINGS;
	}
	settings->capture.trace_all = true;
	code = (int)session_new(ret, settings);
	if (code != EXIT_CODE_OK)
		return code;
	session_announce(*ret, "every process on this host");
	if (session_serve(*ret, settings) == 0)
		return EXIT_CODE_OK;
	if (!session_stop(ret))
		_exit(EXIT_CODE_SETTINGS);
	return EXIT_CODE_SETTINGS;
}

int command_agent(struct settings *settings)
{
	struct session *session;
	int code = start(&session, settings);

	if (code != EXIT_CODE_OK) {
		notify_socket_say_failure(log_first_error());
		return code;
	}
	if (session_run(session, false, 0) == SESSION_FAILED)
		code = EXIT_CODE_FAILURE;
	if (!session_stop(&session))
		_exit(code);
	return code;
}
