/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Every difference between the kernels we support, in one place. Each says what changed when, and
 * when the code can go. */
#ifndef LIB_KERNEL_COMPAT_H
#define LIB_KERNEL_COMPAT_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* Keeps the compiler from proving a bound itself and dropping the check the verifier needs to see.
 */
#define verifier_must_see(variable) asm volatile("" : "+r"(variable))

/*
 * Makes the verifier forget what it knows about a struct on the stack, so that the paths that led
 * here become one. Without it the number of states is the product of all branches before, and the
 * program too large to verify.
 */
#define verifier_forget(pointer)                                                                   \
	((void)bpf_probe_read_kernel((void *)(pointer), sizeof(*(pointer)), (pointer)))

/* 6.13 (commit 90ee6ed776c0) replaced file.f_count by file_ref_t f_ref, which counts from 0. */
struct file___new {
	struct {
		atomic64_t refcnt;
	} f_ref;
} __attribute__((preserve_access_index));

/* True when closing this descriptor releases the file. */
static __always_inline bool file_is_last_reference(struct file *file)
{
	struct file___new *new_file = (void *)file;

	if (bpf_core_field_exists(new_file->f_ref))
		return BPF_CORE_READ(new_file, f_ref.refcnt.counter) == 0;
	return BPF_CORE_READ(file, f_count.counter) == 1;
}

/* 6.4 (commit de4f5fed3f23) renamed iov_iter.iov to __iov. */
struct iov_iter___new {
	const struct iovec *__iov;
} __attribute__((preserve_access_index));

static __always_inline const struct iovec *iov_iter_vectors(const struct iov_iter *iter)
{
	const struct iov_iter___new *new_iter = (const void *)iter;

	if (bpf_core_field_exists(new_iter->__iov))
		return BPF_CORE_READ(new_iter, __iov);
	return BPF_CORE_READ(iter, iov);
}

/* 6.0 (commit fcb14cb1bdac) brought ITER_UBUF: one user buffer without a vector. */
struct iov_iter___ubuf {
	void *ubuf;
} __attribute__((preserve_access_index));
enum iter_type___ubuf { ITER_UBUF___ubuf = 0x7fff };
enum iter_type___iovec { ITER_IOVEC___iovec = 0x7fff };

enum user_iterator { ITERATOR_NOT_USER, ITERATOR_BUFFER, ITERATOR_VECTOR };

/* 5.14 (commit 8cd54c1c8480) turned iov_iter.type, a mask with the direction, into the plain enum
 * iter_type. */
struct iov_iter___old {
	unsigned int type;
} __attribute__((preserve_access_index));
#define OLD_ITER_IOVEC 4

static __always_inline enum user_iterator iov_iter_kind(const struct iov_iter *iter)
{
	const struct iov_iter___old *old_iter = (const void *)iter;
	__u8 type;

	if (bpf_core_field_exists(old_iter->type))
		return (BPF_CORE_READ(old_iter, type) & ~1u) == OLD_ITER_IOVEC ? ITERATOR_VECTOR
									       : ITERATOR_NOT_USER;
	type = BPF_CORE_READ(iter, iter_type);
	if (bpf_core_enum_value_exists(enum iter_type___ubuf, ITER_UBUF___ubuf) &&
	    type == bpf_core_enum_value(enum iter_type___ubuf, ITER_UBUF___ubuf))
		return ITERATOR_BUFFER;
	return type == bpf_core_enum_value(enum iter_type___iovec, ITER_IOVEC___iovec)
		       ? ITERATOR_VECTOR
		       : ITERATOR_NOT_USER;
}

static __always_inline const void *iov_iter_buffer(const struct iov_iter *iter)
{
	const struct iov_iter___ubuf *ubuf_iter = (const void *)iter;

	if (!bpf_core_field_exists(ubuf_iter->ubuf))
		return NULL;
	return BPF_CORE_READ(ubuf_iter, ubuf) + BPF_CORE_READ(iter, iov_offset);
}

/*
 * 32-bit programs on a 64-bit kernel use other system call numbers and other structures. We look at
 * 64-bit ones only; a compat call must not be mistaken for one.
 */
static __always_inline bool task_is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(task, thread_info.status) &
	       2; /* TS_COMPAT, arch/x86/include/asm/thread_info.h */
#else
	return BPF_CORE_READ(task, thread_info.flags) & (1ul << 22); /* TIF_32BIT, arch/arm64 */
#endif
}

/*
 * Who may look at a process's memory: mm_struct.flags until 6.18, where they became a bitmap in a
 * struct; task_struct.exec_state by 7.2. In each 1 means its owner.
 */
struct mm_struct___old {
	unsigned long flags;
} __attribute__((preserve_access_index));
struct mm_flags___bitmap {
	unsigned long __mm_flags[1];
} __attribute__((preserve_access_index));
struct mm_struct___bitmap {
	struct mm_flags___bitmap flags;
} __attribute__((preserve_access_index));
enum task_dumpable___new { TASK_DUMPABLE_OWNER___new = 1 };
struct task_exec_state___new {
	enum task_dumpable___new dumpable;
} __attribute__((preserve_access_index));
struct task_struct___new {
	struct task_exec_state___new *exec_state;
} __attribute__((preserve_access_index));

#define MMF_DUMPABLE_MASK 3 /* include/linux/sched/coredump.h */
#define DUMPABLE_BY_OWNER 1

/* Only what its owner may see do we look at. */
static __always_inline bool task_is_dumpable(struct task_struct *task)
{
	struct task_struct___new *new_task = (void *)task;
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct mm_struct___bitmap *bitmap_mm = (void *)mm;
	struct mm_struct___old *old_mm = (void *)mm;
	unsigned long flags = 0;

	if (bpf_core_field_exists(new_task->exec_state))
		return BPF_CORE_READ(new_task, exec_state, dumpable) == DUMPABLE_BY_OWNER;
	if (bpf_core_field_exists(bitmap_mm->flags.__mm_flags))
		bpf_core_read(&flags, sizeof(flags), &bitmap_mm->flags.__mm_flags);
	else
		flags = BPF_CORE_READ(old_mm, flags);
	return (flags & MMF_DUMPABLE_MASK) == DUMPABLE_BY_OWNER;
}

/* 5.15 (commit dd6e10fbd9fb) brought bpf_task_pt_regs; before it they are found from the stack. */
enum bpf_func_id___regs { BPF_FUNC_task_pt_regs___regs = 0x7fff };
#define OLD_THREAD_SIZE 16384 /* x86-64 and arm64 with 4 KiB pages, without KASAN */

/* Registers of the current task as user space had them. */
static __always_inline struct pt_regs *current_user_registers(void)
{
	struct task_struct *task;

	if (bpf_core_enum_value_exists(enum bpf_func_id___regs, BPF_FUNC_task_pt_regs___regs))
		return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	task = (struct task_struct *)bpf_get_current_task();
	return BPF_CORE_READ(task, stack) + OLD_THREAD_SIZE - bpf_core_type_size(struct pt_regs);
}

/* 5.14 (commit 2f064a59a11f) made task_struct.state an unsigned int __state. 0: it can run. */
struct task_struct___state {
	unsigned int __state;
} __attribute__((preserve_access_index));
struct task_struct___old_state {
	long state;
} __attribute__((preserve_access_index));

static __always_inline bool task_can_run(struct task_struct *task)
{
	struct task_struct___state *new_task = (void *)task;
	struct task_struct___old_state *old_task = (void *)task;

	if (bpf_core_field_exists(new_task->__state))
		return BPF_CORE_READ(new_task, __state) == 0;
	return BPF_CORE_READ(old_task, state) == 0;
}

/* The system call that the current task is in by its registers of user space, -1: none. */
static __always_inline __s32 registers_system_call(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return (__s32)BPF_CORE_READ(regs, orig_ax);
#else
	return BPF_CORE_READ(regs, syscallno);
#endif
}

/* The task is in execve or execveat: from somewhere in there on, its registers are those of a
 * program whose memory is gone. */
static __always_inline bool registers_are_executing(struct pt_regs *regs)
{
	__s32 system_call = registers_system_call(regs);

#if defined(__TARGET_ARCH_x86)
	return system_call == 59 || system_call == 322;
#else
	return system_call == 221 || system_call == 281;
#endif
}

/* 6.2 (commit f1a7941243c1) turned the counters of resident pages into per-CPU ones: their common
 * part is near enough. Files, anonymous, (swap), shared memory. */
struct percpu_counter___resident {
	__s64 count;
} __attribute__((preserve_access_index));
struct mm_struct___resident {
	struct percpu_counter___resident rss_stat[4];
} __attribute__((preserve_access_index));
struct mm_rss_stat___resident {
	atomic64_t count[4];
} __attribute__((preserve_access_index));
struct mm_struct___old_resident {
	struct mm_rss_stat___resident rss_stat;
} __attribute__((preserve_access_index));

static __always_inline __u32 task_resident_pages(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct mm_struct___resident *counters = (void *)mm;
	struct mm_struct___old_resident *old_counters = (void *)mm;
	__s64 pages = 0;

	if (!mm)
		return 0;
	if (bpf_core_field_exists(old_counters->rss_stat.count))
		pages = BPF_CORE_READ(old_counters, rss_stat.count[0].counter) +
			BPF_CORE_READ(old_counters, rss_stat.count[1].counter) +
			BPF_CORE_READ(old_counters, rss_stat.count[3].counter);
	else if (bpf_core_field_exists(counters->rss_stat[0].count))
		pages = BPF_CORE_READ(counters, rss_stat[0].count) +
			BPF_CORE_READ(counters, rss_stat[1].count) +
			BPF_CORE_READ(counters, rss_stat[3].count);
	return pages > 0 ? pages : 0;
}

#endif
