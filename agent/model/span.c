/* Words for the enums of a span. */
#include "model/span.h"

#include <stddef.h>

const char *span_parent_source_word(enum parent_source source)
{
	switch (source) {
	case PARENT_HEADER:
		return "header";
	case PARENT_CONNECTION:
		return "connection";
	case PARENT_THREAD:
		return "thread";
	case PARENT_NONE:
		break;
	}
	return NULL;
}
