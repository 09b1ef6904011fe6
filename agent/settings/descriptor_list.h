/* Lists of descriptors as people write them: "1,2", "off". */
#ifndef SETTINGS_DESCRIPTOR_LIST_H
#define SETTINGS_DESCRIPTOR_LIST_H

#include <stdint.h>
#include "base/view.h"

#define MAX_DESCRIPTOR 63

/* Numbers up to MAX_DESCRIPTOR, separated by commas and maybe blanks; "off": none. One bit each.
 * -EINVAL when it is anything else. */
int descriptor_list_parse(struct view text, uint64_t *ret_mask);

#endif
