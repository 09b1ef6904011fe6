/* Spans of gRPC-Web over HTTP/1. */
#include "refined_http.h"

#define CALL(type)                                                                                 \
	"POST /shop.Cart/Add HTTP/1.1\r\nHost: cart:8080\r\nContent-Type: application/" type       \
	"\r\nContent-Length: 0\r\n\r\n"

static void check(bool is_server, const char *request, const char *answer, size_t size,
		  const char *wanted)
{
	assert_string_equal(refined_http(is_server, request, answer, size, "rpc error http url"),
			    wanted);
}

static void calls(void **state)
{
	const char ok[] = "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web+proto\r\n"
			  "Content-Length: 27\r\n\r\n\0\0\0\0\2hi\x80\0\0\0\x0fgrpc-status:0\r\n";
	const char gone[] = "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web-text\r\n"
			    "Content-Length: 28\r\n\r\ngAAAAA9ncnBjLXN0YXR1czo1DQo=";
	const char only[] = "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web\r\n"
			    "grpc-status: 12\r\nContent-Length: 0\r\n\r\n";
	const char cut[] = "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web\r\n"
			   "Content-Length: 90\r\n\r\n\0\0\0\0\2hi";
	const char busy[] = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

	(void)state;
	check(true, CALL("grpc-web+proto"), ok, sizeof(ok) - 1,
	      "shop.Cart/Add|grpc.server|rpc.system.name=grpc rpc.method=shop.Cart/Add "
	      "rpc.response.status_code=OK ");
	assert_int_equal(refined.span.kind, SPAN_SERVER);
	assert_int_equal(refined.span.status, STATUS_UNSET);
	check(false, CALL("grpc-web-text"), gone, sizeof(gone) - 1,
	      "shop.Cart/Add|grpc.client|rpc.system.name=grpc rpc.method=shop.Cart/Add "
	      "rpc.response.status_code=NOT_FOUND error.type=NOT_FOUND ");
	assert_int_equal(refined.span.status, STATUS_ERROR);
	check(true, CALL("grpc-web"), only, sizeof(only) - 1,
	      "grpc|grpc.server|rpc.system.name=grpc rpc.method=_OTHER "
	      "rpc.response.status_code=UNIMPLEMENTED "
	      "rpc.method_original=shop.Cart/Add error.type=UNIMPLEMENTED ");
	check(false, CALL("grpc-web"), cut, sizeof(cut) - 1,
	      "shop.Cart/Add|grpc.client|rpc.system.name=grpc rpc.method=shop.Cart/Add ");
	check(false, CALL("grpc-web"), busy, sizeof(busy) - 1,
	      "shop.Cart/Add|grpc.client|rpc.system.name=grpc rpc.method=shop.Cart/Add "
	      "rpc.response.status_code=UNAVAILABLE error.type=UNAVAILABLE ");
	check(false, "GET /a HTTP/1.1\r\nHost: h\r\nContent-Type: application/grpc-web\r\n\r\n",
	      busy, sizeof(busy) - 1,
	      "GET|http.client|http.request.method=GET url.full=http://h/a "
	      "http.response.status_code=503 error.type=503 ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(calls)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
