/* Is this memcached? */
#ifndef PROTOCOLS_MEMCACHED_MEMCACHED_DETECT_H
#define PROTOCOLS_MEMCACHED_MEMCACHED_DETECT_H

#include "protocols/protocol.h"

enum detect_result memcached_detect(struct view bytes);

#endif
