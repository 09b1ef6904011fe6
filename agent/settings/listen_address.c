/* A port alone is one on loopback: who wants more must say so. */
#include "settings/listen_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define MAX_ADDRESS_BYTES 64

static int parse_port(struct view text, in_port_t *ret)
{
	uint64_t port;

	if (view_parse_u64(text, &port) < 0 || port > UINT16_MAX)
		return -EINVAL;
	*ret = htons((uint16_t)port);
	return 0;
}

static bool copy_address(struct view host, char address[MAX_ADDRESS_BYTES])
{
	if (!host.size || host.size >= MAX_ADDRESS_BYTES)
		return false;
	memcpy(address, host.bytes, host.size);
	address[host.size] = '\0';
	return true;
}

static int parse_v6(struct view host, struct view port, struct listen_address *ret)
{
	char address[MAX_ADDRESS_BYTES];

	ret->v6.sin6_family = AF_INET6;
	if (!copy_address(host, address) || inet_pton(AF_INET6, address, &ret->v6.sin6_addr) != 1)
		return -EINVAL;
	ret->is_loopback = IN6_IS_ADDR_LOOPBACK(&ret->v6.sin6_addr);
	return parse_port(port, &ret->v6.sin6_port);
}

static int parse_v4(struct view host, struct view port, struct listen_address *ret)
{
	char address[MAX_ADDRESS_BYTES];

	ret->v4.sin_family = AF_INET;
	if (!copy_address(host, address) || inet_pton(AF_INET, address, &ret->v4.sin_addr) != 1)
		return -EINVAL;
	ret->is_loopback = ntohl(ret->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return parse_port(port, &ret->v4.sin_port);
}

int listen_address_parse(struct view text, struct listen_address *ret)
{
	struct listen_address parsed = {0};
	ssize_t bracket = view_find(text, VIEW_LITERAL("]:")), colon = view_find_byte(text, ':');
	int err;

	if (view_equals(text, VIEW_LITERAL("off"))) {
		parsed.is_off = true;
		err = 0;
	} else if (bracket > 0 && text.bytes[0] == '[') {
		err = parse_v6(view_of(text.bytes + 1, (size_t)bracket - 1),
			       view_skip(text, (size_t)bracket + 2), &parsed);
	} else if (colon >= 0) {
		err = parse_v4(view_take(text, (size_t)colon), view_skip(text, (size_t)colon + 1),
			       &parsed);
	} else {
		err = parse_v4(VIEW_LITERAL("127.0.0.1"), text, &parsed);
	}
	if (err == 0)
		*ret = parsed;
	return err;
}
