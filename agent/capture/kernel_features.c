/* Feature trials: two-instruction programs, gone before this returns. */
#include "capture/kernel_features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include "base/cleanup.h"

bool kernel_features_has_fentry(void)
{
	struct bpf_insn instructions[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY);
	_cleanup_(cleanup_close) int program = -1, link = -1;
	int type_id = libbpf_find_vmlinux_btf_id("tcp_sendmsg", BPF_TRACE_FENTRY);

	if (type_id <= 0)
		return false;
	options.attach_btf_id = (__u32)type_id;
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "trial", "Dual BSD/GPL", instructions, 2,
				&options);
	if (program < 0)
		return false;
	link = bpf_raw_tracepoint_open(NULL, program);
	return link >= 0;
}
