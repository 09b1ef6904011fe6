/* Requests of the S3 API: styles, levels, words of the query, and where nothing is certain. */
#include "cmocka_test.h"

#include "protocols/s3/s3_operation.h"

static bool is_copy;

static void check(const char *method, const char *host, const char *path, const char *query,
		  const char *name, const char *bucket)
{
	struct s3_request request = {view_of_text(method), view_of_text(host), view_of_text(path),
				     view_of_text(query), is_copy};
	struct s3_operation operation;

	s3_operation_read(&request, &operation);
	assert_string_equal(operation.name ? operation.name : "", name);
	assert_view(operation.bucket, bucket);
}

static void path_style(void **state)
{
	(void)state;
	check("GET", "127.0.0.1:9000", "/", "", "ListBuckets", "");
	check("PUT", "localhost:9000", "/pics", "", "CreateBucket", "pics");
	check("GET", "minio", "/pics/", "", "ListObjects", "pics");
	check("GET", "s3.eu-west-1.amazonaws.com", "/pics", "list-type=2&prefix=a", "ListObjectsV2",
	      "pics");
	check("HEAD", "s3-us-west-2.amazonaws.com", "/pics", "", "HeadBucket", "pics");
	check("GET", "[::1]:9000", "/pics/a/b", "", "GetObject", "pics");
	check("PUT", "minio", "/pics/a", "x-id=PutObject", "PutObject", "pics");
	check("DELETE", "minio", "/pics/a", "versionId=3", "DeleteObject", "pics");
	check("HEAD", "minio", "/pics/a", "", "HeadObject", "pics");
	check("POST", "minio", "/pics", "delete", "DeleteObjects", "pics");
	check("POST", "minio", "/pics", "delete=", "DeleteObjects", "pics");
}

static void virtual_host_style(void **state)
{
	(void)state;
	check("GET", "pics.s3.amazonaws.com", "/", "", "ListObjects", "pics");
	check("GET", "my.pics.s3.eu-west-1.amazonaws.com:443", "/a/b", "", "GetObject", "my.pics");
	check("PUT", "pics.s3-us-west-2.amazonaws.com", "/a", "", "PutObject", "pics");
	check("GET", "pics.s3.localhost.localstack.cloud", "/", "location", "GetBucketLocation",
	      "pics");
}

static void multipart(void **state)
{
	(void)state;
	check("POST", "minio", "/b/k", "uploads", "CreateMultipartUpload", "b");
	check("PUT", "minio", "/b/k", "partNumber=2&uploadId=x", "UploadPart", "b");
	check("POST", "minio", "/b/k", "uploadId=x", "CompleteMultipartUpload", "b");
	check("DELETE", "minio", "/b/k", "uploadId=x", "AbortMultipartUpload", "b");
	check("GET", "minio", "/b/k", "uploadId=x", "ListParts", "b");
	check("GET", "minio", "/b", "uploads", "ListMultipartUploads", "b");
	is_copy = true;
	check("PUT", "minio", "/b/k", "partNumber=2&uploadId=x", "UploadPartCopy", "b");
	check("PUT", "minio", "/b/k", "", "CopyObject", "b");
	check("PUT", "minio", "/b/k", "acl", "PutObjectAcl", "b");
	is_copy = false;
}

static void not_certain(void **state)
{
	(void)state;
	/* The bucket may be in the name of the host. */
	check("GET", "minio.example.com", "/", "", "", "");
	check("GET", "minio.example.com", "/a", "", "", "");
	check("GET", "minio.example.com", "/a/", "", "", "");
	check("GET", "minio.example.com", "/a/b", "", "GetObject", "");
	/* Words and methods nobody knows; values in the place of words. */
	check("GET", "minio", "/b", "analytics", "", "b");
	check("GET", "minio", "/b", "REDACTED", "", "b");
	check("GET", "minio", "/b", "list-type=2&metrics", "", "b");
	check("PATCH", "minio", "/b", "", "", "b");
	check("GET", "minio", "*", "", "", "");
	check("GET", "minio", "", "", "", "");
	check("", "", "/", "", "", "");
}

static void parameters(void **state)
{
	struct view query = VIEW_LITERAL("a=1&acl&partNumber=&b=x=y");

	(void)state;
	assert_view(s3_operation_parameter(query, "a"), "1");
	assert_view(s3_operation_parameter(query, "b"), "x=y");
	assert_non_null(s3_operation_parameter(query, "acl").bytes);
	assert_int_equal(s3_operation_parameter(query, "acl").size, 0);
	assert_null(s3_operation_parameter(query, "c").bytes);
	assert_null(s3_operation_parameter((struct view){0}, "c").bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_style), cmocka_unit_test(virtual_host_style),
		cmocka_unit_test(multipart), cmocka_unit_test(not_certain),
		cmocka_unit_test(parameters)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
