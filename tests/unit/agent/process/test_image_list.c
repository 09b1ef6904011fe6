/* Mappings that cut, cover and join others, against a model of single pages; lists shared and full.
 */
#include "cmocka_test.h"
#include <errno.h>
#include "process/image_list.h"

#define PAGES 64

static struct image_list_budget budget;
static struct image *images[3]; /* NULL: anonymous, two files */

static int begin(void **state)
{
	(void)state;
	budget = (struct image_list_budget){.max = 1000};
	assert_int_equal(image_store_new(&budget.images, 100, false), 0);
	for (uint32_t i = 1; i < 3; i++) {
		struct image_record record = {.tgid = 1, .inode = i, .start = 1, .end = 2};
		struct image_file_places places = {.proc_root = "/nowhere"};
		uint64_t space = 5;

		images[i] = image_store_take(budget.images, &places, &record, VIEW_LITERAL("/a"),
					     &space);
		assert_non_null(images[i]);
	}
	assert_ptr_not_equal(images[1], images[2]);
	return 0;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(budget.used, 0);
	for (int i = 1; i < 3; i++) {
		assert_int_equal(images[i]->references, 1);
		image_store_release(budget.images, images[i]);
	}
	assert_int_equal(image_store_count(budget.images), 0);
	image_store_free(&budget.images);
	return 0;
}

static int put(struct image_list **list, uint64_t start, uint64_t stop, uint64_t offset, int image)
{
	struct image_mapping mapping = {start, stop, offset, image_store_hold(images[image])};

	return image_list_put(list, &budget, &mapping);
}

static void assert_mapping(const struct image_list *list, uint32_t at, uint64_t start,
			   uint64_t stop, uint64_t offset, int image)
{
	assert_true(at < list->count);
	assert_int_equal(list->mappings[at].start, start);
	assert_int_equal(list->mappings[at].end, stop);
	assert_int_equal(list->mappings[at].file_offset, offset);
	assert_ptr_equal(list->mappings[at].image, images[image]);
}

static void test_cut_in_the_middle(void **state)
{
	struct image_list *list = NULL;

	(void)state;
	assert_int_equal(put(&list, 100, 200, 1000, 1), 0);
	assert_int_equal(put(&list, 120, 150, 7, 2), 0);
	assert_int_equal(list->count, 3);
	assert_mapping(list, 0, 100, 120, 1000, 1);
	assert_mapping(list, 1, 120, 150, 7, 2);
	assert_mapping(list, 2, 150, 200, 1050, 1);
	assert_int_equal(images[1]->references, 3);
	assert_int_equal(put(&list, 90, 210, 0, 2), 0);
	assert_int_equal(list->count, 1);
	assert_mapping(list, 0, 90, 210, 0, 2);
	assert_int_equal(put(&list, 90, 210, 0, 2), 0); /* again: nothing new */
	assert_int_equal(images[2]->references, 2);
	assert_int_equal(budget.used, 1);
	image_list_release(&list, &budget);
}

static void test_find(void **state)
{
	struct image_list *list = NULL;

	(void)state;
	assert_null(image_list_find(NULL, 1));
	assert_int_equal(put(&list, 100, 200, 0, 1), 0);
	assert_int_equal(put(&list, 300, 400, 0, 1), 0);
	assert_null(image_list_find(list, 99));
	assert_ptr_equal(image_list_find(list, 100), &list->mappings[0]);
	assert_ptr_equal(image_list_find(list, 199), &list->mappings[0]);
	assert_null(image_list_find(list, 200));
	assert_ptr_equal(image_list_find(list, 300), &list->mappings[1]);
	assert_null(image_list_find(list, 400));
	image_list_release(&list, &budget);
}

static void test_jit_code_joins(void **state)
{
	struct image_list *list = NULL;

	(void)state;
	assert_int_equal(put(&list, 100, 200, 0, 0), 0);
	assert_int_equal(put(&list, 300, 400, 0, 0), 0);
	assert_int_equal(put(&list, 200, 300, 0, 0), 0);
	assert_int_equal(list->count, 1);
	assert_mapping(list, 0, 100, 400, 0, 0);
	assert_int_equal(put(&list, 150, 160, 0, 0), 0);
	assert_int_equal(list->count, 1);
	image_list_release(&list, &budget);
}

/* Every page must have what was mapped there last. */
static void test_against_pages(void **state)
{
	struct {
		int image;
		uint64_t offset;
		bool is_mapped;
	} pages[PAGES] = {0};
	struct image_list *list = NULL;
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		uint64_t start = (uint64_t)rand_r(&seed) % PAGES;
		uint64_t stop = start + 1 + (uint64_t)rand_r(&seed) % (PAGES - start);
		int image = rand_r(&seed) % 3;
		uint64_t offset = image ? (uint64_t)rand_r(&seed) % 1000 : 0;

		assert_int_equal(put(&list, start, stop, offset, image), 0);
		for (uint64_t at = start; at < stop; at++) {
			pages[at].image = image;
			pages[at].offset = offset + (at - start);
			pages[at].is_mapped = true;
		}
		for (uint64_t at = 0; at < PAGES; at++) {
			const struct image_mapping *found = image_list_find(list, at);

			assert_int_equal(found != NULL, pages[at].is_mapped);
			if (!found)
				continue;
			assert_ptr_equal(found->image, images[pages[at].image]);
			if (found->image)
				assert_int_equal(found->file_offset + (at - found->start),
						 pages[at].offset);
		}
		for (uint32_t i = 1; i < list->count; i++)
			assert_true(list->mappings[i - 1].end <= list->mappings[i].start);
		assert_int_equal(budget.used, list->count);
	}
	image_list_release(&list, &budget);
	assert_null(list);
}

static void test_shared(void **state)
{
	struct image_list *parent = NULL, *child;

	(void)state;
	assert_int_equal(put(&parent, 100, 200, 0, 1), 0);
	assert_int_equal(put(&parent, 300, 400, 0, 2), 0);
	child = image_list_share(parent);
	assert_int_equal(budget.used, 2);
	assert_int_equal(put(&child, 500, 600, 0, 1), 0);
	assert_ptr_not_equal(child, parent);
	assert_int_equal(parent->count, 2);
	assert_int_equal(child->count, 3);
	assert_int_equal(budget.used, 5);
	assert_int_equal(images[1]->references, 4);
	image_list_release(&parent, &budget);
	assert_int_equal(budget.used, 3);
	assert_mapping(child, 2, 500, 600, 0, 1);
	image_list_release(&child, &budget);
	assert_null(image_list_share(NULL));
}

static void test_full(void **state)
{
	struct image_list *list = NULL, *shared;

	(void)state;
	budget.max = 4;
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(put(&list, i * 100, i * 100 + 10, 0, 1), 0);
	assert_int_equal(put(&list, 900, 910, 0, 1), -ENOSPC);
	assert_int_equal(list->count, 4);
	shared = image_list_share(list);
	assert_int_equal(put(&shared, 900, 910, 0, 1), -ENOSPC);
	assert_ptr_equal(shared, list);
	image_list_release(&shared, &budget);
	assert_int_equal(images[1]->references, 5);
	image_list_release(&list, &budget);
	budget.max = 100000;
	for (uint64_t i = 0; i < MAX_PROCESS_MAPPINGS; i++)
		assert_int_equal(put(&list, i * 100, i * 100 + 10, 0, 1), 0);
	assert_int_equal(put(&list, 90000000, 90000010, 0, 1), -E2BIG);
	image_list_release(&list, &budget);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cut_in_the_middle, begin, end),
		cmocka_unit_test_setup_teardown(test_find, begin, end),
		cmocka_unit_test_setup_teardown(test_jit_code_joins, begin, end),
		cmocka_unit_test_setup_teardown(test_against_pages, begin, end),
		cmocka_unit_test_setup_teardown(test_shared, begin, end),
		cmocka_unit_test_setup_teardown(test_full, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
