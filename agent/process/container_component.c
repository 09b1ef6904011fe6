/*
 * Which shape is whose, in one table. Ids of 64 hex digits speak for themselves; where a user
 * chooses the name (crun, runc, nspawn, lxc, ctr), only the runtime's own words around it count.
 */
#include "process/container_component.h"

#define FULL_ID_DIGITS 64
#define ECS_ID_DIGITS  32
#define MAX_NAME_BYTES 76 /* containerd's own limit */

struct shape {
	const char *before, *after; /* of the component */
	enum container_runtime runtime;
	bool is_named; /* what lies between is a name, not 64 hex digits */
};

static const struct shape shapes[] = {
	{"docker-", ".scope", CONTAINER_RUNTIME_DOCKER, false},
	{"cri-containerd-", ".scope", CONTAINER_RUNTIME_CONTAINERD, false},
	{"containerd-", ".scope", CONTAINER_RUNTIME_CONTAINERD, false},
	{"nerdctl-", ".scope", CONTAINER_RUNTIME_CONTAINERD, false},
	{"crio-", ".scope", CONTAINER_RUNTIME_CRIO, false},
	{"crio-", "", CONTAINER_RUNTIME_CRIO, false},
	{"libpod-payload-", "", CONTAINER_RUNTIME_PODMAN, false},
	{"libpod-", ".scope", CONTAINER_RUNTIME_PODMAN, false},
	{"libpod-", "", CONTAINER_RUNTIME_PODMAN, false},
	{"crun-", ".scope", CONTAINER_RUNTIME_CRUN, true},
	{"runc-", ".scope", CONTAINER_RUNTIME_RUNC, true},
	{"lxc.payload.", "", CONTAINER_RUNTIME_LXC, true},
};

static const char *const names[CONTAINER_RUNTIMES_COUNT] = {
	[CONTAINER_RUNTIME_DOCKER] = "docker",
	[CONTAINER_RUNTIME_CONTAINERD] = "containerd",
	[CONTAINER_RUNTIME_CRIO] = "cri-o",
	[CONTAINER_RUNTIME_PODMAN] = "podman",
	[CONTAINER_RUNTIME_CRUN] = "crun",
	[CONTAINER_RUNTIME_RUNC] = "runc",
	[CONTAINER_RUNTIME_NSPAWN] = "systemd-nspawn",
	[CONTAINER_RUNTIME_LXC] = "lxc",
};

const char *container_component_runtime_name(enum container_runtime runtime)
{
	return names[runtime];
}

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

static bool is_full_id(struct view v)
{
	return v.size == FULL_ID_DIGITS && is_hex(v);
}

/* What a user may call a container; printable, no blanks, no slash. */
static bool is_name(struct view v)
{
	for (size_t i = 0; i < v.size; i++)
		if (!(v.bytes[i] > ' ' && v.bytes[i] < 0x7f))
			return false;
	return v.size > 0 && v.size <= MAX_NAME_BYTES;
}

/* 8-4-4-4-… hex digits. */
static bool is_grouped(struct view v, const size_t *groups, size_t count, char separator)
{
	struct view group;

	for (size_t i = 0; i < count; i++)
		if (!view_next_token(&v, separator, &group) || group.size != groups[i] ||
		    !is_hex(group))
			return false;
	return v.bytes == NULL;
}

static bool is_garden_handle(struct view v)
{
	static const size_t groups[] = {8, 4, 4, 4, 4};

	return is_grouped(v, groups, 5, '-');
}

/* TASK-NUMBER: 32 hex digits and decimal ones. */
static bool is_ecs_id(struct view v)
{
	return v.size > ECS_ID_DIGITS + 1 && v.size <= FULL_ID_DIGITS &&
	       is_hex(view_take(v, ECS_ID_DIGITS)) && v.bytes[ECS_ID_DIGITS] == '-' &&
	       is_decimal(view_skip(v, ECS_ID_DIGITS + 1));
}

/* "BEFORE…AFTER": what lies between. */
static bool cut(struct view v, const char *before, const char *after, struct view *ret)
{
	size_t first = strlen(before), last = strlen(after);

	if (v.size <= first + last || !view_starts_with(v, view_of_text(before)) ||
	    !view_ends_with(v, view_of_text(after)))
		return false;
	*ret = view_of(v.bytes + first, v.size - first - last);
	return true;
}

static bool read_shape(struct view component, struct view *ret_id,
		       enum container_runtime *ret_runtime)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *shape = &shapes[i];

		if (!cut(component, shape->before, shape->after, ret_id) ||
		    !(shape->is_named ? is_name(*ret_id) : is_full_id(*ret_id)))
			continue;
		*ret_runtime = shape->runtime;
		return true;
	}
	return false;
}

/* systemd's registry of machines also has virtual ones. */
static bool read_machine(struct view parent, struct view component, struct view *ret_id)
{
	if (view_ends_with(parent, VIEW_LITERAL("/machine.slice")))
		return cut(component, "machine-", ".scope", ret_id) &&
		       !view_starts_with(*ret_id, VIEW_LITERAL("qemu\\x2d")) &&
		       !view_starts_with(*ret_id, VIEW_LITERAL("lxc\\x2d"));
	/* nspawn itself is beside it, in "supervisor". */
	return view_equals(component, VIEW_LITERAL("payload")) &&
	       cut(view_base_name(parent), "systemd-nspawn@", ".service", ret_id);
}

/* 64 digits, or the shape of another runtime without its name in it; by what stands before. */
static bool read_plain(struct view parent, struct view component, struct view *ret_id,
		       enum container_runtime *ret_runtime)
{
	struct view before = component;
	ssize_t at;

	*ret_runtime = view_ends_with(parent, VIEW_LITERAL("/docker")) ? CONTAINER_RUNTIME_DOCKER
								       : CONTAINER_RUNTIME_UNKNOWN;
	*ret_id = component;
	if (is_full_id(component) || is_ecs_id(component) || is_garden_handle(component))
		return true;
	if (view_ends_with(component, VIEW_LITERAL(".scope")))
		component.size -= 6;
	if (component.size <= FULL_ID_DIGITS)
		return false;
	before.size = component.size - FULL_ID_DIGITS;
	*ret_id = view_skip(component, before.size);
	if (!is_full_id(*ret_id) ||
	    (before.bytes[before.size - 1] != '-' && before.bytes[before.size - 1] != ':'))
		return false;
	/* "SLICE:cri-containerd:ID", which runc makes of systemd's words without systemd. */
	at = view_find(before, VIEW_LITERAL(":cri-containerd:"));
	if (at >= 0)
		*ret_runtime = CONTAINER_RUNTIME_CONTAINERD;
	else if (view_find(before, VIEW_LITERAL(":docker:")) >= 0)
		*ret_runtime = CONTAINER_RUNTIME_DOCKER;
	return true;
}

/* `ctr run`: "/NAMESPACE/NAME", where the namespace is one of these two; "/lxc/NAME". */
static bool read_named(struct view parent, struct view component,
		       enum container_runtime *ret_runtime)
{
	if (view_equals(parent, VIEW_LITERAL("/default")) ||
	    view_equals(parent, VIEW_LITERAL("/k8s.io")))
		*ret_runtime = CONTAINER_RUNTIME_CONTAINERD;
	else if (view_equals(parent, VIEW_LITERAL("/lxc")))
		*ret_runtime = CONTAINER_RUNTIME_LXC;
	else
		return false;
	return is_name(component);
}

bool container_component_read(struct view parent, struct view component, struct view *ret_id,
			      enum container_runtime *ret_runtime)
{
	struct view id = component;
	enum container_runtime runtime = CONTAINER_RUNTIME_UNKNOWN;

	/* The monitor beside a container is not in it. */
	if (view_find(component, VIEW_LITERAL("conmon-")) >= 0)
		return false;
	if (read_machine(parent, component, &id)) {
		runtime = CONTAINER_RUNTIME_NSPAWN;
		if (!is_name(id))
			return false;
	} else if (!read_shape(component, &id, &runtime)) {
		id = component;
		if (!read_named(parent, component, &runtime) &&
		    !read_plain(parent, component, &id, &runtime))
			return false;
	}
	*ret_id = id;
	*ret_runtime = runtime;
	return true;
}

/* A uuid with '-' or '_', or the 32 digits of a pod whose manifest is a file. */
static bool read_uid(struct view text, char ret_uid[POD_UID_BYTES])
{
	static const size_t groups[] = {8, 4, 4, 4, 12};

	if (!is_grouped(text, groups, 5, '-') && !is_grouped(text, groups, 5, '_') &&
	    !(text.size == 32 && is_hex(text)))
		return false;
	for (size_t i = 0; i < text.size; i++)
		ret_uid[i] = (char)(text.bytes[i] == '_' ? '-' : text.bytes[i]);
	ret_uid[text.size] = '\0';
	return true;
}

bool container_component_pod(struct view component, char ret_uid[POD_UID_BYTES])
{
	static const char *const slices[] = {"kubepods-pod", "kubepods-burstable-pod",
					     "kubepods-besteffort-pod"};
	struct view uid;
	ssize_t end = view_find(component, VIEW_LITERAL(".slice"));

	if (view_starts_with(component, VIEW_LITERAL("pod")))
		return read_uid(view_skip(component, 3), ret_uid);
	if (end < 0)
		return false;
	component.size = (size_t)end;
	for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
		ssize_t at = view_find(component, view_of_text(slices[i]));

		/* kind: "kubelet-kubepods-…". */
		if (at < 0 || (at > 0 && component.bytes[at - 1] != '-'))
			continue;
		uid = view_skip(component, (size_t)at + strlen(slices[i]));
		if (read_uid(uid, ret_uid))
			return true;
	}
	return false;
}
