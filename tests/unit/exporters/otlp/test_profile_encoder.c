/* Profiles in OTLP, read back by protobuf-c: samples with their times and requests, sums, sizes. */
#include "exporters/otlp/profile_encoder.h"

#include <errno.h>
#include "cmocka_test.h"
#include "opentelemetry/proto/profiles/v1development/profiles.pb-c.h"
#include "sample_profile.h"
#include "sample_segment.h"

typedef Opentelemetry__Proto__Profiles__V1development__ProfilesData profiles_data;
typedef Opentelemetry__Proto__Profiles__V1development__Profile otlp_profile;
typedef Opentelemetry__Proto__Profiles__V1development__Sample otlp_sample;
typedef Opentelemetry__Proto__Profiles__V1development__ProfilesDictionary otlp_dictionary;
typedef Opentelemetry__Proto__Profiles__V1development__Stack otlp_stack;

static struct item *item_of(struct profile *(*make)(struct resource *resource))
{
	struct resource *resource = sample_resource();
	struct profile *profile = make(resource);
	struct item *item;

	resource_release(&resource);
	assert_int_equal(item_new_profile(&item, &profile), 0);
	return item;
}

static profiles_data *encode(struct otlp_encoder *encoder, struct item *item)
{
	profiles_data *data;

	assert_int_equal(profile_encoder_encode(encoder, &item, 1, 8 << 20), 0);
	data = opentelemetry__proto__profiles__v1development__profiles_data__unpack(
		NULL, encoder->body.size, (const uint8_t *)encoder->body.bytes);
	assert_non_null(data);
	return data;
}

static void free_data(profiles_data *data)
{
	opentelemetry__proto__profiles__v1development__profiles_data__free_unpacked(data, NULL);
}

static const char *function_at(const otlp_dictionary *dictionary, const otlp_sample *sample,
			       size_t depth)
{
	const otlp_stack *stack = dictionary->stack_table[sample->stack_index];
	int32_t location = stack->location_indices[depth];
	int32_t function = dictionary->location_table[location]->lines[0]->function_index;

	return dictionary->string_table[dictionary->function_table[function]->name_strindex];
}

static void test_samples(void **state)
{
	struct item *item = item_of(sample_profile_new);
	struct otlp_encoder encoder;
	const otlp_dictionary *dictionary;
	const otlp_profile *on, *off;
	const otlp_sample *sample;
	size_t times = 0;
	profiles_data *data;

	(void)state;
	otlp_encoder_init(&encoder);
	data = encode(&encoder, item);
	dictionary = data->dictionary;
	assert_int_equal(data->resource_profiles[0]->scope_profiles[0]->n_profiles, 2);
	on = data->resource_profiles[0]->scope_profiles[0]->profiles[0];
	off = data->resource_profiles[0]->scope_profiles[0]->profiles[1];
	assert_string_equal(dictionary->string_table[on->sample_type->type_strindex], "samples");
	assert_string_equal(dictionary->string_table[on->period_type->unit_strindex],
			    "nanoseconds");
	assert_int_equal(on->period, SAMPLE_PERIOD_NS);
	assert_int_equal(on->time_unix_nano, SAMPLE_START_NS);
	assert_int_equal(on->profile_id.len, 16);
	assert_int_equal(on->n_samples, 4);
	for (size_t i = 0; i < on->n_samples; i++) {
		assert_int_equal(on->samples[i]->n_values, 0); /* each time counts one */
		times += on->samples[i]->n_timestamps_unix_nano;
	}
	assert_int_equal(times, 13);
	sample = on->samples[0];
	assert_int_equal(sample->n_timestamps_unix_nano, 7);
	assert_int_equal(sample->timestamps_unix_nano[0], SAMPLE_START_NS);
	assert_string_equal(function_at(dictionary, sample, 0), "parse");
	assert_string_equal(function_at(dictionary, sample, 2), "main");
	assert_memory_equal(dictionary->link_table[sample->link_index]->trace_id.data,
			    SAMPLE_TRACE_ID, 16);
	assert_int_equal(off->n_samples, 1);
	assert_string_equal(dictionary->string_table[off->sample_type->type_strindex], "off_cpu");
	assert_int_equal(off->samples[0]->values[0], 50000000);
	free_data(data);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

static void test_dictionary(void **state)
{
	struct item *item = item_of(sample_profile_new);
	struct otlp_encoder encoder;
	const otlp_dictionary *dictionary;
	const otlp_sample *sample;
	profiles_data *data;
	int32_t *attributes;

	(void)state;
	otlp_encoder_init(&encoder);
	data = encode(&encoder, item);
	dictionary = data->dictionary;
	/* The zero value of each table. */
	assert_string_equal(dictionary->string_table[0], "");
	assert_int_equal(dictionary->mapping_table[0]->memory_start, 0);
	assert_int_equal(dictionary->location_table[0]->n_lines, 0);
	assert_int_equal(dictionary->function_table[0]->name_strindex, 0);
	assert_int_equal(dictionary->link_table[0]->trace_id.len, 0);
	assert_int_equal(dictionary->attribute_table[0]->key_strindex, 0);
	assert_int_equal(dictionary->stack_table[0]->n_location_indices, 0);
	assert_string_equal(
		dictionary->string_table[dictionary->mapping_table[1]->filename_strindex],
		"/srv/app");
	attributes = dictionary->mapping_table[1]->attribute_indices;
	assert_string_equal(
		dictionary->string_table[dictionary->attribute_table[attributes[0]]->key_strindex],
		"process.executable.build_id.gnu");
	assert_string_equal(dictionary->attribute_table[attributes[0]]->value->string_value,
			    "deadbeef0102030405060708090a0b0c0d0e0f10");
	sample = data->resource_profiles[0]->scope_profiles[0]->profiles[0]->samples[0];
	assert_string_equal(
		dictionary->attribute_table[sample->attribute_indices[0]]->value->string_value,
		"main");
	assert_int_equal(
		dictionary->attribute_table[sample->attribute_indices[1]]->value->int_value, 4711);
	free_data(data);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

static void test_hostile_names(void **state)
{
	struct item *item = item_of(hostile_profile_new);
	struct otlp_encoder encoder;
	profiles_data *data;

	(void)state;
	otlp_encoder_init(&encoder);
	data = encode(&encoder, item);
	assert_int_equal(data->resource_profiles[0]->scope_profiles[0]->n_profiles, 1);
	assert_string_equal(
		function_at(data->dictionary,
			    data->resource_profiles[0]->scope_profiles[0]->profiles[0]->samples[0],
			    0),
		"</script><b>&\"';x\n\x1b[31m\xef\xbf\xbd\xe2\x80\xae");
	free_data(data);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

static void test_one_at_a_time(void **state)
{
	struct item *items[2] = {item_of(sample_profile_new), item_of(sample_profile_new)};
	struct otlp_encoder encoder;

	(void)state;
	otlp_encoder_init(&encoder);
	assert_int_equal(profile_encoder_encode(&encoder, items, 2, 8 << 20), -EMSGSIZE);
	assert_int_equal(profile_encoder_encode(&encoder, items, 1, 500), -EMSGSIZE);
	assert_int_equal(profile_encoder_encode(&encoder, items, 1, 8 << 20), 0);
	otlp_encoder_done(&encoder);
	item_release(&items[0]);
	item_release(&items[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_dictionary),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_one_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
