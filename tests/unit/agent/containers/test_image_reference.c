/* References as people and runtimes write them. */
#include "cmocka_test.h"

#include "containers/image_reference.h"

#define DIGEST "sha256:19c92d0a00d1b66d897bceaa7319bee0dd38a10a851c60bcec9474aa3f01e50f"

static const struct sample {
	const char *text, *name, *tag, *digest;
} samples[] = {
	{"nginx", "nginx", "", ""},
	{"nginx:1.25", "nginx", "1.25", ""},
	{"docker.io/library/nginx:1.25", "docker.io/library/nginx", "1.25", ""},
	{"registry.example:5000/shop", "registry.example:5000/shop", "", ""},
	{"registry.example:5000/team/shop:v1", "registry.example:5000/team/shop", "v1", ""},
	{"nginx@" DIGEST, "nginx", "", DIGEST},
	{"localhost:5000/nginx:1.25@" DIGEST, "localhost:5000/nginx", "1.25", DIGEST},
	{"nginx:", "nginx", "", ""},
	{"nginx@", "nginx", "", ""},
	{DIGEST, NULL, NULL, NULL},
	{"19c92d0a00d1b66d897bceaa7319bee0dd38a10a851c60bcec9474aa3f01e50f", NULL, NULL, NULL},
	{"", NULL, NULL, NULL},
	{"@" DIGEST, NULL, NULL, NULL},
	{":1", NULL, NULL, NULL},
};

static void references(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct view text = exact_copy(view_of_text(samples[i].text));
		struct image_reference image;
		bool is_name = image_reference_parse(text, &image);

		assert_int_equal(is_name, samples[i].name != NULL);
		if (is_name) {
			assert_view(image.name, samples[i].name);
			assert_view(image.tag, samples[i].tag);
			assert_view(image.digest, samples[i].digest);
		}
		free_copy(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
