/* Spans of S3: signed, presigned, anonymous, and requests signed for something else. */
#include "refined_http.h"

#define SIGNED                                                                                     \
	"Authorization: AWS4-HMAC-SHA256 Credential=AKIASECRET/20260101/eu-west-1/s3/"             \
	"aws4_request, SignedHeaders=host, Signature=5ecre7\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static void check(bool is_server, const char *request, const char *answer, const char *wanted)
{
	const char *found = refined_http(is_server, request, answer, answer ? strlen(answer) : 0,
					 "rpc aws error");

	assert_string_equal(found, wanted);
	found = refined_http(is_server, request, answer, answer ? strlen(answer) : 0,
			     "rpc aws error url http server network");
	assert_null(strstr(found, "5ecre7"));
	assert_null(strstr(found, "AKIASECRET"));
}

static void signed_requests(void **state)
{
	(void)state;
	check(false, "GET /pics/a HTTP/1.1\r\nHost: minio:9000\r\n" SIGNED "\r\n",
	      "HTTP/1.1 200 OK\r\nx-amz-request-id: C9ER\r\nx-amz-id-2: wzHc+Q=\r\n\r\n",
	      "S3.GetObject|http.client|rpc.system=aws-api rpc.service=S3 rpc.method=GetObject "
	      "aws.s3.bucket=pics aws.request_id=C9ER aws.extended_request_id=wzHc+Q= ");
	check(true, "PUT /pics/a?partNumber=7&uploadId=u HTTP/1.1\r\nHost: minio\r\n" SIGNED "\r\n",
	      OK,
	      "S3.UploadPart|http.server|rpc.system=aws-api rpc.service=S3 rpc.method=UploadPart "
	      "aws.s3.bucket=pics aws.s3.part_number=7 ");
	check(false,
	      "PUT /pics/b HTTP/1.1\r\nHost: minio\r\nx-amz-copy-source: /pics/a\r\n" SIGNED "\r\n",
	      OK,
	      "S3.CopyObject|http.client|rpc.system=aws-api rpc.service=S3 rpc.method=CopyObject "
	      "aws.s3.bucket=pics ");
	check(false, "GET /a HTTP/1.1\r\nHost: store.example.com\r\n" SIGNED "\r\n",
	      "HTTP/1.1 404 Not Found\r\n\r\n",
	      "S3|http.client|rpc.system=aws-api rpc.service=S3 error.type=404 ");
	/* No answer came: HTTP's name stays. */
	check(false, "GET /pics/a HTTP/1.1\r\nHost: minio\r\n" SIGNED "\r\n", NULL,
	      "GET|http.client|rpc.system=aws-api rpc.service=S3 rpc.method=GetObject "
	      "aws.s3.bucket=pics ");
}

static void without_a_header(void **state)
{
	(void)state;
	check(false,
	      "GET /pics/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIASECRET%2F20260101%"
	      "2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=5ecre7 HTTP/1.1\r\n"
	      "Host: minio\r\n\r\n",
	      OK,
	      "S3.GetObject|http.client|rpc.system=aws-api rpc.service=S3 rpc.method=GetObject "
	      "aws.s3.bucket=pics ");
	check(false, "GET /a HTTP/1.1\r\nHost: pics.s3.amazonaws.com\r\n\r\n",
	      "HTTP/1.1 403 Forbidden\r\nx-amz-request-id: C9\r\nx-amz-id-2: wz\r\n\r\n",
	      "S3.GetObject|http.client|error.type=403 rpc.system=aws-api rpc.service=S3 "
	      "rpc.method=GetObject aws.s3.bucket=pics aws.request_id=C9 "
	      "aws.extended_request_id=wz ");
	check(false,
	      "PUT /a HTTP/1.1\r\nHost: pics.s3.amazonaws.com\r\nx-amz-copy-source: b\r\n\r\n",
	      "HTTP/1.1 200 OK\r\nx-amz-request-id: C9\r\nx-amz-id-2: wz\r\n\r\n",
	      "S3.CopyObject|http.client|rpc.system=aws-api rpc.service=S3 "
	      "rpc.method=CopyObject aws.s3.bucket=pics aws.request_id=C9 "
	      "aws.extended_request_id=wz ");
	/* "?acl" has become REDACTED: which operation it was is not known any more. */
	check(false, "GET /a?acl HTTP/1.1\r\nHost: pics.s3.amazonaws.com\r\n\r\n",
	      "HTTP/1.1 200 OK\r\nx-amz-request-id: C9\r\nx-amz-id-2: wz\r\n\r\n",
	      "S3|http.client|rpc.system=aws-api rpc.service=S3 aws.s3.bucket=pics "
	      "aws.request_id=C9 aws.extended_request_id=wz ");
}

static void nobody_else(void **state)
{
	(void)state;
	check(false,
	      "POST / HTTP/1.1\r\nHost: sqs.eu-west-1.amazonaws.com\r\nAuthorization: "
	      "AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/sqs/aws4_request\r\n\r\n",
	      "HTTP/1.1 200 OK\r\nx-amz-request-id: C9\r\n\r\n", "POST|http.client|");
	check(true, "GET / HTTP/1.1\r\nHost: s3\r\nAuthorization: Bearer /s3/aws4_request\r\n\r\n",
	      OK, "GET|http.server|");
	check(false, "GET /pics HTTP/1.1\r\nHost: pics.s3.amazonaws.com\r\n\r\n", OK,
	      "GET|http.client|");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(signed_requests),
						  cmocka_unit_test(without_a_header),
						  cmocka_unit_test(nobody_else)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
