/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* System call numbers and arguments by architecture. The arguments are still in the saved registers
 * at sys_exit. */
#ifndef LIB_SYSCALL_ARGUMENTS_H
#define LIB_SYSCALL_ARGUMENTS_H

#include "lib/kernel_compat.bpf.h"

#if defined(__TARGET_ARCH_x86)
#define syscall_argument_1(regs) ((regs)->di)
#define syscall_argument_2(regs) ((regs)->si)
#define syscall_argument_3(regs) ((regs)->dx)
#define syscall_argument_5(regs) ((regs)->r8)
#define syscall_number(regs)     ((long)(regs)->orig_ax)
#define SYSCALL_SENDTO           44
#define SYSCALL_RECVFROM         45
#else
#define syscall_argument_1(regs) ((regs)->orig_x0)
#define syscall_argument_2(regs) ((regs)->regs[1])
#define syscall_argument_3(regs) ((regs)->regs[2])
#define syscall_argument_5(regs) ((regs)->regs[4])
#define syscall_number(regs)     ((long)(regs)->syscallno)
#define SYSCALL_SENDTO           206
#define SYSCALL_RECVFROM         207
#endif

/* What a system call does with a descriptor, as far as we care. */
enum call_kind {
	CALL_OTHER = 0,
	CALL_CLOSE,
	CALL_SEND_BUFFER,    /* (fd, buffer, size): write, sendto, send */
	CALL_SEND_VECTOR,    /* (fd, iovec, count): writev, pwritev2 */
	CALL_SEND_MESSAGE,   /* (fd, msghdr): sendmsg */
	CALL_SEND_MESSAGES,  /* (fd, mmsghdr, count): sendmmsg */
	CALL_SEND_FILE,      /* (out_fd, in_fd): sendfile */
	CALL_SPLICE,         /* (fd_in, off, fd_out): splice: either end may be the socket */
	CALL_RECEIVE_BUFFER, /* read, recvfrom */
	CALL_RECEIVE_VECTOR,
	CALL_RECEIVE_MESSAGE,
	CALL_RECEIVE_MESSAGES,
};

#define SYSCALL_NUMBERS 512

/* arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h (arm64). Positioned
 * calls (pread64, preadv, pwritev …) fail with ESPIPE on sockets; the v2 variants with offset -1 do
 * not. tee(2) moves between pipes only. */
static const volatile __u8 call_kinds[SYSCALL_NUMBERS] = {
#if defined(__TARGET_ARCH_x86)
	[0] = CALL_RECEIVE_BUFFER,     /* read */
	[1] = CALL_SEND_BUFFER,        /* write */
	[3] = CALL_CLOSE,              /* close */
	[19] = CALL_RECEIVE_VECTOR,    /* readv */
	[20] = CALL_SEND_VECTOR,       /* writev */
	[40] = CALL_SEND_FILE,         /* sendfile */
	[44] = CALL_SEND_BUFFER,       /* sendto */
	[45] = CALL_RECEIVE_BUFFER,    /* recvfrom */
	[46] = CALL_SEND_MESSAGE,      /* sendmsg */
	[47] = CALL_RECEIVE_MESSAGE,   /* recvmsg */
	[275] = CALL_SPLICE,           /* splice */
	[299] = CALL_RECEIVE_MESSAGES, /* recvmmsg */
	[307] = CALL_SEND_MESSAGES,    /* sendmmsg */
	[327] = CALL_RECEIVE_VECTOR,   /* preadv2 */
	[328] = CALL_SEND_VECTOR,      /* pwritev2 */
#else
	[57] = CALL_CLOSE,          [63] = CALL_RECEIVE_BUFFER,   [64] = CALL_SEND_BUFFER,
	[65] = CALL_RECEIVE_VECTOR, [66] = CALL_SEND_VECTOR,      [71] = CALL_SEND_FILE,
	[76] = CALL_SPLICE,         [206] = CALL_SEND_BUFFER,     [207] = CALL_RECEIVE_BUFFER,
	[211] = CALL_SEND_MESSAGE,  [212] = CALL_RECEIVE_MESSAGE, [243] = CALL_RECEIVE_MESSAGES,
	[269] = CALL_SEND_MESSAGES, [286] = CALL_RECEIVE_VECTOR,  [287] = CALL_SEND_VECTOR,
#endif
};

static __always_inline __u8 call_kind_of(long number)
{
	if (number < 0 || number >= SYSCALL_NUMBERS)
		return CALL_OTHER;
	return call_kinds[number & (SYSCALL_NUMBERS - 1)];
}

#endif
