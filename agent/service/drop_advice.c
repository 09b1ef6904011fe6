/* One row per reason of bpf/shared/drop_reason.h. A reason without a row says where to look. */
#include "service/drop_advice.h"

#include <stddef.h>

static const char *const rows[DROP_REASONS_COUNT] = {
	[DROP_RING_FULL] = "raise --ring-size, or give limpet more CPU (CPUQuota)",
	[DROP_CONNECTIONS_FULL] = "raise --max-connections",
	[DROP_PENDING_FULL] = "raise --max-connections: more calls wait at once than it allows",
	[DROP_PROCESSES_FULL] = "raise --max-processes",
	[DROP_USER_READ] = "nothing to mend: the page was swapped out or not there yet",
	[DROP_MMSG_TAIL] = "nothing to mend: the first messages of the call were seen",
	[DROP_IOVEC_TAIL] = "nothing to mend: the first pieces were seen",
	[DROP_CRASH_RING_FULL] = "raise --crash-ring-size: many processes crash at once",
	[DROP_STACK_RING_FULL] = "raise --crash-ring-size, or lower --crash-stack",
	[DROP_CRASH_THREADS] = "raise --crash-threads (64 at most)",
	[DROP_CRASHES_FULL] = "look at what crashes in a loop: limpet holds as many as it can",
	[DROP_FAULT_RATE] = "nothing to mend: a program handles its faults many times a second",
	[DROP_EXCEPTION_RING_FULL] = "raise --exception-ring-size, or give limpet more CPU",
	[DROP_OUTPUT_UNREADABLE] = "nothing to mend: the page was swapped out or not there yet",
	[DROP_OUTPUT_RATE] = "raise --exception-output-rate, or make the program print less",
	[DROP_OUTPUT_STREAMS_FULL] = "look at what prints errors from very many threads",
	[DROP_THROW_RATE] = "nothing to mend: a program throws many times a second",
	[DROP_TLS_UNBOUND] = "see `limpet check`: that use of its TLS library is not followed",
	[DROP_PROCESS_OVER_SHARE] =
		"look at what floods: raise --ring-size, or ignore it by a rule",
	[DROP_SYSCALLS_FULL] = "attach to fewer processes at once",
	[DROP_PROFILE_RING_FULL] = "lower --profile=HZ, or give limpet more CPU",
	[DROP_PROFILE_PAGES_FULL] = "raise --profile-ring-size, or lower --profile-stack",
	[DROP_PROFILE_STACK_UNREADABLE] = "nothing to mend: a page of a stack was swapped out",
	[DROP_OFF_CPU_UNNOTED] = "nothing to mend: very many threads wait at once",
	[DROP_PROGRAM_SKIPPED] =
		"boot with preempt=voluntary where it matters: the kernel itself skipped them",
	[DROP_RECORD_MALFORMED] = "report it: kernel side and agent do not fit together",
	[DROP_CONNECTION_UNKNOWN] =
		"raise --max-connections if it grows; some at a start are usual",
	[DROP_CONNECTION_TABLE_FULL] = "raise --max-connections",
	[DROP_STREAM_GAP] = "raise --ring-size or --capture-bytes; requests around a gap are lost",
	[DROP_STREAM_UNPARSABLE] = "nothing to mend, unless a service has no spans: report it then",
	[DROP_MESSAGE_TRUNCATED] = "raise --capture-bytes: heads of messages are longer",
	[DROP_EXCHANGE_UNMATCHED] = "raise --ring-size if it grows with the traffic",
	[DROP_SESSION_MEMORY] = "raise --session-memory",
	[DROP_SEGMENT_TABLE_FULL] = "raise --max-open-segments",
	[DROP_SEGMENT_SPANS] = "nothing to mend: one request made more calls than are kept",
	[DROP_ATTRIBUTES] = "nothing to mend: the first attributes were kept",
	[DROP_PROCESS_TABLE_FULL] = "raise --max-processes",
	[DROP_SAMPLED] = "a decision: --sample",
	[DROP_QUEUE_FULL] =
		"look at the destination below: it is slow or away; or raise --queue-size",
	[DROP_RETRIES_EXHAUSTED] = "look at the destination below: it was away for --max-retry",
	[DROP_SERVER_REFUSED] =
		"look at the destination's last error below: key, project, or quota",
	[DROP_RATE_LIMITED] = "raise the quota at the server, or lower --sample",
	[DROP_TOO_LARGE] = "lower --batch-size, or raise the server's limit",
	[DROP_ENCODE_FAILED] = "give limpet more memory (MemoryMax), or report it",
	[DROP_SHUTDOWN] = "raise --shutdown-timeout",
	[DROP_OUTPUT_FAILED] = "look at the disk of the output file: full, or read-only",
	[DROP_CRASH_SUPPRESSED] = "a decision: --crash-burst and --crash-interval",
	[DROP_CRASH_TABLE_FULL] = "look at what crashes in a loop",
	[DROP_CRASH_INCOMPLETE] = "raise --crash-ring-size",
	[DROP_STACK_MEMORY] = "lower --crash-stack or --crash-threads",
	[DROP_POD_UNREADABLE] = "look at who answers at the API server's address",
	[DROP_PODS_FULL] = "raise --max-pods",
	[DROP_POD_MUTED] = "a decision: the pod's annotation limpet.io/trace",
	[DROP_SANDBOX_ENDED] = "nothing to mend: this is how runtimes end pods",
	[DROP_IMAGES_FULL] = "raise --max-images",
	[DROP_IMAGE_EVENTS_LOST] = "give limpet more CPU (CPUQuota): it fell behind",
	[DROP_SYMBOLS_FAILED] = "give limpet more CPU (CPUQuota); the events went without names",
	[DROP_SPOOL_FULL] = "raise --spool-size, or mend the destination below",
	[DROP_SPOOL_CORRUPT] = "look at the disk of the spool; the files were kept beside it",
	[DROP_SPOOL_FAILED] = "look at the disk of the spool: full, slow, or not writable",
	[DROP_EXCEPTION_SUPPRESSED] = "a decision: --exception-burst and --exception-interval",
	[DROP_EXCEPTION_DUPLICATE] = "a decision: each is reported once",
	[DROP_EXCEPTION_TABLE_FULL] = "look at what prints errors in a loop",
	[DROP_SDK_SUPPRESSED] = "a decision: --suppress-sdk",
	[DROP_PROCESS_UNDECIDED] = "use rules for executables: these need no look at the process",
	[DROP_OUTPUT_GAP] = "raise --exception-ring-size or --exception-output-rate",
	[DROP_METADATA_LATE] = "look for the API server and the runtime; or raise --metadata-wait",
	[DROP_OVERHEAD_SHED] = "raise --max-overhead, or ask for less: --events",
	[DROP_PROFILE_BACKLOG] = "lower --profile=HZ, or give limpet more CPU",
	[DROP_TLS_UNSEEN] = "a decision: --tls; what it cannot see, limpet check lists",
	[DROP_HANDOVER_LOST] = "see the log: another version's records, or too much in one ring",
};

const char *drop_advice_for(enum drop_reason reason)
{
	if ((unsigned)reason >= DROP_REASONS_COUNT || !rows[reason])
		return "see \"What every counter means\" in deploy/README.md";
	return rows[reason];
}
