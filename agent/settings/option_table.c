/*
 * All options. The defaults are text and go through the same parser as everything else, so that
 * --help, the file and the program can never disagree about them. Environment names: where OTel or
 * Sentry define one it is used, LIMPET_* otherwise.
 */
#include "settings/option_table.h"

#include <string.h>
#include "base/log.h"
#include "settings/kubernetes_options.h"
#include "settings/name_distance.h"
#include "settings/profile_options.h"
#include "settings/profile_output_options.h"
#include "settings/settings.h"
#include "shared/limits.h"

#define AT(field)   offsetof(struct settings, field)
#define ONE_DAY_MS  86400000ull
#define MAX_ENTRIES 1048576ull

static const struct option_word source_words[] = {
	{"auto", SOURCE_AUTO}, {"tracepoint", SOURCE_TRACEPOINT}, {"fentry", SOURCE_FENTRY}, {0}};
static const struct option_word route_words[] = {
	{"guessed", ROUTE_GUESSED}, {"off", ROUTE_OFF}, {0}};
static const struct option_word switch_words[] = {
	{"auto", SWITCH_AUTO}, {"on", SWITCH_ON}, {"off", SWITCH_OFF}, {0}};
static const struct option_word colour_words[] = {
	{"auto", SWITCH_AUTO}, {"always", SWITCH_ON}, {"never", SWITCH_OFF}, {0}};
static const struct option_word level_words[] = {{"error", LOG_LEVEL_ERROR},
						 {"warning", LOG_LEVEL_WARNING},
						 {"warn", LOG_LEVEL_WARNING},
						 {"info", LOG_LEVEL_INFO},
						 {"debug", LOG_LEVEL_DEBUG},
						 {"trace", LOG_LEVEL_DEBUG},
						 {0}};
static const struct option_word breadcrumb_words[] = {{"auto", BREADCRUMBS_AUTO},
						      {"all", BREADCRUMBS_ALL},
						      {"spans", BREADCRUMBS_SPANS},
						      {"off", BREADCRUMBS_OFF},
						      {0}};
static const struct option_word kill_words[] = {
	{"sigkill", KILLS_SIGKILL}, {"all", KILLS_ALL}, {"off", KILLS_OFF}, {0}};
static const struct option_word probe_words[] = {
	{"auto", PROBES_AUTO}, {"all", PROBES_ALL}, {"off", PROBES_OFF}, {0}};
static const struct option_word tls_words[] = {{"auto", TLS_AUTO}, {"off", TLS_OFF}, {0}};
static const struct option_word compression_words[] = {{"gzip", 0}, {"none", 1}, {0}};
static const struct option_word signal_compression_words[] = {
	{"same", 0}, {"gzip", 1}, {"none", 2}, {0}};

/* clang-format off */
/* What a signal may have of its own, by the specification. */
#define OTLP_SIGNAL(word, WORD) \
	{.name = "otlp-" #word "-headers", .key = "otlp." #word "_headers", \
	 .environment = {"OTEL_EXPORTER_OTLP_" WORD "_HEADERS"}, .type = OPTION_PAIRS, .group = GROUP_OTLP, \
	 .offset = AT(otlp.word.headers), .is_secret = true, .placeholder = "K=V,K=V", \
	 .help = "otlp-headers for " #word " alone"}, \
	{.name = "otlp-" #word "-compression", .key = "otlp." #word "_compression", \
	 .environment = {"OTEL_EXPORTER_OTLP_" WORD "_COMPRESSION"}, .type = OPTION_CHOICE, .group = GROUP_OTLP, \
	 .offset = AT(otlp.word.compression), .initial = "same", .words = signal_compression_words, \
	 .placeholder = "HOW", .help = "otlp-compression for " #word " alone"}, \
	{.name = "otlp-" #word "-ca-file", .key = "otlp." #word "_ca_file", \
	 .environment = {"OTEL_EXPORTER_OTLP_" WORD "_CERTIFICATE"}, .type = OPTION_FILE, .group = GROUP_OTLP, \
	 .offset = AT(otlp.word.ca_file), .placeholder = "FILE", .help = "otlp-ca-file for " #word " alone"}, \
	{.name = "otlp-" #word "-client-certificate", .key = "otlp." #word "_client_certificate", \
	 .environment = {"OTEL_EXPORTER_OTLP_" WORD "_CLIENT_CERTIFICATE"}, .type = OPTION_FILE, .group = GROUP_OTLP, \
	 .offset = AT(otlp.word.client_certificate_file), .placeholder = "FILE", \
	 .help = "otlp-client-certificate for " #word " alone"}, \
	{.name = "otlp-" #word "-client-key", .key = "otlp." #word "_client_key", \
	 .environment = {"OTEL_EXPORTER_OTLP_" WORD "_CLIENT_KEY"}, .type = OPTION_FILE, .group = GROUP_OTLP, \
	 .offset = AT(otlp.word.client_key_file), .placeholder = "FILE", .help = "otlp-client-key for " #word " alone"}, \
	{.name = "otlp-" #word "-timeout", .key = "otlp." #word "_timeout", \
	 .environment = {"OTEL_EXPORTER_OTLP_" WORD "_TIMEOUT"}, .type = OPTION_DURATION, .group = GROUP_OTLP, \
	 .offset = AT(otlp.word.timeout_ms), .initial = "0", .max = ONE_DAY_MS, .placeholder = "TIME", \
	 .help = "otlp-timeout for " #word " alone; 0: the same"}

const struct option option_table[] = {
	/* --- general --- */
	{.name = "config", .letter = 'c', .environment = {"LIMPET_CONFIG"}, .type = OPTION_FILE,
	 .group = GROUP_GENERAL, .offset = AT(config_file), .placeholder = "FILE",
	 .help = "read settings from this YAML file"},
	{.name = "log-level", .key = "log_level", .environment = {"OTEL_LOG_LEVEL"}, .type = OPTION_WORD,
	 .group = GROUP_GENERAL, .offset = AT(log_level), .is_live = true, .initial = "info", .words = level_words,
	 .placeholder = "LEVEL", .help = "how much limpet says about itself"},
	{.name = "duration", .key = "duration", .environment = {"LIMPET_DURATION"}, .type = OPTION_DURATION,
	 .group = GROUP_GENERAL, .offset = AT(duration_ms), .initial = "0", .max = 365 * ONE_DAY_MS,
	 .placeholder = "TIME", .help = "stop after this time; 0: when told to, or when the traced process ends"},

	/* --- capture --- */
	{.name = "capture-source", .key = "capture.source", .environment = {"LIMPET_CAPTURE_SOURCE"},
	 .type = OPTION_WORD, .group = GROUP_CAPTURE, .offset = AT(capture.source), .initial = "auto",
	 .words = source_words, .placeholder = "SOURCE", .help = "kernel hooks that see the bytes; auto: the cheapest allowed here"},
	{.name = "capture-bytes", .key = "capture.segment_bytes", .environment = {"LIMPET_CAPTURE_BYTES"},
	 .type = OPTION_SIZE, .group = GROUP_CAPTURE, .offset = AT(capture.segment_bytes), .initial = "4KiB",
	 .min = MIN_CAPTURE_BYTES, .max = MAX_CAPTURE_BYTES, .placeholder = "SIZE",
	 .help = "most bytes copied of one call of HTTP/1; of other protocols four times as many"},
	{.name = "undecided-bytes", .key = "capture.undecided_bytes", .environment = {"LIMPET_UNDECIDED_BYTES"},
	 .type = OPTION_SIZE, .group = GROUP_CAPTURE, .offset = AT(capture.undecided_bytes), .initial = "64KiB",
	 .min = MIN_CAPTURE_BYTES, .max = 16 << 20, .placeholder = "SIZE",
	 .help = "bytes per direction looked at before a protocol counts as unknown"},
	{.name = "session-memory", .key = "capture.session_bytes", .environment = {"LIMPET_SESSION_MEMORY"},
	 .type = OPTION_SIZE, .group = GROUP_CAPTURE, .offset = AT(capture.session_bytes), .initial = "32MiB",
	 .min = 65536, .max = 1 << 30, .placeholder = "SIZE",
	 .help = "most memory that protocols keep of their connections (HPACK tables, prepared statements)"},
	{.name = "ring-size", .key = "capture.ring_bytes", .environment = {"LIMPET_RING_SIZE"}, .type = OPTION_SIZE,
	 .group = GROUP_CAPTURE, .offset = AT(capture.ring_bytes), .initial = "2MiB", .min = 4096, .max = 1 << 30,
	 .is_power_of_two = true, .placeholder = "SIZE", .help = "ring buffer between kernel and agent, a power of two"},
	{.name = "events", .key = "capture.events", .environment = {"LIMPET_EVENTS"}, .type = OPTION_EVENTS,
	 .group = GROUP_CAPTURE, .offset = AT(events.list), .initial = "spans,crashes,exceptions", .placeholder = "WORD,…",
	 .help = "what is captured and shown: spans, crashes, exceptions, syscalls, profile"},
	{.name = "max-overhead", .key = "capture.max_overhead", .environment = {"LIMPET_MAX_OVERHEAD"},
	 .type = OPTION_PERCENT, .group = GROUP_CAPTURE, .offset = AT(capture.max_overhead), .initial = "0",
	 .placeholder = "PCT", .help = "most that limpet's programs may take inside the kernel, in percent of one CPU; beyond it "
	 "detail is given up: first syscalls, then breadcrumbs of system calls, then exceptions out of output, then spans; 0: no limit"},
	{.name = "max-connections", .key = "capture.max_connections", .environment = {"LIMPET_MAX_CONNECTIONS"},
	 .type = OPTION_NUMBER, .group = GROUP_CAPTURE, .offset = AT(capture.max_connections), .initial = "8192",
	 .min = 16, .max = MAX_ENTRIES, .placeholder = "COUNT", .help = "connections followed at once"},
	{.name = "max-processes", .key = "capture.max_processes", .environment = {"LIMPET_MAX_PROCESSES"},
	 .type = OPTION_NUMBER, .group = GROUP_CAPTURE, .offset = AT(capture.max_processes), .initial = "4096",
	 .min = 16, .max = MAX_ENTRIES, .placeholder = "COUNT", .help = "processes traced at once"},
	{.name = "dns-ports", .key = "capture.dns_ports", .environment = {"LIMPET_DNS_PORTS"}, .type = OPTION_PORTS,
	 .group = GROUP_CAPTURE, .offset = AT(capture.dns_ports), .initial = "53", .placeholder = "PORT,…",
	 .help = "ports whose UDP datagrams are read as DNS, at most four, or off"},
	{.name = "record", .key = "capture.record_file", .environment = {"LIMPET_RECORD"}, .type = OPTION_FILE,
	 .group = GROUP_CAPTURE, .offset = AT(capture.record_file), .placeholder = "FILE",
	 .help = "also write what was captured to FILE, for limpet replay; holds raw traffic"},

	{.name = "tls", .key = "capture.tls", .environment = {"LIMPET_TLS"}, .type = OPTION_WORD, .group = GROUP_CAPTURE,
	 .offset = AT(capture.tls), .initial = "off", .words = tls_words, .bare = "auto", .placeholder = "auto|off",
	 .help = "read what programs say by TLS, by uprobes on OpenSSL, BoringSSL, GnuTLS, NSS, Go and rustls; needs crashes"},
	{.name = "tls-delay", .key = "capture.tls_delay", .environment = {"LIMPET_TLS_DELAY"}, .type = OPTION_DURATION,
	 .group = GROUP_CAPTURE, .offset = AT(capture.tls_delay_ms), .initial = "2s", .max = ONE_DAY_MS, .placeholder = "TIME",
	 .help = "of processes that are this old; those of run at once"},

	/* --- discovery --- */
	{.name = "discovery-rules", .key = "discovery.rules", .environment = {"LIMPET_DISCOVERY_RULES"}, .type = OPTION_RULES,
	 .group = GROUP_DISCOVERY, .offset = AT(discovery.rules), .is_live = true, .example = "ignore user=nobody; trace port=8000-8099; ignore", .placeholder = "RULES",
	 .help = "which processes agent traces: trace|ignore FIELD=VALUE,… ; …; the first rule that matches decides"},
	{.name = "ignore-executables", .key = "discovery.ignore_executables", .environment = {"LIMPET_IGNORE_EXECUTABLES"},
	 .type = OPTION_STRING, .group = GROUP_DISCOVERY, .offset = AT(discovery.ignore_executables), .is_live = true, .example = "sshd,cron", .placeholder = "GLOB,…",
	 .help = "before any rule: never these"},
	{.name = "only-executables", .key = "discovery.only_executables", .environment = {"LIMPET_ONLY_EXECUTABLES"},
	 .type = OPTION_STRING, .group = GROUP_DISCOVERY, .offset = AT(discovery.only_executables), .is_live = true, .example = "nginx,/opt/*", .placeholder = "GLOB,…",
	 .help = "after all rules: nothing but these, and what listens on only-ports"},
	{.name = "only-ports", .key = "discovery.only_ports", .environment = {"LIMPET_ONLY_PORTS"}, .type = OPTION_STRING,
	 .group = GROUP_DISCOVERY, .offset = AT(discovery.only_ports), .is_live = true, .example = "80,8000-8099", .placeholder = "PORT,…",
	 .help = "after all rules: nothing but what listens on these, and only-executables"},
	{.name = "suppress-sdk", .key = "discovery.suppress_sdk", .environment = {"LIMPET_SUPPRESS_SDK"}, .type = OPTION_BOOLEAN,
	 .group = GROUP_DISCOVERY, .offset = AT(discovery.suppress_sdk), .is_live = true, .initial = "on", .bare = "on", .placeholder = "on|off",
	 .help = "do not send the traces, or exceptions, of a process whose own SDK is seen to send them"},

	/* --- crashes --- */
	{.name = "crashes", .key = "crash.enabled", .environment = {"LIMPET_CRASHES"}, .type = OPTION_BOOLEAN,
	 .group = GROUP_CRASH, .offset = AT(crash.enabled), .initial = "on", .bare = "on", .placeholder = "on|off",
	 .help = "capture crashes"},
	{.name = "crash-stack", .key = "crash.stack_bytes", .environment = {"LIMPET_CRASH_STACK"}, .type = OPTION_SIZE,
	 .group = GROUP_CRASH, .offset = AT(crash.stack_bytes), .initial = "128KiB", .min = STACK_PAGE_BYTES,
	 .max = MAX_STACK_PAGES * STACK_PAGE_BYTES, .placeholder = "SIZE", .help = "most stack copied of the thread that crashed"},
	{.name = "crash-thread-stack", .key = "crash.thread_stack_bytes", .environment = {"LIMPET_CRASH_THREAD_STACK"},
	 .type = OPTION_SIZE, .group = GROUP_CRASH, .offset = AT(crash.thread_stack_bytes), .initial = "16KiB",
	 .min = STACK_PAGE_BYTES, .max = MAX_STACK_PAGES * STACK_PAGE_BYTES, .placeholder = "SIZE",
	 .help = "the same of every other thread"},
	{.name = "crash-threads", .key = "crash.max_threads", .environment = {"LIMPET_CRASH_THREADS"}, .type = OPTION_NUMBER,
	 .group = GROUP_CRASH, .offset = AT(crash.max_threads), .initial = "64", .min = 1, .max = 64,
	 .placeholder = "COUNT", .help = "threads in one report"},
	{.name = "crash-ring-size", .key = "crash.ring_bytes", .environment = {"LIMPET_CRASH_RING_SIZE"}, .type = OPTION_SIZE,
	 .group = GROUP_CRASH, .offset = AT(crash.ring_bytes), .initial = "2MiB", .min = 65536, .max = 1 << 30,
	 .is_power_of_two = true, .placeholder = "SIZE", .help = "ring buffer for stacks, a power of two"},
	{.name = "exit-events", .key = "crash.exit_events", .environment = {"LIMPET_EXIT_EVENTS"}, .type = OPTION_STRING,
	 .group = GROUP_CRASH, .offset = AT(crash.exit_rules), .is_live = true, .placeholder = "RULES",
	 .help = "non-zero exits (and SIGPIPE: 141) that are events: on, off, or NAME[:STATUS],…; without rules those of the "
		 "command that is run"},
	{.name = "kill-events", .key = "crash.kill_events", .environment = {"LIMPET_KILL_EVENTS"}, .type = OPTION_WORD,
	 .group = GROUP_CRASH, .offset = AT(crash.kills), .initial = "sigkill", .words = kill_words,
	 .placeholder = "WHICH", .help = "deaths by another process's signal that are events"},
	{.name = "breadcrumbs", .key = "crash.breadcrumbs", .environment = {"LIMPET_BREADCRUMBS"}, .type = OPTION_WORD,
	 .group = GROUP_CRASH, .offset = AT(crash.breadcrumbs), .initial = "auto", .words = breadcrumb_words,
	 .placeholder = "WHICH",
	 .help = "all: spans, failed system calls and standard error; auto: all with run, otherwise spans"},
	{.name = "minidump", .key = "crash.minidump", .environment = {"LIMPET_MINIDUMP"}, .type = OPTION_BOOLEAN,
	 .group = GROUP_CRASH, .offset = AT(crash.minidump), .initial = "off", .bare = "on", .placeholder = "on|off",
	 .help = "attach a minidump to crash events; it holds stack memory"},
	{.name = "crash-burst", .key = "crash.burst", .environment = {"LIMPET_CRASH_BURST"}, .type = OPTION_NUMBER,
	 .group = GROUP_CRASH, .offset = AT(crash.burst), .initial = "5", .min = 1, .max = 100000,
	 .placeholder = "COUNT", .help = "crashes alike that are sent; further ones are counted"},
	{.name = "crash-interval", .key = "crash.interval", .environment = {"LIMPET_CRASH_INTERVAL"}, .type = OPTION_DURATION,
	 .group = GROUP_CRASH, .offset = AT(crash.interval_ms), .initial = "1m", .min = 1, .max = ONE_DAY_MS,
	 .placeholder = "TIME", .help = "and one more of them per this time"},
	{.name = "sessions", .key = "crash.sessions", .environment = {"LIMPET_SESSIONS"}, .type = OPTION_BOOLEAN,
	 .group = GROUP_CRASH, .offset = AT(crash.sessions), .initial = "on", .bare = "on", .placeholder = "on|off",
	 .help = "release health for Sentry: how many runs and requests ended well"},
	{.name = "debug-root", .key = "crash.debug_root", .environment = {"LIMPET_DEBUG_ROOT"}, .type = OPTION_FILE,
	 .group = GROUP_CRASH, .offset = AT(crash.debug_root), .initial = "/usr/lib/debug", .placeholder = "DIR",
	 .help = "where separate debug files are looked for"},
	{.name = "max-images", .key = "crash.max_images", .environment = {"LIMPET_MAX_IMAGES"}, .type = OPTION_NUMBER,
	 .group = GROUP_CRASH, .offset = AT(crash.max_images), .initial = "65536", .min = 256, .max = MAX_ENTRIES,
	 .placeholder = "COUNT", .help = "executable mappings known at once, of all traced processes"},

	/* --- exceptions --- */
	{.name = "exceptions", .key = "exceptions.enabled", .environment = {"LIMPET_EXCEPTIONS"}, .type = OPTION_BOOLEAN,
	 .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.enabled), .initial = "on", .bare = "on", .placeholder = "on|off",
	 .help = "report exceptions that programs print or runtimes raise; needs crashes"},
	{.name = "exception-output", .key = "exceptions.output", .environment = {"LIMPET_EXCEPTION_OUTPUT"}, .type = OPTION_DESCRIPTORS,
	 .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.descriptors), .initial = "1,2", .placeholder = "FDS",
	 .help = "descriptors whose output is searched for reports of exceptions; off: none"},
	{.name = "exception-output-rate", .key = "exceptions.output_bytes", .environment = {"LIMPET_EXCEPTION_OUTPUT_RATE"},
	 .type = OPTION_SIZE, .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.output_bytes), .initial = "4MiB", .min = 65536,
	 .max = 1 << 30, .placeholder = "SIZE", .help = "most output of one process looked at per second, after a marker was seen"},
	{.name = "exception-probes", .key = "exceptions.probes", .environment = {"LIMPET_EXCEPTION_PROBES"}, .type = OPTION_WORD,
	 .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.probes), .initial = "auto", .words = probe_words,
	 .placeholder = "WHICH", .help = "uprobes on language runtimes; all: those that every throw passes, too"},
	{.name = "exception-ring-size", .key = "exceptions.ring_bytes", .environment = {"LIMPET_EXCEPTION_RING_SIZE"},
	 .type = OPTION_SIZE, .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.ring_bytes), .initial = "1MiB", .min = 65536,
	 .max = 1 << 30, .is_power_of_two = true, .placeholder = "SIZE", .help = "ring buffer for output and exceptions, a power of two"},
	{.name = "exception-burst", .key = "exceptions.burst", .environment = {"LIMPET_EXCEPTION_BURST"}, .type = OPTION_NUMBER,
	 .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.burst), .initial = "100", .min = 1, .max = 100000,
	 .placeholder = "COUNT", .help = "exceptions alike that are sent; further ones are counted"},
	{.name = "exception-interval", .key = "exceptions.interval", .environment = {"LIMPET_EXCEPTION_INTERVAL"},
	 .type = OPTION_DURATION, .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.interval_ms), .initial = "1s", .min = 1,
	 .max = ONE_DAY_MS, .placeholder = "TIME", .help = "and one more of them per this time"},
	{.name = "source-context", .key = "exceptions.source_context", .environment = {"LIMPET_SOURCE_CONTEXT"},
	 .type = OPTION_BOOLEAN, .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.source_context), .is_live = true, .initial = "on", .bare = "on",
	 .placeholder = "on|off", .help = "send the lines of source around each frame, where the file can be read"},
	{.name = "source-context-lines", .key = "exceptions.context_lines", .environment = {"LIMPET_SOURCE_CONTEXT_LINES"},
	 .type = OPTION_NUMBER, .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.context_lines), .is_live = true, .initial = "5",
	 .max = MAX_CONTEXT_LINES, .placeholder = "COUNT", .help = "how many of them before and after the line"},
	{.name = "max-source-size", .key = "exceptions.max_source_bytes", .environment = {"LIMPET_MAX_SOURCE_SIZE"},
	 .type = OPTION_SIZE, .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.max_source_bytes), .is_live = true, .initial = "1MiB", .min = 1024,
	 .max = 64 << 20, .placeholder = "SIZE", .help = "larger source files are not read"},
	{.name = "in-app-include", .key = "exceptions.in_app_include", .environment = {"LIMPET_IN_APP_INCLUDE"},
	 .type = OPTION_STRING, .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.in_app_include), .placeholder = "PREFIX,…",
	 .help = "modules and paths that are the program's own, whatever the language's rules say"},
	{.name = "in-app-exclude", .key = "exceptions.in_app_exclude", .environment = {"LIMPET_IN_APP_EXCLUDE"},
	 .type = OPTION_STRING, .group = GROUP_EXCEPTIONS, .offset = AT(exceptions.in_app_exclude), .placeholder = "PREFIX,…",
	 .help = "those that are not"},

	PROFILE_OPTIONS,

	/* --- tracing --- */
	{.name = "routes", .key = "tracing.routes", .environment = {"LIMPET_ROUTES"}, .type = OPTION_WORD,
	 .group = GROUP_TRACING, .offset = AT(tracing.routes), .initial = "guessed", .words = route_words,
	 .placeholder = "MODE", .help = "http.route of server spans: guessed from the path, or left out"},
	{.name = "max-routes", .key = "tracing.max_routes", .environment = {"LIMPET_MAX_ROUTES"}, .type = OPTION_NUMBER,
	 .group = GROUP_TRACING, .offset = AT(tracing.max_routes), .initial = "200", .min = 1, .max = 100000,
	 .placeholder = "COUNT", .help = "different guessed routes per service"},
	{.name = "max-open-segments", .key = "tracing.max_open_segments", .environment = {"LIMPET_MAX_OPEN_SEGMENTS"},
	 .type = OPTION_NUMBER, .group = GROUP_TRACING, .offset = AT(tracing.max_open_segments), .initial = "8192",
	 .min = 16, .max = MAX_ENTRIES, .placeholder = "COUNT", .help = "requests under way at once"},
	{.name = "segment-timeout", .key = "tracing.segment_timeout", .environment = {"LIMPET_SEGMENT_TIMEOUT"},
	 .type = OPTION_DURATION, .group = GROUP_TRACING, .offset = AT(tracing.segment_timeout_ms), .initial = "5m",
	 .min = 1, .max = ONE_DAY_MS, .placeholder = "TIME", .help = "a request without an end is closed, marked, after this"},
	{.name = "tcp-calls", .key = "tracing.tcp_calls", .environment = {"LIMPET_TCP_CALLS"}, .type = OPTION_BOOLEAN,
	 .group = GROUP_TRACING, .offset = AT(tracing.tcp_calls), .initial = "on", .placeholder = "on|off",
	 .help = "spans for calls over protocols limpet does not know"},

	/* --- sampling --- */
	{.name = "sample", .key = "sampling.ratio", .environment = {"OTEL_TRACES_SAMPLER_ARG", "SENTRY_TRACES_SAMPLE_RATE"},
	 .type = OPTION_RATIO, .group = GROUP_SAMPLING, .offset = AT(sampling.ratio), .is_live = true, .initial = "1", .placeholder = "RATIO",
	 .help = "share of the traces kept; OTEL_TRACES_SAMPLER_ARG counts with the traceidratio samplers"},
	{.name = "parent-based", .key = "sampling.parent_based", .environment = {"OTEL_TRACES_SAMPLER"},
	 .type = OPTION_BOOLEAN, .group = GROUP_SAMPLING, .offset = AT(sampling.parent_based), .is_live = true, .initial = "on",
	 .bare = "on", .help = "follow the decision that comes with a request"},

	/* --- names --- */
	{.name = "service-name", .key = "identity.service_name", .environment = {"LIMPET_SERVICE_NAME"},
	 .type = OPTION_STRING, .group = GROUP_IDENTITY, .offset = AT(identity.service_name), .is_live = true, .placeholder = "NAME",
	 .help = "one service name for all traced processes; otherwise each has its own"},
	{.name = "release", .key = "identity.release", .environment = {"SENTRY_RELEASE"}, .type = OPTION_STRING,
	 .group = GROUP_IDENTITY, .offset = AT(identity.release), .is_live = true, .placeholder = "NAME",
	 .help = "release of processes that do not say their own"},
	{.name = "environment", .key = "identity.environment", .environment = {"SENTRY_ENVIRONMENT"},
	 .type = OPTION_STRING, .group = GROUP_IDENTITY, .offset = AT(identity.environment), .is_live = true, .placeholder = "NAME",
	 .help = "production, staging, …"},
	{.name = "server-name", .key = "identity.server_name", .environment = {"LIMPET_SERVER_NAME"},
	 .type = OPTION_STRING, .group = GROUP_IDENTITY, .offset = AT(identity.server_name), .is_live = true, .placeholder = "NAME",
	 .help = "name of this machine; otherwise its host name"},
	{.name = "resource-attributes", .key = "identity.resource_attributes", .environment = {"OTEL_RESOURCE_ATTRIBUTES"},
	 .type = OPTION_PAIRS, .group = GROUP_IDENTITY, .offset = AT(identity.resource_attributes), .is_live = true,
	 .placeholder = "K=V,K=V", .help = "attributes for everything sent; values percent-encoded"},
	{.name = "include-arguments", .key = "identity.include_arguments", .environment = {"LIMPET_INCLUDE_ARGUMENTS"},
	 .type = OPTION_BOOLEAN, .group = GROUP_IDENTITY, .offset = AT(identity.include_arguments), .is_live = true, .initial = "off",
	 .bare = "on", .help = "send the command lines of processes; they may hold secrets"},
	{.name = "metadata-wait", .key = "metadata.wait", .environment = {"LIMPET_METADATA_WAIT"},
	 .type = OPTION_DURATION, .group = GROUP_IDENTITY, .offset = AT(metadata.wait_ms), .initial = "2s",
	 .max = 60000, .placeholder = "TIME",
	 .help = "how long a finished trace or crash waits for the names of its container and pod"},
	{.name = "container-sockets", .key = "metadata.container_sockets", .environment = {"LIMPET_CONTAINER_SOCKETS"},
	 .type = OPTION_STRING, .group = GROUP_IDENTITY, .offset = AT(metadata.container_sockets),
	 .initial = "auto", .placeholder = "KIND:PATH,…",
	 .help = "runtimes asked for the names of containers: auto, off, or cri:PATH and docker:PATH"},
	{.name = "container-labels", .key = "metadata.container_labels", .environment = {"LIMPET_CONTAINER_LABELS"},
	 .type = OPTION_STRING, .group = GROUP_IDENTITY, .offset = AT(metadata.container_labels),
	 .initial = "org.opencontainers.image.*,com.docker.compose.*", .placeholder = "PATTERN,…",
	 .help = "labels of containers that are sent; others may hold secrets"},

	KUBERNETES_OPTIONS,

	/* --- OTLP --- */
	{.name = "otlp-endpoint", .key = "otlp.endpoint", .environment = {"OTEL_EXPORTER_OTLP_ENDPOINT"},
	 .type = OPTION_URL, .group = GROUP_OTLP, .offset = AT(otlp.endpoint), .placeholder = "URL",
	 .example = "http://localhost:4318", .help = "send OTLP/HTTP to URL/v1/traces, such as http://localhost:4318"},
	{.name = "otlp-traces-endpoint", .key = "otlp.traces_endpoint", .environment = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"},
	 .type = OPTION_URL, .group = GROUP_OTLP, .offset = AT(otlp.traces_endpoint), .placeholder = "URL",
	 .example = "http://localhost:4318/v1/traces", .help = "the same, but the URL is used as it is"},
	{.name = "otlp-logs-endpoint", .key = "otlp.logs_endpoint", .environment = {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"},
	 .type = OPTION_URL, .group = GROUP_OTLP, .offset = AT(otlp.logs_endpoint), .placeholder = "URL",
	 .example = "http://localhost:4318/v1/logs", .help = "where crashes go as log records; otherwise otlp-endpoint/v1/logs"},
	{.name = "otlp-headers", .key = "otlp.headers",
	 .environment = {"OTEL_EXPORTER_OTLP_HEADERS"}, .type = OPTION_PAIRS,
	 .group = GROUP_OTLP, .offset = AT(otlp.headers), .is_secret = true, .credential = "limpet.otlp-headers", .placeholder = "K=V,K=V",
	 .help = "request headers, values percent-encoded; not for a command line, others see it"},
	{.name = "otlp-compression", .key = "otlp.compression",
	 .environment = {"OTEL_EXPORTER_OTLP_COMPRESSION"}, .type = OPTION_CHOICE,
	 .group = GROUP_OTLP, .offset = AT(otlp.compression), .initial = "gzip", .words = compression_words,
	 .placeholder = "HOW", .help = "compression of request bodies"},
	{.name = "otlp-ca-file", .key = "otlp.ca_file",
	 .environment = {"OTEL_EXPORTER_OTLP_CERTIFICATE"}, .type = OPTION_FILE,
	 .group = GROUP_OTLP, .offset = AT(otlp.ca_file), .placeholder = "FILE",
	 .help = "certificates to trust (PEM); otherwise the system's"},
	{.name = "otlp-client-certificate", .key = "otlp.client_certificate_file",
	 .environment = {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"},
	 .type = OPTION_FILE, .group = GROUP_OTLP, .offset = AT(otlp.client_certificate_file), .placeholder = "FILE",
	 .help = "certificate to show the server (PEM)"},
	{.name = "otlp-client-key", .key = "otlp.client_key_file",
	 .environment = {"OTEL_EXPORTER_OTLP_CLIENT_KEY"}, .type = OPTION_FILE,
	 .group = GROUP_OTLP, .offset = AT(otlp.client_key_file), .placeholder = "FILE", .help = "its private key (PEM)"},
	{.name = "otlp-timeout", .key = "otlp.timeout",
	 .environment = {"OTEL_EXPORTER_OTLP_TIMEOUT"}, .type = OPTION_DURATION,
	 .group = GROUP_OTLP, .offset = AT(otlp.timeout_ms), .initial = "10s", .max = ONE_DAY_MS, .placeholder = "TIME",
	 .help = "for one request; 0: no limit"},
	OTLP_SIGNAL(traces, "TRACES"),
	OTLP_SIGNAL(logs, "LOGS"),
	{.name = "otlp-profiles", .key = "otlp.profiles", .environment = {"LIMPET_OTLP_PROFILES"}, .type = OPTION_BOOLEAN,
	 .group = GROUP_OTLP, .offset = AT(otlp.profiles), .initial = "off", .bare = "on", .placeholder = "on|off",
	 .help = "send what is sampled to URL/v1development/profiles; the signal is in development and may change"},

	/* --- Sentry --- */
	{.name = "sentry-dsn", .key = "sentry.dsn", .environment = {"SENTRY_DSN"}, .type = OPTION_URL,
	 .group = GROUP_SENTRY, .offset = AT(sentry.dsn), .is_secret = true, .credential = "limpet.sentry-dsn", .placeholder = "DSN",
	 .example = "https://KEY@HOST/PROJECT",
	 .help = "send envelopes to this project, https://KEY@HOST/PROJECT; not for a command line, others see it"},
	{.name = "sentry-file", .key = "sentry.file", .environment = {"LIMPET_SENTRY_FILE"}, .type = OPTION_FILE,
	 .group = GROUP_SENTRY, .offset = AT(sentry.file), .placeholder = "FILE", .help = "append envelopes to FILE"},

	/* --- terminal and files --- */
	{.name = "terminal", .key = "terminal.trees", .environment = {"LIMPET_TERMINAL"}, .type = OPTION_WORD,
	 .group = GROUP_TERMINAL, .offset = AT(terminal.trees), .initial = "auto", .words = switch_words,
	 .placeholder = "WHEN", .help = "traces as trees; auto: on for run, attach and replay, off for agent"},
	{.name = "quiet", .letter = 'q', .key = "terminal.quiet", .environment = {"LIMPET_QUIET"}, .type = OPTION_BOOLEAN,
	 .group = GROUP_TERMINAL, .offset = AT(terminal.is_quiet), .initial = "off", .bare = "on",
	 .help = "say nothing but warnings and errors: no trees, no totals; files and destinations get theirs"},
	{.name = "plain", .key = "terminal.plain", .environment = {"LIMPET_PLAIN"}, .type = OPTION_WORD,
	 .group = GROUP_TERMINAL, .offset = AT(terminal.plain), .initial = "auto", .bare = "on", .words = switch_words,
	 .placeholder = "WHEN", .help = "lines that scroll, not the full screen; auto: attach fills a terminal, run leaves it to CMD, replay scrolls; with off they fill it, too: CMD gets no input then, and what it prints has a tab"},
	{.name = "color", .key = "terminal.color", .environment = {"LIMPET_COLOR"}, .type = OPTION_WORD,
	 .group = GROUP_TERMINAL, .offset = AT(terminal.colours), .initial = "auto", .words = colour_words,
	 .placeholder = "WHEN", .help = "colours in the trees; auto: on a terminal"},
	{.name = "json", .key = "terminal.json_file", .environment = {"LIMPET_JSON"}, .type = OPTION_FILE,
	 .group = GROUP_TERMINAL, .offset = AT(terminal.json_file), .bare = "-", .placeholder = "FILE",
	 .help = "OTLP JSON, one object per line, to FILE; without one, or with -, to stdout"},
	{.name = "html", .key = "terminal.html_file", .environment = {"LIMPET_HTML"}, .type = OPTION_FILE,
	 .group = GROUP_TERMINAL, .offset = AT(terminal.html_file), .placeholder = "FILE",
	 .help = "at the end, all of it as one page for a browser, to FILE"},
	PROFILE_OUTPUT_OPTIONS,

	/* --- delivery --- */
	{.name = "queue-size", .key = "delivery.max_queue_items", .environment = {"OTEL_BSP_MAX_QUEUE_SIZE"},
	 .type = OPTION_NUMBER, .group = GROUP_DELIVERY, .offset = AT(delivery.max_queue_items), .initial = "2048",
	 .min = 1, .max = MAX_ENTRIES, .placeholder = "COUNT", .help = "items waiting per destination; beyond it the oldest go"},
	{.name = "batch-size", .key = "delivery.max_batch_items", .environment = {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE"},
	 .type = OPTION_NUMBER, .group = GROUP_DELIVERY, .offset = AT(delivery.max_batch_items), .initial = "512",
	 .min = 1, .max = MAX_ENTRIES, .placeholder = "COUNT", .help = "most items in one request, at most the queue's"},
	{.name = "batch-delay", .key = "delivery.schedule_delay", .environment = {"OTEL_BSP_SCHEDULE_DELAY"},
	 .type = OPTION_DURATION, .group = GROUP_DELIVERY, .offset = AT(delivery.schedule_delay_ms), .initial = "1s",
	 .max = ONE_DAY_MS, .placeholder = "TIME", .help = "longest an item waits for its batch to fill"},
	{.name = "max-retry", .key = "delivery.max_retry", .environment = {"LIMPET_MAX_RETRY"}, .type = OPTION_DURATION,
	 .group = GROUP_DELIVERY, .offset = AT(delivery.max_retry_ms), .initial = "1m", .max = ONE_DAY_MS,
	 .placeholder = "TIME", .help = "longest one batch is tried again"},
	{.name = "shutdown-timeout", .key = "delivery.shutdown_timeout", .environment = {"LIMPET_SHUTDOWN_TIMEOUT"},
	 .type = OPTION_DURATION, .group = GROUP_DELIVERY, .offset = AT(delivery.shutdown_ms), .initial = "5s",
	 .max = ONE_DAY_MS, .placeholder = "TIME", .help = "longest the queues are emptied for when limpet stops"},
	{.name = "spool", .key = "delivery.spool_directory", .environment = {"LIMPET_SPOOL"}, .type = OPTION_FILE,
	 .group = GROUP_DELIVERY, .offset = AT(delivery.spool_directory), .initial = "/var/lib/limpet/spool",
	 .placeholder = "DIR", .help = "where crashes are kept until the server has them; off: nowhere"},
	{.name = "spool-size", .key = "delivery.spool_max_bytes", .environment = {"LIMPET_SPOOL_SIZE"}, .type = OPTION_SIZE,
	 .group = GROUP_DELIVERY, .offset = AT(delivery.max_spool_bytes), .initial = "64MiB", .min = 1 << 20,
	 .max = 1ull << 40, .placeholder = "SIZE", .help = "most they may take per destination"},
	{.name = "spool-items", .key = "delivery.spool_max_items", .environment = {"LIMPET_SPOOL_ITEMS"},
	 .type = OPTION_NUMBER, .group = GROUP_DELIVERY, .offset = AT(delivery.max_spool_items), .initial = "256",
	 .min = 1, .max = 100000, .placeholder = "COUNT", .help = "most crashes kept per destination"},

	/* --- service --- */
	{.name = "metrics-listen", .key = "service.metrics_listen", .environment = {"LIMPET_METRICS_LISTEN"},
	 .type = OPTION_LISTEN, .group = GROUP_SERVICE, .offset = AT(service.metrics_listen), .initial = "off",
	 .placeholder = "[ADDRESS:]PORT", .help = "agent: /metrics, /healthz and /readyz over HTTP; a port alone is on loopback"},
	{.name = "status-socket", .key = "service.status_socket", .environment = {"LIMPET_STATUS_SOCKET"}, .type = OPTION_FILE,
	 .group = GROUP_SERVICE, .offset = AT(service.status_socket), .initial = "/run/limpet/status.sock",
	 .placeholder = "FILE", .help = "where the agent answers limpet status; off: nowhere"},
};
/* clang-format on */

const size_t option_table_count = sizeof(option_table) / sizeof(option_table[0]);

const char *option_table_group_title(enum option_group group)
{
	static const char *const titles[GROUPS_COUNT] = {
		"General", "Capture", "Discovery",          "Crashes",  "Exceptions",
		"Profile", "Tracing", "Sampling",           "Names",    "Kubernetes",
		"OTLP",    "Sentry",  "Terminal and files", "Delivery", "Service"};

	return titles[group];
}

const struct option *option_table_find_name(struct view name)
{
	for (size_t i = 0; i < option_table_count; i++)
		if (view_equals(view_of_text(option_table[i].name), name))
			return &option_table[i];
	return NULL;
}

const struct option *option_table_find_key(struct view key)
{
	for (size_t i = 0; i < option_table_count; i++)
		if (option_table[i].key && view_equals(view_of_text(option_table[i].key), key))
			return &option_table[i];
	return NULL;
}

const struct option *option_table_find_offset(size_t offset)
{
	for (size_t i = 0; i < option_table_count; i++)
		if (option_table[i].offset == offset)
			return &option_table[i];
	return NULL;
}

const struct option *option_table_find_section(struct view key)
{
	for (size_t i = 0; i < option_table_count; i++) {
		struct view whole = view_of_text(option_table[i].key);

		if (key.size && whole.size > key.size && whole.bytes[key.size] == '.' &&
		    view_starts_with(whole, key))
			return &option_table[i];
	}
	return NULL;
}

const char *option_table_nearest_name(struct view name)
{
	struct nearest_name nearest = name_distance_begin(name);

	for (size_t i = 0; i < option_table_count; i++)
		name_distance_try(&nearest, option_table[i].name);
	return nearest.best;
}

const char *option_table_nearest_key(struct view key)
{
	struct nearest_name nearest = name_distance_begin(key);

	for (size_t i = 0; i < option_table_count; i++)
		if (option_table[i].key)
			name_distance_try(&nearest, option_table[i].key);
	return nearest.best;
}

const char *option_table_nearest_environment(struct view name)
{
	struct nearest_name nearest = name_distance_begin(name);

	for (size_t i = 0; i < option_table_count; i++)
		for (int j = 0; j < MAX_ENVIRONMENT_NAMES; j++)
			if (option_table[i].environment[j])
				name_distance_try(&nearest, option_table[i].environment[j]);
	return nearest.best;
}
