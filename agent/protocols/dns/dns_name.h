/* Domain names in a DNS message: labels and compression pointers (RFC 1035, section 4.1.4). */
#ifndef PROTOCOLS_DNS_NAME_H
#define PROTOCOLS_DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include "base/view.h"

#define MAX_DNS_NAME_WIRE_BYTES 255
/* Every byte may take four in a text: "\000". */
#define MAX_DNS_NAME_BYTES (4 * MAX_DNS_NAME_WIRE_BYTES)

/* Where the name at `offset` of the message ends; false when it does not, within the bytes. */
bool dns_name_skip(struct view message, size_t offset, size_t *ret_end);

/*
 * The name as people write it, without the last dot ("." alone is the root): dots and backslashes
 * inside labels are escaped, what is not printable becomes \DDD. Pointers are followed backwards
 * only. False when it is no name or longer than a name may be.
 */
bool dns_name_read(struct view message, size_t offset, char buffer[MAX_DNS_NAME_BYTES],
		   struct view *ret_name);

#endif
