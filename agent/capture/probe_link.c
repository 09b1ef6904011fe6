/*
 * The kernel's structure is spelled out: libbpf and headers of Debian 12 are older than it
 * (include/uapi/linux/bpf.h of 6.6, BPF_LINK_CREATE). A place that the kernel cannot watch refuses
 * the whole link; the caller says so once.
 */
#include "capture/probe_link.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/cleanup.h"

#define RETURN_FLAG 1 /* BPF_F_UPROBE_MULTI_RETURN */

struct probe_link {
	int fd;         /* of many places at once; -1: not so */
	uint32_t count; /* of what follows */
	struct bpf_link *links[];
};

struct multi_attributes {
	uint32_t program, target, attach_type, flags;
	uint64_t path, offsets, counters, cookies;
	uint32_t count, multi_flags, pid, padding;
};

int probe_link_open_multi(int program, const char *file, pid_t pid, const uint64_t *offsets,
			  uint32_t count, bool is_return)
{
	struct multi_attributes attributes = {
		.program = (uint32_t)program,
		.attach_type = PROBE_LINK_MULTI,
		.path = (uint64_t)(uintptr_t)file,
		.offsets = (uint64_t)(uintptr_t)offsets,
		.count = count,
		.multi_flags = is_return ? RETURN_FLAG : 0,
		.pid = (uint32_t)pid,
	};
	int fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof(attributes));

	return fd < 0 ? -errno : fd;
}

static int attach_multi(struct probe_link *link, const struct probe_order *order, const char *file)
{
	_cleanup_(cleanup_free) uint64_t *offsets = calloc(order->targets_count, sizeof(*offsets));

	if (!offsets)
		return -ENOMEM;
	for (uint32_t i = 0; i < order->targets_count; i++)
		offsets[i] = order->targets[i].file_offset;
	link->fd = probe_link_open_multi(bpf_program__fd(order->program), file,
					 order->pid < 0 ? 0 : order->pid, offsets,
					 order->targets_count, order->is_return);
	return link->fd < 0 ? link->fd : 0;
}

static int attach_each(struct probe_link *link, const struct probe_order *order, const char *file)
{
	LIBBPF_OPTS(bpf_uprobe_opts, options, .retprobe = order->is_return);

	for (uint32_t i = 0; i < order->targets_count; i++) {
		link->links[i] = bpf_program__attach_uprobe_opts(
			order->program, order->pid, file, order->targets[i].file_offset, &options);
		if (!link->links[i])
			return -errno;
		link->count++;
	}
	return 0;
}

struct probe_link *probe_link_new(const struct probe_order *order, const char *file)
{
	size_t size = sizeof(struct probe_link) + order->targets_count * sizeof(struct bpf_link *);
	_cleanup_(probe_link_free) struct probe_link *link = calloc(1, size);
	int err;

	if (!link) {
		errno = ENOMEM;
		return NULL;
	}
	link->fd = -1;
	err = (int)bpf_program__expected_attach_type(order->program) == PROBE_LINK_MULTI
		      ? attach_multi(link, order, file)
		      : attach_each(link, order, file);
	if (err < 0) {
		probe_link_free(&link);
		errno = -err;
		return NULL;
	}
	return TAKE_PTR(link);
}

void probe_link_free(struct probe_link **link)
{
	if (!*link)
		return;
	cleanup_close(&(*link)->fd);
	while ((*link)->count > 0)
		(void)bpf_link__destroy((*link)->links[--(*link)->count]);
	free(*link);
	*link = NULL;
}
