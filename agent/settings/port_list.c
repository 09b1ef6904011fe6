/* Reads a list of ports, for settings that name some. */
#include "settings/port_list.h"

#include <errno.h>

int port_list_parse(struct view text, uint16_t ret_ports[MAX_LISTED_PORTS])
{
	uint16_t ports[MAX_LISTED_PORTS] = {0};
	uint64_t number;
	struct view item;
	size_t count = 0;

	if (!view_equals(text, VIEW_LITERAL("off"))) {
		if (view_is_empty(text) || text.bytes[text.size - 1] == ',')
			return -EINVAL;
		while (view_next_token(&text, ',', &item)) {
			if (count == MAX_LISTED_PORTS ||
			    view_parse_u64(view_trim(item), &number) < 0 || number < 1 ||
			    number > UINT16_MAX)
				return -EINVAL;
			ports[count++] = (uint16_t)number;
		}
	}
	memcpy(ret_ports, ports, sizeof(ports));
	return 0;
}
