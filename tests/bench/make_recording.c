/*
 * A recording of a minute of a busy service, for whoever measures what reads recordings: requests
 * one after the other on a few connections, each with a call to another service.
 * usage: make_recording FILE SPANS
 */
#include <stdio.h>
#include <stdlib.h>
#include "capture/recording.h"
#include "record_builder.h"

#define SECONDS      60
#define CONNECTIONS  16
#define RECORDS_EACH 4 /* of a request and its call */

static struct recording_writer *writer;

static void write_record(void *self, struct view record)
{
	(void)self;
	recording_writer_add(writer, record);
}

struct worker {
	struct record_builder server, client;
};

static void begin(struct worker *worker, uint32_t i)
{
	record_builder_init(&worker->server, write_record, NULL);
	record_builder_init(&worker->client, write_record, NULL);
	worker->server.tid = worker->client.tid = 100 + i;
	worker->server.connection = 1 + 2ull * i;
	worker->client.connection = 2 + 2ull * i;
	record_builder_open(&worker->server, ROLE_SERVER);
	record_builder_open(&worker->client, ROLE_CLIENT);
}

/* Every hundredth fails, every thousandth is slow. */
static void serve(struct worker *worker, uint32_t i, uint64_t *now_ns, uint64_t step_ns)
{
	static const char *const paths[] = {"/orders/17", "/cart", "/search?q=x", "/login",
					    "/items/4711/stock"};
	char request[96];
	struct record_builder *server = &worker->server, *client = &worker->client;

	(void)snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: shop\r\n\r\n",
		       paths[i % 5]);
	server->now_ns = *now_ns;
	record_builder_say(server, DIRECTION_RECEIVE, request);
	client->now_ns = server->now_ns + step_ns;
	record_builder_say(client, DIRECTION_SEND, "GET /stock HTTP/1.1\r\nHost: stock\r\n\r\n");
	client->now_ns += step_ns + (i % 1000 ? 0 : 1000 * step_ns);
	record_builder_say(client, DIRECTION_RECEIVE,
			   "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	server->now_ns = client->now_ns + step_ns;
	record_builder_say(server, DIRECTION_SEND,
			   i % 100 ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
				   : "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
	*now_ns = server->now_ns + step_ns;
}

int main(int argc, char **argv)
{
	static struct worker workers[CONNECTIONS];
	uint32_t spans = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	uint64_t now_ns = BUILDER_START_NS;

	if (!spans || recording_writer_new(&writer, argv[1], 1700000000000000000ull) < 0) {
		(void)fprintf(stderr, "usage: make_recording FILE SPANS\n");
		return 1;
	}
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		begin(&workers[i], i);
	for (uint32_t i = 0; i < spans / 2; i++)
		serve(&workers[i % CONNECTIONS], i, &now_ns,
		      SECONDS * 1000000000ull / (spans / 2) / RECORDS_EACH);
	recording_writer_free(&writer);
	return 0;
}
