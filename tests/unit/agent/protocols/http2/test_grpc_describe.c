/* Golden attributes of gRPC spans (test_http2_session.c has whole calls). */
#include "cmocka_test.h"

#include "protocols/http2/grpc_describe.h"
#include "sample_exchange.h"

static struct sample_exchange s;
static struct http2_fields fields;

static void begin(bool is_server)
{
	sample_exchange_init(&s, is_server);
	sample_exchange_addresses(&s, FAMILY_IPV4, "10.0.0.1", 80, "10.0.0.2", 5000);
	fields = (struct http2_fields){.is_grpc = true, .grpc_status = GRPC_STATUS_UNKNOWN};
}

static void ask(const char *path, const char *name)
{
	begin(true);
	fields.path = view_of_text(path);
	fields.authority = VIEW_LITERAL("shop");
	fields.scheme = VIEW_LITERAL("https");
	grpc_describe_request(&fields, &s.exchange, &s.span, &s.arena);
	assert_view(s.span.name, name);
	assert_string_equal(s.span.operation, "grpc.server");
	assert_view(attribute_string(&s.span.attributes, "rpc.method"),
		    strcmp(name, "grpc") == 0 ? "" : name);
	assert_view(attribute_string(&s.span.attributes, "server.address"), "shop");
	assert_int_equal(attribute_find(&s.span.attributes, "server.port")->integer, 443);
	assert_null(attribute_find(&s.span.attributes, "http.request.method"));
	arena_done(&s.arena);
}

static void names(void **state)
{
	(void)state;
	ask("/pkg.Service/Method", "pkg.Service/Method");
	ask("/Method", "grpc");
	ask("/pkg.Service/", "grpc");
	ask("//Method", "grpc");
	ask("/pkg.Service/Method?x=1", "grpc");
	ask("", "grpc");
}

static void end(bool is_server, int status, uint32_t sent, uint32_t received, const char *wanted)
{
	begin(is_server);
	attribute_set_static(&s.span.attributes, &s.arena, "rpc.system.name", "grpc");
	fields.grpc_status = status;
	fields.message_counts[0] = sent;
	fields.message_counts[1] = received;
	fields.has_message_counts[0] = fields.has_message_counts[1] = true;
	grpc_describe_response(&fields, &s.exchange, &s.span, &s.arena);
	assert_string_equal(sample_exchange_print(&s), wanted);
	arena_done(&s.arena);
}

static void ends(void **state)
{
	(void)state;
	end(true, 5, 2, 1,
	    "rpc.system.name=grpc\nlimpet.rpc.request.messages=2\n"
	    "limpet.rpc.response.messages=1\nlimpet.rpc.streaming=client\n"
	    "rpc.response.status_code=NOT_FOUND\n");
	end(false, 5, 2, 2,
	    "rpc.system.name=grpc\nlimpet.rpc.request.messages=2\n"
	    "limpet.rpc.response.messages=2\nlimpet.rpc.streaming=bidi\n"
	    "rpc.response.status_code=NOT_FOUND\nerror.type=NOT_FOUND\n");
	end(true, 77, 1, 0,
	    "rpc.system.name=grpc\nlimpet.rpc.request.messages=1\n"
	    "limpet.rpc.response.messages=0\nrpc.response.status_code=77\n");
	end(true, GRPC_STATUS_UNKNOWN, 1, 2,
	    "rpc.system.name=grpc\nlimpet.rpc.request.messages=1\n"
	    "limpet.rpc.response.messages=2\nlimpet.rpc.streaming=server\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(ends)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
