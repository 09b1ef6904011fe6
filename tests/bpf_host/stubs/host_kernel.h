/*
 * Stands in for lib/kernel_types.bpf.h where bpf/lib is compiled for the host: the same names, made
 * for a compiler that knows nothing of CO-RE. Include it before anything of bpf/.
 */
#ifndef STUBS_HOST_KERNEL_H
#define STUBS_HOST_KERNEL_H
#define LIB_KERNEL_TYPES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include "host_files.h"

#define __TARGET_ARCH_x86
#define preserve_access_index              unused
#define __builtin_preserve_access_index(x) (x)

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0, BPF_RB_RING_SIZE = 1, BPF_RB_CONS_POS = 2, BPF_RB_PROD_POS = 3 };

struct iovec {
	const void *iov_base;
	__u64 iov_len;
};
struct user_msghdr {
	void *msg_name;
	int msg_namelen;
	struct iovec *msg_iov;
	__u64 msg_iovlen;
};

struct thread_info {
	__u32 status;
};
struct thread_struct {
	unsigned long fsbase;
};
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};
struct files_struct {
	struct fdtable *fdt;
};
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax;
	unsigned long ip, cs, flags, sp;
};
struct mm_struct {
	unsigned long start_stack;
	struct file *exe_file;
	unsigned long flags;
};
struct signal_struct {
	struct {
		int counter;
	} live;
	int group_exit_code;
	unsigned int flags;
	struct mm_struct *oom_mm;
};
struct cred {
	struct {
		__u32 val;
	} uid;
};
struct kernel_siginfo {
	int si_signo;
	int si_errno;
	int si_code;
	union {
		struct {
			int _pid;
			__u32 _uid;
		} _kill;
		struct {
			void *_addr;
		} _sigfault;
	} _sifields;
};
struct host_signal_set {
	unsigned long sig[1];
};
struct task_struct {
	struct thread_info thread_info;
	struct host_signal_set blocked;
	struct files_struct *files;
	struct thread_struct thread;
	void *stack;
	struct mm_struct *mm;
	struct task_struct *group_leader;
	struct signal_struct *signal;
	const struct cred *cred;
	unsigned long sas_ss_sp;
	__u64 sas_ss_size;
	__u64 start_boottime;
	int pid, tgid;
	int exit_code;
	char comm[16];
};
struct net {
	struct {
		unsigned int inum;
	} ns;
};
struct in6_addr {
	__u8 bytes[16];
};
struct sock_common {
	volatile unsigned char skc_state;
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	struct {
		struct net *net;
	} skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};
struct socket;
struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
};
struct socket {
	short type;
	struct sock *sk;
};
struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};
struct tcp_sock {
	struct sock sk;
	__u32 rcv_nxt;
	__u32 snd_una;
	__u32 copied_seq;
	__u32 write_seq;
	__u64 bytes_received;
	__u64 bytes_acked;
};
struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
};
struct unix_address {
	int len;
	struct sockaddr_un name[1];
};
struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct sock *peer;
};
struct iov_iter {
	__u8 iter_type;
	__u64 iov_offset;
	__u64 count;
	const struct iovec *iov;
	unsigned long nr_segs;
};

#endif
