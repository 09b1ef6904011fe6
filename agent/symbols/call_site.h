/* Whether an address can be one that a call returns to: what tells return addresses from other
 * words on a stack. */
#ifndef SYMBOLS_CALL_SITE_H
#define SYMBOLS_CALL_SITE_H

#include <stdbool.h>
#include "base/view.h"
#include "symbols/elf_image.h"

#define CALL_SITE_BYTES 8 /* enough before an address */

/* before: the bytes in front of the address, as many as there are up to CALL_SITE_BYTES. */
bool call_site_ends(enum machine machine, struct view before);

#endif
