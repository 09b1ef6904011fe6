/* Debug images: ids as sentry-cli prints them, and which images stay when there are too many. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include "exporters/sentry/debug_images.h"
#include "crash_variants.h"

static struct byte_buffer out;

static void assert_ids(const char *build_id, const char *debug_id)
{
	struct crash_image image = {.build_id_size = (uint8_t)(strlen(build_id) / 2)};
	char text[DEBUG_ID_TEXT_BYTES], code_id[CODE_ID_TEXT_BYTES];

	sample_hex(build_id, image.build_id);
	debug_images_debug_id(&image, text);
	debug_images_code_id(&image, code_id);
	assert_string_equal(text, debug_id);
	assert_string_equal(code_id, build_id);
}

/* The first two were verified with sentry-cli. */
static void makes_ids(void **state)
{
	struct crash_image image = {.has_text_hash = true};
	char text[DEBUG_ID_TEXT_BYTES];

	(void)state;
	assert_ids("938d1f1e3cbb6956061bdd104d8b209b80c5dbf3",
		   "1e1f8d93-bb3c-5669-061b-dd104d8b209b");
	assert_ids("68220ae2c65d65c1b6aaa12fa6765a6ec2f5f434",
		   "e20a2268-5dc6-c165-b6aa-a12fa6765a6e");
	assert_ids("0102030405060708090a0b0c0d0e0f10", "04030201-0605-0807-090a-0b0c0d0e0f10");
	assert_ids("abcdef", "00efcdab-0000-0000-0000-000000000000");
	assert_ids("", "00000000-0000-0000-0000-000000000000");
	sample_hex("000102030405060708090a0b0c0d0e0f", image.text_hash);
	debug_images_debug_id(&image, text);
	assert_string_equal(text, "03020100-0504-0706-0809-0a0b0c0d0e0f");
	/* Larger than there is room: hostile. */
	image.build_id_size = 255;
	debug_images_debug_id(&image, text);
	assert_string_equal(text, "00000000-0000-0000-0000-000000000000");
}

static json_t *append(struct crash *crash, const char *machine, size_t max_size)
{
	json_t *images;

	byte_buffer_clear(&out);
	debug_images_append(&out, crash, machine, max_size);
	assert_false(out.is_failed);
	images = json_loadb(out.bytes, out.size, 0, NULL);
	assert_non_null(images);
	crash_free(&crash);
	return images;
}

static void assert_image(const json_t *images, size_t i, const char *expected)
{
	char *text = json_dumps(json_array_get(images, i), JSON_COMPACT);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void lists_all(void **state)
{
	json_t *images = append(known_crash(), "x86_64", SIZE_MAX);

	(void)state;
	assert_int_equal(json_array_size(images), 3);
	assert_image(images, 0,
		     "{\"type\":\"elf\",\"image_addr\":\"0x55d5b0000000\",\"image_size\":16384,"
		     "\"arch\":\"x86_64\",\"code_file\":\"/usr/bin/shop\",\"code_id\":"
		     "\"68220ae2c65d65c1b6aaa12fa6765a6ec2f5f434\",\"debug_id\":"
		     "\"e20a2268-5dc6-c165-b6aa-a12fa6765a6e\"}");
	assert_image(images, 1,
		     "{\"type\":\"elf\",\"image_addr\":\"0x7f10c2800000\",\"image_size\":12288,"
		     "\"arch\":\"x86_64\",\"code_file\":\"/opt/shop/libtax.so\",\"debug_id\":"
		     "\"03020100-0504-0706-0809-0a0b0c0d0e0f\"}");
	json_decref(images);
}

static void knows_the_other_machine(void **state)
{
	json_t *images = append(known_crash(), "aarch64", SIZE_MAX);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(json_array_get(images, 2), "arch")),
			    "arm64");
	json_decref(images);
}

static const char *file_of(const json_t *images, size_t i)
{
	return json_string_value(json_object_get(json_array_get(images, i), "code_file"));
}

/* Those of the crashed thread's frames stay longest, then those of other threads. */
static void leaves_the_unused_out_first(void **state)
{
	struct crash *crash = known_crash();
	json_t *images;

	(void)state;
	crash->threads[0].frames_count = 1;
	images = append(crash, "x86_64", SIZE_MAX);
	assert_string_equal(file_of(images, 0), "/usr/bin/shop");
	assert_string_equal(file_of(images, 1), "/usr/lib/x86_64-linux-gnu/libc.so.6");
	assert_string_equal(file_of(images, 2), "/opt/shop/libtax.so");
	json_decref(images);
	for (size_t max_size = 2; max_size < 800; max_size++) {
		images = append(known_crash(), "x86_64", max_size);
		assert_true(out.size <= max_size);
		if (json_array_size(images))
			assert_string_equal(file_of(images, 0), "/usr/bin/shop");
		json_decref(images);
	}
	assert_in_range(out.size, 600, 799);
}

static void survives_what_makes_no_sense(void **state)
{
	struct crash *crash = known_crash();
	json_t *images;

	(void)state;
	crash_make_hostile(crash);
	crash->images[0].size = UINT64_MAX;
	crash->images[0].path = (struct view){0};
	images = append(crash, "x86_64", SIZE_MAX);
	assert_int_equal(json_array_size(images), 3);
	json_decref(images);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_ids),
		cmocka_unit_test(lists_all),
		cmocka_unit_test(knows_the_other_machine),
		cmocka_unit_test(leaves_the_unused_out_first),
		cmocka_unit_test(survives_what_makes_no_sense),
	};
	int failed;

	byte_buffer_init(&out, 1 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	byte_buffer_done(&out);
	return failed;
}
