/* Chooses the service name: what people said first, then who starts it, then what it runs. */
#include "process/service_name.h"

#include "process/container_id.h"
#include "process/process_environment.h"
#include "process/script_name.h"

static bool take_name(struct view name, char ret_name[SERVICE_NAME_BYTES])
{
	name = view_trim(name);
	if (!name.size)
		return false;
	name = view_take(name, SERVICE_NAME_BYTES - 1);
	memcpy(ret_name, name.bytes, name.size);
	ret_name[name.size] = '\0';
	return true;
}

/* These units run the programs of others: their name says nothing about what is in them. */
static bool starts_foreign_programs(struct view unit)
{
	static const char *const names[] = {"cron", "crond",  "anacron",    "atd",    "ssh",
					    "sshd", "docker", "containerd", "podman", "rc-local"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (view_equals(unit, view_of_text(names[i])))
			return true;
	return view_starts_with(unit, VIEW_LITERAL("ssh@")) ||
	       view_starts_with(unit, VIEW_LITERAL("sshd@")) ||
	       view_starts_with(unit, VIEW_LITERAL("getty@")) ||
	       view_starts_with(unit, VIEW_LITERAL("serial-getty@"));
}

static bool take_unit(struct view cgroup, char ret_name[SERVICE_NAME_BYTES])
{
	char unit[UNIT_NAME_BYTES];
	struct view name;

	if (!container_id_find_unit(cgroup, unit))
		return false;
	name = view_of_text(unit);
	name = view_take(name, name.size - strlen(".service"));
	return !starts_foreign_programs(name) && take_name(name, ret_name);
}

static bool is_many_programs(struct view base)
{
	/* Debian's redis-server is a link to redis-check-rdb. */
	static const char *const names[] = {"busybox", "toybox", "coreutils", "redis-check-rdb",
					    "valkey-check-rdb"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (view_equals(base, view_of_text(names[i])))
			return true;
	return false;
}

/* One file that is many programs goes by the name it was called by, without what the program may
 * have written behind it ("redis-server *:6379"). */
static struct view executable_name(const struct service_clues *clues)
{
	struct view base = view_base_name(clues->executable_path), rest = clues->command_line,
		    first, called;

	if (!is_many_programs(base) || !view_next_token(&rest, '\0', &first) ||
	    !view_next_token(&first, ' ', &called))
		return base;
	called = view_base_name(called);
	return called.size ? called : base;
}

void service_name_choose(const struct service_clues *clues, char ret_name[SERVICE_NAME_BYTES])
{
	char script[SCRIPT_NAME_BYTES];

	if (take_name(process_environment_find(clues->environment, "OTEL_SERVICE_NAME"),
		      ret_name) ||
	    take_name(clues->attribute_name, ret_name) || take_unit(clues->cgroup, ret_name))
		return;
	if (script_name_find(clues->runtime, clues->command_line, script) &&
	    take_name(view_of_text(script), ret_name))
		return;
	if (take_name(executable_name(clues), ret_name) || take_name(clues->task_name, ret_name))
		return;
	(void)take_name(VIEW_LITERAL("unknown_service"), ret_name);
}
