/*
 * Records in, lines of OTLP out: the whole flow with a file as its destination. What was recorded
 * gives the same again when it is replayed.
 */
#include "cmocka_test.h"

#include <errno.h>
#include <libdeflate.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "capture/probe_loader.h"
#include "capture/recording.h"
#include "destinations.h"
#include "discovery_stage.h"
#include "function_watch.h"
#include "pipeline.h"
#include "record_builder.h"
#include "scripted_http_server.h"
#include "shared/connection_state.h"

#define IN  DIRECTION_RECEIVE
#define OUT DIRECTION_SEND

static char json_path[64], recording_path[64];
static struct settings settings;
static struct drops drops;
static struct destinations *destinations;
static struct pipeline *pipeline;
static struct connection_state kernel_state;
static int modes, observed, ignored, heeded;
static struct discovery_stage *chosen; /* for the next pipeline */

/* The kernel's side of who is traced. */
void probe_loader_ignore(struct probe_loader *loader, pid_t tgid, enum ignored_for reason)
{
	assert_null(loader);
	assert_true(tgid > 0);
	ignored += reason == IGNORED_BY_RULE;
}

void probe_loader_want_beginnings(struct probe_loader *loader, bool is_wanted)
{
	(void)loader, (void)is_wanted;
}

void probe_loader_drain_beginnings(struct probe_loader *loader)
{
	(void)loader;
}

void probe_loader_heed_all(struct probe_loader *loader)
{
	assert_null(loader);
	heeded++;
}

void probe_loader_read_drops(struct probe_loader *loader, struct drops *to)
{
	assert_null(loader);
	assert_ptr_equal(to, &drops);
}

void function_watch_exited(struct function_watch *watch, pid_t tgid)
{
	assert_null(watch);
	assert_true(tgid > 0);
}

static void set_mode(void *self, const struct connection_identity *connection,
		     enum capture_mode mode)
{
	(void)self;
	(void)connection;
	assert_int_equal(mode, CAPTURE_HEADS);
	modes++;
}

static int read_state(void *self, const struct connection_identity *connection,
		      struct connection_state *ret)
{
	(void)self;
	(void)connection;
	*ret = kernel_state;
	return 0;
}

static void on_process(void *self, const struct event *event)
{
	(void)self;
	assert_int_equal(event->kind, RECORD_PROCESS_EXIT);
	observed++;
}

static void begin_with(enum settings_command command, char *record_file, double ratio, char *dsn)
{
	struct pipeline_control control = {
		.set_mode = set_mode, .read_state = read_state, .discovery = TAKE_PTR(chosen)};
	struct pipeline_observer observer = {.on_process = on_process};
	bool is_replay = command == COMMAND_REPLAY;

	drops = (struct drops){0};
	settings = (struct settings){
		.command = command,
		.capture = {.max_connections = 16, .max_processes = 16, .record_file = record_file},
		.tracing = {.max_routes = 10,
			    .max_open_segments = 16,
			    .segment_timeout_ms = 1000,
			    .tcp_calls = true},
		.sampling = {.ratio = ratio, .parent_based = true},
		.sentry = {.dsn = dsn},
		.terminal = {.trees = SWITCH_OFF, .json_file = json_path},
		.delivery = {.max_queue_items = 64,
			     .max_batch_items = 8,
			     .schedule_delay_ms = 10,
			     .shutdown_ms = 5000},
	};
	assert_int_equal(pipeline_new(&pipeline, &settings, is_replay ? NULL : &control,
				      is_replay ? NULL : &observer, NULL, &drops),
			 0);
	assert_int_equal(destinations_new(&destinations, &settings, &drops), 0);
	assert_int_equal(destinations_count(destinations), dsn ? 2 : 1);
	pipeline_set_destinations(pipeline, destinations);
	pipeline_set_unix_offset(pipeline, 1700000000000000000ull);
}

static void begin_pipeline(enum settings_command command, char *record_file)
{
	begin_with(command, record_file, 1, NULL);
}

static void end_pipeline(uint64_t now_ns)
{
	pipeline_finish(pipeline, now_ns);
	assert_false(pipeline_is_busy(pipeline));
	pipeline_free(&pipeline);
	assert_true(destinations_stop(&destinations, clock_monotonic_ns() + 5 * NS_PER_S));
}

static int make_paths(void **state)
{
	(void)state;
	(void)strcpy(json_path, "/tmp/limpet-test-pipeline-json-XXXXXX");
	(void)strcpy(recording_path, "/tmp/limpet-test-pipeline-rec-XXXXXX");
	modes = observed = 0;
	return close(mkstemp(json_path)) + close(mkstemp(recording_path));
}

static int remove_paths(void **state)
{
	(void)state;
	return unlink(json_path) + unlink(recording_path);
}

static void take(void *self, struct view record)
{
	(void)self;
	pipeline_take_record(pipeline, record);
}

/* The file's text; how often each word is in it. */
static char *read_json(void)
{
	static char text[65536];
	FILE *file = fopen(json_path, "r");
	size_t size;

	assert_non_null(file);
	size = fread(text, 1, sizeof(text) - 1, file);
	assert_int_equal(fclose(file), 0);
	text[size] = '\0';
	return text;
}

static int count(const char *text, const char *word)
{
	int found = 0;

	for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
		found++;
	return found;
}

/* A client asks a server on this host; both are traced, without any header. */
static uint64_t play(void)
{
	struct record_builder server, client;
	const char *get = "GET /orders/17?token=geheim HTTP/1.1\r\nHost: shop\r\n\r\n";
	const char *head = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n";

	record_builder_init(&server, take, NULL);
	record_builder_init(&client, take, NULL);
	client.connection = 2;
	client.tgid = client.tid = 200;
	client.first_sequence[OUT] = server.first_sequence[IN];
	client.first_sequence[IN] = server.first_sequence[OUT];
	client.mode = server.mode = CAPTURE_UNDECIDED;
	record_builder_open(&client, ROLE_CLIENT);
	record_builder_say(&client, OUT, get);
	server.now_ns = client.now_ns;
	record_builder_open(&server, ROLE_SERVER);
	record_builder_say(&server, IN, get);
	server.mode = client.mode = CAPTURE_HEADS;
	record_builder_say(&server, OUT, head);
	record_builder_unseen(&server, OUT, 900);
	/* Nothing says that the server is done but the kernel's own table. */
	memcpy(kernel_state.told_position, server.position, sizeof(server.position));
	memcpy(kernel_state.told_ns, server.last_ns, sizeof(server.last_ns));
	pipeline_tick(pipeline, server.now_ns + 50 * NS_PER_MS, true);
	client.now_ns = server.now_ns;
	record_builder_segment(&client, IN, head, (uint32_t)strlen(head) + 900,
			       (uint32_t)strlen(head), 0);
	server.now_ns = client.now_ns + 60 * NS_PER_MS;
	record_builder_exit(&server);
	/* With traffic unread, time has come as far as that was read: the client waits. */
	pipeline_tick(pipeline, server.now_ns + 100 * NS_PER_MS, false);
	assert_int_equal(pipeline_statistics(pipeline).open_segments_count, 1);
	pipeline_tick(pipeline, server.now_ns + 100 * NS_PER_MS, true);
	assert_int_equal(pipeline_statistics(pipeline).open_segments_count, 0);
	return server.now_ns + 100 * NS_PER_MS;
}

static void check_json(void)
{
	const char *text = read_json();
	const char *first = strstr(text, "\"traceId\":\""), *second;

	assert_int_equal(count(text, "\n"), 2);
	assert_int_equal(count(text, "\"traceId\""), 2);
	second = strstr(first + 1, "\"traceId\":\"");
	assert_memory_equal(first, second, strlen("\"traceId\":\"") + 32);
	assert_int_equal(count(text, "geheim"), 0);
	assert_int_equal(count(text, "[Filtered]"), 2);
	assert_int_equal(count(text, "\"kind\":2"), 1);
	assert_int_equal(count(text, "\"kind\":3"), 1);
	assert_int_equal(count(text, "{\"key\":\"limpet.parent.source\",\"value\":{\"stringValue\":"
				     "\"connection\"}}"),
			 1);
	assert_int_equal(count(text, "{\"key\":\"http.response.body.size\",\"value\":{\"intValue\":"
				     "\"900\"}}"),
			 2);
}

static void from_records_to_lines(void **state)
{
	uint64_t now_ns;

	(void)state;
	begin_pipeline(COMMAND_ATTACH, NULL);
	now_ns = play();
	assert_int_equal(pipeline_statistics(pipeline).kept_segments_count, 2);
	assert_int_equal(pipeline_statistics(pipeline).kept_spans_count, 2);
	assert_false(pipeline_is_busy(pipeline));
	end_pipeline(now_ns);
	check_json();
	assert_int_equal(modes, 2);
	assert_int_equal(observed, 1);
	assert_int_equal(drops_lost(&drops), 0);
}

static void recorded_and_replayed(void **state)
{
	struct recording_reader *reader;
	struct view record;
	uint64_t now_ns = 0;
	int progress = 0, descriptions = 0;

	(void)state;
	begin_pipeline(COMMAND_ATTACH, recording_path);
	end_pipeline(play());
	assert_int_equal(truncate(json_path, 0), 0);
	begin_pipeline(COMMAND_REPLAY, recording_path);
	assert_int_equal(recording_reader_new(&reader, recording_path), 0);
	while (recording_reader_next(reader, &record) > 0) {
		const struct record_header *header = (const void *)record.bytes;

		progress += header->kind == RECORD_CONNECTION_PROGRESS;
		descriptions += header->kind == RECORD_PROCESS_DESCRIPTION;
		pipeline_take_record(pipeline, record);
		now_ns = header->time_ns;
	}
	recording_reader_free(&reader);
	end_pipeline(now_ns);
	check_json();
	assert_int_equal(progress, 1);
	assert_int_equal(descriptions, 2);
	assert_int_equal(drops_lost(&drops), 0);
}

static void records_that_are_none(void **state)
{
	_Alignas(8) char bytes[64] = {0};
	struct record_header *header = (void *)bytes;

	(void)state;
	begin_pipeline(COMMAND_REPLAY, NULL);
	pipeline_take_record(pipeline, view_of(bytes, 0));
	pipeline_take_record(pipeline, view_of(bytes, sizeof(bytes)));
	header->kind = RECORD_PROCESS_DESCRIPTION;
	header->size = sizeof(bytes);
	pipeline_take_record(pipeline, view_of(bytes, sizeof(bytes)));
	assert_int_equal(drops_get(&drops, DROP_RECORD_MALFORMED), 3);
	end_pipeline(0);
	assert_string_equal(read_json(), "");
}

/* Closed with everything open: finished as aborted, handed on. */
static void finished_in_the_middle(void **state)
{
	struct record_builder b;

	(void)state;
	begin_pipeline(COMMAND_ATTACH, NULL);
	record_builder_init(&b, take, NULL);
	record_builder_open(&b, ROLE_SERVER);
	record_builder_say(&b, IN, "GET / HTTP/1.1\r\n\r\n");
	assert_true(pipeline_is_busy(pipeline));
	end_pipeline(b.now_ns + 5);
	assert_int_equal(count(read_json(), "connection_closed"), 1);
}

/* The body of a request: gzip. */
static const char *unpack(const struct scripted_request *request)
{
	static char text[4096];
	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	size_t size;

	assert_int_equal(libdeflate_gzip_decompress(decompressor, request->body, request->body_size,
						    text, sizeof(text) - 1, &size),
			 LIBDEFLATE_SUCCESS);
	libdeflate_free_decompressor(decompressor);
	text[size] = '\0';
	return text;
}

/* A destination that accounts for losses is told of what the sampler left out. */
static void sampled_out_segments_are_told(void **state)
{
	static const char *const answers[] = {SCRIPTED_OK, NULL};
	struct scripted_http_server server;
	const char *body;
	char dsn[64];

	(void)state;
	scripted_http_server_no_proxy();
	scripted_http_server_start(&server, answers);
	(void)snprintf(dsn, sizeof(dsn), "http://abc@127.0.0.1:%u/1", server.port);
	begin_with(COMMAND_ATTACH, NULL, 0, dsn);
	end_pipeline(play());
	scripted_http_server_stop(&server);
	assert_int_equal(drops_get(&drops, DROP_SAMPLED), 2);
	assert_int_equal(server.count, 1);
	body = unpack(&server.requests[0]);
	assert_non_null(strstr(body, "{\"reason\":\"sample_rate\",\"category\":"
				     "\"transaction\",\"quantity\":2}"));
	assert_non_null(strstr(body, "{\"reason\":\"sample_rate\",\"category\":"
				     "\"span\",\"quantity\":2}"));
	assert_null(strstr(body, "\"type\":\"transaction\""));
	scripted_http_server_done(&server);
	assert_string_equal(read_json(), "");
}

/* Nobody is traced, until the settings are read again: then who was ignored is, too. */
static void new_rules_while_it_runs(void **state)
{
	struct settings rules = {.capture = {.trace_all = true, .max_processes = 16},
				 .discovery = {.rules = (char *)"ignore"}};
	struct discovery_stage *stage;
	struct record_builder server;

	(void)state;
	ignored = heeded = 0;
	assert_int_equal(discovery_stage_new(&chosen, &rules, &drops), 0);
	stage = chosen;
	begin_pipeline(COMMAND_ATTACH, NULL);
	assert_ptr_equal(pipeline_discovery(pipeline), stage);
	discovery_stage_connect(stage, pipeline, NULL, NULL);
	record_builder_init(&server, take, NULL);
	record_builder_open(&server, ROLE_SERVER);
	record_builder_say(&server, IN, "GET /seen HTTP/1.1\r\nHost: shop\r\n\r\n");
	assert_int_equal(pipeline_statistics(pipeline).open_segments_count, 0);
	assert_true(ignored > 0);
	pipeline_take_settings(pipeline, &settings);
	assert_int_equal(heeded, 1);
	pipeline_tick(pipeline, 1, true);
	end_pipeline(play());
	check_json();
	assert_int_equal(count(read_json(), "/seen"), 0);
}

static void settings_that_cannot_be_used(void **state)
{
	struct settings bad = {.terminal = {.trees = SWITCH_OFF, .json_file = "/nonexistent/x"},
			       .delivery = {.max_queue_items = 8, .max_batch_items = 8}};
	struct settings unrecordable = {.command = COMMAND_ATTACH,
					.capture = {.max_connections = 4,
						    .max_processes = 4,
						    .record_file = "/nonexistent/x"},
					.tracing = {.max_open_segments = 4}};

	(void)state;
	destinations = NULL;
	assert_true(destinations_new(&destinations, &bad, &drops) < 0);
	assert_null(destinations);
	pipeline = NULL;
	assert_int_equal(pipeline_new(&pipeline, &unrecordable, NULL, NULL, NULL, &drops), -ENOENT);
	assert_null(pipeline);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(from_records_to_lines, make_paths, remove_paths),
		cmocka_unit_test_setup_teardown(recorded_and_replayed, make_paths, remove_paths),
		cmocka_unit_test_setup_teardown(records_that_are_none, make_paths, remove_paths),
		cmocka_unit_test_setup_teardown(finished_in_the_middle, make_paths, remove_paths),
		cmocka_unit_test_setup_teardown(sampled_out_segments_are_told, make_paths,
						remove_paths),
		cmocka_unit_test_setup_teardown(new_rules_while_it_runs, make_paths, remove_paths),
		cmocka_unit_test(settings_that_cannot_be_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
