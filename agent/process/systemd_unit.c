/* The unit by the cgroup, which the process cannot choose; the invocation id by INVOCATION_ID,
 * which systemd gives each start and children inherit. It means nothing without the unit. */
#include "process/systemd_unit.h"

#include "process/process_environment.h"

#define INVOCATION_ID_DIGITS 32

static bool is_invocation_id(struct view text)
{
	if (text.size != INVOCATION_ID_DIGITS)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (!(text.bytes[i] >= '0' && text.bytes[i] <= '9') &&
		    !(text.bytes[i] >= 'a' && text.bytes[i] <= 'f'))
			return false;
	return true;
}

bool systemd_unit_find(struct view cgroup, struct view environment, struct systemd_unit *ret)
{
	struct view id = process_environment_find(environment, "INVOCATION_ID");

	if (!container_id_find_unit(cgroup, ret->name))
		return false;
	ret->invocation_id = is_invocation_id(id) ? id : (struct view){0};
	return true;
}
