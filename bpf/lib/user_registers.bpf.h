/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The registers user space had when the current task entered the kernel, by DWARF number. */
#ifndef LIB_USER_REGISTERS_H
#define LIB_USER_REGISTERS_H

#include "lib/kernel_compat.bpf.h"
#include "shared/record.h"

#if defined(__TARGET_ARCH_x86)

#define REGISTER_SP     7
#define REGISTER_PC     16
#define USER_CODE_32BIT 0x23 /* __USER32_CS, arch/x86/include/asm/segment.h */

static __always_inline void user_registers_read(__u64 *to, struct pt_regs *regs)
{
	to[0] = BPF_CORE_READ(regs, ax);
	to[1] = BPF_CORE_READ(regs, dx);
	to[2] = BPF_CORE_READ(regs, cx);
	to[3] = BPF_CORE_READ(regs, bx);
	to[4] = BPF_CORE_READ(regs, si);
	to[5] = BPF_CORE_READ(regs, di);
	to[6] = BPF_CORE_READ(regs, bp);
	to[7] = BPF_CORE_READ(regs, sp);
	to[8] = BPF_CORE_READ(regs, r8);
	to[9] = BPF_CORE_READ(regs, r9);
	to[10] = BPF_CORE_READ(regs, r10);
	to[11] = BPF_CORE_READ(regs, r11);
	to[12] = BPF_CORE_READ(regs, r12);
	to[13] = BPF_CORE_READ(regs, r13);
	to[14] = BPF_CORE_READ(regs, r14);
	to[15] = BPF_CORE_READ(regs, r15);
	to[16] = BPF_CORE_READ(regs, ip);
	to[17] = BPF_CORE_READ(regs, flags);
}

/* The same where they are what the program was called with. */
static __always_inline void user_registers_read_context(__u64 *to, const struct pt_regs *regs)
{
	to[0] = regs->ax;
	to[1] = regs->dx;
	to[2] = regs->cx;
	to[3] = regs->bx;
	to[4] = regs->si;
	to[5] = regs->di;
	to[6] = regs->bp;
	to[7] = regs->sp;
	to[8] = regs->r8;
	to[9] = regs->r9;
	to[10] = regs->r10;
	to[11] = regs->r11;
	to[12] = regs->r12;
	to[13] = regs->r13;
	to[14] = regs->r14;
	to[15] = regs->r15;
	to[16] = regs->ip;
	to[17] = regs->flags;
}

static __always_inline __u64 user_registers_pc(struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, ip);
}

static __always_inline __u64 user_registers_sp(struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, sp);
}

/* A 32-bit program, by the code segment: TS_COMPAT is set within its system calls only. */
static __always_inline bool user_registers_are_compat(struct pt_regs *regs)
{
	return (BPF_CORE_READ(regs, cs) & 0xffff) == USER_CODE_32BIT;
}

#else

#define REGISTER_SP      31
#define REGISTER_PC      32
#define PSTATE_MODE32BIT 0x10 /* PSR_MODE32_BIT, arch/arm64/include/uapi/asm/ptrace.h */

static __always_inline void user_registers_read(__u64 *to, struct pt_regs *regs)
{
	BPF_CORE_READ_INTO((__u64(*)[31])to, regs, regs);
	to[31] = BPF_CORE_READ(regs, sp);
	to[32] = BPF_CORE_READ(regs, pc);
	to[33] = BPF_CORE_READ(regs, pstate);
}

/* One by one: the verifier knows no other way into the context than a constant. */
static __always_inline void user_registers_read_context(__u64 *to, const struct pt_regs *regs)
{
	to[0] = regs->regs[0];
	to[1] = regs->regs[1];
	to[2] = regs->regs[2];
	to[3] = regs->regs[3];
	to[4] = regs->regs[4];
	to[5] = regs->regs[5];
	to[6] = regs->regs[6];
	to[7] = regs->regs[7];
	to[8] = regs->regs[8];
	to[9] = regs->regs[9];
	to[10] = regs->regs[10];
	to[11] = regs->regs[11];
	to[12] = regs->regs[12];
	to[13] = regs->regs[13];
	to[14] = regs->regs[14];
	to[15] = regs->regs[15];
	to[16] = regs->regs[16];
	to[17] = regs->regs[17];
	to[18] = regs->regs[18];
	to[19] = regs->regs[19];
	to[20] = regs->regs[20];
	to[21] = regs->regs[21];
	to[22] = regs->regs[22];
	to[23] = regs->regs[23];
	to[24] = regs->regs[24];
	to[25] = regs->regs[25];
	to[26] = regs->regs[26];
	to[27] = regs->regs[27];
	to[28] = regs->regs[28];
	to[29] = regs->regs[29];
	to[30] = regs->regs[30];
	to[31] = regs->sp;
	to[32] = regs->pc;
	to[33] = regs->pstate;
}

static __always_inline __u64 user_registers_pc(struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, pc);
}

static __always_inline __u64 user_registers_sp(struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, sp);
}

static __always_inline bool user_registers_are_compat(struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, pstate) & PSTATE_MODE32BIT;
}

#endif

#endif
