/* Lists of ports as people write them: "53,5353", "off". */
#ifndef SETTINGS_PORT_LIST_H
#define SETTINGS_PORT_LIST_H

#include <stdint.h>
#include "base/view.h"

/* As many as the programs look for (MAX_DNS_PORTS). */
#define MAX_LISTED_PORTS 4

/* Numbers from 1 to 65535, separated by commas and maybe blanks; "off": none. What is not used is
 * 0. -EINVAL when it is anything else or more. */
int port_list_parse(struct view text, uint16_t ret_ports[MAX_LISTED_PORTS]);

#endif
