/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * What a process did last, kept in the kernel until it dies: system calls that failed and the ends
 * of what it wrote to standard error. Errors that are everyday traffic (would block, interrupted, a
 * file looked for in vain) are left out.
 */
#ifndef LIB_CALL_TRAIL_H
#define LIB_CALL_TRAIL_H

#include "lib/process_filter.bpf.h"
#include "lib/syscall_arguments.bpf.h"
#include "lib/user_buffer.bpf.h"
#include "maps/trails.bpf.h"

#define STANDARD_ERROR 2

/* include/uapi/asm-generic/errno*.h, include/linux/errno.h */
#define ERROR_NO_ENTRY      2
#define ERROR_INTERRUPTED   4
#define ERROR_AGAIN         11
#define ERROR_NO_TERMINAL   25
#define ERROR_NO_SEEK       29
#define ERROR_TIMED_OUT     110
#define ERROR_IN_PROGRESS   115
#define FIRST_RESTART_ERROR 512

#if defined(__TARGET_ARCH_x86)
#define CALL_IOCTL 16
#define CALL_LSEEK 8
#define CALL_FUTEX 202
#else
#define CALL_IOCTL 29
#define CALL_LSEEK 62
#define CALL_FUTEX 98
#endif

/* open, stat, access, readlink and their like: programs look for files in many places. */
static __always_inline bool looks_for_file(long number)
{
	switch (number) {
#if defined(__TARGET_ARCH_x86)
	case 2:   /* open */
	case 4:   /* stat */
	case 6:   /* lstat */
	case 21:  /* access */
	case 89:  /* readlink */
	case 257: /* openat */
	case 262: /* newfstatat */
	case 267: /* readlinkat */
	case 269: /* faccessat */
	case 332: /* statx */
#else
	case 48:  /* faccessat */
	case 56:  /* openat */
	case 78:  /* readlinkat */
	case 79:  /* newfstatat */
	case 291: /* statx */
#endif
	case 437: /* openat2 */
	case 439: /* faccessat2 */
		return true;
	}
	return false;
}

static __always_inline bool call_trail_is_failure(long number, long ret)
{
	switch (-ret) {
	case ERROR_NO_ENTRY:
		return !looks_for_file(number);
	case ERROR_NO_TERMINAL: /* isatty */
		return number != CALL_IOCTL;
	case ERROR_NO_SEEK: /* a stream asks what it is */
		return number != CALL_LSEEK;
	case ERROR_TIMED_OUT: /* a wait with a limit */
		return number != CALL_FUTEX;
	case ERROR_INTERRUPTED:
	case ERROR_AGAIN:
	case ERROR_IN_PROGRESS:
		return false;
	}
	return ret < 0 && ret > -FIRST_RESTART_ERROR;
}

static __always_inline struct trail_entry *find_or_add_trail(__u32 tgid)
{
	struct trail_entry *trail = bpf_map_lookup_elem(&trails, &tgid);

	if (trail)
		return trail;
	bpf_map_update_elem(&trails, &tgid, (const void *)&no_trail, BPF_NOEXIST);
	return bpf_map_lookup_elem(&trails, &tgid);
}

static __always_inline void note_failure(__u64 pid_tgid, struct pt_regs *regs, long number,
					 long ret)
{
	struct trail_entry *trail = find_or_add_trail(pid_tgid >> 32);
	struct failed_call *call;

	if (!trail)
		return;
	call = &trail->trail.calls[trail->trail.calls_count & (TRAIL_CALLS - 1)];
	trail->trail.calls_count++;
	call->time_ns = bpf_ktime_get_ns();
	call->argument = syscall_argument_1(regs);
	call->tid = (__u32)pid_tgid;
	call->number = number;
	call->error = -ret;
}

/* Appends up to `size` bytes to the piece. False when it is full or they cannot be read. */
static __always_inline bool append(struct stderr_piece *piece, const void *from, __u64 size)
{
	__u64 offset = *(volatile __u16 *)&piece->captured;

	if (offset >= STDERR_PIECE_BYTES)
		return false;
	if (size > STDERR_PIECE_BYTES - offset)
		size = STDERR_PIECE_BYTES - offset;
	verifier_must_see(offset);
	offset &= STDERR_PIECE_BYTES - 1;
	verifier_must_see(size);
	if (size > STDERR_PIECE_BYTES)
		return false;
	if (size && bpf_probe_read_user(piece->bytes + offset, size, from))
		return false;
	*(volatile __u16 *)&piece->captured += size;
	return true;
}

/* The last bytes of the `size` that were written. */
static __always_inline void fill_piece(struct stderr_piece *piece, const struct user_buffer *buffer,
				       __u64 size)
{
	__u64 skipped = size > STDERR_PIECE_BYTES ? size - STDERR_PIECE_BYTES : 0;

	for (__u32 i = 0; i < MAX_IOVECS; i++) {
		__u64 length = buffer->vectors[i].iov_len;

		if (i >= buffer->count)
			break;
		if (length <= skipped) {
			skipped -= length;
			continue;
		}
		if (!append(piece, buffer->vectors[i].iov_base + skipped, length - skipped))
			break;
		skipped = 0;
	}
}

static __always_inline void note_standard_error(__u64 pid_tgid, struct pt_regs *regs, __u8 kind,
						long ret)
{
	const void *pointer = (const void *)syscall_argument_2(regs);
	struct trail_entry *trail = find_or_add_trail(pid_tgid >> 32);
	struct user_buffer buffer = {};
	struct stderr_piece *piece;

	if (!trail)
		return;
	if (kind == CALL_SEND_BUFFER)
		user_buffer_set(&buffer, pointer, ret);
	else if (user_buffer_set_vectors(&buffer, pointer, syscall_argument_3(regs), false))
		return;
	piece = &trail->trail.pieces[trail->trail.pieces_count & (TRAIL_PIECES - 1)];
	trail->trail.pieces_count++;
	piece->time_ns = bpf_ktime_get_ns();
	piece->tid = (__u32)pid_tgid;
	piece->size = ret > 0xffff ? 0xffff : ret;
	piece->captured = 0;
	fill_piece(piece, &buffer, ret);
}

/* A system call of a traced process has ended. */
static __noinline long call_trail_note(struct pt_regs *regs, long ret)
{
	long number = syscall_number(regs);
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u8 kind = call_kind_of(number);

	if (ret > 0) {
		if ((kind == CALL_SEND_BUFFER || kind == CALL_SEND_VECTOR) &&
		    syscall_argument_1(regs) == STANDARD_ERROR)
			note_standard_error(pid_tgid, regs, kind, ret);
	} else if (call_trail_is_failure(number, ret)) {
		note_failure(pid_tgid, regs, number, ret);
	}
	return 0;
}

#endif
