/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * A call of a traced process: is it a write to a descriptor whose output is looked at, is a marker
 * in it, does it belong to a stream?
 */
#ifndef LIB_OUTPUT_CALL_H
#define LIB_OUTPUT_CALL_H

#include "lib/output_buffer.bpf.h"
#include "lib/output_descriptor.bpf.h"
#include "lib/output_stream.bpf.h"
#include "lib/output_tail.bpf.h"
#include "maps/output_retries.bpf.h"

/* Version 1, FCGI_STDERR: https://fastcgi-archives.github.io/FastCGI_Specification.html */
#define FASTCGI_ERROR_START 0x0701

/* In the key of a stream; above any thread id. */
#define FASTCGI_STREAM (1ull << 31)

/* A look at two bytes, for PHP alone. */
static __always_inline bool is_fastcgi_error(const struct user_buffer *buffer)
{
	__u16 start = 0;

	return buffer->vectors[0].iov_len > sizeof(start) &&
	       !bpf_probe_read_user(&start, sizeof(start), buffer->vectors[0].iov_base) &&
	       start == FASTCGI_ERROR_START;
}

/* Of descriptors that nobody wants: those of PHP may be connections to a web server. */
static __always_inline __u32 flags_of_process(__u64 pid_tgid)
{
	if (!(flags_in_use & (PROCESS_IS_PHP | PROCESS_DUPLICATES_OUTPUT)))
		return 0;
	return process_flags(pid_tgid >> 32);
}

/* A stream of this write alone, beside what the thread prints. NULL: nothing of it goes up. */
static __always_inline struct output_stream *begin_fastcgi(struct output_call *call)
{
	if (!is_fastcgi_error(&call->buffer) ||
	    scan_buffers(&call->buffer, call->pid_tgid >> 32) != SCAN_FOUND)
		return NULL;
	call->now_ns = bpf_ktime_get_ns();
	call->flags = OUTPUT_IS_FASTCGI;
	return output_stream_mark(NULL, call->pid_tgid | FASTCGI_STREAM, call->now_ns);
}

/* The thread's stream, which a marker begins or renews; NULL: there is none. */
static __always_inline struct output_stream *stream_of(struct output_call *call, int result)
{
	struct output_stream *stream = bpf_map_lookup_elem(&output_streams, &call->pid_tgid);

	if (!stream && result == SCAN_NOTHING)
		return NULL;
	call->now_ns = bpf_ktime_get_ns();
	if (result == SCAN_FOUND)
		return output_stream_mark(stream, call->pid_tgid, call->now_ns);
	if (output_stream_is_active(stream, call->now_ns))
		return stream;
	/* Constants of a few bytes may never have been touched; no marker fits into them. */
	if (result == SCAN_UNREADABLE && call->size > sizeof(__u64))
		drops_count(DROP_OUTPUT_UNREADABLE);
	return NULL;
}

/*
 * A worker of PHP-FPM ends each request's messages with "\0fscf\0" on standard error (its
 * fpm_stdio.c), a constant that it may never have touched, and /dev/null, where that often goes,
 * does not look at it either. It is no text: nothing is lost when it cannot be read.
 */
#define FPM_END_BYTES 6

static __always_inline bool is_fpm_end(const struct output_call *call, int result)
{
	return result == SCAN_UNREADABLE && call->size == FPM_END_BYTES &&
	       (flags_of_process(call->pid_tgid) & PROCESS_IS_PHP);
}

/* The pages of a constant, or of a file, may not have been touched before: the call itself brings
 * them, unless it goes nowhere (/dev/null). False: there is no second look. */
static __always_inline bool look_again_later(__u64 pid_tgid)
{
	__u32 value = 0;

	if (!settings.has_output_return ||
	    bpf_map_update_elem(&output_retries, &pid_tgid, &value, BPF_NOEXIST))
		return false;
	__sync_fetch_and_add(&output_retries_count, 1);
	return true;
}

static __always_inline struct output_stream *begin_output(struct output_call *call,
							  const bool is_return)
{
	int result = scan_buffers(&call->buffer, call->pid_tgid >> 32);
	struct output_stream *stream;

	if (result == SCAN_UNREADABLE && !is_return && look_again_later(call->pid_tgid))
		return NULL;
	stream = is_fpm_end(call, result) ? NULL : stream_of(call, result);

	if (!stream && result == SCAN_NOTHING && output_tail_is_kept(call->pid_tgid))
		output_tail_keep(call);
	call->flags = 0;
	call->size = output_size(&call->buffer); /* its beginning may have been left out */
	return stream;
}

/* The verifier forgets what it knew of the call, so that it walks through this once. */
static __always_inline void send_call(struct output_call *call, struct output_stream *stream)
{
	call->context_kind = execution_context_of(call->pid_tgid, &call->context);
	verifier_forget(call);
	if ((stream->flags & OUTPUT_IS_FIRST) && output_tail_is_kept(call->pid_tgid))
		output_tail_send(call, stream);
	output_stream_send(call, stream);
}

/* The vector of the call cannot be read: it would be a hole in the stream. */
static __always_inline void note_unreadable(__u64 pid_tgid)
{
	struct output_stream *stream = bpf_map_lookup_elem(&output_streams, &pid_tgid);

	drops_count(DROP_OUTPUT_UNREADABLE);
	if (stream)
		stream->flags |= OUTPUT_IS_MISSING;
}

/* A write. is_return: what could not be read at the call's entry. */
static __always_inline void output_call_look(struct pt_regs *regs, __u64 pid_tgid, long number,
					     const bool is_return)
{
	__u8 kind = output_buffer_kind(number);
	__u32 descriptor = (__u32)syscall_argument_1(regs);
	bool is_wanted = output_descriptor_is_wanted(descriptor);
	__u32 flags = 0;
	struct output_call call;
	struct output_stream *stream;

	if (!is_wanted) {
		flags = flags_of_process(pid_tgid);
		if (flags & PROCESS_DUPLICATES_OUTPUT) {
			descriptor = output_descriptor_original(descriptor);
			is_wanted = output_descriptor_is_wanted(descriptor);
		}
		if (!is_wanted && !(flags & PROCESS_IS_PHP))
			return;
	}
	if (task_is_compat((struct task_struct *)bpf_get_current_task()))
		return;
	call.buffer.is_cut = 0;
	call.pid_tgid = pid_tgid;
	call.descriptor = descriptor;
	if (set_output_buffer(&call.buffer, regs, kind)) {
		if (is_wanted && (is_return || !look_again_later(pid_tgid)))
			note_unreadable(pid_tgid);
		return;
	}
	verifier_forget(&call.buffer);
	call.size = output_size(&call.buffer);
	if (!call.size)
		return;
	stream = is_wanted ? begin_output(&call, is_return) : begin_fastcgi(&call);
	if (stream)
		send_call(&call, stream);
}

/* A call that begins anew (its result is one of ERESTARTSYS and its kin) is looked at when it does.
 */
#define FIRST_RESTART -516
#define LAST_RESTART  -512

/* Was a second look wanted of this thread? Of its own, for the sake of the stack. */
static __noinline __attribute__((unused)) bool output_call_take_retry(__u64 pid_tgid, long ret)
{
	if (bpf_map_delete_elem(&output_retries, &pid_tgid))
		return false;
	__sync_fetch_and_add(&output_retries_count, -1);
	return ret < FIRST_RESTART || ret > LAST_RESTART;
}

#endif
