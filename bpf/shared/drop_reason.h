/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * One counter per way something can be lost. The first part is counted in the kernel (map drops),
 * the second in the agent. A row: X(NAME, name, words for people). Adding a reason is one row here,
 * nothing else.
 */
#ifndef SHARED_DROP_REASON_H
#define SHARED_DROP_REASON_H

#define DROP_REASONS_KERNEL(X)                                                                     \
	X(RING_FULL, "ring_full", "records that found the ring buffer full")                       \
	X(CONNECTIONS_FULL, "connections_full",                                                    \
	  "segments of connections beyond the kernel's table")                                     \
	X(PENDING_FULL, "pending_calls_full", "calls whose begin could not be noted")              \
	X(PROCESSES_FULL, "processes_full", "processes beyond the kernel's table, not traced")     \
	X(USER_READ, "user_read", "segments whose bytes could not be read (page not resident)")    \
	X(MMSG_TAIL, "mmsg_tail",                                                                  \
	  "sendmmsg or recvmmsg calls with more messages than are looked at")                      \
	X(IOVEC_TAIL, "iovec_tail", "segments whose head lay in more pieces than are looked at")   \
	X(CRASH_RING_FULL, "crash_ring_full", "crash records that found their ring buffer full")   \
	X(STACK_RING_FULL, "stack_ring_full", "stack pages that found their ring buffer full")     \
	X(CRASH_THREADS, "crash_threads", "threads of crashed processes beyond the limit")         \
	X(CRASHES_FULL, "crashes_full", "crashed processes beyond the kernel's table")             \
	X(FAULT_RATE, "fault_rate", "handled faults whose stack was not copied: too many at once") \
	X(EXCEPTION_RING_FULL, "exception_ring_full",                                              \
	  "output chunks and exceptions that found their ring buffer full")                        \
	X(OUTPUT_UNREADABLE, "output_unreadable", "output chunks that could not be read")          \
	X(OUTPUT_RATE, "output_rate",                                                              \
	  "output chunks beyond what one process may report per second")                           \
	X(OUTPUT_STREAMS_FULL, "output_streams_full",                                              \
	  "threads whose output could not be followed: too many at once")                          \
	X(THROW_RATE, "throw_rate",                                                                \
	  "thrown exceptions whose stack was not copied: too many at once")                        \
	X(TLS_UNBOUND, "tls_unbound", "reads and writes of TLS whose socket was not known")        \
	X(PROCESS_OVER_SHARE, "process_over_share",                                                \
	  "records of processes that filled the ring, refused for the sake of the others")         \
	X(SYSCALLS_FULL, "syscalls_full",                                                          \
	  "system calls not counted: too many different ones, or too many under way")              \
	X(PROFILE_RING_FULL, "profile_ring_full", "samples that found their ring buffer full")     \
	X(PROFILE_PAGES_FULL, "profile_pages_full",                                                \
	  "stack pages of samples that found their ring buffer full")                              \
	X(PROFILE_STACK_UNREADABLE, "profile_stack_unreadable",                                    \
	  "samples whose stack could not be read")                                                 \
	X(OFF_CPU_UNNOTED, "off_cpu_unnoted", "waits of threads that could not be noted")

#define DROP_REASONS_AGENT(X)                                                                      \
	X(PROGRAM_SKIPPED, "program_skipped", "runs of our programs that the kernel skipped")      \
	X(RECORD_MALFORMED, "record_malformed", "records the decoder refused")                     \
	X(CONNECTION_UNKNOWN, "connection_unknown",                                                \
	  "segments whose connection was never announced")                                         \
	X(CONNECTION_TABLE_FULL, "connection_table_full", "connections beyond the agent's table")  \
	X(STREAM_GAP, "stream_gap", "gaps in a stream: bytes lost between two records")            \
	X(STREAM_UNPARSABLE, "stream_unparsable",                                                  \
	  "messages given up because they are not the protocol")                                   \
	X(MESSAGE_TRUNCATED, "message_truncated",                                                  \
	  "messages whose head was longer than the capture cap")                                   \
	X(EXCHANGE_UNMATCHED, "exchange_unmatched",                                                \
	  "responses without their request, or too many waiting")                                  \
	X(SESSION_MEMORY, "session_memory",                                                        \
	  "connections not followed because memory for their protocols is used up")                \
	X(SEGMENT_TABLE_FULL, "segment_table_full",                                                \
	  "segments closed early because too many were open")                                      \
	X(SEGMENT_SPANS, "segment_spans", "spans beyond the cap of one segment")                   \
	X(ATTRIBUTES, "attributes", "attributes beyond the cap of one span")                       \
	X(PROCESS_TABLE_FULL, "process_table_full", "processes beyond the agent's table")          \
	X(SAMPLED, "sampled", "segments the sampler did not keep (a decision, not a loss)")        \
	X(QUEUE_FULL, "queue_full", "items that found a destination's queue full")                 \
	X(RETRIES_EXHAUSTED, "retries_exhausted", "items given up after the last attempt")         \
	X(SERVER_REFUSED, "server_refused", "items the server refused for good")                   \
	X(RATE_LIMITED, "rate_limited", "items held back by the server's rate limit")              \
	X(TOO_LARGE, "too_large", "items larger than the destination takes")                       \
	X(ENCODE_FAILED, "encode_failed", "items that could not be encoded")                       \
	X(SHUTDOWN, "shutdown", "items still queued when the time to stop was over")               \
	X(OUTPUT_FAILED, "output_failed", "items that could not be written to a file or terminal") \
	X(CRASH_SUPPRESSED, "crash_suppressed",                                                    \
	  "crashes like others before them (a decision, not a loss)")                              \
	X(CRASH_TABLE_FULL, "crash_table_full", "crashes beyond the agent's table")                \
	X(CRASH_INCOMPLETE, "crash_incomplete", "crashes whose end or stack pages never came")     \
	X(STACK_MEMORY, "stack_memory", "stack pages beyond the agent's memory for them")          \
	X(POD_UNREADABLE, "pod_unreadable",                                                        \
	  "answers of the Kubernetes API server that were no pods")                                \
	X(PODS_FULL, "pods_full", "pods beyond the agent's table")                                 \
	X(POD_MUTED, "pod_muted",                                                                  \
	  "items of pods that asked not to be traced (a decision, not a loss)")                    \
	X(SANDBOX_ENDED, "sandbox_ended",                                                          \
	  "pods' sandboxes ended by their runtime's SIGKILL (a decision, not a loss)")             \
	X(IMAGES_FULL, "images_full", "mappings beyond the agent's table of images")               \
	X(IMAGE_EVENTS_LOST, "image_events_lost", "mapping events the kernel had no room for")     \
	X(SYMBOLS_FAILED, "symbols_failed", "crashes whose stacks could not be unwound in time")   \
	X(SPOOL_FULL, "spool_full", "crashes the spool had no room for")                           \
	X(SPOOL_CORRUPT, "spool_corrupt", "spool files set aside because they cannot be read")     \
	X(SPOOL_FAILED, "spool_failed", "crashes that could not be written to the spool")          \
	X(EXCEPTION_SUPPRESSED, "exception_suppressed",                                            \
	  "exceptions like others before them (a decision, not a loss)")                           \
	X(EXCEPTION_DUPLICATE, "exception_duplicate",                                              \
	  "reports of an exception already reported (a decision, not a loss)")                     \
	X(EXCEPTION_TABLE_FULL, "exception_table_full", "exceptions beyond the agent's tables")    \
	X(SDK_SUPPRESSED, "sdk_suppressed",                                                        \
	  "segments and exceptions of processes whose own SDK sends them (a decision, not a "      \
	  "loss)")                                                                                 \
	X(PROCESS_UNDECIDED, "process_undecided",                                                  \
	  "processes left out because they were gone before a rule could be answered")             \
	X(OUTPUT_GAP, "output_gap", "reports of exceptions with bytes missing in them")            \
	X(METADATA_LATE, "metadata_late",                                                          \
	  "items sent without names of their container or pod, which did not come in time")        \
	X(PROFILE_BACKLOG, "profile_backlog",                                                      \
	  "samples that could not be unwound: too many at once, or their files unreadable")        \
	X(HANDOVER_LOST, "handover_lost",                                                          \
	  "starts that could not read all of what was told while no agent ran: crashes")           \
	X(OVERHEAD_SHED, "overhead_shed", "kinds of detail given up to stay under --max-overhead") \
	X(TLS_UNSEEN, "tls_unseen",                                                                \
	  "connections over TLS that were not looked into (a decision, not a loss)")

#define DROP_REASON_ENUM(name, text, words) DROP_##name,
enum drop_reason {
	DROP_REASONS_KERNEL(DROP_REASON_ENUM) DROP_REASONS_KERNEL_COUNT,
	DROP_LAST_KERNEL_ = DROP_REASONS_KERNEL_COUNT - 1, /* the agent's go on from here */
	DROP_REASONS_AGENT(DROP_REASON_ENUM) DROP_REASONS_COUNT,
};

#endif
