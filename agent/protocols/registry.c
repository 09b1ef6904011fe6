/* All protocols limpet speaks, in the order they are asked. Adding one is a row here. */
#include <stddef.h>
#include "protocols/http1.h"
#include "protocols/protocol.h"

const struct protocol *const protocol_registry[] = {
	&protocol_http1,
	NULL,
};
