/* Records made and read back, with paths of every length, and those that contradict themselves. */
#include "cmocka_test.h"
#include <errno.h>
#include "process/image_record.h"

static union image_record_buffer buffer;

static struct view build(size_t path_size)
{
	static char path[2 * MAX_IMAGE_PATH_BYTES];

	memset(path, 'p', sizeof(path));
	memset(&buffer, 0xff, sizeof(buffer));
	buffer.record = (struct image_record){
		.action = IMAGE_MAPPED, .tgid = 5, .start = 16, .end = 32, .header.time_ns = 7};
	return image_record_finish(&buffer, view_of(path, path_size));
}

static void test_there_and_back(void **state)
{
	const struct image_record *record;
	struct view path;

	(void)state;
	for (size_t size = 0; size < 40; size++) {
		struct view copy = exact_copy(build(size));

		assert_int_equal(copy.size % 8, 0);
		assert_true(copy.size >= sizeof(*record) + size &&
			    copy.size < sizeof(*record) + size + 8);
		assert_int_equal(image_record_decode(copy, &record, &path), 0);
		assert_int_equal(record->header.kind, RECORD_IMAGE);
		assert_int_equal(record->header.size, copy.size);
		assert_int_equal(record->header.time_ns, 7);
		assert_int_equal(path.size, size);
		for (size_t i = sizeof(*record) + size; i < copy.size; i++)
			assert_int_equal(copy.bytes[i], 0);
		free_copy(copy);
	}
	assert_int_equal(build(MAX_IMAGE_PATH_BYTES + 100).size, MAX_IMAGE_RECORD_BYTES);
	assert_int_equal(buffer.record.path_size, MAX_IMAGE_PATH_BYTES);
}

static void test_every_cut(void **state)
{
	struct view whole = build(13), path;
	const struct image_record *record;

	(void)state;
	for (size_t cut = 0; cut < whole.size; cut++) {
		struct view copy = exact_copy(view_take(whole, cut));

		assert_int_equal(image_record_decode(copy, &record, &path), -EINVAL);
		free_copy(copy);
	}
}

static void assert_refused(void)
{
	const struct image_record *record;
	struct view path, bytes = view_of(buffer.bytes, sizeof(struct image_record) + 16);

	assert_int_equal(image_record_decode(bytes, &record, &path), -EINVAL);
	(void)build(13);
	assert_int_equal(image_record_decode(bytes, &record, &path), 0);
}

static void test_contradictions(void **state)
{
	(void)state;
	(void)build(13);
	buffer.record.header.kind = RECORD_SEGMENT;
	assert_refused();
	buffer.record.header.size = sizeof(struct image_record) - 1;
	assert_refused();
	buffer.record.header.size = 4096;
	assert_refused();
	buffer.record.path_size = 17;
	assert_refused();
	buffer.record.build_id_size = MAX_BUILD_ID_BYTES + 1;
	assert_refused();
	buffer.record.tgid = 0;
	assert_refused();
	buffer.record.tgid = 0x80000000u;
	assert_refused();
	buffer.record.end = buffer.record.start;
	assert_refused();
	buffer.record.action = 0;
	assert_refused();
	buffer.record.action = 4;
	assert_refused();
	buffer.record.action = IMAGE_FORK;
	buffer.record.parent_tgid = buffer.record.tgid;
	assert_refused();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_contradictions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
