/* Each part as protobuf-c reads it alone: a field of a message that has only that one. */
#include "exporters/otlp/otlp_parts.h"

#include "cmocka_test.h"
#include "exporters/protobuf_writer.h"
#include "opentelemetry/proto/common/v1/common.pb-c.h"
#include "opentelemetry/proto/resource/v1/resource.pb-c.h"
#include "sample_segment.h"

#define KEY_VALUE_LIST_VALUES 1
#define ANY_VALUE_STRING      1

typedef Opentelemetry__Proto__Common__V1__KeyValueList key_value_list;
typedef Opentelemetry__Proto__Common__V1__AnyValue any_value;

static struct otlp_encoder encoder;

static int begin(void **state)
{
	(void)state;
	otlp_encoder_init(&encoder);
	encoder.body.max_bytes = 1 << 20;
	return 0;
}

static int end(void **state)
{
	(void)state;
	otlp_encoder_done(&encoder);
	return 0;
}

/* What was written for `field`: its tag of one byte and its length are taken off. */
static struct view content_of(uint32_t field)
{
	struct view body = byte_buffer_view(&encoder.body);
	size_t size = 0, at = 1;

	assert_int_equal((unsigned char)body.bytes[0], field << 3 | 2);
	for (unsigned int shift = 0;; shift += 7, at++) {
		size |= (size_t)(body.bytes[at] & 0x7f) << shift;
		if (!(body.bytes[at] & 0x80))
			break;
	}
	assert_int_equal(body.size, at + 1 + size);
	return view_skip(body, at + 1);
}

static void test_text(void **state)
{
	(void)state;
	otlp_parts_text(&encoder, 3, VIEW_LITERAL("shop"));
	assert_view(byte_buffer_view(&encoder.body), "\x1a\x04shop");
	byte_buffer_clear(&encoder.body);
	otlp_parts_text(&encoder, 3,
			VIEW_LITERAL("a\xff"
				     "b"));
	assert_view(byte_buffer_view(&encoder.body), "\x1a\x05"
						     "a\xef\xbf\xbd"
						     "b");
	byte_buffer_clear(&encoder.body);
	otlp_parts_text(&encoder, 3, (struct view){0});
	assert_int_equal(encoder.body.size, 0);
}

/* Of every type, with values of every length of a varint; a long text moves all lengths. */
static void test_attributes(void **state)
{
	static char long_text[20000], items[2000];
	const struct attribute attributes[] = {
		{.key = "long", .type = ATTRIBUTE_STRING, .string = view_of(long_text, 20000)},
		{.key = "short", .type = ATTRIBUTE_STRING, .string = VIEW_LITERAL("s")},
		{.key = "empty", .type = ATTRIBUTE_STRING},
		{.key = "most", .type = ATTRIBUTE_INTEGER, .integer = INT64_MAX},
		{.key = "least", .type = ATTRIBUTE_INTEGER, .integer = INT64_MIN},
		{.key = "medium", .type = ATTRIBUTE_INTEGER, .integer = 300},
		{.key = "yes", .type = ATTRIBUTE_BOOLEAN, .boolean = true},
		{.key = "half", .type = ATTRIBUTE_DOUBLE, .number = 0.5},
		{.key = "items", .type = ATTRIBUTE_STRINGS, .string = view_of("one\0\0\xff", 7)},
		{.key = "many", .type = ATTRIBUTE_STRINGS, .string = view_of(items, sizeof(items))},
		{.key = "none", .type = ATTRIBUTE_STRINGS},
	};
	const Opentelemetry__Proto__Common__V1__ArrayValue *array;
	key_value_list *list;

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	for (size_t i = 0; i < sizeof(items); i += 2)
		items[i] = 'i';
	otlp_parts_attributes(&encoder, KEY_VALUE_LIST_VALUES, attributes, 11);
	list = opentelemetry__proto__common__v1__key_value_list__unpack(
		NULL, encoder.body.size, (const uint8_t *)encoder.body.bytes);
	assert_non_null(list);
	assert_int_equal(protobuf_c_message_get_packed_size(&list->base), encoder.body.size);
	assert_int_equal(list->n_values, 11);
	for (size_t i = 0; i < 11; i++)
		assert_string_equal(list->values[i]->key, attributes[i].key);
	assert_int_equal(strlen(list->values[0]->value->string_value), 20000);
	assert_string_equal(list->values[1]->value->string_value, "s");
	assert_string_equal(list->values[2]->value->string_value, "");
	assert_int_equal(list->values[3]->value->int_value, INT64_MAX);
	assert_int_equal(list->values[4]->value->int_value, INT64_MIN);
	assert_int_equal(list->values[5]->value->int_value, 300);
	assert_true(list->values[6]->value->bool_value);
	assert_true(list->values[7]->value->double_value == 0.5);
	array = list->values[8]->value->array_value;
	assert_int_equal(array->n_values, 3);
	assert_string_equal(array->values[0]->string_value, "one");
	assert_string_equal(array->values[1]->string_value, "");
	assert_string_equal(array->values[2]->string_value, "\xef\xbf\xbd");
	array = list->values[9]->value->array_value;
	assert_int_equal(array->n_values, sizeof(items) / 2);
	assert_string_equal(array->values[sizeof(items) / 2 - 1]->string_value, "i");
	assert_int_equal(list->values[10]->value->array_value->n_values, 0);
	opentelemetry__proto__common__v1__key_value_list__free_unpacked(list, NULL);
}

static void test_string_value(void **state)
{
	struct view content;
	any_value *value;

	(void)state;
	otlp_parts_string_value(&encoder, 5, VIEW_LITERAL("cause"));
	content = content_of(5);
	value = opentelemetry__proto__common__v1__any_value__unpack(NULL, content.size,
								    (const uint8_t *)content.bytes);
	assert_non_null(value);
	assert_string_equal(value->string_value, "cause");
	opentelemetry__proto__common__v1__any_value__free_unpacked(value, NULL);
}

static void test_resource(void **state)
{
	struct resource *resource = sample_resource();
	Opentelemetry__Proto__Resource__V1__Resource *read;
	struct view content;

	(void)state;
	resource->attributes.dropped_count = 9;
	otlp_parts_resource(&encoder, 1, resource);
	content = content_of(1);
	read = opentelemetry__proto__resource__v1__resource__unpack(NULL, content.size,
								    (const uint8_t *)content.bytes);
	assert_non_null(read);
	assert_int_equal(read->n_attributes, 3);
	assert_string_equal(read->attributes[2]->key, "host.name");
	assert_string_equal(read->attributes[2]->value->string_value, "web-7");
	assert_int_equal(read->dropped_attributes_count, 9);
	opentelemetry__proto__resource__v1__resource__free_unpacked(read, NULL);
	resource_release(&resource);
}

static void test_scope(void **state)
{
	Opentelemetry__Proto__Common__V1__InstrumentationScope *scope;
	struct view content;

	(void)state;
	otlp_parts_scope(&encoder, 1);
	content = content_of(1);
	scope = opentelemetry__proto__common__v1__instrumentation_scope__unpack(
		NULL, content.size, (const uint8_t *)content.bytes);
	assert_non_null(scope);
	assert_string_equal(scope->name, "limpet");
	assert_string_equal(scope->version, LIMPET_VERSION);
	opentelemetry__proto__common__v1__instrumentation_scope__free_unpacked(scope, NULL);
}

/* A body that is full says so and writes nothing beyond. */
static void test_full_body(void **state)
{
	const struct attribute attribute = {
		.key = "key", .type = ATTRIBUTE_STRING, .string = VIEW_LITERAL("0123456789")};

	(void)state;
	encoder.body.max_bytes = 20;
	otlp_parts_attributes(&encoder, 1, &attribute, 1);
	assert_true(encoder.body.is_failed);
	assert_int_equal(encoder.body.size, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_text),     CASE(test_attributes), CASE(test_string_value),
		CASE(test_resource), CASE(test_scope),      CASE(test_full_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
