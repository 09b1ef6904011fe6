/*
 * Everything that can be set, as one struct of sub-structs. option_table.c has one row per option
 * and drives command line, file, environment, --help and `limpet config`. Stages receive only their
 * own sub-struct. Strings are owned by the settings and live until settings_done.
 */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "settings/discovery_settings.h"
#include "settings/exit_code.h"
#include "settings/kubernetes_settings.h"
#include "settings/metadata_settings.h"
#include "settings/otlp_settings.h"
#include "settings/profile_settings.h"
#include "settings/service_settings.h"
#include "settings/terminal_settings.h"

enum settings_command {
	COMMAND_RUN,
	COMMAND_ATTACH,
	COMMAND_AGENT,
	COMMAND_CHECK,
	COMMAND_REPLAY,
	COMMAND_CONFIG,
	COMMAND_STATUS,
	COMMAND_REPORT,
	COMMAND_DIFF
};

enum capture_source { SOURCE_AUTO, SOURCE_TRACEPOINT, SOURCE_FENTRY };

enum tls_setting { TLS_OFF, TLS_AUTO };

struct capture_settings {
	enum capture_source source; /* --capture-source auto|tracepoint|fentry */
	uint64_t segment_bytes;     /* --capture-bytes, cap per segment, 64..16384, default 4096 */
	uint64_t session_bytes;     /* --session-memory, default 32 MiB */
	uint64_t undecided_bytes;   /* --undecided-bytes, default 65536 */
	uint64_t ring_bytes;        /* --ring-size, power of two, default 2 MiB, min 4096 */
	uint64_t max_connections;   /* --max-connections, kernel and agent tables, default 8192 */
	uint64_t max_processes;     /* --max-processes, default 4096 */
	char *dns_ports;            /* --dns-ports, default 53 */
	char *record_file;          /* --record FILE */
	bool trace_all;             /* agent command */
	enum tls_setting tls;       /* --tls auto|off: plaintext of libraries; needs crashes on */
	uint64_t tls_delay_ms;      /* --tls-delay: younger processes are left alone, but run's */
	bool has_no_spans;          /* --events: no traffic is looked at */
	double max_overhead;        /* --max-overhead, percent of one CPU; 0: whatever it takes */
};

enum breadcrumb_setting { BREADCRUMBS_AUTO, BREADCRUMBS_ALL, BREADCRUMBS_SPANS, BREADCRUMBS_OFF };
enum kill_setting { KILLS_SIGKILL, KILLS_ALL, KILLS_OFF };

struct crash_settings {
	bool enabled;                /* --crashes on|off, default on */
	uint64_t stack_bytes;        /* --crash-stack, of the crashing thread, default 128 KiB */
	uint64_t thread_stack_bytes; /* --crash-thread-stack, of each other, default 16 KiB */
	uint64_t max_threads;        /* --crash-threads, default 64 */
	uint64_t ring_bytes;         /* --crash-ring-size, power of two, default 2 MiB */
	char *exit_rules; /* --exit-events RULES: "off", "on", or "NAME[:STATUS],…"; NULL: the
			     command of run, else off */
	enum kill_setting kills;             /* --kill-events sigkill|all|off */
	enum breadcrumb_setting breadcrumbs; /* --breadcrumbs auto|all|spans|off */
	bool minidump;                       /* --minidump, default off: it holds memory */
	uint64_t burst;       /* --crash-burst: like crashes sent before the rest are counted only,
				 default 5 */
	uint64_t interval_ms; /* --crash-interval: one more like crash per this time, default 1m */
	bool sessions;        /* --sessions, release health, default on */
	char *debug_root;     /* --debug-root, default /usr/lib/debug */
	uint64_t max_images;  /* --max-images: mappings known at once, default 65536 */
};

enum probe_setting { PROBES_OFF, PROBES_AUTO, PROBES_ALL };

struct exception_settings {
	bool enabled;              /* --exceptions on|off, default on; needs crashes on */
	char *descriptors;         /* --exception-output, "1,2": descriptors looked at; "off" */
	enum probe_setting probes; /* --exception-probes auto|all|off; all: on hot paths too */
	uint64_t burst;       /* --exception-burst: like exceptions sent before the rest are counted
				 only, default 100 */
	uint64_t interval_ms; /* --exception-interval: one more like it per this time, default 1s */
	uint64_t ring_bytes;  /* --exception-ring-size, power of two, default 1 MiB */
	uint64_t output_bytes;  /* --exception-output-rate: per process and second, default 4 MiB */
	bool source_context;    /* --source-context on|off, default on */
	uint64_t context_lines; /* --source-context-lines, before and after, default 5 */
	uint64_t max_source_bytes; /* --max-source-size: larger files are not read, default 1 MiB */
	char *in_app_include; /* --in-app-include: prefixes of modules or paths, comma separated */
	char *in_app_exclude; /* --in-app-exclude */
};

enum route_mode { ROUTE_GUESSED, ROUTE_OFF };

struct tracing_settings {
	enum route_mode routes;      /* --routes guessed|off */
	uint64_t max_routes;         /* --max-routes, per service, default 200 */
	uint64_t max_open_segments;  /* --max-open-segments, default 8192 */
	uint64_t segment_timeout_ms; /* --segment-timeout, default 300000 */
	bool tcp_calls; /* --tcp-calls on|off: calls of unknown protocols as spans, default on */
};

struct sampling_settings {
	double ratio;      /* --sample, OTEL_TRACES_SAMPLER(_ARG), SENTRY_TRACES_SAMPLE_RATE: 1 */
	bool parent_based; /* default true */
};

struct identity_settings {
	char *service_name; /* --service-name: for all traced processes */
	char *release;      /* --release, SENTRY_RELEASE */
	char *environment;  /* --environment, SENTRY_ENVIRONMENT; NULL: "production" if need be */
	char *server_name;  /* --server-name, default the host name */
	char *resource_attributes; /* OTEL_RESOURCE_ATTRIBUTES of the agent itself */
	bool include_arguments;    /* --include-arguments */
};

struct sentry_settings {
	char *dsn;  /* SENTRY_DSN, secret; NULL: off */
	char *file; /* --sentry-file */
};

struct delivery_settings {
	uint64_t max_queue_items;   /* --queue-size, OTEL_BSP_MAX_QUEUE_SIZE, default 2048 */
	uint64_t max_batch_items;   /* --batch-size, OTEL_BSP_MAX_EXPORT_BATCH_SIZE, default 512 */
	uint64_t schedule_delay_ms; /* --batch-delay, OTEL_BSP_SCHEDULE_DELAY, default 1000 */
	uint64_t max_retry_ms;    /* --max-retry, total time one batch is retried, default 60000 */
	uint64_t shutdown_ms;     /* --shutdown-timeout, default 5000 */
	char *spool_directory;    /* --spool DIR, "off"; default /var/lib/limpet/spool */
	uint64_t max_spool_bytes; /* --spool-size, default 64 MiB */
	uint64_t max_spool_items; /* --spool-items, default 256 */
};

struct settings {
	enum settings_command command;
	char *attach_target;  /* attach: a PID, a name, a unit or a container */
	char **command_argv;  /* run: NULL-terminated, borrowed from main's argv */
	char *replay_file;    /* replay, report; diff: the first */
	char *diff_file;      /* diff: the second */
	char *config_file;    /* --config */
	uint64_t duration_ms; /* --duration, 0: until stopped */
	int log_level;        /* enum log_level; --log-level, OTEL_LOG_LEVEL */
	bool is_help_wanted, is_version_wanted;
	struct event_settings events;
	struct capture_settings capture;
	struct discovery_settings discovery;
	struct crash_settings crash;
	struct exception_settings exceptions;
	struct profile_settings profile;
	struct tracing_settings tracing;
	struct sampling_settings sampling;
	struct identity_settings identity;
	struct kubernetes_settings kubernetes;
	struct metadata_settings metadata;
	struct otlp_settings otlp;
	struct sentry_settings sentry;
	struct terminal_settings terminal;
	struct delivery_settings delivery;
	struct service_settings service;
	int argc; /* with the next two: to read the settings again; borrowed from main */
	char **argv;
	char *const *environment;
	struct settings_origins *origins; /* where each value came from, for `limpet config` */
};

/*
 * Defaults, file, environment, command line, in rising precedence. 0, or -EINVAL after one or more
 * clear messages have been logged (file:line, key, value, what is expected). On failure nothing is
 * left to free.
 */
int settings_load(struct settings *ret, int argc, char **argv, char *const *environment);
void settings_done(struct settings *settings);

/* `limpet --help` / `limpet help`: usage and one line per option, from the table, to stdout. */
void settings_print_help(void);

/* `limpet config`: effective values, secrets masked, and where each came from, to stdout. */
void settings_print(const struct settings *settings);

#endif
