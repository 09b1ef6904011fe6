// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * Programs on functions of runtimes, attached one by one by agent/capture/runtime_probes.c. All of
 * them are in this file: bpftool 7.1 cannot link two objects that call the same kernel
 * function (lib/uprobe_guard.bpf.h). What they do is in lib/. One program per function: telling
 * them apart by a cookie would need 5.15. Stack: below 64 bytes.
 */
#include "lib/cpp_throw.bpf.h"
#include "lib/go_panic.bpf.h"
#include "lib/python_exception.bpf.h"
#include "lib/runtime_mark.bpf.h"
#include "lib/tls_capture.bpf.h"
#include "lib/tls_go.bpf.h"
#include "lib/tls_nss.bpf.h"
#include "lib/tls_rustls.bpf.h"
#include "lib/uprobe_guard.bpf.h"

/* Whose parts are guarded one by one. */
#define UPROBE_IN_PARTS(name, call)                                                                \
	SEC("uprobe")                                                                              \
	int name(struct pt_regs *regs)                                                             \
	{                                                                                          \
		call;                                                                              \
		return 0;                                                                          \
	}

#define UPROBE(name, call)                                                                         \
	SEC("uprobe")                                                                              \
	int name(struct pt_regs *regs)                                                             \
	{                                                                                          \
		uprobe_guard_begin();                                                              \
		call;                                                                              \
		uprobe_guard_end();                                                                \
		return 0;                                                                          \
	}

UPROBE(on_node_uncaught, runtime_mark_emit(MARK_NODE_UNCAUGHT))
UPROBE(on_java_thread_exit, runtime_mark_emit(MARK_JAVA_THREAD_EXIT))
UPROBE(on_java_vm_error, runtime_mark_emit(MARK_JAVA_VM_ERROR))
UPROBE(on_python_finishing, runtime_mark_emit(MARK_PYTHON_FINISHING))

UPROBE(on_go_fatalpanic, go_panic_emit_fatal(regs))
UPROBE(on_go_throw, go_panic_emit_throw(regs))
UPROBE(on_go_panic, go_panic_note_raised(regs)) /* also of those that are recovered */

UPROBE_IN_PARTS(on_python_display, python_exception_display(regs))
UPROBE_IN_PARTS(on_python_display_file, python_exception_display_file(regs))
UPROBE(on_cpp_throw, cpp_throw_note(regs)) /* also of those that are caught */

/* SSL_read(session, buffer, size) and those that are called alike; SSL_read_ex leaves the size at
 * its fourth argument. What returns is attached as a return probe. */
UPROBE(on_tls_read, tls_capture_begin(regs, DIRECTION_RECEIVE, 0))
UPROBE(on_tls_read_ex, tls_capture_begin(regs, DIRECTION_RECEIVE, TLS_ARGUMENT_4(regs)))
UPROBE(on_tls_write, tls_capture_begin(regs, DIRECTION_SEND, 0))
UPROBE(on_tls_write_ex, tls_capture_begin(regs, DIRECTION_SEND, TLS_ARGUMENT_4(regs)))
UPROBE(on_tls_sendfile, tls_capture_begin_file(regs))
UPROBE(on_tls_return, tls_capture_end(regs))
UPROBE(on_tls_handshake, tls_capture_begin_handshake(regs))
UPROBE(on_tls_handshake_return, tls_capture_end_handshake())
UPROBE(on_tls_free, tls_capture_forget(regs))

/* PR_Read and PR_Write of every descriptor; PR_Recv has flags, PR_Writev has vectors. */
UPROBE(on_tls_nss_read, tls_nss_begin(regs, DIRECTION_RECEIVE))
UPROBE(on_tls_nss_recv, tls_nss_begin_receive(regs))
UPROBE(on_tls_nss_write, tls_nss_begin(regs, DIRECTION_SEND))
UPROBE(on_tls_nss_writev, tls_nss_begin_vectors(regs))

UPROBE(on_tls_rustls_client, tls_rustls_expect())
UPROBE(on_tls_rustls_begin, tls_rustls_begin())
UPROBE(on_tls_rustls_write, tls_rustls_begin_write(regs))
UPROBE(on_tls_rustls_written, tls_rustls_end_write(regs))
UPROBE(on_tls_rustls_received, tls_rustls_received(regs))

/* on_go_tls_return: at each return instruction. */
UPROBE(on_go_tls_read, tls_go_begin_read(regs))
UPROBE(on_go_tls_return, tls_go_end_read(regs))
UPROBE(on_go_tls_write, tls_go_write(regs))
UPROBE(on_go_tls_handshake, tls_go_note_handshake(regs))
