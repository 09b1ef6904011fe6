/* The system attributes of the semantic conventions, in the order in which they say more. */
#include "overview/span_system.h"

struct view span_system(const struct span *span)
{
	static const char *const keys[] = {"db.system.name", "messaging.system", "rpc.system.name"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct view system = attribute_string(&span->attributes, keys[i]);

		if (view_is_empty(system))
			continue;
		return view_starts_with(span->name, system) ? (struct view){0} : system;
	}
	return (struct view){0};
}
