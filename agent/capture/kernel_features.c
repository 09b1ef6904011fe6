/* Feature trials: two-instruction programs, gone before this returns. */
#include "capture/kernel_features.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include "base/cleanup.h"

static int try_fentry(int function_id)
{
	struct bpf_insn instructions[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_btf_id = (__u32)function_id);
	_cleanup_(cleanup_close) int program = -1, link = -1;

	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "trial", "Dual BSD/GPL", instructions, 2,
				&options);
	if (program < 0)
		return program;
	link = bpf_raw_tracepoint_open(NULL, program);
	return link < 0 ? link : 0;
}

/* Number of arguments of a kernel function, -1 when there is no such function. */
static int count_arguments(const struct btf *btf, const char *function)
{
	int id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	type = type ? btf__type_by_id(btf, type->type) : NULL;
	return type && btf_is_func_proto(type) ? btf_vlen(type) : -1;
}

/* The arguments our programs were written for. tcp_recvmsg lost `nonblock` in 5.19 (commit
 * ec095263a965) and its last argument, which we do not read, in 7.x. */
static bool has_known_arguments(const struct btf *btf)
{
	int receive = count_arguments(btf, "tcp_recvmsg");

	return (receive == 4 || receive == 5) && count_arguments(btf, "tcp_sendmsg") == 3 &&
	       count_arguments(btf, "unix_stream_recvmsg") == 4 &&
	       count_arguments(btf, "unix_stream_sendmsg") == 3 &&
	       count_arguments(btf, "unix_release") == 1;
}

static int find_features(const struct btf *btf, struct kernel_features *ret)
{
	int function_id = btf__find_by_name_kind(btf, "tcp_sendmsg", BTF_KIND_FUNC);
	int err = function_id > 0 ? try_fentry(function_id) : -ENOENT;

	if (err < 0)
		return err;
	ret->has_fentry = has_known_arguments(btf);
	ret->has_send_page = count_arguments(btf, "tcp_sendpage") == 5;
	return ret->has_fentry ? 0 : -EOPNOTSUPP;
}

int kernel_features_find(struct kernel_features *ret)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int err;

	*ret = (struct kernel_features){0};
	if (!btf)
		return -errno;
	err = find_features(btf, ret);
	btf__free(btf);
	return err;
}
