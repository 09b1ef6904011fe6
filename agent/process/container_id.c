/*
 * Container, pod and systemd unit from cgroup paths. Works on any text: a path is only ever cut at
 * '/' and looked at from its last component backwards, because runtimes nest.
 */
#include "process/container_id.h"

/* The path of one line: what follows the second colon. */
static struct view path_of_line(struct view line)
{
	struct view number, controllers;

	if (!view_next_token(&line, ':', &number) || !view_next_token(&line, ':', &controllers))
		return (struct view){0};
	return line;
}

static bool last_component(struct view *path, struct view *ret_component)
{
	while (path->size) {
		const char *slash = memrchr(path->bytes, '/', path->size);
		size_t start = slash ? (size_t)(slash - path->bytes) + 1 : 0;

		*ret_component = view_skip(*path, start);
		path->size = slash ? start - 1 : 0;
		if (ret_component->size)
			return true;
	}
	return false;
}

/* "\x2d" stands for the byte; a leading '_' guards names that the kernel would take for its own. */
static bool unescape_unit(struct view name, char *ret_unit, size_t size)
{
	size_t used = 0;
	uint8_t byte;

	if (view_starts_with(name, VIEW_LITERAL("_")))
		name = view_skip(name, 1);
	while (name.size) {
		if (used + 1 >= size)
			return false;
		if (view_starts_with(name, VIEW_LITERAL("\\x")) &&
		    view_parse_hex(view_take(view_skip(name, 2), 2), &byte, 1) == 0) {
			ret_unit[used++] = (char)byte;
			name = view_skip(name, 4);
		} else {
			ret_unit[used++] = name.bytes[0];
			name = view_skip(name, 1);
		}
	}
	ret_unit[used] = '\0';
	return used > 0 && strlen(ret_unit) == used;
}

/* The first pod on the way up, the component of the container included. */
static void find_pod(struct view path, struct view component, char ret_uid[POD_UID_BYTES])
{
	do {
		if (container_component_pod(component, ret_uid))
			return;
	} while (last_component(&path, &component));
	ret_uid[0] = '\0';
}

static bool read_path(struct view path, struct container_identity *ret)
{
	struct container_identity found = {0};
	struct view component, id;

	while (last_component(&path, &component)) {
		if (!container_component_read(path, component, &id, &found.runtime))
			continue;
		if (!unescape_unit(id, found.id, sizeof(found.id)))
			continue;
		find_pod(path, component, found.pod_uid);
		*ret = found;
		return true;
	}
	return false;
}

bool container_id_read(struct view cgroup, struct container_identity *ret)
{
	struct view line;

	while (view_next_token(&cgroup, '\n', &line))
		if (read_path(path_of_line(line), ret))
			return true;
	return false;
}

static bool unit_of_path(struct view path, char ret_unit[UNIT_NAME_BYTES])
{
	enum container_runtime runtime;
	struct view component, id;

	while (last_component(&path, &component)) {
		if (container_component_read(path, component, &id, &runtime) ||
		    view_ends_with(component, VIEW_LITERAL(".scope")) ||
		    view_ends_with(component, VIEW_LITERAL(".slice")) ||
		    view_starts_with(component, VIEW_LITERAL("user@")))
			return false;
		if (view_ends_with(component, VIEW_LITERAL(".service")))
			return component.size > 8 &&
			       unescape_unit(component, ret_unit, UNIT_NAME_BYTES);
	}
	return false;
}

bool container_id_find_unit(struct view cgroup, char ret_unit[UNIT_NAME_BYTES])
{
	struct view line, number, controllers, rest;

	while (view_next_token(&cgroup, '\n', &line)) {
		rest = line;
		if (!view_next_token(&rest, ':', &number) ||
		    !view_next_token(&rest, ':', &controllers))
			continue;
		/* Only these two hierarchies are systemd's. */
		if (controllers.size && !view_equals(controllers, VIEW_LITERAL("name=systemd")))
			continue;
		if (unit_of_path(rest, ret_unit))
			return true;
	}
	return false;
}

bool container_id_find_path(struct view cgroup, struct view *ret_path)
{
	struct view prefix = VIEW_LITERAL("0::"), line;

	while (view_next_token(&cgroup, '\n', &line)) {
		if (!view_starts_with(line, prefix) || line.size == prefix.size ||
		    line.bytes[prefix.size] != '/')
			continue;
		*ret_path = view_skip(line, prefix.size);
		return true;
	}
	return false;
}
