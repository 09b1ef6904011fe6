/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * One thread of a crashing process: registers, signal, context, stack. The record is reserved
 * before the pages are copied, so that pages never go up without it, and submitted after them.
 */
#ifndef LIB_CRASH_CAPTURE_H
#define LIB_CRASH_CAPTURE_H

#include "lib/execution_context.bpf.h"
#include "lib/stack_copy.bpf.h"
#include "lib/user_registers.bpf.h"
#include "maps/abort_places.bpf.h"
#include "maps/crash_records.bpf.h"
#include "maps/saved_faults.bpf.h"

#define SIGNAL_ABORT   6
#define FAULT_LIFE_NS  10000000000ull /* a process that dies this long after a fault died of it */
#define LARGEST_MARKER 4096 /* siginfo may be the constants 0 and 1 instead of a pointer */
#define CODE_KERNEL    0x80 /* SI_KERNEL */

/* What signal_deliver was called with. */
struct delivered_signal {
	struct kernel_siginfo *info;
	__u64 disposition;
	__u32 number;
	__u32 kind; /* enum crash_thread_kind */
	struct k_sigaction *action;
};

static __always_inline bool siginfo_is_real(const struct kernel_siginfo *info)
{
	return (__u64)info > LARGEST_MARKER;
}

/* si_code, as the kernel would fill it in for the constants: 0 is a process, 1 the kernel. */
static __always_inline __s32 siginfo_code(const struct kernel_siginfo *info)
{
	if (siginfo_is_real(info))
		return BPF_CORE_READ(info, si_code);
	return info ? CODE_KERNEL : 0;
}

static __always_inline void fill_signal(struct crash_thread_record *record,
					const struct delivered_signal *signal)
{
	const struct kernel_siginfo *info = signal->info;

	record->signal = signal->number;
	record->kind = signal->kind;
	record->disposition = signal->disposition;
	record->code = 0;
	record->fault_address = 0;
	record->sender_pid = 0;
	record->sender_uid = 0;
	if (!siginfo_is_real(info))
		return;
	record->code = BPF_CORE_READ(info, si_code);
	if (record->code > 0) {
		record->fault_address = (__u64)BPF_CORE_READ(info, _sifields._sigfault._addr);
	} else {
		record->sender_pid = BPF_CORE_READ(info, _sifields._kill._pid);
		record->sender_uid = BPF_CORE_READ(info, _sifields._kill._uid);
	}
}

static __always_inline void fill_registers(struct crash_thread_record *record,
					   struct task_struct *task)
{
	struct pt_regs *regs = current_user_registers();

	__builtin_memset(record->registers, 0, sizeof(record->registers));
	if (user_registers_are_compat(regs))
		record->flags |= CRASH_IS_COMPAT;
	if (task_is_dumpable(task)) {
		user_registers_read(record->registers, regs);
	} else {
		record->flags |= CRASH_IS_NOT_DUMPABLE;
		record->registers[REGISTER_PC] = user_registers_pc(regs);
	}
}

#define mask_bit(mask, number) ((mask) >> ((number)-1) & 1)

static __always_inline __u8 blocked_faults_of(struct task_struct *task)
{
	__u64 mask = BPF_CORE_READ(task, blocked.sig[0]);

	return mask_bit(mask, 4) * CRASH_BLOCKS_ILL + mask_bit(mask, 5) * CRASH_BLOCKS_TRAP +
	       mask_bit(mask, 7) * CRASH_BLOCKS_BUS + mask_bit(mask, 8) * CRASH_BLOCKS_FPE +
	       mask_bit(mask, 11) * CRASH_BLOCKS_SEGV;
}

/* Everything but the stack and the message. */
static __always_inline void fill_thread(struct crash_thread_record *record,
					const struct delivered_signal *signal)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u64 now_ns = bpf_ktime_get_ns();

	emit_fill_header(&record->header, RECORD_CRASH_THREAD, sizeof(*record), now_ns);
	record->flags = blocked_faults_of(task);
	fill_signal(record, signal);
	fill_registers(record, task);
	record->process_start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record->context_kind = execution_context_of(pid_tgid, &record->context);
	record->stack_start = BPF_CORE_READ(task, mm, start_stack);
	record->tgid = pid_tgid >> 32;
	record->tid = (__u32)pid_tgid;
	record->uid = (__u32)bpf_get_current_uid_gid();
	record->live_threads = BPF_CORE_READ(task, signal, live.counter);
	record->serial = (__u32)now_ns;
	record->pages_copied = 0;
	record->pages_unreadable = 0;
	record->pages_lost = 0;
	record->message_size = 0;
	record->reserved[0] = 0;
	bpf_get_current_comm(record->name, sizeof(record->name));
	__builtin_memset(record->message, 0, sizeof(record->message));
	record->resident_pages = task_resident_pages(task);
}

static __always_inline bool has_memory(const struct crash_thread_record *record)
{
	return !(record->flags & (CRASH_IS_NOT_DUMPABLE | CRASH_IS_COMPAT));
}

/* glibc keeps what it was about to say when it aborts: {u32 size, text} behind a pointer. */
static __always_inline void fill_message(struct crash_thread_record *record)
{
	for (__u32 i = 0; i < MAX_ABORT_PLACES; i++) {
		__u32 key = i;
		const struct abort_place *place = bpf_map_lookup_elem(&abort_places, &key);
		__u64 base, message = 0;
		long size;

		if (!place || !place->pc_offset)
			break;
		base = record->registers[REGISTER_PC] - place->pc_offset;
		if ((base & ~PAGE_MASK) ||
		    bpf_probe_read_user(&message, sizeof(message),
					(const void *)(base + place->message_offset)) ||
		    !message)
			continue;
		size = bpf_probe_read_user_str(record->message, sizeof(record->message),
					       (const void *)(message + sizeof(__u32)));
		if (size <= 1)
			continue;
		record->message_size = size - 1;
		break;
	}
}

static __always_inline struct crash_thread_record *reserve_thread(void)
{
	struct crash_thread_record *record =
		bpf_ringbuf_reserve(&crash_records, sizeof(*record), 0);

	if (!record)
		drops_count(DROP_CRASH_RING_FULL);
	return record;
}

/* A handled fault whose thread dies of it after all, and whose stack was not copied in time. */
static __always_inline void send_saved_fault(struct saved_fault *fault)
{
	struct crash_thread_record *record = reserve_thread();

	if (!record)
		return;
	bpf_probe_read_kernel(record, sizeof(*record), &fault->record);
	fault->is_sent = 1;
	bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
}

/* The current thread's fault, when it may still be the reason of what comes now. */
static __always_inline struct saved_fault *recent_fault(__u64 now_ns)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct saved_fault *fault = bpf_map_lookup_elem(&saved_faults, &thread);

	return fault && now_ns - fault->record.header.time_ns < FAULT_LIFE_NS ? fault : NULL;
}

static __always_inline void fill_request(struct stack_request *request,
					 const struct crash_thread_record *record)
{
	struct saved_fault *fault;

	request->sp = record->registers[REGISTER_SP];
	request->other_sp = 0;
	request->limit =
		record->kind == CRASH_THREAD_SIBLING ? settings.thread_pages : settings.stack_pages;
	if (record->kind != CRASH_THREAD_FATAL)
		return;
	fault = recent_fault(record->header.time_ns);
	if (fault && has_memory(&fault->record))
		request->other_sp = fault->record.registers[REGISTER_SP];
}

/* Everything of the current thread goes up. A handled fault is filled in already: it was saved. */
static __always_inline void capture_thread(const struct delivered_signal *signal)
{
	struct crash_thread_record *record = reserve_thread();
	struct stack_request request;
	struct saved_fault *fault;

	if (!record)
		return;
	if (signal->kind == CRASH_THREAD_HANDLED) {
		__u64 thread = bpf_get_current_pid_tgid();

		fault = bpf_map_lookup_elem(&saved_faults, &thread);
		if (!fault) {
			bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
			return;
		}
		bpf_probe_read_kernel(record, sizeof(*record), &fault->record);
		fault->is_sent = 1;
	} else {
		fill_thread(record, signal);
	}
	if (has_memory(record)) {
		if (signal->number == SIGNAL_ABORT)
			fill_message(record);
		fill_request(&request, record);
		verifier_forget(&request);
		stack_copy(record, &request);
	}
	bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
}

#endif
