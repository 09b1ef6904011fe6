/* Calls between services, to peers and from outside; bounded. */
#include "cmocka_test.h"

#include "parsed_json.h"
#include "report/report_text.h"
#include "report/service_map.h"
#include "sample_segment.h"

static struct service_map map;
static struct item *items[8];
static uint32_t items_count;

static int begin(void **state)
{
	(void)state;
	items_count = 0;
	return service_map_init(&map);
}

static int end(void **state)
{
	(void)state;
	while (items_count)
		item_release(&items[--items_count]);
	service_map_done(&map);
	return 0;
}

static struct span *add_span(const char *service, enum span_kind kind, const struct span *parent,
			     uint64_t duration_ns)
{
	struct resource *resource = sample_resource();
	struct segment *segment;
	struct span *span;

	resource->service_name = view_of_text(service);
	assert_int_equal(segment_new(&segment, resource), 0);
	resource_release(&resource);
	span = sample_span(segment, kind, "GET", 1000 + items_count, duration_ns);
	if (parent) {
		span->parent_source = PARENT_CONNECTION;
		memcpy(span->parent_span_id, parent->span_id, SPAN_ID_BYTES);
	}
	attribute_set_static(&span->attributes, &segment->arena, "server.address", "10.0.0.1");
	attribute_set_integer(&span->attributes, &segment->arena, "server.port", 6379);
	assert_int_equal(item_new_segment(&items[items_count++], &segment), 0);
	return span;
}

static void add_trace(void)
{
	struct trace_layout *layout;

	assert_int_equal(trace_layout_new(&layout, items, items_count), 0);
	assert_int_equal(service_map_add(&map, layout), 0);
	trace_layout_free(&layout);
}

static const char *map_text(void)
{
	static char text[8192];
	struct byte_buffer buffer;
	struct json_writer writer;
	json_t *root, *nodes, *edge;
	size_t i;

	byte_buffer_init(&buffer, 1 << 20);
	writer = report_text_begin(&buffer);
	service_map_append(&writer, &map);
	root = parsed_json(&buffer);
	nodes = json_at(root, "nodes");
	text[0] = '\0';
	json_array_foreach(json_at(root, "edges"), i, edge)
	{
		json_t *from = json_array_get(nodes, (size_t)number_at(edge, "from"));
		json_t *to = json_array_get(nodes, (size_t)number_at(edge, "to"));

		(void)sprintf(text + strlen(text), "%s %s>%s %s:%lld/%lld/%lld/%lld\n",
			      text_at(from, "kind"), text_at(from, "name"), text_at(to, "kind"),
			      text_at(to, "name"), number_at(edge, "count"),
			      number_at(edge, "errors"), number_at(edge, "sum"),
			      number_at(edge, "max"));
	}
	json_decref(root);
	byte_buffer_done(&buffer);
	return text;
}

static void both_ends(void **state)
{
	struct span *server, *client, *called;

	(void)state;
	server = add_span("front", SPAN_SERVER, NULL, 100);
	client = add_span("front", SPAN_CLIENT, server, 50);
	client->status = STATUS_ERROR;
	called = add_span("shop", SPAN_SERVER, client, 40);
	called = add_span("shop", SPAN_CLIENT, called, 30);
	attribute_set_static(&called->attributes, &items[3]->segment->arena, "db.system.name",
			     "redis");
	add_trace();
	add_trace();
	assert_string_equal(map_text(), "outside >service front:2/0/200/100\n"
					"service front>service shop:2/2/100/50\n"
					"service shop>peer redis 10.0.0.1:6379:2/0/60/30\n");
	assert_int_equal(map.left_out_count, 0);
}

static void a_service_that_calls_itself(void **state)
{
	struct span *client = add_span("a", SPAN_CLIENT, NULL, 10);

	(void)state;
	(void)add_span("a", SPAN_SERVER, client, 5);
	add_trace();
	assert_string_equal(map_text(), "service a>service a:1/0/10/10\n");
}

/* A span of the program's own between the two ends is no call. */
static void inner_spans(void **state)
{
	struct span *server = add_span("a", SPAN_SERVER, NULL, 10);

	(void)state;
	(void)add_span("a", SPAN_INTERNAL, server, 5);
	add_trace();
	assert_string_equal(map_text(), "outside >service a:1/0/10/10\n");
}

static void bounded(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < MAX_MAP_NODES + 20; i++) {
		(void)sprintf(name, "service-%d", i);
		(void)add_span(name, SPAN_SERVER, NULL, 1);
		add_trace();
		item_release(&items[--items_count]);
	}
	/* one is who calls */
	assert_int_equal(hash_map_count(map.nodes), MAX_MAP_NODES);
	assert_int_equal(map.left_out_count, 21);
}

static void a_peer_without_a_name(void **state)
{
	struct span *span = add_span("a", SPAN_CLIENT, NULL, 1);

	(void)state;
	span->attributes = (struct attribute_list){0};
	add_trace();
	assert_string_equal(map_text(), "service a>peer somebody:1/0/1/1\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_ends, begin, end),
		cmocka_unit_test_setup_teardown(a_service_that_calls_itself, begin, end),
		cmocka_unit_test_setup_teardown(inner_spans, begin, end),
		cmocka_unit_test_setup_teardown(bounded, begin, end),
		cmocka_unit_test_setup_teardown(a_peer_without_a_name, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
