/* Looks a name up in an environment block, which a hostile process may have filled with anything.
 */
#include "process/process_environment.h"

struct view process_environment_find(struct view environment, const char *name)
{
	struct view wanted = view_of_text(name), entry;

	while (view_next_token(&environment, '\0', &entry))
		if (entry.size > wanted.size && entry.bytes[wanted.size] == '=' &&
		    view_starts_with(entry, wanted))
			return view_skip(entry, wanted.size + 1);
	return (struct view){0};
}
