/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The contract between the programs and the agent: what lies in the ring. Plain fields, no logic. A
 * record starts with record_header; its size is the whole record. Times are CLOCK_MONOTONIC
 * nanoseconds. Bytes from user memory are hostile. A change here is a change of the recording
 * format too: raise RECORD_VERSION.
 */
#ifndef SHARED_RECORD_H
#define SHARED_RECORD_H

#include "shared/crash_record.h"
#include "shared/exception_record.h"
#include "shared/limits.h"
#include "shared/record_header.h"

#define RECORD_VERSION 5

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
	CAPTURE_HEADS = 1,     /* the head of each turn goes up; later segments are counted */
	CAPTURE_STREAM = 2,    /* as undecided, without its limit; of longer segments the last
				* bytes go up too, in a record of their own (STREAM_TAIL_BYTES) */
	CAPTURE_OFF = 3,    /* counts only: the first segment of each turn goes up without bytes */
	CAPTURE_IGNORE = 4, /* nothing goes up but the end */
	CAPTURE_TURNS = 5,  /* as off, with the first bytes of that segment (TURN_BYTES) */
};

enum connection_flags {
	CONNECTION_FROM_START = 1, /* no byte had moved before: positions are absolute */
	CONNECTION_IS_TLS = 2, /* plaintext; the key of what carries it lacks bit 0 of `socket` */
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
	__u8 family; /* enum connection_family */
	__u8 role;   /* enum connection_role */
	__u8 flags;  /* enum connection_flags */
	__u8 path_size;
	__u8 path[MAX_UNIX_PATH];
	__u32 inode; /* UNIX: of the socket, unique on the host where its address is not */
};

enum segment_flags {
	SEGMENT_IS_TURN = 1,       /* the first after one in the other direction, or of all */
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
	PROCESS_IS_PHP = 2, /* may write errors as FastCGI records */
	/* Its reports begin with a write that has no marker (Ruby, Java): small writes are kept. */
	PROCESS_KEEPS_TAIL = 4,
	/* Writes reports to a duplicate of standard error (.NET). */
	PROCESS_DUPLICATES_OUTPUT = 8,
	/* Prints a line of source, which may be a whole program, before the frames (Node): the ends
	 * of its long writes are looked at too. */
	PROCESS_PRINTS_SOURCE = 16,
};

/* Value of the table of ignored processes: why. */
enum ignored_for {
	IGNORED_BY_RULE = 1, /* until it executes another program */
	IGNORED_AS_OURS = 2, /* a child of the agent, for good */
};

/*
 * Bytes that moved over a connection. `position` counts from the first byte we saw in that
 * direction, so a gap shows as a jump. `other_*` describe the opposite direction as far as records
 * before this one could tell: with the turn rule they give the end of the message before.
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
	END_OF_STREAM = 3,  /* the peer will send no more; the connection lives on */
	END_REPLACED = 4,   /* the kernel reused the socket for another connection */
	END_NOT_YET = 5,    /* RECORD_CONNECTION_PROGRESS: positions as they stand */
	END_IS_TLS = 6,     /* no end: its plaintext is announced next, and is told instead */
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

/* header.time_ns: what the agent took for now. */
struct turn_record {
	struct record_header header;
	__u32 is_caught_up; /* nothing was left in the rings */
	__u32 reserved;
};

_Static_assert(sizeof(struct connection_open_record) == 200, "record layout");
_Static_assert(sizeof(struct segment_record) == 88, "record layout");
_Static_assert(sizeof(struct connection_end_record) == 72, "record layout");
_Static_assert(sizeof(struct process_fork_record) == 48, "record layout");
_Static_assert(sizeof(struct process_exec_record) == 48, "record layout");
_Static_assert(sizeof(struct process_exit_record) == 40, "record layout");
_Static_assert(sizeof(struct turn_record) == 24, "record layout");

#endif
