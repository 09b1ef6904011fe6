/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The contract between the programs and the agent: what lies in the ring. Plain fields, no logic. A
 * record starts with record_header; its size is the whole record. Times are CLOCK_MONOTONIC
 * nanoseconds. Bytes from user memory are hostile. A change here is a change of the recording
 * format too: raise RECORD_VERSION.
 */
#ifndef SHARED_RECORD_H
#define SHARED_RECORD_H

#include "shared/limits.h"

#define RECORD_VERSION 2

enum record_kind {
	RECORD_CONNECTION_OPEN = 1,
	RECORD_SEGMENT = 2,
	RECORD_CONNECTION_END = 3,
	RECORD_PROCESS_FORK = 4,
	RECORD_PROCESS_EXEC = 5,
	RECORD_PROCESS_EXIT = 6,
	/* Made by the agent when it read the connection table, so that recordings replay the same:
	 * connection_end_record with reason END_NOT_YET. */
	RECORD_CONNECTION_PROGRESS = 7,
	/* Made by the agent: who a process is, for recordings
	   (agent/process/process_description.h). */
	RECORD_PROCESS_DESCRIPTION = 8,
	/* These five come through the rings of their own (maps/crash_rings.bpf.h). */
	RECORD_CRASH_THREAD = 9,
	RECORD_STACK_PAGE = 10,
	RECORD_SIGNAL_SENT = 11,
	RECORD_PROCESS_DEATH = 12,
	RECORD_CRASH_TRAIL = 13,
	/* Made by the agent from perf's side-band events and /proc: what is mapped where. */
	RECORD_IMAGE = 14,
};

struct record_header {
	__u16 kind;
	__u16 reserved;
	__u32 size;
	__u64 time_ns; /* when it was captured */
};

enum stream_direction {
	DIRECTION_RECEIVE = 0,
	DIRECTION_SEND = 1,
};

enum connection_family {
	FAMILY_UNIX = 1,
	FAMILY_IPV4 = 2,
	FAMILY_IPV6 = 10,
};

enum connection_role {
	ROLE_UNKNOWN = 0, /* was open before we looked */
	ROLE_CLIENT = 1,  /* connect() was seen */
	ROLE_SERVER = 2,  /* accept() was seen, or the socket descends from a listener */
};

enum capture_mode {
	CAPTURE_UNDECIDED = 0, /* every segment goes up to the cap, until undecided_bytes */
	CAPTURE_HEADS =
		1, /* only the head of each turn goes up; later segments add to the counts */
	CAPTURE_STREAM = 2, /* every segment goes up to the cap */
	CAPTURE_OFF = 3,    /* counts only: the first segment of each turn goes up without bytes */
	CAPTURE_IGNORE = 4, /* nothing goes up but the end */
};

/*
 * One per connection, before its first segment. `connection` is unique since the programs were
 * loaded; `socket` is the kernel's key for it (never shown). Addresses are in network order, IPv4
 * in the first 4 bytes; ports in host order. For UNIX sockets the path of whichever end has one, an
 * abstract name with its leading NUL.
 */
struct connection_open_record {
	struct record_header header;
	__u64 connection;
	__u64 socket;
	__u64 peer_inode; /* UNIX: of the other end's socket; 0 when it has none yet */
	__u32 tgid;
	__u32 netns; /* inode number of the network namespace */
	__u8 local_address[16];
	__u8 peer_address[16];
	__u16 local_port;
	__u16 peer_port;
	__u8 family;        /* enum connection_family */
	__u8 role;          /* enum connection_role */
	__u8 is_from_start; /* no byte had moved before: positions are absolute */
	__u8 path_size;
	__u8 path[MAX_UNIX_PATH];
	__u32 inode; /* UNIX: of the socket, unique on the host where its address is not */
};

enum segment_flags {
	SEGMENT_IS_TURN =
		1, /* the first segment after one in the other direction (or the first of all) */
	SEGMENT_IS_TAIL = 2,       /* the bytes are the last ones of the segment, not the first */
	SEGMENT_HAS_SEQUENCE = 4,  /* tcp_sequence is valid */
	SEGMENT_IS_UNREADABLE = 8, /* bytes moved, none could be read (kernel pages, splice) */
};

enum context_kind {
	CONTEXT_THREAD = 0,    /* process id << 32 | thread id */
	CONTEXT_GOROUTINE = 1, /* address of the goroutine's g, from the thread's TLS */
};

/* Value of the table of traced processes: what the programs do differently for them. */
enum process_flags {
	PROCESS_IS_GO = 1,
};

/*
 * Bytes that moved over a connection. `position` counts from the first byte we saw in that
 * direction, so a gap shows as a jump. `other_*` describe the opposite direction as it stood then:
 * with the turn rule they give the end of the message before.
 */
struct segment_record {
	struct record_header header;
	__u64 connection;
	__u64 context;  /* execution context: thread id, or the goroutine's address for Go */
	__u64 start_ns; /* when the call began (send) or the bytes were handed over (receive) */
	__u64 position;
	__u64 other_position; /* end of the other direction */
	__u64 other_last_ns;  /* when its last byte moved, 0 if none did */
	__u32 tgid;
	__u32 tid;
	__u32 length;       /* bytes moved */
	__u32 captured;     /* bytes that follow */
	__u32 tcp_sequence; /* sequence number of the first byte: the same on both ends */
	__u8 direction;     /* enum stream_direction */
	__u8 mode;          /* enum capture_mode at that time */
	__u8 flags;         /* enum segment_flags */
	__u8 context_kind;  /* enum context_kind */
	__u8 bytes[];
};

enum connection_end_reason {
	END_CLOSED = 1,     /* the last descriptor was closed */
	END_TCP_CLOSED = 2, /* the TCP state machine reached CLOSE */
	END_OF_STREAM =
		3, /* receive returned 0: the peer will send no more; the connection lives on */
	END_REPLACED = 4, /* the kernel reused the socket for another connection */
	END_NOT_YET = 5,  /* RECORD_CONNECTION_PROGRESS: positions as they stand */
};

struct connection_end_record {
	struct record_header header;
	__u64 connection;
	__u64 socket;
	__u64 position[2]; /* by enum stream_direction: bytes seen in all */
	__u64 last_ns[2];
	__u32 reason;
	__u32 tgid;
};

struct process_fork_record {
	struct record_header header;
	__u32 parent_tgid;
	__u32 tgid;
	__u64 start_boottime_ns;
	__u8 name[TASK_NAME_BYTES];
};

struct process_exec_record {
	struct record_header header;
	__u32 tgid;
	__u32 uid;
	__u64 start_boottime_ns;
	__u8 name[TASK_NAME_BYTES];
};

struct process_exit_record {
	struct record_header header;
	__u32 tgid;
	__u32 exit_code; /* as wait(2) encodes it */
	__u8 name[TASK_NAME_BYTES];
};

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
	__u8 padding[4];
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

/* Value of the kernel's connection table, read by the agent to learn how far a body has come. */
struct connection_state {
	__u64 connection;
	__u64 inode; /* of the socket: tells a reused kernel address from the same socket */
	__u64 position[2];
	__u64 last_ns[2];
	__u32 turn_captured; /* bytes of the present turn that went up */
	__u32 undecided_left;
	__u32 turns;
	__u8 mode;
	__u8 last_direction; /* 2: none yet */
	__u8 role;
	__u8 is_head_complete;
};

_Static_assert(sizeof(struct record_header) == 16, "record layout");
_Static_assert(sizeof(struct connection_open_record) == 200, "record layout");
_Static_assert(sizeof(struct segment_record) == 88, "record layout");
_Static_assert(sizeof(struct connection_end_record) == 72, "record layout");
_Static_assert(sizeof(struct process_fork_record) == 48, "record layout");
_Static_assert(sizeof(struct process_exec_record) == 48, "record layout");
_Static_assert(sizeof(struct process_exit_record) == 40, "record layout");
_Static_assert(sizeof(struct connection_state) == 64, "record layout");
_Static_assert(sizeof(struct crash_thread_record) == 656, "record layout");
_Static_assert(sizeof(struct stack_page_record) == 40 + STACK_PAGE_BYTES, "record layout");
_Static_assert(sizeof(struct signal_sent_record) == 64, "record layout");
_Static_assert(sizeof(struct process_death_record) == 64, "record layout");
_Static_assert(sizeof(struct failed_call) == 24, "record layout");
_Static_assert(sizeof(struct stderr_piece) == 16 + STDERR_PIECE_BYTES, "record layout");
_Static_assert(sizeof(struct image_record) == 88, "record layout");

#endif
