/* Reads a list of descriptors into a mask, for settings that name some. */
#include "settings/descriptor_list.h"

#include <errno.h>

int descriptor_list_parse(struct view text, uint64_t *ret_mask)
{
	uint64_t mask = 0, number;
	struct view item;

	if (view_equals(text, VIEW_LITERAL("off"))) {
		*ret_mask = 0;
		return 0;
	}
	if (view_is_empty(text) || text.bytes[text.size - 1] == ',')
		return -EINVAL;
	while (view_next_token(&text, ',', &item)) {
		if (view_parse_u64(view_trim(item), &number) < 0 || number > MAX_DESCRIPTOR)
			return -EINVAL;
		mask |= 1ull << number;
	}
	*ret_mask = mask;
	return 0;
}
