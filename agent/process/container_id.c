/*
 * Container id and systemd unit from cgroup paths. Works on any text: a path is only ever cut at
 * '/', '-', ':' and looked at from its last component backwards, because runtimes nest.
 */
#include "process/container_id.h"

#define FULL_ID_DIGITS 64
#define ECS_ID_DIGITS  32

static bool is_hex(struct view v)
{
	for (size_t i = 0; i < v.size; i++)
		if (!(v.bytes[i] >= '0' && v.bytes[i] <= '9') &&
		    !(v.bytes[i] >= 'a' && v.bytes[i] <= 'f'))
			return false;
	return v.size > 0;
}

static bool is_decimal(struct view v)
{
	for (size_t i = 0; i < v.size; i++)
		if (v.bytes[i] < '0' || v.bytes[i] > '9')
			return false;
	return v.size > 0;
}

/* 8-4-4-4-4 hex digits. */
static bool is_garden_handle(struct view v)
{
	static const size_t groups[] = {8, 4, 4, 4, 4};
	struct view group;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!view_next_token(&v, '-', &group) || group.size != groups[i] || !is_hex(group))
			return false;
	return v.bytes == NULL;
}

/* TASK-NUMBER: 32 hex digits and decimal ones. */
static bool is_ecs_id(struct view v)
{
	return v.size > ECS_ID_DIGITS + 1 && v.size < CONTAINER_ID_BYTES &&
	       is_hex(view_take(v, ECS_ID_DIGITS)) && v.bytes[ECS_ID_DIGITS] == '-' &&
	       is_decimal(view_skip(v, ECS_ID_DIGITS + 1));
}

/* One component: "docker-<id>.scope", "cri-containerd-<id>.scope", "….slice:cri-containerd:<id>",
 * "<id>". The monitor beside a container ("libpod-conmon-<id>.scope") is not in it. */
static struct view id_of_component(struct view component)
{
	struct view id;

	if (view_find(component, VIEW_LITERAL("conmon-")) >= 0)
		return (struct view){0};
	if (view_ends_with(component, VIEW_LITERAL(".scope")))
		component.size -= 6;
	if (is_ecs_id(component) || is_garden_handle(component))
		return component;
	if (component.size < FULL_ID_DIGITS)
		return (struct view){0};
	id = view_skip(component, component.size - FULL_ID_DIGITS);
	if (!is_hex(id))
		return (struct view){0};
	if (id.bytes > component.bytes && id.bytes[-1] != '-' && id.bytes[-1] != ':')
		return (struct view){0};
	return id;
}

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

bool container_id_find(struct view cgroup, char ret_id[CONTAINER_ID_BYTES])
{
	struct view line, path, component, id;

	while (view_next_token(&cgroup, '\n', &line)) {
		path = path_of_line(line);
		while (last_component(&path, &component)) {
			id = id_of_component(component);
			if (!id.size)
				continue;
			memcpy(ret_id, id.bytes, id.size);
			ret_id[id.size] = '\0';
			return true;
		}
	}
	return false;
}

/* "\x2d" stands for the byte; a leading '_' guards names that the kernel would take for its own. */
static bool unescape_unit(struct view name, char ret_unit[UNIT_NAME_BYTES])
{
	size_t used = 0;
	uint8_t byte;

	if (view_starts_with(name, VIEW_LITERAL("_")))
		name = view_skip(name, 1);
	while (name.size) {
		if (used + 1 >= UNIT_NAME_BYTES)
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

static bool unit_of_path(struct view path, char ret_unit[UNIT_NAME_BYTES])
{
	struct view component;

	while (last_component(&path, &component)) {
		if (id_of_component(component).size ||
		    view_ends_with(component, VIEW_LITERAL(".scope")) ||
		    view_ends_with(component, VIEW_LITERAL(".slice")) ||
		    view_starts_with(component, VIEW_LITERAL("user@")))
			return false;
		if (view_ends_with(component, VIEW_LITERAL(".service")))
			return component.size > 8 && unescape_unit(component, ret_unit);
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
