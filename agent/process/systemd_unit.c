/* The unit by the cgroup, which the process cannot choose; the invocation id by INVOCATION_ID,
 * which systemd gives each start and children inherit. It means nothing without the unit. */
#include "process/systemd_unit.h"

#include <stdio.h>
#include <unistd.h>
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

static struct view read_link(const char *folder, const char *unit, char *buffer, size_t size)
{
	char path[UNIT_NAME_BYTES + 64];
	ssize_t length;

	if (strchr(unit, '/') ||
	    snprintf(path, sizeof(path), "%s/invocation:%s", folder, unit) >= (int)sizeof(path))
		return (struct view){0};
	length = readlink(path, buffer, size);
	return view_of(buffer, length > 0 ? (size_t)length : 0);
}

bool systemd_unit_find(struct view cgroup, struct view environment, const char *units_folder,
		       struct systemd_unit *ret)
{
	struct view id = process_environment_find(environment, "INVOCATION_ID");
	char link[INVOCATION_ID_DIGITS + 1];

	if (!container_id_find_unit(cgroup, ret->name))
		return false;
	if (!is_invocation_id(id))
		id = read_link(units_folder, ret->name, link, sizeof(link));
	if (!is_invocation_id(id))
		id.size = 0;
	(void)snprintf(ret->invocation_id, sizeof(ret->invocation_id), "%.*s", VIEW_FORMAT(id));
	return true;
}
