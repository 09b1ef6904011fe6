/* The plain object is in the program as the skeleton's own is; its layout is the same, which the
 * skeleton relies on and the test compares. */
#include "capture/probe_object.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <unistd.h>
#include "shared/settings.h"
#include "probes.skel.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* The Makefile makes it before this is compiled; it lies among the include folders. */
__asm__(".pushsection .rodata\n"
	".balign 8\n"
	"limpet_plain_probes: .incbin \"probes_plain.bpf.o\"\n"
	"limpet_plain_probes_end: .byte 0\n"
	".popsection\n");

/* Hidden: by way of the global offset table, arm64's assembler would make both one place. */
#define OURS __attribute__((visibility("hidden")))
extern const char plain_begin[] __asm__("limpet_plain_probes") OURS;
extern const char plain_end[] __asm__("limpet_plain_probes_end") OURS;

bool probe_object_wants_plain(void)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	bool is_there =
		kernel && btf__find_by_name_kind(kernel, "bpf_preempt_disable", BTF_KIND_FUNC) > 0;

	btf__free(kernel);
	return !is_there;
}

struct probes *probe_object_open(bool is_plain)
{
	/* Named, libbpf leaves the BTF of modules alone when a type is not in it; unasked it
	 * goes through them all, which takes CAP_SYS_ADMIN, and fails without. */
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = KERNEL_BTF);
	struct probes *probes = calloc(1, sizeof(*probes));
	int err;

	if (!probes)
		return NULL;
	err = probes__create_skeleton(probes);
	if (err == 0 && is_plain) {
		probes->skeleton->data = (void *)plain_begin;
		probes->skeleton->data_sz = (size_t)(plain_end - plain_begin);
	}
	if (err == 0)
		err = bpf_object__open_skeleton(probes->skeleton,
						access(KERNEL_BTF, R_OK) == 0 ? &options : NULL);
	if (err < 0) {
		probes__destroy(probes);
		errno = -err;
		return NULL;
	}
	return probes;
}
