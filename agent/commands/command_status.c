/* `limpet status`: what the agent that runs as a service says of itself, asked over its socket. */
#include "commands/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "service/status_socket.h"

static void explain(const char *path, int err)
{
	char shown[256];

	log_escape(view_of_text(path), shown, sizeof(shown));
	if (err == -EACCES)
		log_error("status: the agent at %s answers root and members of its group only; ask "
			  "with: sudo limpet status",
			  shown);
	else if (err == -ENOENT || err == -ECONNREFUSED)
		log_error("status: no agent answers at %s; is it running? systemctl status limpet",
			  shown);
	else
		log_error("status: cannot ask the agent at %s: %s", shown, strerror(-err));
}

int command_status(const struct settings *settings)
{
	_cleanup_(cleanup_free) char *text = malloc(MAX_STATUS_BYTES + 1);
	const char *path = settings->service.status_socket;
	int err;

	if (!path || strcmp(path, "off") == 0) {
		log_error("status: --status-socket is off; name the agent's socket with it");
		return EXIT_CODE_SETTINGS;
	}
	err = text ? status_socket_ask(path, text, MAX_STATUS_BYTES + 1) : -ENOMEM;
	if (err < 0) {
		explain(path, err);
		return err == -EACCES ? EXIT_CODE_PRIVILEGES : EXIT_CODE_FAILURE;
	}
	(void)fputs(text, stdout);
	return EXIT_CODE_OK;
}
