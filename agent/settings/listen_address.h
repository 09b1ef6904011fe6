/* Where to listen, as people write it: "9464" (loopback), "0.0.0.0:9464", "[::1]:9464"; "off". */
#ifndef SETTINGS_LISTEN_ADDRESS_H
#define SETTINGS_LISTEN_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include "base/view.h"

struct listen_address {
	bool is_off;
	bool is_loopback;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
};

/* Addresses are numbers, never names. -EINVAL. */
int listen_address_parse(struct view text, struct listen_address *ret);

#endif
