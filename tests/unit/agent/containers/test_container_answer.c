/* What becomes of names: capped, valid, labels only where asked for, copied whole. */
#include "cmocka_test.h"

#include "answer_text.h"
#include "containers/container_answer.h"

#define DIGEST "sha256:19c92d0a00d1b66d897bceaa7319bee0dd38a10a851c60bcec9474aa3f01e50f"

static struct container_answer *answer;

static int begin(void **state)
{
	(void)state;
	return container_answer_new(&answer);
}

static int end(void **state)
{
	(void)state;
	container_answer_free(&answer);
	assert_null(answer);
	return 0;
}

static void texts(void **state)
{
	char longest[5000];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	container_answer_set(answer, "empty", (struct view){0});
	container_answer_set(answer, "bad", VIEW_LITERAL("a\xff\x1b[31mb"));
	assert_string_equal(answer_text(&answer->attributes), "bad=a\xef\xbf\xbd\x1b[31mb\n");
	container_answer_set(answer, "long", view_of(longest, sizeof(longest)));
	assert_in_range(attribute_string(&answer->attributes, "long").size,
			MAX_ANSWER_TEXT_BYTES - 4, MAX_ANSWER_TEXT_BYTES);
}

static void images(void **state)
{
	struct view digests[] = {VIEW_LITERAL("shop@" DIGEST), VIEW_LITERAL(""),
				 VIEW_LITERAL("mirror.example/shop@" DIGEST)};

	(void)state;
	container_answer_set_image(answer, VIEW_LITERAL(DIGEST));
	assert_int_equal(answer->attributes.count, 0);
	container_answer_set_image(answer, VIEW_LITERAL("shop:1.2"));
	container_answer_set_digests(answer, digests, 3);
	assert_string_equal(answer_text(&answer->attributes),
			    "container.image.name=shop\ncontainer.image.tags=1.2|\n"
			    "container.image.repo_digests=shop@" DIGEST
			    "|mirror.example/shop@" DIGEST "|\noci.manifest.digest=" DIGEST "\n");
}

static void only_a_digest(void **state)
{
	struct view digest = VIEW_LITERAL("shop@" DIGEST);

	(void)state;
	container_answer_set_digests(answer, &digest, 1);
	assert_string_equal(answer_text(&answer->attributes),
			    "container.image.repo_digests=shop@" DIGEST
			    "|\ncontainer.image.name=shop\noci.manifest.digest=" DIGEST "\n");
}

static void labels(void **state)
{
	static const char patterns[] = "a.*, b,*.c";

	(void)state;
	container_answer_add_label(answer, patterns, VIEW_LITERAL("a.x"), VIEW_LITERAL("1"));
	container_answer_add_label(answer, patterns, VIEW_LITERAL("b"), VIEW_LITERAL(""));
	container_answer_add_label(answer, patterns, VIEW_LITERAL("bb"), VIEW_LITERAL("no"));
	container_answer_add_label(answer, patterns, VIEW_LITERAL(""), VIEW_LITERAL("no"));
	container_answer_add_label(answer, NULL, VIEW_LITERAL("a.y"), VIEW_LITERAL("no"));
	container_answer_add_label(answer, NULL, VIEW_LITERAL("io.kubernetes.pod.name"),
				   VIEW_LITERAL("web-1"));
	container_answer_add_label(answer, NULL, VIEW_LITERAL("io.kubernetes.pod.namespace"),
				   VIEW_LITERAL("shop"));
	container_answer_add_label(answer, NULL, VIEW_LITERAL("io.kubernetes.container.name"),
				   VIEW_LITERAL("web"));
	container_answer_add_label(answer, NULL, VIEW_LITERAL("io.kubernetes.pod.uid"),
				   VIEW_LITERAL("u-1"));
	assert_string_equal(answer_text(&answer->attributes),
			    "container.label.a.x=1\ncontainer.label.b=\nk8s.pod.name=web-1\n"
			    "k8s.namespace.name=shop\nk8s.container.name=web\nk8s.pod.uid=u-1\n");
}

static void too_many_labels(void **state)
{
	char key[32];

	(void)state;
	for (int i = 0; i < 100; i++) {
		(void)snprintf(key, sizeof(key), "key%d", i);
		container_answer_add_label(answer, "*", view_of_text(key), VIEW_LITERAL("v"));
	}
	assert_int_equal(answer->attributes.count, MAX_CONTAINER_LABELS);
}

static void starts(void **state)
{
	(void)state;
	container_answer_set_start(answer, 0);
	container_answer_set_start(answer, -5);
	assert_int_equal(answer->attributes.count, 0);
	container_answer_set_start(answer, INT64_MAX);
	container_answer_set_start(answer, 1767607212716204999);
	assert_string_equal(answer_text(&answer->attributes),
			    "limpet.container.start_time=2026-01-05T10:00:12Z\n");
}

static void applied(void **state)
{
	struct resource *resource;

	(void)state;
	container_answer_add_label(answer, "*", VIEW_LITERAL("a"), VIEW_LITERAL("1"));
	container_answer_set(answer, "container.name", VIEW_LITERAL("web"));
	container_answer_set_integer(answer, "n", 3);
	assert_int_equal(resource_new(&resource), 0);
	attribute_set_string(&resource->attributes, &resource->arena, "container.name",
			     VIEW_LITERAL("old"));
	container_answer_apply(answer, resource);
	(void)end(NULL);
	assert_string_equal(answer_text(&resource->attributes),
			    "container.name=web\ncontainer.label.a=1\nn=3\n");
	resource_release(&resource);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts, begin, end),
		cmocka_unit_test_setup_teardown(images, begin, end),
		cmocka_unit_test_setup_teardown(only_a_digest, begin, end),
		cmocka_unit_test_setup_teardown(labels, begin, end),
		cmocka_unit_test_setup_teardown(too_many_labels, begin, end),
		cmocka_unit_test_setup_teardown(starts, begin, end),
		cmocka_unit_test_setup_teardown(applied, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
