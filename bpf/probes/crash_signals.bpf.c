// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * Signals that end processes: what a thread looked like when one was delivered to it, and who sent
 * it. Whether it was a crash is decided when the last thread is gone (process_lifecycle.bpf.c, and
 * the agent).
 */
#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/beginnings.bpf.h"
#include "lib/cpp_throw_emit.bpf.h"
#include "lib/crash_capture.bpf.h"
#include "maps/crashing_processes.bpf.h"

#define bit_of(number) (1u << (number))

/* QUIT ILL TRAP ABRT BUS FPE SEGV XCPU XFSZ SYS: end a process with a core by default. */
#define FATAL_SIGNALS                                                                              \
	(bit_of(3) | bit_of(4) | bit_of(5) | bit_of(6) | bit_of(7) | bit_of(8) | bit_of(11) |      \
	 bit_of(24) | bit_of(25) | bit_of(31))
/* ILL TRAP BUS FPE SEGV: by the thread's own doing. */
#define FAULT_SIGNALS (bit_of(4) | bit_of(5) | bit_of(7) | bit_of(8) | bit_of(11))
/* Those, and HUP INT KILL TERM. */
#define DEADLY_SIGNALS (FATAL_SIGNALS | bit_of(1) | bit_of(2) | bit_of(9) | bit_of(15))

#define SIGNAL_KILL 9
#define SIG_DFL     0
#define SIG_IGN     1

/* include/linux/sched/signal.h; the second until 5.16, while the core is written */
#define GROUP_EXIT       4
#define GROUP_COREDUMP   8
#define GROUP_UNKILLABLE 0x40

#define WINDOW_NS         1000000000ull
#define FAULTS_PER_WINDOW 8

static __always_inline bool is_one_of(__u32 number, __u32 set)
{
	return number < 32 && (1u << (number & 31)) & set;
}

static __always_inline __u32 group_flags(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, signal, flags);
}

/* enum crash_thread_kind, 0: nothing to capture. A SIGKILL may be a sibling's. */
static __always_inline __u32 kind_of(const struct delivered_signal *signal)
{
	if (signal->number == SIGNAL_KILL)
		return CRASH_THREAD_SIBLING;
	if (signal->disposition == SIG_DFL && is_one_of(signal->number, FATAL_SIGNALS))
		return group_flags() & GROUP_UNKILLABLE ? 0 : CRASH_THREAD_FATAL;
	if (signal->disposition > SIG_IGN && is_one_of(signal->number, FAULT_SIGNALS) &&
	    siginfo_code(signal->info) > 0)
		return CRASH_THREAD_HANDLED;
	return 0;
}

static __always_inline struct crashing_process *find_or_add_process(__u32 tgid)
{
	struct crashing_process *process = bpf_map_lookup_elem(&crashing_processes, &tgid);
	struct crashing_process none = {};

	if (process)
		return process;
	bpf_map_update_elem(&crashing_processes, &tgid, &none, BPF_NOEXIST);
	process = bpf_map_lookup_elem(&crashing_processes, &tgid);
	if (!process)
		drops_count(DROP_CRASHES_FULL);
	return process;
}

/* Runtimes use faults (null checks, safepoints): only so many stacks are copied. */
static __always_inline bool may_copy_fault(struct crashing_process *process, __u64 now_ns)
{
	if (now_ns - process->window_ns >= WINDOW_NS) {
		process->window_ns = now_ns;
		process->faults_in_window = 0;
	}
	if (process->faults_in_window >= FAULTS_PER_WINDOW) {
		drops_count(DROP_FAULT_RATE);
		return false;
	}
	process->faults_in_window++;
	return true;
}

#define NODEFER 0x40000000 /* SA_NODEFER */
/* The C library keeps these two signals (32, 33) out of every mask. Go does not use it. */
#define LIBRARY_SIGNALS (3ull << 31)

static __always_inline __u32 handler_of(const struct delivered_signal *signal)
{
	const struct k_sigaction *action = signal->action;
	__u64 mask = BPF_CORE_READ(action, sa.sa_mask.sig[0]);
	__u32 handler = 0;

	if (BPF_CORE_READ(action, sa.sa_flags) & NODEFER)
		handler |= FAULT_HANDLER_NESTS;
	if ((mask & LIBRARY_SIGNALS) == LIBRARY_SIGNALS)
		handler |= FAULT_HANDLER_IS_GO;
	return handler;
}

/* Kept until the thread dies of it. True when it is to go up at once. */
static __always_inline bool save_fault(const struct delivered_signal *signal)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct crashing_process *process = find_or_add_process(thread >> 32);
	struct saved_fault *fault = bpf_map_lookup_elem(&saved_faults, &thread);

	if (!process)
		return false;
	if (!fault) {
		bpf_map_update_elem(&saved_faults, &thread, (const void *)&no_fault, BPF_NOEXIST);
		fault = bpf_map_lookup_elem(&saved_faults, &thread);
		if (!fault)
			return false;
	}
	fill_thread(&fault->record, signal);
	fault->is_sent = 0;
	fault->handler = handler_of(signal);
	if (fault->handler & FAULT_HANDLER_IS_GO) {
		process->go_fault_ns = fault->record.header.time_ns;
		process->go_fault_tid = fault->record.tid;
	}
	return may_copy_fault(process, fault->record.header.time_ns);
}

static __always_inline void note_fatal(const struct delivered_signal *signal)
{
	__u64 now_ns = bpf_ktime_get_ns();
	struct crashing_process *process = find_or_add_process(bpf_get_current_pid_tgid() >> 32);
	struct saved_fault *fault = recent_fault(now_ns);

	if (process && !process->signal) {
		process->time_ns = now_ns;
		process->signal = signal->number;
	}
	if (fault && !fault->is_sent)
		send_saved_fault(fault);
	cpp_throw_emit(now_ns);
}

/*
 * Is this one more thread of a process that crashes? Exits and execs kill threads too, so the
 * process must be known to crash. Whoever is killed did not end the process: its fault, if it had
 * one, was not the reason.
 */
static __always_inline bool is_sibling(void)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u32 tgid = thread >> 32;
	struct crashing_process *process;

	bpf_map_delete_elem(&saved_faults, &thread);
	process = bpf_map_lookup_elem(&crashing_processes, &tgid);
	if (!process || !process->signal || !(group_flags() & (GROUP_EXIT | GROUP_COREDUMP)))
		return false;
	/* Kernel threads that work for the process (io_uring) have no user side. */
	if (!user_registers_pc(current_user_registers()))
		return false;
	if (process->threads >= settings.crash_threads) {
		drops_count(DROP_CRASH_THREADS);
		return false;
	}
	process->threads++;
	return true;
}

/* Attached before the next one, since it comes first in its section: whom the crash is of is known
 * when its record is read. */
SEC("tp_btf/signal_deliver")
int BPF_PROG(on_fatal_program, int number, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (beginnings_are_wanted() && is_one_of(number, FATAL_SIGNALS) &&
	    (__u64)BPF_CORE_READ(action, sa.sa_handler) == SIG_DFL && process_is_traced(tgid))
		beginnings_tell_program(task, tgid, bpf_ktime_get_ns(), true);
	return 0;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(on_signal_deliver, int number, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct delivered_signal signal = {.info = info, .action = action, .number = number};

	if (!process_is_traced(bpf_get_current_pid_tgid() >> 32))
		return 0;
	signal.disposition = (__u64)BPF_CORE_READ(action, sa.sa_handler);
	signal.kind = kind_of(&signal);
	if (!signal.kind || (signal.kind == CRASH_THREAD_HANDLED && !save_fault(&signal)) ||
	    (signal.kind == CRASH_THREAD_SIBLING && !is_sibling()))
		return 0;
	if (signal.kind == CRASH_THREAD_FATAL)
		note_fatal(&signal);
	verifier_forget(&signal);
	capture_thread(&signal);
	return 0;
}

static __always_inline void tell_signal(__u32 target_tgid, __u32 number, __s32 code, bool is_oom)
{
	struct signal_sent_record *record = bpf_ringbuf_reserve(&crash_records, sizeof(*record), 0);
	__u64 sender = bpf_get_current_pid_tgid();

	if (!record) {
		drops_count(DROP_CRASH_RING_FULL);
		return;
	}
	emit_fill_header(&record->header, RECORD_SIGNAL_SENT, sizeof(*record), bpf_ktime_get_ns());
	record->target_tgid = target_tgid;
	record->sender_tgid = sender >> 32;
	record->sender_tid = (__u32)sender;
	record->sender_uid = (__u32)bpf_get_current_uid_gid();
	record->signal = number;
	record->code = code;
	bpf_get_current_comm(record->sender_name, sizeof(record->sender_name));
	record->is_oom = is_oom;
	__builtin_memset(record->reserved, 0, sizeof(record->reserved));
	bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
}

/* SI_USER, SI_QUEUE, SI_TKILL: kill, sigqueue, tgkill. Others come from timers and the kernel, when
 * whoever runs has nothing to do with it. */
static __always_inline bool is_from_process(__s32 code)
{
	return code == 0 || code == -1 || code == -6;
}

/* enum of include/trace/events/signal.h */
#define SIGNAL_DELIVERED 0
#define SIGNAL_LOST_INFO 4

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal_generate, int number, struct kernel_siginfo *info, struct task_struct *task,
	     int group, int result)
{
	__u32 target_tgid = task->tgid;
	__s32 code;

	if (!process_is_traced(target_tgid) || !is_one_of(number, DEADLY_SIGNALS) ||
	    target_tgid == bpf_get_current_pid_tgid() >> 32)
		return 0;
	code = siginfo_code(info);
	if (is_from_process(code) && (result == SIGNAL_DELIVERED || result == SIGNAL_LOST_INFO))
		tell_signal(target_tgid, number, code, false);
	return 0;
}

#define LARGEST_PID (1u << 22)

/* The out-of-memory killer has chosen. Its argument was a process id before 6.9, a task since. */
SEC("raw_tp/mark_victim")
int on_oom_victim(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 tgid = (__u32)ctx->args[0];

	if (ctx->args[0] > LARGEST_PID)
		tgid = BPF_CORE_READ((struct task_struct *)ctx->args[0], tgid);
	if (process_is_traced(tgid))
		tell_signal(tgid, SIGNAL_KILL, CODE_KERNEL, true);
	return 0;
}
