/*
 * The S3 API reference's operations by method, level (the service, a bucket, an object) and the
 * word of the query that asks for a part of it ("?acl"). A host that is an address, one word or
 * begins with "s3" has the bucket in its path; one with a later "s3" has it in front of that. Of
 * other names either may be true: what only one of them would mean is not said then, and neither is
 * an operation where the query has a word that is not known here.
 */
#include "protocols/s3/s3_operation.h"

enum level { LEVEL_UNKNOWN, LEVEL_SERVICE, LEVEL_BUCKET, LEVEL_OBJECT };

/* The words of a level and what they make of a name: "?acl" of a bucket: Get, Put, Delete +
 * "BucketAcl" are written out, for a span borrows the text. */
static const struct row {
	enum level level;
	const char *method, *word, *name; /* word NULL: none of the others */
} rows[] = {
	{LEVEL_SERVICE, "GET", NULL, "ListBuckets"},
	{LEVEL_BUCKET, "GET", "list-type", "ListObjectsV2"},
	{LEVEL_BUCKET, "GET", "versions", "ListObjectVersions"},
	{LEVEL_BUCKET, "GET", "uploads", "ListMultipartUploads"},
	{LEVEL_BUCKET, "GET", "location", "GetBucketLocation"},
	{LEVEL_BUCKET, "GET", "acl", "GetBucketAcl"},
	{LEVEL_BUCKET, "GET", "cors", "GetBucketCors"},
	{LEVEL_BUCKET, "GET", "encryption", "GetBucketEncryption"},
	{LEVEL_BUCKET, "GET", "lifecycle", "GetBucketLifecycleConfiguration"},
	{LEVEL_BUCKET, "GET", "logging", "GetBucketLogging"},
	{LEVEL_BUCKET, "GET", "notification", "GetBucketNotificationConfiguration"},
	{LEVEL_BUCKET, "GET", "object-lock", "GetObjectLockConfiguration"},
	{LEVEL_BUCKET, "GET", "policy", "GetBucketPolicy"},
	{LEVEL_BUCKET, "GET", "policyStatus", "GetBucketPolicyStatus"},
	{LEVEL_BUCKET, "GET", "publicAccessBlock", "GetPublicAccessBlock"},
	{LEVEL_BUCKET, "GET", "replication", "GetBucketReplication"},
	{LEVEL_BUCKET, "GET", "tagging", "GetBucketTagging"},
	{LEVEL_BUCKET, "GET", "versioning", "GetBucketVersioning"},
	{LEVEL_BUCKET, "GET", "website", "GetBucketWebsite"},
	{LEVEL_BUCKET, "GET", NULL, "ListObjects"},
	{LEVEL_BUCKET, "HEAD", NULL, "HeadBucket"},
	{LEVEL_BUCKET, "PUT", "acl", "PutBucketAcl"},
	{LEVEL_BUCKET, "PUT", "cors", "PutBucketCors"},
	{LEVEL_BUCKET, "PUT", "encryption", "PutBucketEncryption"},
	{LEVEL_BUCKET, "PUT", "lifecycle", "PutBucketLifecycleConfiguration"},
	{LEVEL_BUCKET, "PUT", "logging", "PutBucketLogging"},
	{LEVEL_BUCKET, "PUT", "notification", "PutBucketNotificationConfiguration"},
	{LEVEL_BUCKET, "PUT", "object-lock", "PutObjectLockConfiguration"},
	{LEVEL_BUCKET, "PUT", "policy", "PutBucketPolicy"},
	{LEVEL_BUCKET, "PUT", "publicAccessBlock", "PutPublicAccessBlock"},
	{LEVEL_BUCKET, "PUT", "replication", "PutBucketReplication"},
	{LEVEL_BUCKET, "PUT", "tagging", "PutBucketTagging"},
	{LEVEL_BUCKET, "PUT", "versioning", "PutBucketVersioning"},
	{LEVEL_BUCKET, "PUT", "website", "PutBucketWebsite"},
	{LEVEL_BUCKET, "PUT", NULL, "CreateBucket"},
	{LEVEL_BUCKET, "DELETE", "cors", "DeleteBucketCors"},
	{LEVEL_BUCKET, "DELETE", "encryption", "DeleteBucketEncryption"},
	{LEVEL_BUCKET, "DELETE", "lifecycle", "DeleteBucketLifecycle"},
	{LEVEL_BUCKET, "DELETE", "policy", "DeleteBucketPolicy"},
	{LEVEL_BUCKET, "DELETE", "publicAccessBlock", "DeletePublicAccessBlock"},
	{LEVEL_BUCKET, "DELETE", "replication", "DeleteBucketReplication"},
	{LEVEL_BUCKET, "DELETE", "tagging", "DeleteBucketTagging"},
	{LEVEL_BUCKET, "DELETE", "website", "DeleteBucketWebsite"},
	{LEVEL_BUCKET, "DELETE", NULL, "DeleteBucket"},
	{LEVEL_BUCKET, "POST", "delete", "DeleteObjects"},
	{LEVEL_OBJECT, "GET", "uploadId", "ListParts"},
	{LEVEL_OBJECT, "GET", "acl", "GetObjectAcl"},
	{LEVEL_OBJECT, "GET", "attributes", "GetObjectAttributes"},
	{LEVEL_OBJECT, "GET", "legal-hold", "GetObjectLegalHold"},
	{LEVEL_OBJECT, "GET", "retention", "GetObjectRetention"},
	{LEVEL_OBJECT, "GET", "tagging", "GetObjectTagging"},
	{LEVEL_OBJECT, "GET", "torrent", "GetObjectTorrent"},
	{LEVEL_OBJECT, "GET", NULL, "GetObject"},
	{LEVEL_OBJECT, "HEAD", NULL, "HeadObject"},
	{LEVEL_OBJECT, "PUT", "uploadId", "UploadPart"},
	{LEVEL_OBJECT, "PUT", "acl", "PutObjectAcl"},
	{LEVEL_OBJECT, "PUT", "legal-hold", "PutObjectLegalHold"},
	{LEVEL_OBJECT, "PUT", "retention", "PutObjectRetention"},
	{LEVEL_OBJECT, "PUT", "tagging", "PutObjectTagging"},
	{LEVEL_OBJECT, "PUT", NULL, "PutObject"},
	{LEVEL_OBJECT, "DELETE", "uploadId", "AbortMultipartUpload"},
	{LEVEL_OBJECT, "DELETE", "tagging", "DeleteObjectTagging"},
	{LEVEL_OBJECT, "DELETE", NULL, "DeleteObject"},
	{LEVEL_OBJECT, "POST", "uploads", "CreateMultipartUpload"},
	{LEVEL_OBJECT, "POST", "uploadId", "CompleteMultipartUpload"},
	{LEVEL_OBJECT, "POST", "restore", "RestoreObject"},
	{LEVEL_OBJECT, "POST", "select", "SelectObjectContent"},
};

/* Names in a query that choose no operation. */
static const char *const parameters[] = {
	"prefix",        "delimiter",          "marker",
	"max-keys",      "encoding-type",      "fetch-owner",
	"start-after",   "continuation-token", "versionId",
	"x-id",          "partNumber",         "key-marker",
	"max-uploads",   "max-parts",          "part-number-marker",
	"max-buckets",   "version-id-marker",  "upload-id-marker",
	"list-type",     "uploadId",           "select-type",
	"bucket-region",
};

static bool is_parameter(struct view name)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		if (view_equals(name, view_of_text(parameters[i])))
			return true;
	return view_equals_ignoring_case(view_take(name, 6), VIEW_LITERAL("x-amz-")) ||
	       view_starts_with(name, VIEW_LITERAL("response-"));
}

static struct view name_of(struct view member)
{
	ssize_t equals = view_find_byte(member, '=');

	return equals < 0 ? member : view_take(member, (size_t)equals);
}

struct view s3_operation_parameter(struct view query, const char *name)
{
	struct view member;

	if (!query.size)
		return (struct view){0};
	while (view_next_token(&query, '&', &member)) {
		struct view found = name_of(member);

		if (view_equals(found, view_of_text(name)))
			return view_skip(member,
					 found.size < member.size ? found.size + 1 : found.size);
	}
	return (struct view){0};
}

static bool is_first_label_s3(struct view host)
{
	return view_starts_with(host, VIEW_LITERAL("s3.")) ||
	       view_starts_with(host, VIEW_LITERAL("s3-"));
}

static bool is_address(struct view host)
{
	for (size_t i = 0; i < host.size; i++)
		if ((host.bytes[i] < '0' || host.bytes[i] > '9') && host.bytes[i] != '.')
			return host.bytes[0] == '['; /* of IPv6 */
	return host.size > 0;
}

static struct view without_port(struct view host)
{
	ssize_t colon = view_find_byte(host, ':');

	return host.size && host.bytes[0] != '[' && colon >= 0 ? view_take(host, (size_t)colon)
							       : host;
}

/* In front of a label that begins with "s3", which is not the first: its length; 0: none. */
static size_t bucket_in_host(struct view host)
{
	for (size_t i = 1; i + 1 < host.size; i++)
		if (host.bytes[i] == '.' && is_first_label_s3(view_skip(host, i + 1)))
			return i;
	return 0;
}

static enum level level_of(const struct s3_request *request, struct view *ret_bucket)
{
	struct view host = without_port(request->host), rest = view_skip(request->path, 1);
	ssize_t slash = view_find_byte(rest, '/');
	size_t in_host = is_address(host) ? 0 : bucket_in_host(host);

	if (!request->path.size || request->path.bytes[0] != '/')
		return LEVEL_UNKNOWN;
	if (in_host) {
		*ret_bucket = view_take(host, in_host);
		return rest.size ? LEVEL_OBJECT : LEVEL_BUCKET;
	}
	if (!is_address(host) && !is_first_label_s3(host) && view_find_byte(host, '.') >= 0)
		return slash > 0 && (size_t)slash + 1 < rest.size ? LEVEL_OBJECT : LEVEL_UNKNOWN;
	if (!rest.size)
		return LEVEL_SERVICE;
	*ret_bucket = slash < 0 ? rest : view_take(rest, (size_t)slash);
	return slash >= 0 && (size_t)slash + 1 < rest.size ? LEVEL_OBJECT : LEVEL_BUCKET;
}

static const struct row *find_row(enum level level, struct view method, struct view word)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].level == level && view_equals(method, view_of_text(rows[i].method)) &&
		    (rows[i].word ? view_equals(word, view_of_text(rows[i].word)) : !word.size))
			return &rows[i];
	return NULL;
}

/* The row of a word in the query, else of none; NULL when there is a word nobody knows. */
static const struct row *choose(enum level level, const struct s3_request *request)
{
	struct view query = request->query, member;
	const struct row *chosen = NULL;
	bool is_strange = false;

	while (query.size && view_next_token(&query, '&', &member)) {
		struct view name = name_of(member);
		const struct row *row = name.size ? find_row(level, request->method, name) : NULL;

		if (row)
			chosen = row;
		else
			is_strange |= name.size && !is_parameter(name);
	}
	if (is_strange)
		return NULL;
	return chosen ? chosen : find_row(level, request->method, (struct view){0});
}

void s3_operation_read(const struct s3_request *request, struct s3_operation *ret)
{
	enum level level;
	const struct row *row;

	*ret = (struct s3_operation){0};
	level = level_of(request, &ret->bucket);
	row = level == LEVEL_UNKNOWN ? NULL : choose(level, request);
	if (!row)
		return;
	ret->name = row->name;
	if (!request->is_copy || level != LEVEL_OBJECT)
		return;
	if (view_equals(view_of_text(row->name), VIEW_LITERAL("PutObject")))
		ret->name = "CopyObject";
	else if (view_equals(view_of_text(row->name), VIEW_LITERAL("UploadPart")))
		ret->name = "UploadPartCopy";
}
