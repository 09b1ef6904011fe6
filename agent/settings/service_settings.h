/* The agent as a service: who may ask it how it is. */
#ifndef SETTINGS_SERVICE_SETTINGS_H
#define SETTINGS_SERVICE_SETTINGS_H

struct service_settings {
	char *metrics_listen; /* --metrics-listen, "off" or as settings/listen_address.h has it */
	char *status_socket;  /* --status-socket, "off"; default /run/limpet/status.sock */
};

#endif
