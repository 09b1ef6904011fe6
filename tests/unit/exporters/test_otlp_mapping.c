/* Flags, own attributes and the parent id of a span. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exporters/otlp_mapping.h"

static void flags(void **state)
{
	struct segment segment = {.sampling = {.is_sampled = true}};
	struct span span = {.parent_source = PARENT_HEADER, .is_parent_remote = true};

	(void)state;
	assert_int_equal(otlp_mapping_flags(&segment, &span), 0x301);
	segment.sampling.has_random_flag = true;
	assert_int_equal(otlp_mapping_flags(&segment, &span), 0x303);
	segment.sampling.is_sampled = false;
	assert_int_equal(otlp_mapping_flags(&segment, &span), 0x302);
	span.is_parent_remote = false;
	assert_int_equal(otlp_mapping_flags(&segment, &span), 0x102);
	span = (struct span){.parent_source = PARENT_NONE, .is_parent_remote = true};
	assert_int_equal(otlp_mapping_flags(&segment, &span), 0x102);
}

static void attributes(void **state)
{
	struct attribute own[MAX_OTLP_MAPPING_ATTRIBUTES];
	struct span span = {.parent_source = PARENT_NONE};

	(void)state;
	assert_int_equal(otlp_mapping_attributes(&span, own), 0);
	span.is_incomplete = true;
	assert_int_equal(otlp_mapping_attributes(&span, own), 1);
	assert_string_equal(own[0].key, "limpet.incomplete");
	assert_int_equal(own[0].type, ATTRIBUTE_BOOLEAN);
	assert_true(own[0].boolean);
	span.parent_source = PARENT_CONNECTION;
	assert_int_equal(otlp_mapping_attributes(&span, own), 2);
	assert_string_equal(own[0].key, "limpet.parent.source");
	assert_true(view_equals(own[0].string, VIEW_LITERAL("connection")));
	assert_string_equal(own[1].key, "limpet.incomplete");
}

static void parent_span_id(void **state)
{
	struct span span = {.parent_source = PARENT_HEADER};

	(void)state;
	assert_int_equal(otlp_mapping_parent_span_id(&span).size, 0);
	span.parent_span_id[7] = 9;
	assert_int_equal(otlp_mapping_parent_span_id(&span).size, 8);
	assert_ptr_equal(otlp_mapping_parent_span_id(&span).bytes, span.parent_span_id);
	span.parent_source = PARENT_NONE;
	assert_int_equal(otlp_mapping_parent_span_id(&span).size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags),
		cmocka_unit_test(attributes),
		cmocka_unit_test(parent_span_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
