/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Records of crashes: a part of shared/record.h, which includes this and says the rules. They come
 * through rings of their own (maps/crash_records.bpf.h, maps/stack_pages.bpf.h); images are made by
 * the agent.
 */
#ifndef SHARED_CRASH_RECORD_H
#define SHARED_CRASH_RECORD_H

#include "shared/limits.h"
#include "shared/record_header.h"

/* Why a thread's registers and stack were copied. */
enum crash_thread_kind {
	CRASH_THREAD_FATAL = 1,   /* a signal that ends the process by its default action */
	CRASH_THREAD_HANDLED = 2, /* a fault the program has a handler for: a crash only if it dies
				     of it */
	CRASH_THREAD_SIBLING = 3, /* another thread of a process that is dying of one */
};

enum crash_thread_flags {
	CRASH_IS_TRUNCATED = 1,    /* the stack goes on beyond the limit */
	CRASH_IS_NOT_DUMPABLE = 2, /* dumpable != 1: registers are 0 but the pc, no page was read */
	CRASH_IS_COMPAT = 4,       /* a 32-bit program: registers are its, no page was read */
	/* The thread's signal mask at that moment: a signal is blocked while its handler runs,
	 * unless the handler wished otherwise. */
	CRASH_BLOCKS_ILL = 8,
	CRASH_BLOCKS_TRAP = 16,
	CRASH_BLOCKS_BUS = 32,
	CRASH_BLOCKS_FPE = 64,
	CRASH_BLOCKS_SEGV = 128,
};

/* Registers by their DWARF number. x86-64: rax rdx rcx rbx rsi rdi rbp rsp r8-r15, pc at 16, eflags
 * at 17. arm64: x0-x30, sp at 31, pc at 32, pstate at 33. */
#define REGISTERS_COUNT 34

/*
 * One thread at the moment a signal was delivered to it. Its stack pages went up before it, through
 * the other ring; pages_copied says how many. A process is tgid and process_start_ns together.
 */
struct crash_thread_record {
	struct record_header header;
	__u64 registers[REGISTERS_COUNT];
	__u64 process_start_ns; /* start_boottime of the thread group's leader */
	__u64 context;          /* as in segment_record */
	__u64 fault_address;    /* si_addr; valid with code > 0 */
	__u64 disposition;      /* sa_handler: 0 default, 1 ignored, else the handler's address */
	__u64 stack_start;      /* mm->start_stack: near the top of the main thread's stack */
	__u32 tgid;
	__u32 tid;
	__u32 signal;
	__s32 code;       /* si_code; 0x80 is SI_KERNEL */
	__u32 sender_pid; /* valid with code <= 0 */
	__u32 sender_uid;
	__u32 uid;
	__u32 live_threads;
	__u32 serial; /* the same in this thread's pages */
	__u16 pages_copied;
	__u16 pages_unreadable;
	__u16 pages_lost;   /* the ring had no room */
	__u16 message_size; /* of message in use: glibc's abort message, with SIGABRT */
	__u8 kind;          /* enum crash_thread_kind */
	__u8 flags;         /* enum crash_thread_flags */
	__u8 context_kind;  /* enum context_kind */
	__u8 reserved[1];
	__u8 name[TASK_NAME_BYTES]; /* of the thread */
	__u8 message[ABORT_MESSAGE_BYTES];
	__u32 resident_pages; /* of the process; approximate, 0: not known */
};

struct stack_page_record {
	struct record_header header;
	__u64 address; /* of its first byte, page-aligned */
	__u32 tgid;
	__u32 tid;
	__u32 serial;
	__u32 reserved;
	__u8 bytes[STACK_PAGE_BYTES];
};

/* Somebody sent a deadly signal to a traced process (also the kernel's OOM killer: is_oom). */
struct signal_sent_record {
	struct record_header header;
	__u32 target_tgid;
	__u32 sender_tgid;
	__u32 sender_tid;
	__u32 sender_uid;
	__u32 signal;
	__s32 code;
	__u8 sender_name[TASK_NAME_BYTES];
	__u8 is_oom; /* oom:mark_victim; the sender is whoever ran out of memory */
	__u8 reserved[7];
};

/* The last thread is gone. One for every traced process, whatever it died of. */
struct process_death_record {
	struct record_header header;
	__u64 process_start_ns;
	__u32 tgid;
	__u32 tid;       /* of the last thread */
	__u32 exit_code; /* of the group, as wait(2) encodes it: signal, 0x80 core dumped, status <<
			    8 */
	__u32 uid;
	__u32 fault_tid; /* the thread that ended the process while a fault of its own was in
			    handling; 0: none */
	__u8 is_oom;     /* signal->oom_mm was set */
	__u8 reserved[3];
	__u8 name[TASK_NAME_BYTES];
};

/* What a process did last, kept in the kernel and sent up only when it dies badly. */
struct failed_call {
	__u64 time_ns;
	__u64 argument; /* the first: a descriptor, an address */
	__u32 tid;
	__u16 number; /* of the system call */
	__u16 error;  /* errno */
};
struct stderr_piece {
	__u64 time_ns;
	__u32 tid;
	__u16 size;     /* of the write, saturated */
	__u16 captured; /* bytes in use: the last ones of the write */
	__u8 bytes[STDERR_PIECE_BYTES];
};
struct crash_trail {
	__u32 calls_count; /* ever; the next goes to calls_count % TRAIL_CALLS */
	__u32 pieces_count;
	struct failed_call calls[TRAIL_CALLS];
	struct stderr_piece pieces[TRAIL_PIECES];
};
struct crash_trail_record {
	struct record_header header;
	__u64 process_start_ns;
	__u32 tgid;
	__u32 reserved;
	struct crash_trail trail;
};

enum image_action {
	IMAGE_MAPPED = 1, /* an executable mapping came to be */
	IMAGE_EXEC = 2,   /* the process starts anew: all its mappings are gone */
	IMAGE_FORK = 3,   /* tgid has all that parent_tgid has */
};

struct image_record {
	struct record_header header;
	__u64 start; /* addresses of the mapping */
	__u64 end;
	__u64 file_offset;
	__u64 inode; /* 0 with a build-id from the kernel, which replaces it */
	__u32 device_major;
	__u32 device_minor;
	__u32 tgid;
	__u32 parent_tgid; /* IMAGE_FORK */
	__u8 action;       /* enum image_action */
	__u8 build_id_size;
	__u8 build_id[MAX_BUILD_ID_BYTES];
	__u16 path_size;
	__u8 path[]; /* as the process sees it; "[vdso]", "//anon" and the like too */
};

_Static_assert(sizeof(struct crash_thread_record) == 656, "record layout");
_Static_assert(sizeof(struct stack_page_record) == 40 + STACK_PAGE_BYTES, "record layout");
_Static_assert(sizeof(struct signal_sent_record) == 64, "record layout");
_Static_assert(sizeof(struct process_death_record) == 64, "record layout");
_Static_assert(sizeof(struct failed_call) == 24, "record layout");
_Static_assert(sizeof(struct stderr_piece) == 16 + STDERR_PIECE_BYTES, "record layout");
_Static_assert(sizeof(struct image_record) == 88, "record layout");

#endif
